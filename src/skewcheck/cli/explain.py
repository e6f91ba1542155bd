"""``skewcheck explain``: a check's own text is its manual page."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import TYPE_CHECKING

import click

from skewcheck.cli.streams import deliver
from skewcheck.errors import UsageError

if TYPE_CHECKING:
    from skewcheck.policy import Rule


@click.command(short_help="Tell what a check measures; without a name, list all.")
@click.argument("check", required=False)
def explain(check: str | None) -> int:
    """Print what CHECK measures, its unit and its default limits; without CHECK, list all."""
    from skewcheck.config.tables import nearest
    from skewcheck.discovery import discover

    checks = discover("skewcheck.checks")
    if check is None:
        return deliver(_listed(checks), 0)
    if check not in checks:
        raise UsageError(f"there is no check {check!r}; {nearest(check, checks)}")
    return deliver(_page(check, checks[check]), 0)


def rules() -> dict[str, tuple[str, str, Rule]]:
    """Return title, unit and default limits of every check, by name."""
    from skewcheck.discovery import discover

    checks = discover("skewcheck.checks")
    return {name: (module.TITLE, module.UNIT, module.RULE) for name, module in checks.items()}


def _listed(checks: dict[str, ModuleType]) -> str:
    width = max(map(len, checks), default=0)
    return "".join(f"{name:<{width}}  {module.TITLE}\n" for name, module in checks.items())


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
