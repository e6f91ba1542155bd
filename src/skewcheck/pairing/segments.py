"""The groups of rows in which a difference may live: columns with few values, hour, weekday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.pairing.labels import labelled
from skewcheck.profile import Profile
from skewcheck.schema import Role, Schema
from skewcheck.sources.batch import Lanes
from skewcheck.summaries.places import Codes

MOST = 16  # columns that may be segments
VALUES = 64  # a column with more values than this is no segment
METADATA = (Role.SEGMENT, Role.VERSION, Role.STATUS)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR_LONG = 3600.0
HOUR, WEEKDAY = CLOCK = ("hour (UTC)", "weekday (UTC)")


def segment_columns(profiles: Iterable[Profile], schema: Schema) -> list[str]:
    """Return the columns whose values may be segments, log metadata first."""
    few = dict.fromkeys(n for p in profiles for n in p.columns if _few(p, n))
    metadata = [n for n in few if schema.role(n) in METADATA]
    features = [n for n in few if schema.role(n) is Role.FEATURE]
    return [*metadata, *features][:MOST]


def _few(profile: Profile, name: str) -> bool:
    column = profile.columns[name]
    if column.states.boolean:
        return True
    if column.states["text"]:
        counts = column.categories.counts
        return counts is not None and 1 < len(counts) <= VALUES
    cells, _ = column.numbers.counts()
    return 1 < len(cells) <= VALUES


def coded(values: pa.Array | Lanes) -> Codes | None:
    """Return the value of each row as the number of its label; None beyond VALUES values."""
    labels, codes = labelled(values, VALUES)
    named = tuple("null" if label is None else label for label in labels)
    return Codes(named, codes) if labels else None


def clock(times: NDArray[np.float64]) -> Mapping[str, Codes]:
    """Return the hour (UTC) and the weekday of each row."""
    known = np.isfinite(times)
    since = np.floor_divide(np.where(known, times, 0.0), HOUR_LONG).astype(np.int32)
    hours = np.where(known, since % 24, 24).astype(np.int32)
    days = np.where(known, (since // 24 + 3) % 7, 7).astype(np.int32)  # 1970 began on a Thursday
    return {
        HOUR: Codes((*(f"{h:02d}" for h in range(24)), "null"), hours),
        WEEKDAY: Codes((*DAYS, "null"), days),
    }
