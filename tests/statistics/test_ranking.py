"""AUC and the KS distance of the classes: against scikit-learn, by hand, and by simulation."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn import metrics

from skewcheck.statistics.estimate import Drop, ends
from skewcheck.statistics.outcomes import Outcomes
from skewcheck.statistics.ranking import auc, class_ks
from tests.statistics.scored import coarsened, counted, rows

COUNTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)
Draw = Callable[[int], NDArray[np.float64]]


def outcomes(cells: list[tuple[int, int]]) -> Outcomes:
    positives, negatives = np.array(cells, np.int64).T
    return Outcomes.exact(np.arange(len(cells), dtype=float), positives, negatives)


def delong(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> tuple[float, float]:
    """Return AUC and variance from all pairs, as DeLong, DeLong and Clarke-Pearson (1988) write."""
    wins = np.sign(positive[:, None] - negative[None, :]) / 2 + 0.5
    parts = (wins.mean(1).var(ddof=1) / len(positive), wins.mean(0).var(ddof=1) / len(negative))
    return float(wins.mean()), float(sum(parts))


@pytest.mark.parametrize("digits", [1, 2, 6])
def test_auc_is_scikit_learns_with_and_without_ties(digits: int) -> None:
    p, y = rows(2000, digits, digits=digits)
    found = auc(counted(p, y))
    assert found.value == pytest.approx(metrics.roc_auc_score(y, p), abs=1e-12)
    assert found.gini == pytest.approx(2 * metrics.roc_auc_score(y, p) - 1, abs=1e-12)
    assert found.error == 0


@pytest.mark.parametrize("digits", [1, 2, 6])
def test_the_variance_is_delongs_over_all_pairs(digits: int) -> None:
    p, y = rows(600, digits, digits=digits)
    found = auc(counted(p, y))
    assert (found.value, found.variance) == pytest.approx(delong(p[y == 1], p[y == 0]), rel=1e-10)


def test_a_case_worked_by_hand() -> None:
    """Positives 2 and 3, negatives 1, 2 and 2: four wins and two ties in six pairs."""
    found = auc(Outcomes.exact(np.array([1.0, 2.0, 3.0]), np.array([0, 1, 1]), np.array([1, 2, 0])))
    assert found.value == pytest.approx(5 / 6)
    # Wins of each positive: 2/3 and 1, variance 1/18; of each negative: 1, 3/4, 3/4, variance 1/48.
    assert found.variance == pytest.approx((1 / 18) / 2 + (1 / 48) / 3)


def test_one_class_alone_has_no_auc() -> None:
    with pytest.raises(ValueError, match="both classes"):
        auc(outcomes([(3, 0), (2, 0)]))


@given(COUNTS)
def test_the_interval_holds_the_value_and_stays_between_0_and_1(
    cells: list[tuple[int, int]],
) -> None:
    scored = outcomes(cells)
    if not scored.two_classes:
        return
    found = auc(scored)
    low, high = ends(found)
    assert -1e-9 <= low <= found.value <= high <= 1 + 1e-9
    assert high - low > 1e-6  # also at 0 and 1, where DeLong's variance is none


@given(COUNTS)
def test_turning_the_score_turns_the_auc(cells: list[tuple[int, int]]) -> None:
    scored = outcomes(cells)
    if not scored.two_classes:
        return
    found, turned = auc(scored), auc(scored.reversed())
    assert turned.value == pytest.approx(1 - found.value)
    assert turned.variance == pytest.approx(found.variance)


def test_a_perfect_score_has_an_interval_that_shrinks_with_the_rows() -> None:
    few, many = (auc(outcomes([(0, n), (n, 0)])) for n in (10, 1000))
    assert few.value == many.value == 1
    assert 0.7 < ends(few)[0] < 0.95 and 0.99 < ends(many)[0] < 1


@pytest.mark.parametrize("width", [0.01, 0.05, 0.2])
def test_the_error_of_a_coarse_grid_covers_the_exact_auc(width: float) -> None:
    scored = counted(*rows(3000, 4, digits=6))
    exact, coarse = auc(scored), auc(coarsened(scored, width))
    assert abs(exact.value - coarse.value) <= coarse.error
    assert coarse.error < 0.5


def test_the_ks_distance_of_the_classes_is_that_of_the_roc_curve() -> None:
    p, y = rows(2000, 3)
    false, true, _ = metrics.roc_curve(y, p)
    assert class_ks(counted(p, y)).value == pytest.approx((true - false).max(), abs=1e-12)


class TestDrop:
    """The AUC of train less that of serve."""

    def test_a_score_against_itself_falls_by_nothing(self) -> None:
        side = auc(counted(*rows(5000)))
        drop = Drop(side, side)
        assert drop.value == 0 and drop.bounds()[0] == 0
        assert drop.p_below(0.1) < 1e-6 and drop.p_above(0.0) == pytest.approx(0.5, abs=0.51)

    def test_shuffled_scores_fall_to_a_half(self) -> None:
        p, y = rows(5000)
        shuffled = np.random.default_rng(2).permutation(p)
        drop = Drop(auc(counted(p, y)), auc(counted(shuffled, y)))
        assert drop.value == pytest.approx(auc(counted(p, y)).value - 0.5, abs=0.03)
        assert drop.p_above(0.02) < 1e-6

    def test_a_rise_is_no_fall(self) -> None:
        p, y = rows(3000)
        drop = Drop(auc(counted(np.random.default_rng(2).permutation(p), y)), auc(counted(p, y)))
        assert drop.value == 0 and drop.bounds()[0] == 0 and drop.p_below(0.02) < 1e-6

    @given(COUNTS, COUNTS, st.floats(0.001, 0.4))
    def test_bounds_and_p_values_agree(
        self, train: list[tuple[int, int]], serve: list[tuple[int, int]], limit: float
    ) -> None:
        sides = [outcomes(cells) for cells in (train, serve)]
        if not all(side.two_classes for side in sides):
            return
        drop = Drop(*(auc(side) for side in sides))
        low, high = drop.bounds(0.05)
        if abs(low - limit) > 1e-6:
            assert (low > limit) == (drop.p_above(limit) < 0.05)
        if abs(high - limit) > 1e-6:
            assert (high < limit) == (drop.p_below(limit) < 0.05)

    def test_the_rows_needed_decide(self) -> None:
        train = auc(counted(*rows(200_000, 1)))
        few = Drop(train, auc(counted(*rows(300, 2))))
        needed = few.rows_needed(0.05).serve
        assert needed and 500 < needed < 20_000
        assert Drop(train, auc(counted(*rows(300 + needed, 2)))).p_below(0.05) < 0.05


def normal(mean: float, scale: float, rng: np.random.Generator) -> Draw:
    return lambda n: rng.normal(mean, scale, n)


@pytest.mark.slow
@pytest.mark.parametrize("truth", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("sizes", [(15, 300), (20, 20), (100, 100), (50, 2000), (500, 500)])
@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_each_bound_misses_about_as_often_as_its_level_says(
    truth: float, sizes: tuple[int, int], spread: float
) -> None:
    """Binormal scores, of equal spread or not: at most 5 % and what small classes add to it."""
    rng, repeats = np.random.default_rng(7), 1000
    far = np.sqrt(1 + spread**2) * stats.norm.ppf(truth)
    draws = normal(far, spread, rng), normal(0.0, 1.0, rng)
    missed = np.zeros(2)
    for _ in range(repeats):
        positive, negative = (draw(n) for draw, n in zip(draws, sizes, strict=True))
        y = np.repeat([1, 0], sizes)
        low, high = ends(auc(counted(np.concatenate([positive, negative]), y)))
        missed += low > truth, high < truth
    allowed = 0.05 + (0.025 if min(sizes) <= 100 else 0.0) + 3 * (0.05 * 0.95 / repeats) ** 0.5
    assert (missed / repeats <= allowed).all(), missed / repeats


@pytest.mark.slow
def test_a_drop_that_is_none_is_found_no_more_often_than_the_level_says() -> None:
    false = sum(
        Drop(auc(counted(*rows(2000, seed))), auc(counted(*rows(500, 10_000 + seed)))).p_above(0.0)
        < 0.05
        for seed in range(1000)
    )
    assert 25 <= false <= 75
