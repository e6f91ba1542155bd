"""skewcheck: may we turn shadow mode off, and if not, what must be fixed first?"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "Result": "skewcheck.result",
    "compare": "skewcheck.result",
    "make_profile": "skewcheck.result",
    "Config": "skewcheck.config",
    "Policy": "skewcheck.policy",
    "Rule": "skewcheck.policy",
    "Profile": "skewcheck.profile",
    "Role": "skewcheck.schema",
    "Kind": "skewcheck.schema",
    "Outcome": "skewcheck.verdict",
    "Verdict": "skewcheck.verdict",
    "SkewcheckError": "skewcheck.errors",
    "UsageError": "skewcheck.errors",
    "ConfigError": "skewcheck.errors",
    "InputError": "skewcheck.errors",
    "OutputError": "skewcheck.errors",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: importing skewcheck does no work."""
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'skewcheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
