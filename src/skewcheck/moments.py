"""Times as seconds since 1970, however a log spells them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.sources.batch import Lanes, State

Seconds = NDArray[np.float64]
UNITS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))  # an epoch beyond this is in so many seconds


def moments(values: pa.Array | Lanes) -> Seconds:
    """Return the time of each row in seconds since 1970-01-01 UTC, NaN where there is none.

    Reads timestamps and dates, ISO 8601 texts (without an offset: UTC) and epoch numbers in
    seconds, milliseconds, microseconds or nanoseconds, told apart by their size.
    """
    if isinstance(values, Lanes):
        found = np.full(len(values.states), np.nan)
        found[values.states == State.NUMBER] = _epochs(values.numbers)
        found[values.states == State.TEXT] = _spelled(values.texts)
        return found
    kind = values.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _micros(values)
    if pa.types.is_dictionary(kind):
        known = np.append(moments(values.dictionary), np.nan)
        indices = values.indices.cast(pa.int64())  # narrow ones have no room for one more
        places = pc.fill_null(indices, len(known) - 1).to_numpy(zero_copy_only=False)
        return np.asarray(known[places], np.float64)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return _epochs(np.asarray(numbers, np.float64))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _spelled(values)
    if pa.types.is_string_view(kind):
        return _spelled(values.cast(pa.large_string()))
    return np.full(len(values), np.nan)


def _micros(values: pa.Array) -> Seconds:
    whole = values.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    whole = whole.cast(pa.float64(), safe=False)  # beyond 2255, as 9999-12-31 is, floats are short
    return np.asarray(whole.to_numpy(zero_copy_only=False), np.float64) / 1e6


def _epochs(numbers: Seconds) -> Seconds:
    size = np.abs(numbers)
    scale = np.ones(len(numbers))
    for bound, unit in reversed(UNITS):
        scale[size > bound] = unit
    return np.asarray(numbers * scale, np.float64)


def _spelled(texts: pa.Array) -> Seconds:
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return _micros(texts.cast(kind))
        except pa.ArrowInvalid:
            continue
    return np.array([_one(text) for text in texts.to_pylist()], np.float64)


def _one(text: str | None) -> float:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return np.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
