"""The KS distance against scipy, Kolmogorov's constants and what a coarse grid may hide."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.ks import ks
from tests.statistics.cases import counts, tables


def scipys(train: list[int], serve: list[int]) -> float:
    """Return scipy's statistic; its p-value, which we do not want, may warn."""
    with warnings.catch_warnings(action="ignore"):
        return float(stats.ks_2samp(train, serve, method="asymp").statistic)


samples = st.lists(st.integers(-20, 20), min_size=1, max_size=200)


@given(train=samples, serve=samples)
def test_pure_cells_give_scipys_two_sample_statistic(train: list[int], serve: list[int]) -> None:
    grid = np.arange(-20, 22)
    effect = ks(np.histogram(train, grid)[0], np.histogram(serve, grid)[0], pure=True)
    assert effect.value == pytest.approx(scipys(train, serve), abs=1e-12)
    assert effect.error == 0.0


@given(train=samples, serve=samples, width=st.integers(2, 15))
def test_what_a_coarse_grid_hides_is_within_its_error(
    train: list[int], serve: list[int], width: int
) -> None:
    grid = np.arange(-20, 21 + width, width)
    effect = ks(np.histogram(train, grid)[0], np.histogram(serve, grid)[0])
    exact = scipys(train, serve)
    assert effect.value <= exact + 1e-12
    assert exact <= effect.value + effect.error + 1e-12
    assert effect.bounds()[1] >= min(1.0, exact) - 1e-12


@pytest.mark.parametrize(
    ("level", "constant"), [(0.05, 1.358), (0.025, 1.480), (0.01, 1.628), (0.001, 1.949)]
)
def test_the_lower_bound_takes_kolmogorovs_constant_off(level: float, constant: float) -> None:
    train, serve = counts(8000, 2000), counts(2000, 8000)
    low = ks(train, serve, pure=True).bounds(level)[0]
    assert low == pytest.approx(0.6 - constant * (2 / 10_000) ** 0.5, abs=1e-5)


def test_the_upper_bound_is_the_pointwise_one_at_the_largest_gap() -> None:
    train, serve = counts(5000, 5000), counts(4000, 6000)
    high = ks(train, serve, pure=True).bounds(0.05)[1]
    wald = 0.1 + 1.645 * (0.25 / 10_000 + 0.24 / 10_000) ** 0.5
    assert high == pytest.approx(wald, abs=1e-4)


def test_the_largest_gap_is_found_and_signed() -> None:
    effect = ks(counts(10, 10, 10, 10), counts(10, 0, 10, 20), pure=True)
    assert effect.location == 1
    assert effect.steps[effect.location] == pytest.approx(0.25)


@given(pair=tables())
def test_cells_of_several_values_only_raise_the_upper_bound(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    pure, mixed = ks(*pair, pure=True), ks(*pair)
    assert mixed.bounds()[0] == pure.bounds()[0]
    assert mixed.bounds()[1] >= pure.bounds()[1] - 1e-12


def test_about_four_hundred_rows_pass_a_limit_of_a_tenth() -> None:
    grid = np.full(200, 10**7, dtype=np.int64)
    serve = np.zeros(200, dtype=np.int64)
    serve[::10] = 1
    needed = ks(grid, serve, pure=True).rows_needed(0.1)
    assert needed.serve is not None and 380 <= needed.serve + 20 <= 450


def test_no_rows_help_when_the_grid_is_too_coarse_for_the_limit() -> None:
    needed = ks(counts(500, 500), counts(50, 50)).rows_needed(0.1)
    assert needed.serve is None and needed.train is None
