"""Keys in one form on both sides, so that equal keys are equal values; and repairs of them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skewcheck.sources.batch import Lanes, State

t = pa.types
REPAIRS = ("type", "case", "space", "padding", "uuid")
UUID = r"^(?:urn:uuid:)?\{?" + "-?".join(f"([0-9a-f]{{{n}}})" for n in (8, 4, 4, 4, 12)) + r"\}?$"
EXACT = 2.0**63


def forms(
    train: pa.Array | Lanes, serve: pa.Array | Lanes, repairs: Collection[str] | None = None
) -> tuple[pa.Array, pa.Array]:
    """Return both key columns as arrays of one type, null where there is no key (or a NaN).

    Two rows have equal keys if and only if their values are equal: whole numbers are int64
    (1 and 1.0 are one key), texts large_string, times microseconds (nanoseconds where a side has
    them). Where types differ at all, and wherever ``repairs`` are given (even none), both are texts
    with a mark of each value's type in front.
    """
    left, right = _native(train), _native(serve)
    if repairs is not None:
        return _marked(left, train, repairs), _marked(right, serve, repairs)
    if t.is_timestamp(left.type) and t.is_timestamp(right.type):
        unit = "ns" if "ns" in (left.type.unit, right.type.unit) else "us"
        both = [_utc(side, unit) for side in (left, right)]
        return both[0], both[1]
    if left.type == right.type != pa.null():
        return left, right
    return _marked(left, train, ()), _marked(right, serve, ())


def _utc(times: pa.Array, unit: str) -> pa.Array:
    return times.cast(pa.timestamp(unit, times.type.tz), safe=False).cast(pa.int64())


def _native(values: pa.Array | Lanes) -> pa.Array:
    """Return int64, large_string, bool or timestamp; nulls(0) for values of several types."""
    several = pa.nulls(0)
    if isinstance(values, Lanes):
        return several
    kind = values.type
    if t.is_dictionary(kind):
        return values.cast(pa.large_string())
    if t.is_string(kind) or t.is_large_string(kind):
        return values.cast(pa.large_string())
    if t.is_date(kind):
        return values.cast(pa.timestamp("us"))
    if t.is_timestamp(kind) or t.is_boolean(kind):
        return values
    if t.is_integer(kind) or t.is_floating(kind):
        try:
            return _without_nan(values).cast(pa.int64())
        except pa.ArrowInvalid:
            return several
    return several


def _without_nan(values: pa.Array) -> pa.Array:
    if not t.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), None, values)


def _marked(native: pa.Array, values: pa.Array | Lanes, repairs: Collection[str]) -> pa.Array:
    """Return values as texts with their type in front, repaired."""
    if isinstance(values, Lanes):
        return _of_lanes(values, repairs)
    if t.is_large_string(native.type):
        return _texts(native, repairs)
    if t.is_int64(native.type):
        return _numbers(native.cast(pa.large_string()), repairs)
    if t.is_timestamp(native.type):
        return _front("t", _utc(native, "ns").cast(pa.large_string()))
    if t.is_boolean(values.type):
        return _front("b", values.cast(pa.large_string()))
    if t.is_integer(values.type):
        return _numbers(values.cast(pa.large_string()), repairs)
    if t.is_floating(values.type):
        return _numbers(_printed(_without_nan(values.cast(pa.float64()))), repairs)
    return pa.nulls(len(values), pa.large_string())  # a list is no key


def _of_lanes(lanes: Lanes, repairs: Collection[str]) -> pa.Array:
    pools = {
        State.TEXT: _texts(lanes.texts.cast(pa.large_string()), repairs),
        State.NUMBER: _numbers(_printed(_without_nan(pa.array(lanes.numbers))), repairs),
        State.BOOLEAN: _front("b", pa.array(lanes.booleans).cast(pa.large_string())),
    }
    places = np.zeros(len(lanes.states), np.int64)
    start = 1  # place 0 is no key
    for state, pool in pools.items():
        rows = lanes.states == state
        places[rows] = start + np.arange(len(pool))
        start += len(pool)
    none = pa.nulls(1, pa.large_string())
    return pa.concat_arrays([none, *pools.values()]).take(pa.array(places))


def _printed(numbers: pa.Array) -> pa.Array:
    """Return numbers as texts, whole ones without a point."""
    values = numbers.to_numpy(zero_copy_only=False)
    whole = (values == np.floor(values)) & (values >= -EXACT) & (values < EXACT)
    ints = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.large_string())
    return pc.if_else(pa.array(whole), ints, numbers.cast(pa.large_string()))


def _numbers(texts: pa.Array, repairs: Collection[str]) -> pa.Array:
    return _texts(texts, repairs) if "type" in repairs else _front("n", texts)


def _texts(texts: pa.Array, repairs: Collection[str]) -> pa.Array:
    """Return texts as they would be if they were spelled in one way."""
    if "space" in repairs:
        texts = pc.utf8_trim_whitespace(texts)
    if "uuid" in repairs:
        small = pc.utf8_lower(texts)
        alike = pc.replace_substring_regex(small, UUID, r"\1\2\3\4\5")
        texts = pc.if_else(pc.match_substring_regex(small, UUID), alike, texts)
    if "case" in repairs:
        texts = pc.utf8_lower(texts)
    if "type" in repairs:
        texts = pc.replace_substring_regex(texts, r"^(-?[0-9]+)\.0+$", r"\1")
    if "padding" in repairs:
        texts = pc.replace_substring_regex(texts, "^0+(.)", r"\1")
    return _front("s", texts)


def _front(mark: str, texts: pa.Array) -> pa.Array:
    kind = pa.large_string()
    first, between = pa.scalar(mark, kind), pa.scalar("", kind)
    return pc.binary_join_element_wise(first, texts, between)
