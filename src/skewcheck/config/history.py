"""Reads ``history``: the folder where runs are kept, and from when on old nights are folded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from skewcheck.config.tables import Place, shown, table, value
from skewcheck.errors import UsageError
from skewcheck.span import duration

KEYS = ("folder", "fold_after")
FOLD_AFTER = 90 * 86_400.0  # seconds
LEAST = 7 * 86_400.0


def history(raw: Any, folder: Path, place: Place) -> tuple[str | None, float | None]:
    """Return the folder, None without one, and the age in seconds of nights to fold, None for none.

    ``raw`` is the folder itself or a table. Raises ConfigError with file and key.
    """
    if not isinstance(raw, dict):
        raw = {"folder": value(raw, str, "a folder, or a table with the key folder", place)}
    given = table(raw, KEYS, place)
    past = value(given.get("folder", ""), str, "a folder", place.at("folder"))
    age = _age(given.get("fold_after", "90d"), place.at("fold_after"))
    return str(folder / past) if past else None, age


def _age(raw: Any, place: Place) -> float | None:
    if raw is False:
        return None
    wanted = "a span of time from 7d on such as 90d, or false for never"
    try:
        age = duration(value(raw, str, wanted, place))
    except UsageError as error:
        raise place.error(f"is {shown(raw)}; expected {wanted}") from error
    if age < LEAST:
        raise place.error(
            f"is {shown(raw)}; expected {wanted}: seven nights are looked at together"
        )
    return age
