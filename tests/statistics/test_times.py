"""Response times: quantiles with intervals, shares over a budget, ratios."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.intervals import Share
from skewcheck.statistics.partly import PartlyKnown
from skewcheck.statistics.quantileratio import QuantileRatio
from skewcheck.statistics.times import QUANTILES, Times, enough, quantile

RNG = np.random.default_rng(3)


def exact(values: object, failed: int = 0, unknown: int = 0) -> Times:
    """Return times that each have a cell of their own."""
    cells, counts = np.unique(np.asarray(values, np.float64), return_counts=True)
    return Times(cells, cells, counts.astype(np.int64), failed, unknown)


class TestQuantile:
    """Order statistics at binomial ranks."""

    @pytest.mark.parametrize(("u", "rows"), [(0.95, 72), (0.99, 368), (0.999, 3688)])
    def test_the_fewest_requests_are_those_of_the_published_table(
        self, u: float, rows: int
    ) -> None:
        assert enough(u) == rows
        assert quantile(exact(np.arange(rows)), u).needed == 0
        short = quantile(exact(np.arange(rows - 7)), u)
        assert (short.needed, short.value, short.high) == (7, None, math.inf)
        assert short.low > 0

    def test_the_median_of_a_hundred_lies_between_ranks_40_and_61(self) -> None:
        """Conover (1999): for n = 100 the 95 % interval of the median is X(40) to X(61)."""
        found = quantile(exact(np.arange(1, 101)), 0.5)
        assert (found.low, found.value, found.high) == (40, 50, 61)

    @pytest.mark.parametrize("u", QUANTILES)
    @pytest.mark.parametrize(
        "law", [stats.lognorm(0.8), stats.pareto(1.3), stats.expon()], ids=lambda law: law.dist.name
    )
    def test_the_interval_covers(self, law: stats.rv_continuous, u: float) -> None:
        truth, misses, trials = law.ppf(u), 0, 300
        for _ in range(trials):
            values = np.sort(law.rvs(4000, random_state=RNG))
            times = Times(values * 0.9995, values * 1.0005, np.ones(4000, np.int64))
            found = quantile(times, u)
            misses += not found.low <= truth <= found.high
        assert stats.binom.sf(misses - 1, trials, 0.05) > 1e-4

    def test_failed_requests_are_slower_than_any_time(self) -> None:
        found = quantile(exact(np.arange(1000), failed=100), 0.95)
        assert found.value == found.high == math.inf
        assert found.low == math.inf
        assert quantile(exact(np.arange(1000), failed=100), 0.5).value == 549

    def test_requests_of_unknown_time_widen_both_ends(self) -> None:
        known, partly = (quantile(exact(np.arange(1000), unknown=n), 0.5) for n in (0, 100))
        assert partly.low < known.low - 30
        assert partly.high > known.high + 30

    def test_no_request_has_no_quantile(self) -> None:
        with pytest.raises(ValueError, match="at least one row"):
            quantile(exact([]), 0.5)

    @given(st.lists(st.integers(0, 50), min_size=1, max_size=400), st.sampled_from(QUANTILES))
    def test_the_value_lies_inside(self, values: list[int], u: float) -> None:
        found = quantile(exact(values), u)
        assert found.low <= found.high
        if found.value is not None:
            assert found.low <= found.value <= found.high


class TestOver:
    """Requests slower than a budget."""

    def test_the_budget_itself_is_kept_by_a_cell_of_one_value(self) -> None:
        assert exact([149, 150, 151]).over(150) == (1, 1)

    def test_a_cell_that_the_budget_cuts_is_doubtful(self) -> None:
        times = Times(np.array([149.9]), np.array([150.1]), np.array([7]))
        assert times.over(150) == (0, 7)

    def test_failed_requests_are_over_and_unknown_ones_may_be(self) -> None:
        assert exact([1, 2], failed=3, unknown=4).over(150) == (3, 7)

    def test_tables_that_do_not_fit_are_refused(self) -> None:
        with pytest.raises(ValueError, match="expected one of each"):
            Times(np.zeros(2), np.zeros(2), np.zeros(3, np.int64))
        with pytest.raises(ValueError, match="negative"):
            exact([1], failed=-1)


class TestPartlyKnown:
    """A share with doubtful rows."""

    def test_without_doubt_it_is_clopper_and_pearsons(self) -> None:
        """Clopper and Pearson (1934), as scipy has it."""
        found = PartlyKnown(7, 7, 300)
        oracle = stats.binomtest(7, 300).proportion_ci(0.9, "exact")
        assert found.bounds() == pytest.approx((oracle.low, oracle.high))
        assert (found.value, found.error) == (7 / 300, 0.0)

    def test_doubtful_rows_neither_fail_nor_pass(self) -> None:
        doubtful = PartlyKnown(0, 600, 10_000)
        assert doubtful.p_above(0.01) > 0.9 and doubtful.p_below(0.01) > 0.9
        assert doubtful.rows_needed(0.01).serve is None

    def test_a_chosen_part_pays_for_the_choice(self) -> None:
        assert PartlyKnown(9, 9, 100, trials=24).p_above(0.01) == pytest.approx(
            24 * Share(9, 100).p_above(0.01)
        )

    @given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 400), st.floats(0.001, 0.5))
    def test_bounds_and_p_values_agree(self, x: int, more: int, rest: int, limit: float) -> None:
        found = PartlyKnown(x, x + more, max(1, x + more + rest))
        low, high = found.bounds()
        assert (low > limit) == (found.p_above(limit) < 0.05) or abs(low - limit) < 1e-9
        assert (high < limit) == (found.p_below(limit) < 0.05) or abs(high - limit) < 1e-9
        assert low <= found.value <= found.value + found.error <= high + 1e-12
        decided = low > limit or high < limit
        assert (found.rows_needed(limit).serve == 0) == decided

    @pytest.mark.parametrize("rows", [10, 100, 250])
    def test_so_many_rows_as_it_asks_for_pass(self, rows: int) -> None:
        few = PartlyKnown(0, 0, rows)
        more = few.rows_needed(0.01).serve
        assert more and few.p_below(0.01) > 0.05
        assert PartlyKnown(0, 0, rows + more).p_below(0.01) < 0.05

    def test_counts_that_contradict_are_refused(self) -> None:
        for wrong in ((2, 1, 5), (0, 6, 5), (0, 0, 0), (-1, 0, 5)):
            with pytest.raises(ValueError, match="expected"):
                PartlyKnown(*wrong)


class TestRatio:
    """Two lots of times."""

    @pytest.mark.parametrize("u", [0.5, 0.95, 0.99])
    def test_the_interval_covers_and_rarely_cries_wolf(self, u: float) -> None:
        misses, trials = [0, 0], 300
        for _ in range(trials):
            train, serve = (exact(RNG.lognormal(3, 0.7, n)) for n in (1500, 1000))
            low, high = QuantileRatio(train, serve, u).bounds(0.05)
            misses[0] += low > 1
            misses[1] += high < 1
        for missed in misses:
            assert stats.binom.sf(missed - 1, trials, 0.05) > 1e-3

    def test_twice_as_slow_is_seen(self) -> None:
        values = RNG.lognormal(3, 0.5, 5000)
        ratio = QuantileRatio(exact(values), exact(2 * values), 0.95)
        assert ratio.value == pytest.approx(2)
        assert ratio.p_above(1.2) < 1e-6 < 0.99 < ratio.p_below(1.2)
        assert ratio.rows_needed(1.2).serve == 0

    def test_too_few_rows_leave_the_upper_end_open_and_say_how_many_are_missing(self) -> None:
        train, serve = exact(np.arange(1, 500)), exact(np.arange(1, 31))
        ratio = QuantileRatio(train, serve, 0.95)
        assert ratio.bounds()[1] == math.inf
        assert ratio.p_below(50.0) > 0.05
        assert ratio.rows_needed(50.0).serve == 29

    def test_bounds_and_p_values_agree(self) -> None:
        train, serve = (exact(RNG.lognormal(3, 0.7, 400)) for _ in range(2))
        ratio = QuantileRatio(train, serve, 0.5)
        low, high = ratio.bounds()
        assert ratio.p_above(low * 0.999) < 0.05 <= ratio.p_above(low * 1.001)
        assert ratio.p_below(high * 1.001) < 0.05 <= ratio.p_below(high * 0.999)

    def test_times_of_0_have_no_ratio(self) -> None:
        with pytest.raises(ValueError, match="finite and > 0"):
            QuantileRatio(exact([0, 0]), exact([1, 2]), 0.5)
