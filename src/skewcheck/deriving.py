"""The columns that the policy makes of others: ages, decisions, what they are worth."""

from __future__ import annotations

from collections.abc import Callable

from skewcheck import champion, failing, valuing
from skewcheck.ageing import with_ages, with_columns
from skewcheck.deciding import with_column, with_decisions
from skewcheck.opened import Opened
from skewcheck.policy import Policy
from skewcheck.schema import Schema


def derived(
    schema: Schema, policy: Policy, both: tuple[Opened, Opened]
) -> tuple[Schema, Callable[[Opened], Opened], str]:
    """Return the schema with the columns that the policy makes of others, and what adds them.

    With them, in words, what cannot be made.
    """
    decisions, manifest = policy.decisions, policy.manifest
    if decisions:
        schema = with_column(champion.aside(schema, decisions), decisions)
        schema = champion.with_column(schema, decisions)
    schema = failing.with_columns(with_columns(schema, manifest))
    by = valuing.basis(both, schema, policy)
    schema = valuing.with_column(schema, policy, by)

    def derive(side: Opened) -> Opened:
        side = failing.with_failures(with_ages(side, schema, manifest), schema)
        if decisions is None:
            return side
        side = champion.with_champion(with_decisions(side, schema, decisions), schema, decisions)
        return valuing.with_value(side, schema, policy, by)

    lacking = f"decisions are not valued: {by.reason}" if by and not by.column else ""
    return schema, derive, lacking
