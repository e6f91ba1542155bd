"""``skewcheck explain``: the own text of a check or a cause is its manual page."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import TYPE_CHECKING

import click

from skewcheck.cli.streams import deliver
from skewcheck.errors import UsageError, nearest

if TYPE_CHECKING:
    from skewcheck.policy import Rule


TESTED = {
    "on_pairs": "paired rows",
    "on_grids": "the two distributions, where no row is paired",
}


@click.command(short_help="Tell what a check measures or a cause is; no name: list all.")
@click.argument("name", required=False, metavar="[CHECK|CAUSE]")
def explain(name: str | None) -> int:
    """Print what a check measures with its unit and default limits, or when a cause is named.

    Without a name, list all checks and causes.
    """
    from skewcheck.discovery import discover

    checks, causes = discover("skewcheck.checks"), discover("skewcheck.causes")
    if name is None:
        return deliver(f"Checks\n{_listed(checks)}\nCauses\n{_listed(causes)}", 0)
    if name in causes:
        return deliver(_cause_page(name, causes[name]), 0)
    if name not in checks:
        known = nearest(name, [*checks, *causes])
        raise UsageError(f"there is no check or cause {name!r}; {known}")
    return deliver(_page(name, checks[name]), 0)


def rules() -> dict[str, tuple[str, str, Rule]]:
    """Return title, unit and default limits of every check, by name."""
    from skewcheck.discovery import discover

    checks = discover("skewcheck.checks")
    return {name: (module.TITLE, module.UNIT, module.RULE) for name, module in checks.items()}


def _listed(checks: dict[str, ModuleType]) -> str:
    width = max(map(len, checks), default=0)
    return "".join(f"  {name:<{width}}  {module.TITLE}\n" for name, module in checks.items())


def _cause_page(name: str, module: ModuleType) -> str:
    tested = " and on ".join(words for how, words in TESTED.items() if hasattr(module, how))
    text = inspect.cleandoc(module.__doc__ or "")
    return f"{name}: {module.TITLE}\n\n{text}\n\nTested on {tested}.\n"


def _page(name: str, module: ModuleType) -> str:
    limits = {"fail": module.RULE.fail, "warn": module.RULE.warn}
    shown = ", ".join(
        f"{key} = {'false (no limit)' if limit is None else f'{limit:g}'}"
        for key, limit in limits.items()
    )
    return (
        f"{name}: {module.TITLE}\n\n{inspect.cleandoc(module.__doc__ or '')}\n\n"
        f"Unit: {module.UNIT or 'none'}\n"
        f"Limits when nothing is set: {shown}\n"
        f"Change them under [checks.{name}] or [columns.NAME.checks.{name}] in skewcheck.toml.\n"
    )
