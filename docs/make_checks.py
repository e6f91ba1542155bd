"""Writes docs/checks.md from the checks themselves: ``python docs/make_checks.py``."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

from skewcheck.discovery import discover

PAGE = Path(__file__).with_name("checks.md")
HEAD = """\
# Checks

Written by `python docs/make_checks.py` from the text that `skewcheck explain CHECK` prints.

Limits are those in force when nothing is set; a check without limits is measured and shown, never
judged. Change them in `skewcheck.toml`, for all columns or for one:

```toml
[checks.ks]
fail = 0.05

[columns.income.checks.ks]
fail = 0.2
warn = false
```

| check | what it measures | unit | warn | fail |
|---|---|---|--:|--:|
"""


def page() -> str:
    """Return the text of docs/checks.md."""
    checks = discover("skewcheck.checks")
    rows = "".join(_row(name, check) for name, check in checks.items())
    return HEAD + rows + "".join(_section(name, check) for name, check in checks.items())


def _row(name: str, check: ModuleType) -> str:
    limits = f"{_limit(check.RULE.warn)} | {_limit(check.RULE.fail)}"
    return f"| [{name}](#{name}) | {check.TITLE} | {check.UNIT} | {limits} |\n"


def _limit(limit: float | None) -> str:
    return "" if limit is None else f"{limit:g}"


def _section(name: str, check: ModuleType) -> str:
    return f"\n## {name}\n\n{inspect.cleandoc(check.__doc__ or '')}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
