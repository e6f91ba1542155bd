"""The parity of pairs, against a plain loop over their rows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.pairing.comparing import compared, differing
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.parity import AGREE, DIFFER, Parity, ParityCounts, Tolerance

NONE = Tolerance(0.0, 0.0)
PARITIES = list(Parity)
DAY = datetime(2026, 3, 1, 12, 30, 1)
Values = Sequence[Any]


def lanes(values: Values) -> Lanes:
    """Return Python values as lanes; a list is of state OTHER."""
    kinds = {type(None): State.NULL, bool: State.BOOLEAN, str: State.TEXT, list: State.OTHER}
    states = [kinds.get(type(value), State.NUMBER) for value in values]
    of = {s: [v for v, t in zip(values, states, strict=True) if t == s] for s in State}
    return Lanes(
        np.array(states, np.uint8),
        np.array(of[State.NUMBER], np.float64),
        pa.array(of[State.TEXT], pa.large_string()),
        np.array(of[State.BOOLEAN], np.bool_),
    )


def parities(train: Any, serve: Any, tolerance: Tolerance = NONE) -> list[Parity]:
    """Return the parity of each pair."""
    return [PARITIES[code] for code in compared(train, serve, tolerance)]


def single(train: Any, serve: Any, tolerance: Tolerance) -> Parity:
    """Return the parity of one pair of Python values, the slow and obvious way."""
    null = train is None, serve is None
    nan = [isinstance(x, float) and math.isnan(x) for x in (train, serve)]
    if all(null):
        return Parity.EQUAL
    if any(null):
        if any(nan):
            return Parity.RETYPED
        if list in (type(train), type(serve)):
            return Parity.UNSEEN
        return Parity.NULL_TRAIN if null[0] else Parity.NULL_SERVE
    if list in (type(train), type(serve)):
        return Parity.UNSEEN
    if isinstance(train, str) or isinstance(serve, str):
        if type(train) is not type(serve):
            return Parity.OTHER_TYPE
        return Parity.EQUAL if train == serve else Parity.DIFFERENT
    if train == serve or all(nan):
        retyped = isinstance(train, bool) != isinstance(serve, bool)
        return Parity.RETYPED if retyped else Parity.EQUAL
    return numeric(float(train), float(serve), tolerance)


def numeric(t: float, s: float, tolerance: Tolerance) -> Parity:
    """Return the parity of two numbers that are not equal."""
    if not (math.isfinite(t) and math.isfinite(s)):
        return Parity.DIFFERENT
    with np.errstate(over="ignore", under="ignore"):
        if float(np.float32(t)) == s or float(np.float32(s)) == t:
            return Parity.FLOAT32
    if printed(t, s) or printed(s, t):
        return Parity.PRINTED
    allowed = max(tolerance.absolute, tolerance.relative * max(abs(t), abs(s)))
    return Parity.TOLERATED if abs(t - s) <= allowed else Parity.DIFFERENT


def printed(number: float, other: float) -> bool:
    """Return whether the other is the number as a program prints it; of a zero nothing is left."""
    if not number or not other:
        return False
    return any(float(format(number, form)) == other for form in (".6g", ".7g", ".8g", ".6f"))


whole = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, 2**53, 2**53 + 1, 2**63 - 1])
floats = st.floats() | st.sampled_from([0.0, -0.0, 1.0, 5e-324, 3.5e38, 0.1])
texts = st.sampled_from(["", "a", "A", "1", "1.5", "true", "nan", "é", "2026-03-01"])
booleans = st.booleans()
anything = st.none() | floats | texts | booleans | st.just([1])
tolerances = st.sampled_from([NONE, Tolerance(), Tolerance(0.5, 0.0), Tolerance(0.0, 0.1)])


def pairs_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, Any]]]:
    """Return pairs, half of them of one value."""
    pair = st.tuples(values, values) | values.map(lambda value: (value, value))
    return st.lists(pair, max_size=20)


@given(pairs_of(anything), tolerances)
@settings(max_examples=200, deadline=None)
def test_mixed_values_are_what_a_loop_over_the_rows_says(
    pairs: list[tuple[Any, Any]], tolerance: Tolerance
) -> None:
    found = parities(lanes([t for t, _ in pairs]), lanes([s for _, s in pairs]), tolerance)
    assert found == [single(t, s, tolerance) for t, s in pairs]


TYPED: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "float64": (pa.float64(), floats),
    "int32": (pa.int32(), st.integers(-5, 5)),
    "bool": (pa.bool_(), booleans),
    "string": (pa.string(), texts),
    "dictionary": (pa.dictionary(pa.int32(), pa.string()), texts),
}


@pytest.mark.parametrize("left", TYPED)
@pytest.mark.parametrize("right", TYPED)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_arrays_are_what_a_loop_over_the_rows_says(
    left: str, right: str, data: st.DataObject
) -> None:
    (kind, some), (other, others) = TYPED[left], TYPED[right]
    pairs = data.draw(st.lists(st.tuples(st.none() | some, st.none() | others), max_size=12))
    train, serve = [t for t, _ in pairs], [s for _, s in pairs]
    expected = [single(t, s, NONE) for t, s in pairs]
    assert parities(pa.array(train, kind), pa.array(serve, other)) == expected
    assert parities(pa.array(train, kind), lanes(serve)) == expected
    assert parities(lanes(train), pa.array(serve, other)) == expected


@given(st.lists(st.tuples(st.none() | whole, st.none() | whole), max_size=12))
@settings(max_examples=100, deadline=None)
def test_whole_numbers_of_one_type_are_equal_only_where_every_digit_is(
    pairs: list[tuple[int | None, int | None]],
) -> None:
    train, serve = (
        pa.array(side, pa.int64()) for side in ([p[0] for p in pairs], [p[1] for p in pairs])
    )
    for (t, s), parity in zip(pairs, parities(train, serve), strict=True):
        assert (parity is Parity.EQUAL) == (t == s)


def test_a_null_on_one_side_of_whole_numbers_is_a_mismatch() -> None:
    """The rows that both sides have are all equal: nothing else gives it away."""
    train, serve = pa.array([1, None, 3], pa.int64()), pa.array([1, 2, None], pa.int64())
    assert parities(train, serve) == [Parity.EQUAL, Parity.NULL_TRAIN, Parity.NULL_SERVE]


@pytest.mark.parametrize("other", [5.0, -np.inf, np.nan, 0.0, 1e308])
def test_an_infinity_agrees_with_an_infinity_only(other: float) -> None:
    generous = Tolerance(1.0, 1e-3)
    assert parities(pa.array([np.inf]), pa.array([other]), generous) == [Parity.DIFFERENT]
    assert parities(pa.array([other]), pa.array([np.inf]), generous) == [Parity.DIFFERENT]
    assert parities(pa.array([np.inf]), pa.array([np.inf])) == [Parity.EQUAL]


@pytest.mark.parametrize("seconds", [0.001, 1, 60, 600, 1500, 3600])
@pytest.mark.parametrize("unit", ["us", "ns", "ms"])
def test_times_apart_differ_however_far_they_are_from_1970(seconds: float, unit: str) -> None:
    """A millionth of the seconds since 1970 is half an hour."""
    late = DAY + timedelta(seconds=seconds)
    train, serve = pa.array([DAY], pa.timestamp("us")), pa.array([late], pa.timestamp(unit))
    assert parities(train, serve, Tolerance()) == [Parity.DIFFERENT]


def test_one_instant_is_equal_in_every_unit_and_zone() -> None:
    zoned = DAY.replace(tzinfo=UTC)
    for kind in (pa.timestamp("ns"), pa.timestamp("s"), pa.timestamp("ms", "Asia/Tokyo")):
        value = zoned if kind.tz else DAY
        found = parities(pa.array([DAY], pa.timestamp("us")), pa.array([value], kind))
        assert found == [Parity.EQUAL]


PRINTS: dict[str, Callable[[float], float]] = {
    "six digits": lambda x: float(f"{x:.6g}"),
    "seven digits": lambda x: float(f"{x:.7g}"),
    "eight digits": lambda x: float(f"{x:.8g}"),
    "six decimals": lambda x: float(f"{x:.6f}"),
    "json of a float32": lambda x: json.loads(json.dumps(float(np.float32(x)))),
    "shortest float32": lambda x: float(str(np.float32(x))),
}


@pytest.mark.parametrize("name", PRINTS)
def test_what_a_program_prints_is_no_skew(name: str) -> None:
    rng = np.random.default_rng(3)
    sizes = 10.0 ** rng.integers(0, 7, 5_000)
    train = rng.normal(0, 1, 5_000) * sizes
    serve = np.array([PRINTS[name](x) for x in train.tolist()])
    for left, right in ((train, serve), (serve, train)):
        assert not differing(compared(pa.array(left), pa.array(right), Tolerance())).any()


def test_five_digits_are_skew() -> None:
    train = np.random.default_rng(3).uniform(1, 10, 1_000)
    serve = np.array([float(f"{x:.5g}") for x in train.tolist()])
    assert differing(compared(pa.array(train), pa.array(serve), Tolerance())).mean() > 0.8


def test_equal_texts_are_equal_whatever_their_dictionaries() -> None:
    train = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", "b"]))
    serve = pa.DictionaryArray.from_arrays(pa.array([2, 0, None]), pa.array(["b", "x", "a"]))
    assert parities(train, serve) == [Parity.EQUAL] * 3


def test_lists_are_never_judged() -> None:
    train, serve = pa.array([[1], None]), pa.array([[2], None])
    assert parities(train, serve) == [Parity.UNSEEN, Parity.EQUAL]


def test_every_parity_agrees_or_differs_or_was_not_seen() -> None:
    assert {p for p in Parity if p.agrees} == AGREE
    assert AGREE.isdisjoint(DIFFER)
    assert set(Parity) - AGREE - DIFFER == {Parity.UNSEEN}


counted = st.dictionaries(st.sampled_from(PARITIES), st.integers(1, 10**12)).map(ParityCounts)


@given(counted, counted, counted)
def test_counts_of_parity_merge(a: ParityCounts, b: ParityCounts, c: ParityCounts) -> None:
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(ParityCounts()) == a
    assert a.merge(b).pairs == a.pairs + b.pairs
    assert a.pairs - a.mismatches == sum(n for parity, n in a.items() if parity.agrees)
