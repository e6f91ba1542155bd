"""8*JS, PSI and the JS distance against scipy, hand computation and published constants."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from skewcheck.statistics.divergence import (
    LARGEST,
    Divergence,
    js8,
    js_distance,
    psi,
    share_of,
    unseen,
)
from tests.statistics.cases import counts, tables


@given(pair=tables())
def test_the_distance_is_scipys_on_smoothed_shares(pair: tuple[np.ndarray, np.ndarray]) -> None:
    held = (pair[0] + pair[1]) > 0
    expected = jensenshannon(pair[0][held] + 0.25, pair[1][held] + 0.25, base=2)
    assert js_distance(*pair).plug_in == pytest.approx(expected, abs=1e-7)


def test_eight_times_js_is_the_divergence_behind_the_distance() -> None:
    train, serve = counts(400, 300, 300), counts(500, 300, 200)
    assert js8(train, serve).plug_in == pytest.approx(
        LARGEST * js_distance(train, serve).plug_in ** 2
    )


def test_psi_is_the_sum_by_hand() -> None:
    train, serve = counts(50, 30, 20), counts(20, 30, 50)
    p, q = (50.5 / 101.5, 30.5 / 101.5, 20.5 / 101.5), (20.5 / 101.5, 30.5 / 101.5, 50.5 / 101.5)
    by_hand = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi(train, serve).plug_in == pytest.approx(by_hand)
    assert psi(train, serve).plug_in == pytest.approx(0.5328, abs=5e-4)


def test_eight_js_equals_psi_for_small_changes() -> None:
    train, serve = counts(10**8, 2 * 10**8), counts(101 * 10**6, 199 * 10**6)
    assert js8(train, serve).plug_in == pytest.approx(psi(train, serve).plug_in, rel=1e-3)


def test_sides_without_a_common_cell_reach_the_largest_divergence() -> None:
    far = js8(counts(10**9, 0), counts(0, 10**9))
    assert far.plug_in == pytest.approx(LARGEST, abs=1e-6)
    assert far.bounds()[1] <= LARGEST
    assert js_distance(counts(10**9, 0), counts(0, 10**9)).bounds()[1] <= 1.0


@given(x=st.floats(1.0, 3000.0), df=st.integers(1, 60), level=st.sampled_from([0.05, 0.025, 1e-3]))
def test_the_bounds_invert_scipys_noncentral_chi_square(x: float, df: int, level: float) -> None:
    n, m = 1000, 500
    s2 = 1 / n + 1 / m
    low, high = Divergence(x * s2, df + 1, n, m, largest=math.inf).bounds(level)
    if low > 0.0:
        assert stats.ncx2.sf(x, df, low / s2) == pytest.approx(level, rel=2e-3)
    else:
        assert stats.chi2.sf(x, df) >= level
    if x > stats.chi2.median(df) * 1.01:
        assert stats.ncx2.cdf(x, df, high / s2) == pytest.approx(level, rel=2e-3)


def test_the_p_value_of_no_divergence_is_that_of_a_chi_square() -> None:
    effect = Divergence(0.05, 10, 1000, 1000)
    assert effect.p_above(0.0) == pytest.approx(stats.chi2.sf(0.05 / 0.002, 9), rel=1e-9)


def test_the_value_takes_off_the_mean_noise_and_stops_at_zero() -> None:
    assert Divergence(0.05, 10, 1000, 1000).value == pytest.approx(0.05 - 9 * 0.002)
    assert Divergence(0.01, 10, 1000, 1000).value == 0.0


def test_the_upper_bound_is_never_below_that_of_a_typical_comparison_without_skew() -> None:
    lucky = Divergence(0.0, 10, 300, 300).bounds()[1]
    typical = Divergence(stats.chi2.median(9) / 150, 10, 300, 300).bounds()[1]
    assert lucky == pytest.approx(typical, rel=0.01)


def test_a_constant_column_has_the_exact_upper_bound_of_a_mass_never_seen() -> None:
    never_seen = 1 - 0.05 ** (1 / 300)
    assert js8(counts(10**5), counts(300)).bounds() == pytest.approx((0.0, unseen(never_seen)))
    assert js8(counts(10**5), counts(300)).p_below(0.1) < 1e-4


@given(share=st.floats(0.0, 1.0))
def test_the_mass_never_seen_and_its_divergence_are_inverse(share: float) -> None:
    assert share_of(unseen(share)) == pytest.approx(share, abs=1e-9)


def test_the_divergence_of_an_unseen_mass_is_that_of_two_tables() -> None:
    train, serve = counts(10**9, 0), counts(9 * 10**8, 10**8)
    assert js8(train, serve).plug_in == pytest.approx(unseen(0.1), rel=1e-6)


@pytest.mark.parametrize(
    ("cells", "limit", "rows"),
    [
        (2, 0.10, 108),
        (5, 0.10, 158),
        (10, 0.10, 203),
        (20, 0.10, 262),
        (20, 0.02, 1309),
        (32, 0.05, 626),
        (50, 0.05, 747),
    ],
)
def test_rows_to_pass_without_skew_are_those_of_the_noncentral_chi_square_table(
    cells: int, limit: float, rows: int
) -> None:
    seen = 10
    needed = Divergence(0.0, cells, 10**12, seen).rows_needed(limit)
    assert needed.serve is not None
    assert needed.serve + seen == pytest.approx(rows, abs=1)
    assert needed.train is None and not needed.borderline


@pytest.mark.parametrize(("truth", "rows"), [(0.2, 414), (0.4, 90)])
def test_rows_to_fail_at_two_and_four_times_the_limit_are_those_simulated(
    truth: float, rows: int
) -> None:
    seen = 20
    plug_in = truth + 19 * (1 / seen + 1e-12)
    needed = Divergence(plug_in, 20, 10**12, seen).rows_needed(0.1, power=0.8)
    assert needed.serve is not None
    assert needed.serve + seen == pytest.approx(rows, rel=0.1)


def test_a_train_side_too_small_is_named_as_the_one_to_grow() -> None:
    needed = Divergence(0.0, 20, 100, 10**6).rows_needed(0.02)
    assert needed.serve is None
    assert needed.train is not None and needed.train > 1000


def test_an_estimate_near_the_limit_is_borderline_and_planned_as_if_a_fifth_away() -> None:
    n, m = 10**7, 500
    noise = 19 * (1 / n + 1 / m)
    near = Divergence(0.105 + noise, 20, n, m).rows_needed(0.1)
    away = Divergence(0.12 + noise, 20, n, m).rows_needed(0.1)
    assert near.borderline and near.serve is not None and near.serve > 0
    assert near.serve == away.serve
