"""Reads the table ``[value]``: what each decision gains or costs, by what turns out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.config.tables import Place, shown, table, value
from skewcheck.decisions import Decisions
from skewcheck.errors import nearest
from skewcheck.gains import SPELLED, Gain, Gains, gain

OUTCOMES = ("tp", "fp", "tn", "fn")
GAIN = 'a number, a column, or a text such as "-0.6 * amount"'


Amount: TypeAlias = (
    float | Annotated[str, Meta(pattern=SPELLED, extra_json_schema={"title": "gain"})]
)
GIVEN = "a number, a column, or a factor times a column; costs are below 0"


class GainTable(Struct, forbid_unknown_fields=True):
    """What one decision gains or costs, by what turns out."""

    yes: Annotated[Amount, Meta(description=f"Where the label says yes: {GIVEN}.")]
    no: Annotated[Amount, Meta(description=f"Where the label says no: {GIVEN}.")]


class ValueTable(Struct, forbid_unknown_fields=True):
    """What decisions are worth: by the four outcomes, or by decision; it needs [decisions]."""

    unit: Annotated[
        str | UnsetType, Meta(description="What gains are counted in, such as EUR.")
    ] = UNSET
    least: Annotated[
        float | UnsetType,
        Meta(description="Value per decision below which it does not pay to decide. Default: 0."),
    ] = UNSET
    tp: Annotated[
        Amount | UnsetType,
        Meta(description=f"Gain of a yes that was taken for one, its score being high: {GIVEN}."),
    ] = UNSET
    fp: Annotated[
        Amount | UnsetType, Meta(description=f"Gain of a no that was taken for a yes: {GIVEN}.")
    ] = UNSET
    tn: Annotated[
        Amount | UnsetType, Meta(description=f"Gain of a no that was taken for one: {GIVEN}.")
    ] = UNSET
    fn: Annotated[
        Amount | UnsetType, Meta(description=f"Gain of a yes that was taken for a no: {GIVEN}.")
    ] = UNSET
    decisions: Annotated[
        dict[str, Amount | GainTable] | UnsetType,
        Meta(description="Gain of each decision, one for both outcomes or each its own."),
    ] = UNSET


def gains(raw: Any, decisions: Decisions | None, place: Place) -> Gains | None:
    """Return the gains, None where the table is empty; raises ConfigError with file and key."""
    given = table(raw, ValueTable.__struct_fields__, place)
    if not given:
        return None
    if decisions is None:
        raise place.error("values decisions, and there are none; set [decisions] too")
    by_outcome = [key for key in OUTCOMES if key in given]
    if bool(by_outcome) == ("decisions" in given):
        raise place.error(f"needs {', '.join(OUTCOMES)}, or else the table value.decisions")
    of = (
        _outcomes(given, decisions, place)
        if by_outcome
        else _decisions(given["decisions"], decisions, place.at("decisions"))
    )
    unit = value(given.get("unit", ""), str, "a word such as EUR", place.at("unit"))
    return Gains(of, unit, _number(given.get("least", 0.0), place.at("least")))


def _outcomes(
    given: Mapping[str, Any], decisions: Decisions, place: Place
) -> dict[str, tuple[Gain, Gain]]:
    """Return the gains by decision: those on the side of high scores say yes."""
    missing = [key for key in OUTCOMES if key not in given]
    if missing:
        raise place.error(f"lacks {', '.join(missing)}; every outcome needs its gain, if only 0")
    tp, fp, tn, fn = (_gain(given[key], place.at(key)) for key in OUTCOMES)
    low = decisions.labels[0] in decisions.approve
    if low and decisions.labels[-1] in decisions.approve:
        raise place.error("cannot tell who is taken for a yes; give value.decisions instead")
    yes = [label for label in decisions.labels if (label in decisions.approve) != low]
    return {label: (tp, fp) if label in yes else (fn, tn) for label in decisions.labels}


def _decisions(raw: Any, decisions: Decisions, place: Place) -> dict[str, tuple[Gain, Gain]]:
    given = table(raw, decisions.labels, place)
    missing = [label for label in decisions.labels if label not in given]
    if missing:
        names = ", ".join(map(shown, missing))
        raise place.error(f"lacks {names}; every decision needs its gain, if only 0")
    return {label: _both(given[label], place.at(label)) for label in decisions.labels}


def _both(raw: Any, place: Place) -> tuple[Gain, Gain]:
    """Return the gains where the label says yes and no; one stands for both."""
    if not isinstance(raw, dict):
        one = _gain(raw, place)
        return one, one
    given = table(raw, GainTable.__struct_fields__, place)
    if len(given) < 2:
        lacking = "no" if "yes" in given else "yes"
        raise place.error(f"lacks {lacking}; {nearest(lacking, ['yes', 'no'])}")
    return _gain(given["yes"], place.at("yes")), _gain(given["no"], place.at("no"))


def _gain(raw: Any, place: Place) -> Gain:
    if isinstance(raw, str):
        try:
            return gain(raw)
        except ValueError as error:
            raise place.error(f"is {shown(raw)}; {error}") from error
    return Gain(_number(raw, place))


def _number(raw: Any, place: Place) -> float:
    if isinstance(raw, bool):
        raise place.error(f"is {shown(raw)}; expected {GAIN}")
    number = value(raw, float, GAIN, place)
    if not math.isfinite(number):
        raise place.error(f"is {shown(raw)}; expected a finite number")
    return number
