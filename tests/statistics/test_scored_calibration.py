"""Losses and calibration: against scikit-learn, by hand, and by simulation."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

from skewcheck.statistics.calibration import (
    Promised,
    calibration_error,
    cuts,
    promised,
    recalibrated,
    table,
)
from skewcheck.statistics.estimate import Departure, Known, change, ends
from skewcheck.statistics.intervals import clopper_pearson, wilson
from skewcheck.statistics.losses import brier, log_loss, mean_score, sure
from skewcheck.statistics.outcomes import Outcomes
from tests.statistics.scored import chance, coarsened, counted, rows


@pytest.mark.parametrize("digits", [1, 3, 8])
def test_losses_are_scikit_learns(digits: int) -> None:
    p, y = rows(3000, digits, digits=digits)
    scored = counted(p, y)
    assert log_loss(scored).value == pytest.approx(metrics.log_loss(y, p), rel=1e-10)
    assert brier(scored).value == pytest.approx(metrics.brier_score_loss(y, p), rel=1e-12)
    assert mean_score(scored).value == pytest.approx(p.mean())


def test_the_interval_of_a_loss_is_that_of_the_mean_of_its_terms() -> None:
    p, y = rows(3000, 1)
    terms = (p - y) ** 2
    low, high = ends(brier(counted(p, y)), 0.05)
    half = 1.6448536 * terms.std(ddof=1) / math.sqrt(len(terms))
    assert (low, high) == pytest.approx((terms.mean() - half, terms.mean() + half))


def test_a_sure_and_wrong_score_has_a_finite_loss() -> None:
    scored = Outcomes.exact(np.array([0.0, 1.0]), np.array([1, 5]), np.array([5, 0]))
    assert 0 < log_loss(scored).value < 40


@pytest.mark.parametrize("width", [0.01, 0.05])
def test_the_error_of_a_coarse_grid_covers_the_exact_figures(width: float) -> None:
    scored = counted(*rows(3000, 4, digits=6))
    coarse = coarsened(scored, width)
    for figure in (log_loss, brier, mean_score, promised):
        assert abs(figure(scored).value - figure(coarse).value) <= figure(coarse).error + 1e-12


def test_a_change_has_the_sign_of_serve_less_train() -> None:
    good, bad = (brier(counted(*rows(4000, 1, power=power))) for power in (1.0, -1.0))
    value, low, high = change(good, bad)
    assert 0 < low < value < high


class TestTable:
    """The calibration table."""

    def test_its_rows_are_those_of_scikit_learn(self) -> None:
        p, y = rows(4000, 2, digits=9)
        observed, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
        found = table(counted(p, y))
        assert [b.predicted for b in found if b] == pytest.approx(list(predicted), abs=2e-3)
        assert [b.observed for b in found if b] == pytest.approx(list(observed), abs=2e-2)

    def test_it_holds_every_row_once_and_exact_intervals(self) -> None:
        scored = counted(*rows(4000, 2))
        found = [b for b in table(scored) if b]
        assert sum(b.rows for b in found) == scored.n
        assert sum(b.positives for b in found) == scored.events
        for b in found:
            assert b.bounds == clopper_pearson(b.positives, b.rows, level=0.025)
        assert all(left.high <= right.low for left, right in pairwise(found))

    def test_equal_scores_share_a_bin(self) -> None:
        scored = Outcomes.exact(np.array([0.2, 0.9]), np.array([20, 4]), np.array([76, 0]))
        assert [(b.rows, b.observed) for b in table(scored) if b] == [(96, 20 / 96), (4, 1.0)]

    def test_it_can_be_laid_on_the_bins_of_another_side(self) -> None:
        one, other = counted(*rows(4000, 2)), counted(*rows(900, 3))
        found = table(other, at=cuts(one))
        assert len(found) == len(table(one)) and sum(b.rows for b in found if b) == 900
        assert table(other, at=np.array([5.0]))[1] is None

    def test_no_rows_make_no_bins(self) -> None:
        none = np.zeros(1, np.int64)
        assert table(Outcomes.exact(np.array([0.5]), none, none)) == (None,)


class TestPromised:
    """Positives against what the scores promise."""

    def test_with_equal_scores_the_interval_is_wilsons(self) -> None:
        scored = Outcomes.exact(np.array([0.2]), np.array([31]), np.array([69]))
        low, high = ends(promised(scored), 0.025)
        assert (0.2 * low, 0.2 * high) == pytest.approx(wilson(31, 100, level=0.025))

    def test_no_positives_have_an_upper_bound(self) -> None:
        scored = Outcomes.exact(np.array([0.1]), np.array([0]), np.array([200]))
        low, high = ends(promised(scored))
        assert low == 0 and 0 < high < 0.3

    def test_its_z_is_that_of_the_three_sums(self) -> None:
        p, y = rows(900, 6)
        assert promised(counted(p, y)).z == pytest.approx(
            (y.sum() - p.sum()) / math.sqrt((p * (1 - p)).sum())
        )

    def test_scores_of_0_promise_nothing(self) -> None:
        with pytest.raises(ValueError, match="all 0"):
            promised(Outcomes.exact(np.array([0.0]), np.array([1]), np.array([2])))

    def test_scores_that_are_sure_leave_nothing_to_chance(self) -> None:
        scored = Outcomes.exact(np.array([0.0, 1.0]), np.array([0, 3]), np.array([4, 0]))
        assert math.isnan(promised(scored).z)


class TestDeparture:
    """The distance of the ratio from 1, or from train's ratio."""

    @given(st.integers(0, 60), st.integers(5, 50), st.floats(0.01, 1.5))
    def test_bounds_and_p_values_agree(self, observed: int, expected: int, limit: float) -> None:
        side = Promised(observed, expected, expected * 0.2, observed * 0.25, 10 * expected)
        departure = Departure(Known(1.0), side)
        low, high = departure.bounds(0.05)
        assert low <= departure.value <= high
        if abs(low - limit) > 1e-6:
            assert (low > limit) == (departure.p_above(limit) < 0.05)
        if abs(high - limit) > 1e-6:
            assert (high < limit) == (departure.p_below(limit) < 0.05)

    def test_doubled_scores_are_half_kept(self) -> None:
        p, y = rows(6000, 3)
        found = Departure(Known(1.0), promised(counted(np.minimum(1.0, 2 * p), y)))
        assert found.ratio == pytest.approx(0.5, abs=0.05)
        assert found.p_above(0.1) < 1e-6

    def test_a_score_that_is_off_in_train_too_has_not_moved(self) -> None:
        sides = [
            promised(counted(np.minimum(1.0, 2 * p), y))
            for p, y in (rows(20_000, s) for s in (1, 2))
        ]
        assert Departure(*sides).p_below(0.1) < 0.05
        assert Departure(Known(1.0), sides[1]).p_above(0.1) < 0.05

    def test_the_rows_needed_decide(self) -> None:
        few = Departure(Known(1.0), promised(counted(*rows(1200, 12))))
        needed = few.rows_needed(0.1)
        assert needed.serve and 1_000 < needed.serve < 100_000
        grown = promised(counted(*rows(1200 + needed.serve, 12)))
        assert Departure(Known(1.0), grown).p_below(0.1) < 0.05


