"""Pairs of the rarer types, and planted prints of numbers of any size."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.pairing.comparing import compared, differing
from skewcheck.summaries.parity import Parity, Tolerance
from tests.summaries.test_parity import NONE, lanes, parities, single, texts

DAY = datetime(2026, 3, 1)
EPOCH = int(DAY.replace(tzinfo=UTC).timestamp())
SIZES = [10.0**power for power in (-306, -250, -30, -7, 0, 7, 30, 250, 306)]


def dictionary(rows: list[str | None], kind: pa.DataType) -> pa.Array:
    """Return texts with codes of a type, under a dictionary of their own order."""
    known = list(dict.fromkeys(row for row in reversed(rows) if row is not None))
    codes = [None if row is None else known.index(row) for row in rows]
    return pa.DictionaryArray.from_arrays(pa.array(codes, kind), pa.array(known, pa.string()))


@given(st.lists(st.tuples(st.none() | texts, st.none() | texts), max_size=15))
@settings(max_examples=100, deadline=None)
def test_texts_compare_alike_however_they_are_stored(pairs: list[tuple[Any, Any]]) -> None:
    expected = [single(t, s, NONE) for t, s in pairs]

    def forms(rows: list[Any]) -> list[Any]:
        plain = [pa.array(rows, kind) for kind in (pa.string(), pa.large_string())]
        coded = [dictionary(rows, kind) for kind in (pa.int8(), pa.uint8(), pa.uint32())]
        return [*plain, *coded, pa.array(rows, pa.string_view()), lanes(rows)]

    for train in forms([t for t, _ in pairs]):
        for serve in forms([s for _, s in pairs]):
            assert parities(train, serve) == expected


def test_a_full_narrow_dictionary_compares() -> None:
    rows: list[str | None] = [*(f"v{i}" for i in range(128)), None]
    train, serve = dictionary(rows, pa.int8()), dictionary([*rows[1:], rows[0]], pa.int8())
    assert not compared(train, train, NONE).any()
    assert compared(train, serve, NONE).all()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("digits", [6, 7, 8])
def test_a_print_of_few_digits_is_no_skew_at_any_size(size: float, digits: int) -> None:
    train = np.random.default_rng(3).uniform(-9, 9, 500) * size
    serve = np.array([float(f"{x:.{digits}g}") for x in train.tolist()])
    for left, right in ((train, serve), (serve, train)):
        assert not differing(compared(pa.array(left), pa.array(right), NONE)).any()


@pytest.mark.parametrize("size", [s for s in SIZES if s >= 1])
def test_a_thousandth_and_five_digits_are_skew_at_any_size(size: float) -> None:
    train = np.random.default_rng(3).uniform(1, 9, 500) * size
    five = np.array([float(f"{x:.5g}") for x in train.tolist()])
    assert differing(compared(pa.array(train), pa.array(train * 1.001), Tolerance())).all()
    assert differing(compared(pa.array(train), pa.array(five), Tolerance())).mean() > 0.8


@given(st.lists(st.integers(2**53 - 3, 2**53 + 9), min_size=1, max_size=9))
def test_neighbours_that_floats_do_not_tell_apart_are_not_equal_in_any_widths(
    rows: list[int],
) -> None:
    train, serve = pa.array(rows, pa.uint64()), pa.array([n + 1 for n in rows], pa.int64())
    assert not {Parity.EQUAL, Parity.PRINTED} & set(parities(train, serve))


def test_decimals_are_numbers() -> None:
    train = pa.array([Decimal("1.10"), Decimal("2.00"), None], pa.decimal128(10, 2))
    expected = [Parity.EQUAL, Parity.DIFFERENT, Parity.NULL_TRAIN]
    assert parities(train, pa.array([1.1, 3.0, 4.0])) == expected


@pytest.mark.parametrize(
    "serve",
    [
        pa.array(["2026-03-01T00:00:00Z"]),
        pa.array(["2026-03-01"]),
        pa.array([" 2026-03-01T01:00:00+01:00 "]).dictionary_encode(),
        *(pa.array([EPOCH * unit]) for unit in (1, 10**3, 10**6, 10**9)),
        lanes(["2026-03-01 00:00:00"]),
        lanes([float(EPOCH)]),
    ],
)
def test_a_time_spelled_in_another_way_agrees_and_another_time_does_not(serve: Any) -> None:
    for kind in (pa.timestamp("ms"), pa.timestamp("ns", "UTC"), pa.date32()):
        assert parities(pa.array([DAY]).cast(kind), serve) == [Parity.RETYPED]
        assert parities(serve, pa.array([DAY]).cast(kind)) == [Parity.RETYPED]
        later = pa.array([datetime(2026, 3, 2)]).cast(kind)
        assert parities(later, serve, Tolerance()) == [Parity.DIFFERENT]


def test_what_is_no_time_is_of_another_type_and_nothing_is_null() -> None:
    train = pa.array([DAY, DAY, None, None, None])
    serve = lanes(["soon", None, "2026-03-01", None, float("nan")])
    assert parities(train, serve) == [
        Parity.OTHER_TYPE,
        Parity.NULL_SERVE,
        Parity.NULL_TRAIN,
        Parity.EQUAL,
        Parity.RETYPED,
    ]


def test_a_date_that_stands_for_forever_equals_itself() -> None:
    forever = pa.array([date(9999, 12, 31), None])
    assert parities(forever, forever.cast(pa.timestamp("us"))) == [Parity.EQUAL] * 2


def test_a_column_of_nulls_lacks_every_value_of_the_other() -> None:
    for other in (pa.array([1.0]), pa.array(["a"]), pa.array([DAY]), pa.array([True])):
        assert parities(pa.nulls(1), other) == [Parity.NULL_TRAIN]
        assert parities(other, pa.nulls(1)) == [Parity.NULL_SERVE]
    assert parities(pa.nulls(1), pa.nulls(1)) == [Parity.EQUAL]


@pytest.mark.parametrize(
    "kind", [pa.time64("us"), pa.duration("s"), pa.binary(), pa.list_(pa.int8())]
)
def test_types_that_are_not_compared_are_unseen_even_where_equal(kind: pa.DataType) -> None:
    value = {pa.binary(): b"a"}.get(kind, [1] if pa.types.is_list(kind) else 1)
    rows = pa.array([value], kind)
    assert parities(rows, rows) == [Parity.UNSEEN]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.int64(), 1),
        (pa.float64(), 1.5),
        (pa.bool_(), True),
        (pa.timestamp("us"), DAY),
        (pa.large_string(), "a"),
    ],
)
def test_a_null_equals_a_null_alone_beside_values_of_any_type(
    kind: pa.DataType, value: object
) -> None:
    train = pa.array([None, None, value, value], kind)
    serve = pa.array([None, value, None, value], kind)
    expected = [Parity.EQUAL, Parity.NULL_TRAIN, Parity.NULL_SERVE, Parity.EQUAL]
    assert parities(train, serve) == expected
    assert parities(train[1:], serve[1:]) == expected[1:]
