"""Writes docs/causes.md from the causes themselves: ``python docs/make_causes.py``."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

from skewcheck.discovery import discover

PAGE = Path(__file__).with_name("causes.md")
HEAD = """\
# Causes

Written by `python docs/make_causes.py` from the text that `skewcheck explain CAUSE` prints.

A cause is a hypothesis about how train's value became serve's. It is tested on
[paired rows](row-parity.md); without pairs, those that can are tested on the two distributions. Of
all that explain as much, the simplest is named (1 is the simplest); what it leaves unexplained is
looked at again, so that two mistakes in one column are both found.

| cause | what it is | on pairs | without pairs | complexity |
|---|---|:-:|:-:|--:|
"""


def page() -> str:
    """Return the text of docs/causes.md."""
    causes = discover("skewcheck.causes")
    rows = "".join(_row(name, cause) for name, cause in causes.items())
    return HEAD + rows + "".join(_section(name, cause) for name, cause in causes.items())


def _row(name: str, cause: ModuleType) -> str:
    pairs, grids = ("yes" if hasattr(cause, how) else "" for how in ("on_pairs", "on_grids"))
    return f"| [{name}](#{name}) | {cause.TITLE} | {pairs} | {grids} | {cause.COMPLEXITY:g} |\n"


def _section(name: str, cause: ModuleType) -> str:
    return f"\n## {name}\n\n{inspect.cleandoc(cause.__doc__ or '')}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
