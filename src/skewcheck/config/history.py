"""Reads ``fold_after``: from what age on the nights of a history are folded."""

from __future__ import annotations

from typing import Any

from skewcheck.config.tables import Place, shown, value
from skewcheck.errors import UsageError
from skewcheck.span import duration

FOLD_AFTER = 45 * 86_400.0  # seconds
LEAST = 7 * 86_400.0
WANTED = "a span of time from 7d on such as 45d, or false for never"


def fold_after(raw: Any, place: Place) -> float | None:
    """Return the age in seconds, None for never; raises ConfigError with file and key.

    Seven nights are looked at together: these are never folded.
    """
    if raw is False:
        return None
    try:
        age = duration(value(raw, str, WANTED, place))
    except UsageError as error:
        raise place.error(f"is {shown(raw)}; expected {WANTED}") from error
    if age < LEAST:
        raise place.error(f"is {shown(raw)}; expected {WANTED}")
    return age
