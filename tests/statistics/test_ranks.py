"""Rank correlation against scipy, and the coverage of its interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.ranks import rank_correlation

SMALL = st.integers(0, 6).map(float)


@given(st.lists(st.tuples(SMALL, SMALL), min_size=10, max_size=60))
def test_ties_are_ranked_as_scipy_does(rows: list[tuple[float, float]]) -> None:
    one, other = np.array(rows).T
    found = rank_correlation(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert found is None
        return
    assert found is not None
    assert found[0] == pytest.approx(stats.spearmanr(one, other).statistic, abs=1e-12)
    assert found[1] <= found[0] <= found[2]


def test_few_rows_have_no_rank_correlation() -> None:
    assert rank_correlation(np.arange(9.0), np.arange(9.0)) is None


def test_the_interval_covers_the_rank_correlation_of_the_population() -> None:
    draw, rho = np.random.default_rng(1), 0.8
    truth = 6 / np.pi * np.arcsin(rho / 2)
    missed = [0, 0]
    for _ in range(1000):
        one = draw.normal(size=200)
        other = rho * one + np.sqrt(1 - rho**2) * draw.normal(size=200)
        found = rank_correlation(one, other, level=0.05)
        assert found is not None
        missed[0] += found[1] > truth
        missed[1] += found[2] < truth
    assert max(missed) <= 1000 * 0.05 + 3 * np.sqrt(1000 * 0.05 * 0.95)
