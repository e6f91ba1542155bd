"""What a chart shows: every row is somewhere, values of their own stand apart."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skewcheck import axis
from skewcheck.charts import Chart, _fine, chart
from skewcheck.schema import Role
from skewcheck.sides import Sides
from tests.report.cases import profile

rng = np.random.default_rng(3)
FLOATS = st.floats(-(2.0**100), 2.0**100, width=32)


def drawn(train: object, serve: object) -> Chart:
    """Return the chart of two columns; None stands for a side without the column."""
    arrays = [side if isinstance(side, pa.Array) else pa.array(side) for side in (train, serve)]
    one, two = (profile({"c": a}) for a in arrays)
    made = chart(Sides("c", Role.FEATURE, one.columns["c"], two.columns["c"], one.rows, two.rows))
    assert made is not None
    return made


def bar(made: Chart, label: str) -> tuple[float, float]:
    (found,) = [b for b in made.bars if b.label == label]
    return found.train, found.serve


def rounded(made: Chart) -> float:
    """Return how much the bars together may be off: a step of the highest one's third figure."""
    if made.body is None or not made.body.peak:
        return 1e-9
    step = 10.0 ** (math.floor(math.log10(made.body.peak)) - 2)
    return 1e-9 + step * len(made.body.train)


def total(made: Chart) -> tuple[float, float]:
    body = (sum(made.body.train), sum(made.body.serve)) if made.body else (0.0, 0.0)
    return (
        body[0] + sum(b.train for b in made.bars),
        body[1] + sum(b.serve for b in made.bars),
    )


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.float64, st.integers(1, 300), elements=FLOATS),
    hnp.arrays(np.float64, st.integers(1, 300), elements=FLOATS),
)
def test_no_row_is_drawn_twice_and_none_is_lost_without_a_note(
    train: np.ndarray, serve: np.ndarray
) -> None:
    made = drawn(train, serve)
    room = rounded(made)
    for share in total(made):
        assert share <= 1 + room
        assert made.notes or share == pytest.approx(1, abs=room)
    shown = [*made.bars] + ([made.body] if made.body else [])
    assert shown
    if made.body:
        assert all(math.isfinite(v) and v >= 0 for v in (*made.body.train, *made.body.serve))
        assert all(0 <= place <= 1 for place, _ in made.body.ticks)


def test_nulls_and_nan_are_bars_of_their_own() -> None:
    train = pa.array([1.0, 2.0, None, float("nan")] * 5)
    made = drawn(train, pa.array([1.0, 2.0, 2.0, float("inf")] * 5))
    assert bar(made, "null") == (0.25, 0.0)
    assert bar(made, "NaN") == (0.25, 0.0)
    assert bar(made, "+inf") == (0.0, 0.25)


def test_a_sentinel_stands_apart_and_does_not_squash_the_rest() -> None:
    train = rng.normal(40, 10, 4000)
    serve = np.where(rng.random(4000) < 0.05, -999.0, rng.normal(40, 10, 4000))
    made = drawn(train, serve)
    assert bar(made, "-999")[1] == pytest.approx(0.05, abs=0.02)
    assert made.body is not None and not made.body.log
    occupied = sum(v > 0 for v in made.body.train)
    assert occupied > 0.6 * len(made.body.train)


def test_zero_inflation_is_a_bar_and_the_rest_a_histogram() -> None:
    values = np.where(rng.random(4000) < 0.8, 0.0, rng.exponential(3.0, 4000))
    made = drawn(values, values)
    assert bar(made, "0") == pytest.approx((0.8, 0.8), abs=0.02)
    assert made.body is not None and made.body.peak < 0.1


def test_hours_of_the_day_are_not_taken_for_special_values() -> None:
    hours = np.repeat(np.arange(24.0), 50)
    made = drawn(hours, (hours + 5) % 24)
    assert made.bars == ()
    assert made.body is not None
    assert len(made.body.train) == 24
    assert made.body.train == pytest.approx([1 / 24] * 24, abs=0.00005)


