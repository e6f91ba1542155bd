"""Shares and their differences: published examples, scipy, and the edges at zero."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.intervals import (
    Share,
    ShareDifference,
    clopper_pearson,
    newcombe,
    wilson,
)

NEWCOMBE_1998 = [  # x1, n1, x2, n2, low, high of p1 - p2 by method 10, two-sided 95 % (table II)
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@st.composite
def shares(draw: st.DrawFn, most: int = 2000) -> tuple[int, int]:
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "low", "high"), NEWCOMBE_1998)
def test_newcombes_published_examples(
    x1: int, n1: int, x2: int, n2: int, low: float, high: float
) -> None:
    ends = newcombe(x2, n2, x1, n1, level=0.025)
    assert ends == pytest.approx((low, high), abs=5.1e-5)


@given(share=shares(), level=st.sampled_from([0.1, 0.05, 0.025, 0.001]))
def test_wilson_and_clopper_pearson_are_scipys(share: tuple[int, int], level: float) -> None:
    x, n = share
    test = stats.binomtest(x, n)
    score = test.proportion_ci(1 - 2 * level, method="wilson")
    exact = test.proportion_ci(1 - 2 * level, method="exact")
    assert wilson(x, n, level=level) == pytest.approx((score.low, score.high), abs=1e-9)
    assert clopper_pearson(x, n, level=level) == pytest.approx((exact.low, exact.high), abs=1e-9)


@given(share=shares(), limit=st.floats(0.001, 0.999))
def test_the_p_values_of_a_share_are_scipys_binomial_tests(
    share: tuple[int, int], limit: float
) -> None:
    x, n = share
    above = stats.binomtest(x, n, limit, alternative="greater").pvalue
    below = stats.binomtest(x, n, limit, alternative="less").pvalue
    assert Share(x, n).p_above(limit) == pytest.approx(above, rel=1e-6, abs=1e-12)
    assert Share(x, n).p_below(limit) == pytest.approx(below, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("k", "upper"), [(0, 0.0010), (1, 0.0016), (2, 0.0021), (5, 0.0035), (10, 0.0057)]
)
def test_the_upper_bound_of_a_few_events_in_three_thousand_rows(k: int, upper: float) -> None:
    assert Share(k, 3000).bounds()[1] == pytest.approx(upper, abs=6e-5)


def test_a_null_rate_of_zero_still_has_an_upper_bound() -> None:
    low, high = Share(0, 100).bounds()
    assert low == 0.0 and high == pytest.approx(1 - 0.05**0.01)
    assert ShareDifference(0, 10**6, 0, 100).bounds() == pytest.approx((0.0, high), abs=1e-5)


@pytest.mark.parametrize(
    ("limit", "rows"), [(0.01, 299), (0.005, 598), (0.001, 2995), (0.0001, 29956)]
)
def test_rows_to_certify_a_rate_without_an_event(limit: float, rows: int) -> None:
    needed = Share(0, 10).rows_needed(limit)
    assert needed.serve is not None and needed.serve + 10 == rows
    assert Share(0, rows).p_below(limit) < 0.05 <= Share(0, rows - 1).p_below(limit)


def test_newcombe_serves_common_events_and_clopper_pearson_rare_ones() -> None:
    common = ShareDifference(100, 1000, 150, 1000)
    assert common.bounds()[1] == pytest.approx(newcombe(100, 1000, 150, 1000)[1])
    rare = ShareDifference(1, 10**5, 3, 300)
    wide = clopper_pearson(3, 300)
    assert rare.bounds()[1] == pytest.approx(wide[1] - 1e-5, abs=2e-5)
    assert rare.bounds()[0] == pytest.approx(wide[0] - 1e-5, abs=5e-5)


def test_a_difference_far_from_none_needs_no_fold_and_one_near_none_does() -> None:
    far = ShareDifference(100, 1000, 300, 1000)
    assert far.bounds()[0] == pytest.approx(newcombe(100, 1000, 300, 1000)[0])
    near = ShareDifference(100, 1000, 124, 1000)
    one_direction = newcombe(100, 1000, 124, 1000)[0]
    assert one_direction > 0.0 and near.bounds()[0] < one_direction


@given(train=shares(), serve=shares())
def test_counting_the_events_or_the_others_is_the_same(
    train: tuple[int, int], serve: tuple[int, int]
) -> None:
    events = ShareDifference(*train, *serve)
    others = ShareDifference(train[1] - train[0], train[1], serve[1] - serve[0], serve[1])
    assert events.bounds() == pytest.approx(others.bounds(), abs=1e-9)


def test_the_direction_of_a_change_is_known() -> None:
    assert ShareDifference(10, 100, 5, 100).change == pytest.approx(-0.05)
    assert ShareDifference(10, 100, 5, 100).value == pytest.approx(0.05)


def test_a_train_side_too_small_for_the_limit_is_named() -> None:
    needed = ShareDifference(0, 20, 0, 10**5).rows_needed(0.02)
    assert needed.serve is None and needed.train is not None and needed.train >= 129


def test_the_rows_advised_for_a_difference_follow_the_normal_formula() -> None:
    needed = ShareDifference(10**7, 10**8, 30, 200).rows_needed(0.02)
    room = (0.03 / (1.6449 + 1.2816)) ** 2
    assert needed.serve is not None
    assert needed.serve + 200 == pytest.approx(0.15 * 0.85 / room, rel=0.01)


@pytest.mark.parametrize(("x", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_a_share_of_no_rows_or_more_events_than_rows_is_refused(x: int, n: int) -> None:
    for make in (lambda: Share(x, n), lambda: ShareDifference(1, 2, x, n), lambda: wilson(x, n)):
        with pytest.raises(ValueError, match="rows"):
            make()


def test_an_impossible_limit_is_answered_not_refused() -> None:
    assert Share(5, 5).p_below(1.5) == 0.0 and Share(5, 5).p_above(1.5) == 1.0
    assert Share(1, 5).p_above(0.0) == 0.0 and Share(1, 5).p_below(0.0) == 1.0
    assert not math.isnan(ShareDifference(5, 5, 0, 5).p_below(2.0))
