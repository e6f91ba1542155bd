"""Reads the table ``[latency]``: how long an answer, or a part of it, may take."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.budgets import SPELLED, Budget, Budgets
from skewcheck.config.shapes import Share, Unit, column
from skewcheck.config.tables import Place, shown, table, value
from skewcheck.errors import nearest
from skewcheck.policy import Policy, Rule

SHARE = 0.99
TIME = 'a time such as "150ms", or a number in the unit of the column'
SPAN = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*([a-z]+)\s*")
Time: TypeAlias = (
    Annotated[str, Meta(pattern=rf"^\s*(\d+\.?\d*|\.\d+)\s*({'|'.join(SPELLED)})\s*$")]
    | Annotated[float, Meta(gt=0)]
)


class ColumnBudgetTable(Struct, forbid_unknown_fields=True):
    """The budget of one column of times."""

    budget: Annotated[
        Time,
        Meta(
            description="How long it may take: a time with its unit, or a number in the "
            "column's own."
        ),
    ]
    share: Annotated[
        Share | UnsetType,
        Meta(
            description="Share of requests that must keep it; that of [latency] where "
            "it is left out."
        ),
    ] = UNSET


class LatencyTable(Struct, forbid_unknown_fields=True):
    """How long an answer may take."""

    budget: Annotated[
        Time | UnsetType,
        Meta(
            description="How long an answer may take: a time with its unit, or a number"
            " in the column's own.",
            examples=["150ms"],
        ),
    ] = UNSET
    share: Annotated[
        Share, Meta(description="Share of requests that must keep the budget.", examples=[0.99])
    ] = SHARE
    column: Annotated[
        str | UnsetType,
        Meta(
            description="Column with the time of the whole answer, where there are several.",
            examples=["latency_ms"],
            extra_json_schema=column("latency"),
        ),
    ] = UNSET
    unit: Annotated[
        Unit | UnsetType, Meta(description="Unit of columns that do not say theirs.")
    ] = UNSET
    columns: Annotated[
        dict[str, ColumnBudgetTable] | UnsetType, Meta(description="Budgets of single columns.")
    ] = UNSET


def budgets(raw: Any, place: Place) -> Budgets:
    """Return the budgets of the table ``[latency]``; without a budget there is none."""
    found = table(raw, LatencyTable.__struct_fields__, place)
    share = _share(found.get("share", SHARE), place.at("share"))
    if "share" in found and not {"budget", "columns"} & found.keys():
        raise place.at("share").error("has no budget to go with; set latency.budget")
    columns = {}
    for name, content in table(found.get("columns", {}), None, place.at("columns")).items():
        here = place.at("columns").at(name)
        own = table(content, ColumnBudgetTable.__struct_fields__, here)
        if "budget" not in own:
            raise here.error(f"has no budget; set {here.at('budget').key}")
        columns[name] = _budget(own["budget"], own.get("share", share), here)
    column = value(found.get("column", ""), str, "a column", place.at("column"))
    return Budgets(
        _budget(found["budget"], share, place) if "budget" in found else None,
        columns,
        column or None,
        _unit(found["unit"], place.at("unit")) if "unit" in found else None,
    )


def limited(policy: Policy) -> Policy:
    """Return the policy with the limits of its budgets; limits that it sets itself stay."""
    found = policy.latency
    checks = {**(_limits(found.whole.share) if found.whole else {}), **policy.checks}
    columns = dict(policy.columns)
    for name, budget in found.columns.items():
        columns[name] = {**_limits(budget.share), **columns.get(name, {})}
    return replace(policy, checks=checks, columns=columns)


def _limits(share: float) -> dict[str, Rule]:
    limit = float(f"{1.0 - share:.12g}")
    return {"slo": Rule(fail=limit), "slo_window": Rule(warn=limit)}


def _budget(raw: Any, share: Any, place: Place) -> Budget:
    here = place.at("budget")
    unit: str | None = None
    if isinstance(raw, str):
        span = SPAN.fullmatch(raw)
        if not span:
            raise here.error(f"is {shown(raw)}; expected {TIME}")
        raw, unit = float(span[1]), _unit(span[2], here)
    time = value(raw, float, TIME, here)
    if not 0 < time < math.inf:
        raise here.error(f"is {shown(raw)}; expected {TIME}, above 0")
    return Budget(time, unit, _share(share, place.at("share")))


def _share(raw: Any, place: Place) -> float:
    share = value(raw, float, "a share of requests between 0 and 1", place)
    if not 0 < share < 1:
        raise place.error(f"is {shown(raw)}; expected between 0 and 1: 0.99 for 99 %")
    return share


def _unit(raw: Any, place: Place) -> str:
    if not isinstance(raw, str) or raw not in SPELLED:
        raise place.error(
            f"has the unit {shown(raw)}; {nearest(str(raw), ['s', 'ms', 'us', 'ns'])}"
        )
    return SPELLED[raw]
