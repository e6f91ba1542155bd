"""Counts per segment and per span of time: the laws of merging, and what is cut and what is not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skewcheck.summaries import places
from skewcheck.summaries.places import BINS, FARTHEST, VALUES, Codes, Places

Row = tuple[str, str, float, bool]

seconds = st.one_of(
    st.floats(-1e6, 1e6),
    st.floats(1.3e9, 1.4e9),
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -60.0, 1e300, FARTHEST]),
)
rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.text("xyz", max_size=2), seconds, st.booleans()),
    max_size=25,
)
law = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the caps are low all along
)


def coded(values: list[str]) -> Codes:
    labels = tuple(sorted(set(values)))
    return Codes(labels, np.array([labels.index(v) for v in values], np.int32))


def of(rows: list[Row], *, marked: bool = False) -> Places:
    """Return the places of rows added at once, or of the marked ones."""
    made = Places()
    if rows:
        first, second, times, marks = (list(column) for column in zip(*rows, strict=True))
        segments = {"first": coded(first), "second": coded(second)}
        made.add(segments, np.array(times), np.array(marks) if marked else None)
    return made


@pytest.fixture(scope="function")
def low() -> Iterator[None]:
    """Lower the caps, so that the laws meet them with a few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "VALUES", 4)
        patch.setattr(places, "BINS", 5)
        yield


@pytest.mark.usefixtures("low")
@given(rows)
@law
def test_nothing_is_the_identity_of_merging(x: list[Row]) -> None:
    assert of(x).merge(Places()) == of(x) == Places().merge(of(x))


@pytest.mark.usefixtures("low")
@given(rows, rows, rows)
@law
def test_merging_is_commutative_and_associative(x: list[Row], y: list[Row], z: list[Row]) -> None:
    a, b, c = of(x), of(y), of(z)
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert (a, b, c) == (of(x), of(y), of(z))


@pytest.mark.usefixtures("low")
@given(rows, rows)
@law
def test_a_batch_split_in_two_counts_as_one(x: list[Row], y: list[Row]) -> None:
    for marked in (False, True):
        one = of(x, marked=marked).merge(of(y, marked=marked))
        assert of(x + y, marked=marked) == one


@pytest.mark.usefixtures("low")
@given(rows, st.randoms(use_true_random=False))
@law
def test_the_order_of_rows_does_not_matter(x: list[Row], random: Random) -> None:
    shuffled = list(x)
    random.shuffle(shuffled)
    assert of(shuffled) == of(x)


@pytest.mark.usefixtures("low")
@given(rows)
@law
def test_marked_rows_are_those_of_the_mask_and_of_no_other(x: list[Row]) -> None:
    marked, alone = of(x, marked=True), of([row for row in x if row[3]])
    assert (marked.count, marked.moments) == (alone.count, alone.moments)
    assert (marked.first, marked.last) == (alone.first, alone.last)
    for name, counts in alone.segments.items():
        assert marked.segments[name] == counts


def test_rows_are_counted_by_value_and_by_minute() -> None:
    made = of([("a", "x", 59.9, True), ("a", "y", 60.0, True), ("b", "y", math.nan, True)])
    assert made.segments == {"first": {"a": 2, "b": 1}, "second": {"x": 1, "y": 2}}
    assert made.moments == {0: 1, 1: 1}
    assert (made.count, made.step, made.first, made.last) == (3, 0, 59.9, 60.0)


def test_a_column_of_too_many_values_is_given_up_and_stays_so() -> None:
    many = Codes(tuple(map(str, range(VALUES + 1))), np.arange(VALUES + 1, dtype=np.int32))
    made, times = Places(), np.zeros(VALUES + 1)
    made.add({"id": many}, times, None)
    assert made.segments == {"id": None}
    made.add({"id": Codes(("0",), np.zeros(1, np.int32))}, np.zeros(1), None)
    assert made.segments == {"id": None}
    assert made.merge(Places()).segments == {"id": None} == Places().merge(made).segments


def test_spans_grow_until_they_are_few_enough_and_lose_no_row() -> None:
    made, minutes = Places(), 3 * BINS
    for start in range(0, minutes, 1000):  # batch by batch, as a log is read
        batch = np.arange(start, min(start + 1000, minutes), dtype=np.float64)
        made.add({}, batch * 60.0 + 1.3e9, None)
    assert made.step == 2
    assert len(made.moments) <= BINS
    assert sum(made.moments.values()) == minutes == made.count
    coarse = made.spans(4)
    assert sum(coarse.values()) == minutes
    assert sorted(coarse.values())[2:] == [16] * (len(coarse) - 2)  # but the first and the last


def test_far_apart_times_are_counted_without_an_array_between_them() -> None:
    made = Places()
    made.add({}, np.array([-FARTHEST, FARTHEST, 2 * FARTHEST]), None)
    assert (made.count, sum(made.moments.values())) == (3, 2)


def test_arrays_of_different_lengths_are_refused() -> None:
    codes = Codes(("a",), np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="2 values of first, 3 times"):
        Places().add({"first": codes}, np.zeros(3), None)
    with pytest.raises(ValueError, match="mask of 1 rows, 3 times"):
        Places().add({}, np.zeros(3), np.ones(1, np.bool_))
