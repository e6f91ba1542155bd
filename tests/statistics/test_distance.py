"""Total variation and Wasserstein against scipy and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.distance import spread, total_variation, wasserstein
from tests.statistics.cases import counts, tables

PLACES = np.array([-5.0, -1.0, 0.0, 0.5, 3.0, 10.0, 11.0, 100.0])
Pair = tuple[np.ndarray, np.ndarray]


@given(pair=tables(), scale=st.floats(0.01, 100.0))
def test_wasserstein_is_scipys_over_the_scale(pair: Pair, scale: float) -> None:
    places = PLACES[: len(pair[0])]
    exact = stats.wasserstein_distance(places, places, *pair) / scale
    effect = wasserstein(*pair, places, scale=scale)
    assert effect.plug_in == pytest.approx(exact, rel=1e-9, abs=1e-9)


@given(values=st.lists(st.floats(0.0, 9.99), min_size=4, max_size=80), cut=st.integers(1, 3))
def test_what_wide_cells_hide_from_wasserstein_is_within_its_error(
    values: list[float], cut: int
) -> None:
    train, serve = values[:cut], values[cut:]
    grid = np.arange(11.0)
    effect = wasserstein(
        np.histogram(train, grid)[0],
        np.histogram(serve, grid)[0],
        grid[:-1] + 0.5,
        scale=1.0,
        radius=np.full(10, 0.5),
    )
    exact = stats.wasserstein_distance(train, serve)
    assert abs(effect.plug_in - exact) <= effect.error + 1e-9


def test_a_shift_of_everything_by_one_scale_is_a_distance_of_one() -> None:
    train, serve = counts(25, 50, 25, 0), counts(0, 25, 50, 25)
    assert wasserstein(train, serve, np.array([0.0, 2, 4, 6]), scale=2.0).plug_in == 1.0


@given(pair=tables())
def test_total_variation_is_half_the_sum_of_differences(pair: Pair) -> None:
    p, q = (side / side.sum() for side in pair)
    effect = total_variation(*pair)
    assert effect.plug_in == pytest.approx(0.5 * np.abs(p - q).sum())
    assert effect.bounds()[1] <= 1.0


def test_the_mean_of_total_variation_without_skew_is_the_bias_taken_off() -> None:
    rng, shares = np.random.default_rng(5), [0.02] * 50
    effects = [
        total_variation(rng.multinomial(300, shares), rng.multinomial(300, shares))
        for _ in range(300)
    ]
    mean = np.mean([effect.plug_in for effect in effects])
    assert effects[0].bias == pytest.approx(mean, rel=0.03)
    assert np.mean([effect.value == 0.0 for effect in effects]) > 0.4


def test_the_spread_is_the_interquartile_range_then_the_wide_range_then_none() -> None:
    places = np.array([0.0, 1.0, 2.0, 3.0])
    assert spread(counts(25, 25, 25, 25), places) == 2.0
    assert spread(counts(10, 80, 10, 0), places) == 2.0
    assert spread(counts(2, 96, 2, 0), places) is None


def test_a_column_that_never_left_one_value_can_be_anywhere() -> None:
    effect = wasserstein(counts(0, 9), counts(0, 9), np.array([0.0, 1.0]), scale=1.0)
    assert effect.value == 0.0 and effect.bounds() == (0.0, math.inf)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan])
def test_a_scale_that_is_not_positive_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        wasserstein(counts(1, 1), counts(1, 1), np.array([0.0, 1.0]), scale=scale)


@pytest.mark.parametrize("places", [[1.0, 0.0], [0.0, math.inf], [math.nan, 0.0]])
def test_cell_values_out_of_order_or_not_finite_are_refused(places: list[float]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        wasserstein(counts(1, 1), counts(1, 1), np.array(places), scale=1.0)


def test_the_rows_advised_decide_when_the_effect_stays_what_it_is() -> None:
    shares = np.full(10, 0.1)
    small = total_variation((shares * 10**6).astype(np.int64), (shares * 200).astype(np.int64))
    needed = small.rows_needed(0.05)
    assert needed.serve is not None and needed.serve > 0
    rows = 200 + needed.serve
    rng = np.random.default_rng(2)
    passed = [
        total_variation(rng.multinomial(10**6, shares), rng.multinomial(rows, shares)).p_below(0.05)
        < 0.05
        for _ in range(100)
    ]
    assert np.mean(passed) > 0.85