class TestRecalibration:
    """Intercept and slope of the logistic recalibration."""

    @pytest.mark.parametrize("power", [1.0, 0.5, -0.3])
    def test_it_is_the_unpenalised_logistic_regression_on_the_logit(self, power: float) -> None:
        p, y = rows(3000, 5, power=power)
        x = (np.log(sure(p)) - np.log1p(-sure(p)))[:, None]
        fitted = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(x, y)
        found = recalibrated(counted(p, y))
        assert found
        assert found.slope == pytest.approx(fitted.coef_[0, 0], abs=1e-4)
        assert found.intercept == pytest.approx(fitted.intercept_[0], abs=1e-4)

    def test_a_calibrated_score_has_slope_1_within_its_error(self) -> None:
        found = recalibrated(counted(*rows(20_000, 5)))
        assert found and abs(found.slope - 1) < 3 * found.slope_error < 0.1
        assert abs(found.intercept) < 3 * found.intercept_error

    @pytest.mark.parametrize(
        ("positives", "negatives"), [([0, 5], [5, 0]), ([0, 0], [5, 5]), ([5, 0], [5, 0])]
    )
    def test_there_is_none_for_one_class_one_score_or_separated_classes(
        self, positives: list[int], negatives: list[int]
    ) -> None:
        scored = Outcomes.exact(np.array([0.2, 0.7]), np.array(positives), np.array(negatives))
        assert recalibrated(scored) is None


class TestCalibrationError:
    """The mean gap over the bins, its noise taken off."""

    def test_it_is_about_nothing_for_a_calibrated_score(self) -> None:
        found = [calibration_error(counted(*rows(1000, seed))) for seed in range(60)]
        assert float(np.mean(found)) < 0.006  # with its noise it would be 0.026

    def test_it_finds_scores_that_are_too_high(self) -> None:
        p, y = rows(20_000, 3)
        found = calibration_error(counted(np.minimum(1.0, p + 0.1), y))
        assert found == pytest.approx(0.1, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("n", [200, 1000, 5000])
@pytest.mark.parametrize("power", [1.0, 0.6])
def test_the_ratios_bounds_miss_about_as_often_as_their_level_says(n: int, power: float) -> None:
    """Whether the score is calibrated or of another shape: the rows are a sample, and so are p."""
    p, _ = rows(2_000_000, 999)
    truth, repeats, missed = chance(p, power).mean() / p.mean(), 1000, np.zeros(2)
    for seed in range(repeats):
        low, high = ends(promised(counted(*rows(n, seed, power=power))))
        missed += low > truth, high < truth
    assert (missed / repeats <= 0.05 + 3 * (0.05 * 0.95 / repeats) ** 0.5).all(), missed / repeats


@pytest.mark.slow
def test_calibrated_scores_are_called_off_no_more_often_than_the_level_says() -> None:
    false = sum(abs(promised(counted(*rows(400, seed))).z) > 1.96 for seed in range(1500))
    assert 0.035 <= false / 1500 <= 0.065
