"""Folders whose files are the list: checks, formats, renderers."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def discover(package: str) -> dict[str, ModuleType]:
    """Return the modules of a package by file name, sorted; a new file is a new member."""
    found = import_module(package)
    names = sorted(
        m.name for m in pkgutil.iter_modules(found.__path__) if not m.name.startswith("_")
    )
    return {name: import_module(f"{package}.{name}") for name in names}
