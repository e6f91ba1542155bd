"""The groups of rows in which a difference may live: columns with few values, hour, weekday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.pairing.labels import labelled
from skewcheck.schema import Role, Schema
from skewcheck.sources.batch import Batch, Lanes
from skewcheck.summaries.places import Codes

MOST = 16  # columns that may be segments
VALUES = 64  # a column with more values than this is no segment
SEGMENTS = (Role.SEGMENT, Role.VERSION, Role.STATUS, Role.FEATURE)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR_LONG = 3600.0
SLICE = 1 << 16  # rows looked at at once, so that what lies between stays in the cache
HOUR, WEEKDAY = CLOCK = ("hour (UTC)", "weekday (UTC)")


def segment_columns(heads: Iterable[Sequence[Batch]], schema: Schema) -> list[str]:
    """Return the columns whose values may be segments, log metadata first.

    ``heads`` are the first rows of the sides. Whole numbers are values, others are measurements.
    """
    seen: dict[str, set[str | None]] = {}
    for batch in (batch for head in heads for batch in head):
        for name, values in batch.columns.items():
            if len(seen.setdefault(name, set())) <= VALUES and schema.role(name) in SEGMENTS:
                seen[name].update(_labels(values))
    few = [name for name, labels in seen.items() if 0 < len(labels) <= VALUES]
    return sorted(few, key=lambda name: schema.role(name) is Role.FEATURE)[:MOST]


def _labels(values: pa.Array | Lanes) -> Iterable[str | None]:
    numbers = values.numbers if isinstance(values, Lanes) else _numbers(values)
    if numbers is not None and np.any(numbers % 1 != 0):
        return map(str, range(VALUES + 1))  # too many: no segment
    labels, _ = labelled(values, VALUES)
    return labels or map(str, range(VALUES + 1))


def _numbers(values: pa.Array) -> NDArray[np.float64] | None:
    if not pa.types.is_floating(values.type):
        return None
    found: NDArray[np.float64] = values.drop_null().to_numpy(zero_copy_only=False)
    return found[np.isfinite(found)]


def coded(values: pa.Array | Lanes) -> Codes | None:
    """Return the value of each row as the number of its label; None beyond VALUES values."""
    if not isinstance(values, Lanes) and not labelled(values.slice(0, SLICE), VALUES)[0]:
        return None  # the first rows have too many already
    labels, codes = labelled(values, VALUES)
    named = tuple("null" if label is None else label for label in labels)
    return Codes(named, codes) if labels else None


def clock(times: NDArray[np.float64]) -> Mapping[str, Codes]:
    """Return the hour (UTC) and the weekday of each row."""
    hours, days = np.empty((2, len(times)), np.int32)
    for start in range(0, len(times), SLICE):
        part = slice(start, start + SLICE)
        known = np.isfinite(times[part])
        since = np.floor_divide(np.where(known, times[part], 0.0), HOUR_LONG).astype(np.int32)
        hours[part] = np.where(known, since % 24, 24)
        days[part] = np.where(known, (since // 24 + 3) % 7, 7)  # 1970 began on a Thursday
    return {
        HOUR: Codes((*(f"{h:02d}" for h in range(24)), "null"), hours),
        WEEKDAY: Codes((*DAYS, "null"), days),
    }
