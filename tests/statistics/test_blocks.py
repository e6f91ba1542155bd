"""Rows that resemble each other: variances against other roads to them, errors by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from skewcheck.statistics.blocks import (
    Design,
    Excess,
    Factor,
    Noise,
    between_buckets,
    between_days,
    block_length,
    blocks,
    multinomial,
)
from skewcheck.statistics.divergence import Divergence, js8
from skewcheck.statistics.intervals import Share, ShareDifference
from skewcheck.statistics.ks import ks
from skewcheck.statistics.linfinity import l_infinity
from skewcheck.statistics.quantiles import quantile_shift
from skewcheck.statistics.widened import Widened, widened

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]
EDGES = special.ndtri(np.arange(1, 20) / 20)


def wobbling(rng: np.random.Generator, days: int, rows: int, wobble: float) -> Counts:
    """Return counts of 20 cells per day, the mean of a normal moving by `wobble` sd."""
    mean = wobble * rng.normal(size=(days, 1))
    ends = np.hstack([np.zeros((days, 1)), special.ndtr(EDGES - mean), np.ones((days, 1))])
    return rng.multinomial(rows, np.diff(ends, axis=1)).astype(np.int64)


def customers(rng: np.random.Generator, rows: int, each: int) -> Counts:
    """Return counts by 64 buckets of customers and 20 cells; a customer's rows are much alike."""
    who = np.arange(rows) // each
    there = int(who[-1]) + 1
    value = math.sqrt(0.8) * rng.normal(size=there)[who] + math.sqrt(0.2) * rng.normal(size=rows)
    flat = rng.integers(0, 64, there)[who] * 20 + np.searchsorted(EDGES, value)
    return np.bincount(flat, minlength=1280).reshape(64, 20)


def design(train: Counts, serve: Counts, *parts: Excess | None) -> Design:
    """Return the design of two count tables."""
    n, m = float(train.sum()), float(serve.sum())
    return Design(train / n, serve / m, n, m, tuple(part for part in parts if part))


def test_blocks_sum_days_and_leave_out_the_first_ones_that_fill_none() -> None:
    days = np.arange(14).reshape(7, 2)
    assert blocks(days, 3).tolist() == [[2 + 4 + 6, 3 + 5 + 7], [8 + 10 + 12, 9 + 11 + 13]]
    assert blocks(days, 8).tolist() == []
    with pytest.raises(ValueError, match="at least 1"):
        blocks(days, 0)


def test_a_block_is_as_long_as_the_window_where_eight_fit() -> None:
    assert block_length(60, 7) == 7
    assert block_length(28, 7) == 3
    assert block_length(60, 1) == 1
    assert block_length(3, 7) == 1


def test_equal_blocks_have_the_covariance_around_a_straight_line() -> None:
    counts = np.random.default_rng(1).multinomial(500, [0.5, 0.3, 0.2], 12)
    part = between_days(counts)
    assert part is not None
    shares = counts / 500
    time = np.vander(np.arange(12.0), 2)
    rest = shares - time @ np.linalg.lstsq(time, shares)[0]
    assert part.estimated == pytest.approx(rest.T @ rest / 10 * 13 / 12)
    mean = counts.sum(axis=0) / counts.sum()
    assert part.independent == pytest.approx(multinomial(mean) / 500 * 13 / 12)
    assert part.df == 10


def test_a_slow_course_over_train_is_no_noise() -> None:
    rng = np.random.default_rng(8)
    ends = np.linspace(-1.0, 1.0, 60)[:, None]
    cells = special.ndtr(np.hstack([np.full((60, 1), -9.0), EDGES - ends, np.full((60, 1), 9.0)]))
    days = rng.multinomial(500, np.diff(cells, axis=1))
    table = design(days.sum(axis=0), days[-1], between_days(days))
    shares = days / 500
    spread = shares.var(axis=0, ddof=1) / (shares.mean(axis=0) * (1 - shares.mean(axis=0)) / 500)
    assert spread.mean() > 5
    assert table.typical().deff < 2


def test_fewer_than_four_blocks_or_buckets_tell_nothing() -> None:
    counts = np.full((3, 4), 100)
    assert between_days(counts) is None
    assert between_days(np.vstack([counts, np.zeros((5, 4), np.int64)])) is None
    assert between_buckets(counts) is None


def test_a_day_cut_short_does_not_count_as_much_as_a_whole_one() -> None:
    rng = np.random.default_rng(2)
    days = wobbling(rng, 40, 2000, 0.0)
    days[0] = rng.multinomial(5, np.full(20, 0.05))
    part = between_days(days)
    assert part is not None
    assert np.trace(part.beyond) < 0.2 * np.trace(part.independent)