def test_whole_numbers_have_no_comb() -> None:
    ages = np.tile(np.arange(18.0, 91.0), 40)
    made = drawn(ages, ages)
    assert made.body is not None
    inner = made.body.train[1:-1]
    assert max(inner) == pytest.approx(min(inner))


def test_heavy_tails_get_a_logarithmic_axis_and_plain_ones_a_linear_one() -> None:
    made = [drawn(x, x) for x in (rng.lognormal(0, 3, 4000), rng.normal(0, 1, 4000))]
    bodies = [m.body for m in made]
    assert all(bodies)
    assert [b.log for b in bodies if b] == [True, False]


def test_a_change_of_units_shows_two_separate_hills() -> None:
    x = rng.normal(50, 5, 4000)
    made = drawn(x, 100 * x)
    assert made.body is not None
    both = [min(t, s) for t, s in zip(made.body.train, made.body.serve, strict=True)]
    assert sum(both) < 0.01


def test_few_values_get_a_bar_each_in_order() -> None:
    made = drawn([3.0, 1.0, 2.0, 1.0], [1.0, 1.0, 1.0, 2.0])
    assert made.body is None
    assert [(b.label, b.train, b.serve) for b in made.bars] == [
        ("1", 0.5, 0.75),
        ("2", 0.25, 0.25),
        ("3", 0.25, 0.0),
    ]


def test_a_constant_is_one_bar() -> None:
    made = drawn([7.0] * 10, [7.0] * 5)
    assert [(b.label, b.train, b.serve) for b in made.bars] == [("7", 1.0, 1.0)]


def test_categories_past_the_heaviest_are_summed_and_counted() -> None:
    names = [f"c{i:02}" for i in range(30) for _ in range(60 - i)]
    made = drawn(names, names)
    assert len(made.bars) == 13
    assert made.bars[-1].label == "18 others"
    assert total(made) == pytest.approx((1, 1))


def test_booleans_are_categories() -> None:
    made = drawn([True, False], [True, True])
    assert bar(made, "true") == (0.5, 1.0)
    assert bar(made, "false") == (0.5, 0.0)


def test_an_all_null_column_is_a_bar_of_nulls() -> None:
    made = drawn(pa.nulls(4, pa.float64()), [1.0, 2.0])
    assert bar(made, "null") == (1.0, 0.0)


def test_a_side_without_the_column_is_absent_in_all_its_rows() -> None:
    one = profile({"c": pa.array([1.0, 2.0])})
    made = chart(Sides("c", Role.FEATURE, one.columns["c"], None, 2, 5))
    assert made is not None
    assert bar(made, "absent") == (0.0, 1.0)


def test_nothing_is_drawn_of_a_side_without_rows() -> None:
    assert chart(Sides("c", Role.FEATURE, None, None, 0, 5)) is None


def test_rows_beyond_the_axis_are_told() -> None:
    values = np.concatenate([rng.normal(0, 1, 9_999), [1e12]])
    values[9_998] = 3e11
    made = drawn(values, values)
    assert any("outside the axis" in note for note in made.notes) or total(made) == (1, 1)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_round_and_in_order(low: float, width: float) -> None:
    values = np.linspace(low, low + width, 500)
    share = np.full(500, 1 / 500)
    laid = axis.lay(values, [share, share])
    places = [place for place, _ in laid.ticks]
    assert places == sorted(places)
    assert len(places) <= 8


SHARES = st.lists(st.floats(1e-9, 1) | st.just(0.0), min_size=1, max_size=40)


@given(SHARES, SHARES)
def test_shares_are_rounded_to_figures_of_the_highest_and_none_vanishes(
    train: list[float], serve: list[float]
) -> None:
    peak = max([*train, *serve])
    for given_, told in zip((train, serve), _fine(tuple(train), tuple(serve)), strict=True):
        for share, shown in zip(given_, told, strict=True):
            assert abs(share - shown) <= max(peak / 100, 1e-300)
            assert (shown == 0) == (share == 0) and (shown == 1) == (share == 1)
