"""Rank intervals against the binomial, and the largest shift of five quantiles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.quantiles import LEVELS, quantile_shift, rank_interval
from tests.statistics.cases import counts


@given(n=st.integers(1, 5000), u=st.floats(0.001, 0.999), level=st.sampled_from([0.1, 0.05, 1e-4]))
def test_the_ranks_are_the_tightest_that_the_binomial_allows(
    n: int, u: float, level: float
) -> None:
    low, high = rank_interval(n, u, level=level)
    rows = stats.binom(n, u)
    slack = 1 + 1e-9
    if low is None:
        assert rows.cdf(0) * slack > level
    else:
        assert rows.cdf(low - 1) <= level * slack and (low == n or rows.cdf(low) * slack > level)
    if high is None:
        assert rows.sf(n - 1) * slack > level
    else:
        assert rows.sf(high - 1) <= level * slack
        assert high == 1 or rows.sf(high - 2) * slack > level


@pytest.mark.parametrize(("u", "rows"), [(0.95, 72), (0.99, 368), (0.999, 3688)])
def test_a_high_quantile_has_no_upper_bound_below_the_known_number_of_rows(
    u: float, rows: int
) -> None:
    assert rank_interval(rows, u, level=0.025)[1] == rows
    assert rank_interval(rows - 1, u, level=0.025)[1] is None


def test_ranks_of_a_billion_rows_are_found() -> None:
    low, high = rank_interval(10**9, 0.5)
    assert low is not None and high is not None
    assert low == pytest.approx(5e8 - 1.645 * 0.5 * 10**4.5, abs=5)
    assert low + high == 10**9 + 1


def test_a_shift_of_one_cell_is_found_at_every_quantile() -> None:
    train = np.append(np.full(100, 1000), np.zeros(10)).astype(np.int64)
    places = np.arange(110.0)
    effect = quantile_shift(train, np.roll(train, 5), places, scale=50.0)
    assert effect.shifts == pytest.approx([0.1] * 5)
    low, high = effect.bounds()
    assert 0.07 < low < 0.1 < high < 0.13


def test_the_quantile_that_moved_most_is_named() -> None:
    train, serve = counts(*[10] * 100), counts(*[10] * 90, *[0] * 9, 100)
    effect = quantile_shift(train, serve, np.arange(100.0), scale=50.0)
    assert effect.quantile == LEVELS[-1]
    assert effect.value == pytest.approx(5 / 50)


def test_quantiles_are_numpys_inverted_distribution_function() -> None:
    rng = np.random.default_rng(1)
    train, serve = rng.integers(0, 50, 333), rng.integers(0, 50, 77)
    a, b = (np.bincount(side, minlength=50) for side in (train, serve))
    effect = quantile_shift(a, b, np.arange(50.0), scale=1.0)
    exact = [np.quantile(side, LEVELS, method="inverted_cdf") for side in (serve, train)]
    assert effect.shifts == pytest.approx(exact[0] - exact[1])


def test_too_few_rows_for_the_outer_quantiles_leave_the_upper_bound_open() -> None:
    train = counts(*[100] * 20)
    effect = quantile_shift(train, counts(*[2] * 20), np.arange(20.0), scale=10.0)
    assert effect.bounds()[1] == math.inf
    assert effect.rows_needed(0.5).serve == 59 - 40


def test_wide_cells_widen_both_bounds() -> None:
    train, serve = counts(*[100] * 20), counts(*[0] * 5, *[100] * 15)
    exact = quantile_shift(train, serve, np.arange(20.0), scale=10.0)
    wide = quantile_shift(train, serve, np.arange(20.0), scale=10.0, radius=np.full(20, 0.5))
    assert wide.error == pytest.approx(0.1)
    assert wide.bounds()[0] < exact.bounds()[0] < exact.bounds()[1] < wide.bounds()[1]


@pytest.mark.parametrize("u", [0.0, 1.0, -0.5, math.nan])
def test_a_quantile_outside_zero_to_one_is_refused(u: float) -> None:
    with pytest.raises(ValueError, match="quantile"):
        rank_interval(10, u)
