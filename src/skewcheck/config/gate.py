"""Reads ``[gate]`` and ``[[waivers]]``: what must be there, and what is let pass for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from skewcheck.config.tables import Place, shown, table, value
from skewcheck.errors import UsageError
from skewcheck.gating import Demands, Waiver
from skewcheck.span import duration

COUNTS = ("nights", "rows", "days", "pairs", "labels")
SPANS = ("fresh", "gap")
KEYS = (*COUNTS, *SPANS, "shrink", "model_version", "baseline")
WAIVER = ("column", "check", "reason", "owner", "until")


def demands(raw: Any, place: Place) -> Demands:
    """Return what the gate demands; raises ConfigError with file and key."""
    given = table(raw, KEYS, place)
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
    given: Mapping[str, Any] = table(raw, WAIVER, place)
    for key in ("column", "reason", "owner", "until"):
        if key not in given:
            raise place.error(f"has no {key!r}; a waiver says column, reason, owner and until")
    texts = {k: value(given.get(k, ""), str, "a text", place.at(k)) for k in WAIVER if k != "until"}
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
