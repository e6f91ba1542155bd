"""Reads ``[gate]`` and ``[[waivers]]``: what must be there, and what is let pass for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.config.shapes import Count, Day, SpanOfTime, column
from skewcheck.config.tables import Place, shown, table, value
from skewcheck.errors import UsageError
from skewcheck.gating import Demands, Waiver
from skewcheck.span import duration

COUNTS = ("nights", "rows", "days", "pairs", "labels")
SPANS = ("fresh", "gap")
WORDS = ("column", "check", "reason", "owner")


class GateTable(Struct, forbid_unknown_fields=True):
    """Evidence that `skewcheck gate` demands beside the verdict."""

    nights: Annotated[
        Count, Meta(description="The last so many nights, none of which may fail.", examples=[7])
    ] = 1
    rows: Annotated[Count, Meta(description="Requests over these nights.", examples=[50_000])] = 0
    days: Annotated[
        Count, Meta(description="Days with requests over these nights.", examples=[7])
    ] = 0
    pairs: Annotated[Count, Meta(description="Paired rows over these nights.")] = 0
    labels: Annotated[Count, Meta(description="Requests with a label over these nights.")] = 0
    fresh: Annotated[
        SpanOfTime | UnsetType,
        Meta(description="Age from which on the last request is stale.", examples=["36h"]),
    ] = UNSET
    shrink: Annotated[
        float,
        Meta(
            description="Share of the usual rows that the last night must have.",
            examples=[0.5],
            ge=0,
            le=1,
        ),
    ] = 0.5
    gap: Annotated[
        SpanOfTime | UnsetType,
        Meta(
            description="Time from the start of a night to that of the next from which on one is "
            "missing; half as much again as is usual where it is left out.",
            examples=["3d"],
        ),
    ] = UNSET
    model_version: Annotated[
        str | UnsetType, Meta(description="The only version that may have answered.")
    ] = UNSET
    baseline: Annotated[
        str | UnsetType,
        Meta(description="Fingerprint of train, which the gate prints: another train is no pass."),
    ] = UNSET


class WaiverTable(Struct, forbid_unknown_fields=True):
    """A finding that need not hold for a while."""

    column: Annotated[
        str,
        Meta(description="The column.", examples=["income"], extra_json_schema=column("feature")),
    ]
    reason: Annotated[
        str, Meta(description="Why it may fail.", examples=["known since release 12, fixed in 13"])
    ]
    owner: Annotated[str, Meta(description="Who answers for it.", examples=["risk data"])]
    until: Annotated[
        Day,
        Meta(
            description="The last day, as 2030-06-30; after it the finding fails again.",
            examples=["2030-06-30"],
        ),
    ]
    check: Annotated[
        str, Meta(description="The check; every check of the column where it is left out.")
    ] = ""


def demands(raw: Any, place: Place) -> Demands:
    """Return what the gate demands; raises ConfigError with file and key."""
    given = table(raw, GateTable.__struct_fields__, place)
    found: dict[str, Any] = {}
    for key in COUNTS:
        if key in given:
            found[key] = value(given[key], int, "a whole number from 0 on", place.at(key))
            if found[key] < 0:
                raise place.at(key).error(f"is {found[key]}; expected a whole number from 0 on")
    for key in SPANS:
        if key in given:
            found[key] = _seconds(given[key], place.at(key))
    if "shrink" in given:
        found["shrink"] = value(given["shrink"], float, "a share from 0 to 1", place.at("shrink"))
        if not 0 <= found["shrink"] <= 1:
            raise place.at("shrink").error(f"is {found['shrink']:g}; expected a share from 0 to 1")
    for key in ("model_version", "baseline"):
        if key in given:
            found[key] = value(given[key], str, "a text", place.at(key))
    return Demands(**found)


def _seconds(raw: Any, place: Place) -> float:
    text = value(raw, str, "a span of time such as 36h", place)
    try:
        return duration(text)
    except UsageError as error:
        raise place.error(f"is {shown(text)}; expected a span of time such as 36h") from error


def waivers(raw: Any, place: Place) -> tuple[Waiver, ...]:
    """Return the waivers; each needs a column, a reason, an owner and its last day."""
    if not isinstance(raw, list):
        raise place.error(f"is {shown(raw)}; expected a list of tables: [[waivers]]")
    return tuple(_waiver(one, place.at(str(i))) for i, one in enumerate(raw, 1))


def _waiver(raw: Any, place: Place) -> Waiver:
    given: Mapping[str, Any] = table(raw, WaiverTable.__struct_fields__, place)
    for key in ("column", "reason", "owner", "until"):
        if key not in given:
            raise place.error(f"has no {key!r}; a waiver says column, reason, owner and until")
    texts = {k: value(given.get(k, ""), str, "a text", place.at(k)) for k in WORDS}
    for key in ("column", "reason", "owner"):
        if not texts[key].strip():
            raise place.at(key).error("is empty; a waiver says column, reason, owner and until")
    return Waiver(
        texts["column"],
        texts["reason"],
        texts["owner"],
        _day(given["until"], place.at("until")),
        texts["check"],
    )


def _day(raw: Any, place: Place) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(value(raw, str, "a day such as 2026-12-31", place))
    except ValueError as error:
        raise place.error(f"is {shown(raw)}; expected a day such as 2026-12-31") from error
