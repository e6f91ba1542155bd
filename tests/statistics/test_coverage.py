"""Simulation: every bound misses the truth at most about as often as its level says.

Seeds are fixed, so the counts are the same on every run. `MOST` is 5 % and three standard errors of
1,500 repetitions.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats

from skewcheck.statistics.cells import Counts, pool
from skewcheck.statistics.distance import total_variation, wasserstein
from skewcheck.statistics.divergence import js8
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.intervals import Share, ShareDifference
from skewcheck.statistics.ks import ks
from skewcheck.statistics.linfinity import l_infinity
from skewcheck.statistics.quantiles import LEVELS, quantile_shift

pytestmark = pytest.mark.slow

Shares = NDArray[np.float64]
REPEATS = 1500
MOST = 0.05 + 3 * (0.05 * 0.95 / REPEATS) ** 0.5


def bins(shift: float, scale: float, cells: int = 20) -> tuple[Shares, Shares]:
    """Shares of the quantile bins of a normal, before and after it moved."""
    edges = stats.norm.ppf(np.linspace(0, 1, cells + 1))
    moved: Shares = np.diff(stats.norm.cdf((edges - shift) / scale))
    return np.full(cells, 1 / cells), moved


def zipf(spike: float) -> tuple[Shares, Shares]:
    """Shares of fifty categories, before and after the fourth gained `spike`."""
    p: Shares = np.arange(1.0, 51.0) ** np.float64(-1.2)
    p /= p.sum()
    q = p * (1 - spike)
    q[3] += spike
    return p, q


def draws(
    p: Shares, q: Shares, rows: tuple[int, int], seed: int
) -> Iterator[tuple[Counts, Counts]]:
    rng = np.random.default_rng(seed)
    return zip(
        rng.multinomial(rows[0], p, REPEATS), rng.multinomial(rows[1], q, REPEATS), strict=True
    )


def misses(effects: Iterator[tuple[Inference, float]]) -> tuple[float, float]:
    """Return how often the truth is below the lower bound, and above the upper."""
    ends = np.array([(*effect.bounds(), truth) for effect, truth in effects])
    low, high, truth = ends.T
    return float(np.mean(low > truth + 1e-12)), float(np.mean(high < truth - 1e-12))


SHAPES = {
    "no skew": bins(0.0, 1.0),
    "shift by .1": bins(0.1, 1.0),
    "shift by 1": bins(1.0, 1.0),
    "scale by 1.3": bins(0.0, 1.3),
    "eight bins": bins(0.3, 1.0, 8),
    "zipf": zipf(0.0),
    "zipf with a spike": zipf(0.05),
}
SIZES = [(300, 300), (20_000, 2000), (100_000, 100), (20, 20)]


def js8_of(a: Counts, b: Counts, shares: tuple[Shares, Shares]) -> tuple[Inference, float]:
    pooled = pool(a, b, ordered=len(a) < 50)
    p, q = (np.bincount(pooled.mapping, share) for share in shares)
    middle = 0.5 * (p + q)
    truth = 4 * float((special.rel_entr(p, middle) + special.rel_entr(q, middle)).sum())
    return js8(pooled.train, pooled.serve), truth


def ks_of(a: Counts, b: Counts, shares: tuple[Shares, Shares]) -> tuple[Inference, float]:
    return ks(a, b, pure=True), float(np.abs(np.cumsum(shares[0] - shares[1])).max())


def linf_of(a: Counts, b: Counts, shares: tuple[Shares, Shares]) -> tuple[Inference, float]:
    return l_infinity(a, b), float(np.abs(shares[0] - shares[1]).max())


def tv_of(a: Counts, b: Counts, shares: tuple[Shares, Shares]) -> tuple[Inference, float]:
    return total_variation(a, b), 0.5 * float(np.abs(shares[0] - shares[1]).sum())


Of = Callable[[Counts, Counts, tuple[Shares, Shares]], tuple[Inference, float]]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("of", [js8_of, ks_of, linf_of, tv_of])
def test_bounds_of_tables_miss_no_more_often_than_they_say(
    of: Of, rows: tuple[int, int], shape: str
) -> None:
    shares = SHAPES[shape]
    low, high = misses(of(a, b, shares) for a, b in draws(*shares, rows, seed=11))
    assert low <= MOST and high <= MOST


def test_the_divergence_misses_as_often_as_it_says_and_is_not_just_wide() -> None:
    shares = SHAPES["shift by .1"]
    pairs = draws(*shares, (20_000, 20_000), seed=12)
    assert all(0.03 < miss <= MOST for miss in misses(js8_of(a, b, shares) for a, b in pairs))


GRID = np.linspace(-5, 6, 401)
PLACES, RADIUS = 0.5 * (GRID[1:] + GRID[:-1]), np.full(400, 0.5 * (GRID[1] - GRID[0]))


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.3, 1.0), (0.0, 1.5)])
@pytest.mark.parametrize("rows", [(300, 300), (20_000, 2000), (1000, 60)])
def test_bounds_of_distances_on_a_line_miss_no_more_often_than_they_say(
    rows: tuple[int, int], shift: float, scale: float
) -> None:
    p, q = (np.diff(stats.norm.cdf((GRID - at) / by)) for at, by in ((0.0, 1.0), (shift, scale)))
    p, q = p / p.sum(), q / q.sum()
    pairs = list(draws(p, q, rows, seed=13))[:400]
    moved = float(np.abs(np.cumsum(p - q))[:-1] @ np.diff(PLACES))
    exact = [PLACES[np.searchsorted(np.cumsum(side), LEVELS)] for side in (p, q)]
    shifted = float(np.abs(exact[0] - exact[1]).max())
    earth = misses((wasserstein(a, b, PLACES, scale=1.0), moved) for a, b in pairs)
    ranks = misses(
        (quantile_shift(a, b, PLACES, scale=1.0, radius=RADIUS), shifted) for a, b in pairs
    )
    assert max(*earth, *ranks) <= MOST


SHARES = [
    (0.001, 0.001, 100_000, 300), (0.01, 0.01, 100_000, 300), (0.01, 0.03, 100_000, 5000),
    (0.1, 0.15, 1000, 300), (0.0, 0.02, 100_000, 300), (0.0, 0.02, 20, 300),
    (0.05, 0.05, 200, 200), (0.0005, 0.0005, 1000, 1000), (0.3, 0.32, 20_000, 2000),
    (0.0, 0.02, 100_000, 150), (0.5, 0.5, 30, 30),
]  # fmt: skip


@pytest.mark.parametrize(("p", "q", "n", "m"), SHARES)
def test_bounds_of_share_differences_miss_no_more_often_than_they_say(
    p: float, q: float, n: int, m: int
) -> None:
    rng = np.random.default_rng(14)
    pairs = zip(rng.binomial(n, p, REPEATS), rng.binomial(m, q, REPEATS), strict=True)
    assert (
        max(misses((ShareDifference(int(x), n, int(y), m), abs(p - q)) for x, y in pairs)) <= MOST
    )


@pytest.mark.parametrize("p", [0.0005, 0.01, 0.3])
@pytest.mark.parametrize("n", [10, 200, 3000])
def test_the_exact_bounds_of_a_share_never_miss_more_often_than_they_say(p: float, n: int) -> None:
    chance = stats.binom.pmf(np.arange(n + 1), n, p)
    likely = np.flatnonzero(chance > 1e-12)
    ends = np.array([Share(int(x), n).bounds() for x in likely])
    assert chance[likely] @ (ends[:, 0] > p) <= 0.05
    assert chance[likely] @ (ends[:, 1] < p) <= 0.05


@pytest.mark.parametrize("rows", [4, 8, 16, 30, 60, 200])
def test_lucky_ties_of_few_rows_do_not_pass_a_true_effect_at_the_limit(rows: int) -> None:
    p, q = np.array([0.5, 0.5]), np.array([0.6, 0.4])
    _, limit = js8_of(np.array([1, 1]), np.array([1, 1]), (p, q))
    pairs = draws(p, q, (rows, rows), seed=15)
    assert np.mean([js8(a, b).p_below(limit) < 0.05 for a, b in pairs]) <= MOST


@pytest.mark.parametrize("rows", [30, 60, 80, 150])
def test_a_mass_too_rare_to_be_seen_does_not_pass_at_the_limit(rows: int) -> None:
    p, q = np.array([1.0, 0.0]), np.array([0.965, 0.035])
    _, limit = js8_of(np.array([1, 1]), np.array([1, 1]), (p, q))
    pairs = list(draws(p, q, (100_000, rows), seed=16))
    assert np.mean([ks(a, b, pure=True).p_below(0.035) < 0.05 for a, b in pairs]) <= MOST
    passed = [js8(a, b).p_below(limit) < 0.05 for a, b in pairs if b[1] == 0]
    assert sum(passed) / REPEATS <= MOST


@pytest.mark.parametrize(("shape", "limit"), [("no skew", 0.05), ("no skew", 0.02)])
def test_the_rows_advised_give_the_power_asked_for(shape: str, limit: float) -> None:
    p, q = SHAPES[shape]
    rows = 200
    needed = js8((p * 10**8).astype(np.int64), (q * rows).astype(np.int64)).rows_needed(limit)
    assert needed.serve is not None
    pairs = draws(p, q, (10**8, rows + needed.serve), seed=17)
    passed = np.mean([js8(a, b).p_below(limit) < 0.05 for a, b in pairs])
    assert 0.87 <= passed <= 0.95


@pytest.mark.parametrize("rows", [50, 300, 2000])
def test_a_large_skew_fails_with_few_rows(rows: int) -> None:
    shares = SHAPES["shift by 1"]
    pairs = list(draws(*shares, (20_000, rows), seed=18))[:300]
    assert np.mean([js8_of(a, b, shares)[0].p_above(0.1) < 0.05 for a, b in pairs]) > 0.98
    assert np.mean([ks(a, b, pure=True).p_above(0.1) < 0.05 for a, b in pairs]) > 0.8