def test_buckets_find_the_design_effect_of_customers() -> None:
    """Kish: 1 + (rows each - 1) x the correlation inside; the rows are copies here: exactly 5."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(60):
        train, serve = (5 * rng.multinomial(rows, np.full(10, 0.1), 64) for rows in (50, 10))
        sums = train.sum(axis=0), serve.sum(axis=0)
        found.append(design(*sums, between_buckets(train, serve)).typical().deff)
    assert np.mean(found) == pytest.approx(5.0, rel=0.03)


def test_cells_that_are_never_seen_have_no_design_effect() -> None:
    days = np.hstack(
        [wobbling(np.random.default_rng(4), 20, 300, 0.1), np.zeros((20, 1), np.int64)]
    )
    table = design(days.sum(axis=0), days[0], between_days(days))
    only = np.zeros(21)
    only[20] = 1.0
    assert table.along(only) == Factor()
    assert table.cells == 19


def test_independent_rows_have_hardly_any_design_effect() -> None:
    rng = np.random.default_rng(5)
    noises = []
    for _ in range(100):
        days = wobbling(rng, 61, 500, 0.0)
        noises.append(design(days[1:].sum(axis=0), days[0], between_days(days[1:])).noise(20))
    assert np.median([noise.g for noise in noises]) < 1.03
    assert np.median([noise.total for noise in noises]) < 19.5


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.5))
def test_dependence_never_narrows_an_interval(seed: int, wobble: float) -> None:
    rng = np.random.default_rng(seed)
    days = wobbling(rng, 20, 200, wobble)
    train, serve = days[1:].sum(axis=0), days[0]
    table = design(train, serve, between_days(days[1:]), between_buckets(days[:10], days[10:]))
    noise, factor = table.noise(20), table.typical()
    assert noise.total >= 19
    assert noise.g >= 1.0
    assert factor.deff >= 1.0
    for effect in (js8(train, serve), ks(train, serve), l_infinity(train, serve)):
        wide = widened(effect, factor, noise)
        assert wide.value == effect.value
        low, high = effect.bounds(0.05)
        wider = wide.bounds(0.05)
        assert wider[0] <= low + 1e-9
        assert wider[1] >= high - 1e-9 or isinstance(effect, Divergence)


def test_a_known_design_effect_divides_the_rows() -> None:
    wide = widened(ShareDifference(400, 4000, 300, 2000), Factor(4.0))
    assert wide.bounds(0.05) == pytest.approx(ShareDifference(100, 1000, 75, 500).bounds(0.05))
    half = widened(Share(40, 1000), Factor(2.0))
    assert half.p_above(0.02) == pytest.approx(Share(20, 500).p_above(0.02))


def test_degrees_of_freedom_turn_a_normal_quantile_into_one_of_student() -> None:
    share = ShareDifference(4000, 40_000, 3300, 30_000)
    z = special.ndtri(1 - share.p_above(0.0) / 2)
    wide = Widened(share, 1.0, 7.0)
    one_sided = special.ndtri(1 - share.p_above(0.0))
    assert wide.p_above(0.0) == pytest.approx(stats.t.sf(one_sided, 7.0))
    assert wide.p_above(0.0) > share.p_above(0.0)
    assert z > one_sided


def test_rows_needed_count_all_rows_and_not_effective_ones() -> None:
    plain = ShareDifference(100, 10_000, 10, 500)
    needed, more = (effect.rows_needed(0.02) for effect in (plain, widened(plain, Factor(4.0))))
    assert needed.serve
    assert more.serve
    assert more.serve > 2 * needed.serve


def test_an_effect_of_independent_rows_is_left_as_it_is() -> None:
    table = np.array([50, 50]), np.array([40, 60])
    for effect in (js8(*table), ks(*table), l_infinity(*table), Share(1, 2)):
        assert widened(effect, Factor(), Noise(1.0, 1.0, math.inf)) is effect
    shift = quantile_shift(*table, np.array([0.0, 1.0]), scale=1.0)
    assert widened(shift, Factor(3.0)) is shift


@pytest.mark.parametrize(("wobble", "naive"), [(0.0, 0.0), (0.1, 0.3), (0.3, 0.7)])
def test_a_day_to_day_wobble_is_no_news(wobble: float, naive: float) -> None:
    rng, level, times = np.random.default_rng(11), 0.025, 250
    rates = np.zeros((3, 2))
    for _ in range(times):
        days = wobbling(rng, 61, 2000, wobble)
        train, serve = days[:60].sum(axis=0), days[60]
        table = design(train, serve, between_days(days[:60]))
        rates += _alarms(table, train, serve, level)
    assert (rates[:, 0] / times >= naive).all()
    assert (rates[:, 1] / times <= level + 3 * math.sqrt(level / times)).all()


@pytest.mark.parametrize(("each", "naive"), [(1, 0.0), (3, 0.1), (10, 0.4)])
def test_many_rows_of_one_customer_are_no_news(each: int, naive: float) -> None:
    rng, level, times = np.random.default_rng(12), 0.05, 200
    rates = np.zeros((3, 2))
    for _ in range(times):
        sides = customers(rng, 20_000, each), customers(rng, 2000, each)
        train, serve = (side.sum(axis=0) for side in sides)
        rates += _alarms(design(train, serve, between_buckets(*sides)), train, serve, level)
    assert (rates[:, 0] / times >= naive).all()
    assert (rates[:, 1] / times <= level + 3 * math.sqrt(level / times)).all()


def _alarms(table: Design, train: Counts, serve: Counts, level: float) -> Shares:
    """Return whether a divergence, a KS distance and a share say "not 0": as seen, and widened."""
    half = np.repeat([1.0, 0.0], 10)
    x, y = int(train[:10].sum()), int(serve[:10].sum())
    share = ShareDifference(x, int(train.sum()), y, int(serve.sum()))
    ends = np.tril(np.ones((20, 20)))
    distance = ks(train, serve, pure=True)
    pairs = (
        (js8(train, serve), table.typical(), table.noise(20)),
        (distance, table.along(ends[distance.location]), None),
        (share, table.along(half), None),
    )
    return np.array(
        [
            [effect.p_above(0.0) < level, widened(effect, factor, noise).p_above(0.0) < level]
            for effect, factor, noise in pairs
        ],
        dtype=np.float64,
    )
