"""Looks again and again: constants against published tables, error rates against simulation."""

import numpy as np
import pytest
from scipy import special, stats

from skewcheck.statistics.increase import ShareIncrease
from skewcheck.statistics.sequential import (
    IncreaseSequence,
    ShareSequence,
    at_every_look,
    mixture_z,
    nightly_level,
    spent,
)


@pytest.mark.parametrize(
    ("night", "z"), [(1, 3.56), (2, 3.22), (7, 3.04), (14, 3.06), (60, 3.22), (365, 3.47)]
)
def test_the_mixture_bound_has_the_constants_of_howard_et_al(night: int, z: float) -> None:
    assert mixture_z(night, 7, 0.05) == pytest.approx(z, abs=0.006)


@pytest.mark.parametrize(("night", "z"), [(1, 2.16), (2, 2.67), (7, 3.42), (30, 4.15), (365, 5.17)])
def test_spending_has_the_constants_of_its_formula(night: int, z: float) -> None:
    assert -stats.norm.ppf(spent(0.05, night) / 2) == pytest.approx(z, abs=0.01)


def test_all_looks_together_spend_the_level_and_no_more() -> None:
    assert sum(spent(0.05, look) for look in range(1, 20_000)) == pytest.approx(0.05, rel=1e-3)
    with pytest.raises(ValueError, match="look 0"):
        spent(0.05, 0)


def test_a_year_of_nights_at_the_nightly_level_alarms_once() -> None:
    assert nightly_level(1.0) == pytest.approx(1 / 365)
    for alarms in (0.0, -1.0, 365.0, float("nan")):
        with pytest.raises(ValueError, match="false alarms"):
            nightly_level(alarms)


def test_the_evidence_is_the_ratio_of_the_beta_binomial_to_the_binomial() -> None:
    sequence = ShareSequence(7, 400, 0.01, 200)
    a, b = 200 * 0.01 + 0.5, 200 * 0.99 + 0.5
    mixture = stats.betabinom.logpmf(7, 400, a, b)
    assert sequence.log_evidence(0.02) == pytest.approx(
        mixture - stats.binom.logpmf(7, 400, 0.02), abs=1e-9
    )


def test_the_evidence_is_a_martingale_under_the_true_share() -> None:
    shares, start = 0.03, ShareSequence(5, 90, 0.02, 50)
    after = sum(
        stats.binom.pmf(x, 40, shares)
        * np.exp(ShareSequence(5 + x, 130, 0.02, 50).log_evidence(shares))
        for x in range(41)
    )
    assert after == pytest.approx(np.exp(start.log_evidence(shares)), rel=1e-9)


def test_no_event_bounds_the_share_above_and_not_below() -> None:
    low, high = ShareSequence(0, 1000, 0.001, 1000).bounds(0.05)
    assert low == 0.0
    assert 3.0 / 1000 < high < 12.0 / 1000


def test_bad_counts_are_refused() -> None:
    for x, n, centre, weight in ((1, 0, 0.5, 1), (2, 1, 0.5, 1), (0, 1, 1.5, 1), (0, 1, 0.5, -1)):
        with pytest.raises(ValueError, match="expected"):
            ShareSequence(x, n, centre, weight)


def test_only_shares_that_grow_have_bounds_for_every_look() -> None:
    increase = ShareIncrease.of(1, 1000, 9, 1000)
    assert at_every_look(increase, 100) == IncreaseSequence(increase, 100)
    assert at_every_look(increase.difference, 100) is None


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3])
def test_a_year_of_looks_misses_the_share_no_more_often_than_one_look_may(share: float) -> None:
    rng, level, years, rows = np.random.default_rng(5), 0.05, 400, 200
    x = rng.binomial(rows, share, (years, 365)).cumsum(axis=1)
    n = rows * np.arange(1, 366)
    a, b = rows * share + 0.5, rows * (1 - share) + 0.5
    log = special.betaln(a + x, b + n - x) - special.betaln(a, b)
    log -= special.xlogy(x, share) + special.xlog1py(n - x, -share)
    missed = float(np.mean(log.max(axis=1) > -np.log(level)))
    naive = float(np.mean(np.min(stats.binom.sf(x - 1, n, share), axis=1) < level / 2))
    assert ShareSequence(int(x[0, 9]), 2000, share, rows).log_evidence(share) == pytest.approx(
        log[0, 9]
    )
    assert missed <= level
    assert naive > 3 * level


def test_a_rare_event_of_both_sides_is_no_increase_in_sixty_looks() -> None:
    rng, level, false, found = np.random.default_rng(7), 0.05, 0, 0
    for _ in range(60):
        before = int(rng.binomial(50_000, 0.002))
        same, more = rng.binomial(500, [[0.002], [0.012]], (2, 60)).cumsum(axis=1)
        for night in range(4, 60, 5):
            rows = 500 * (night + 1)
            effects = (
                IncreaseSequence(ShareIncrease.of(before, 50_000, int(x[night]), rows), 500)
                for x in (same, more)
            )
            lows = [effect.bounds(level)[0] for effect in effects]
            false += lows[0] > 0
        found += lows[1] > 0
    assert false == 0
    assert found == 60
