"""A share that was searched for pays for the search, one that was not is a plain share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.statistics.intervals import Share
from skewcheck.statistics.searched import Searched


@st.composite
def searched(draw: st.DrawFn) -> Searched:
    n = draw(st.integers(1, 10**6))
    return Searched.of(draw(st.integers(0, n)), n, trials=draw(st.integers(1, 10**12)))


@given(searched(), st.floats(0.0, 1.2), st.sampled_from([0.1, 0.05, 0.01, 0.001]))
def test_a_bound_is_past_the_limit_exactly_when_its_p_value_is_small(
    share: Searched, limit: float, level: float
) -> None:
    low, high = share.bounds(level)
    assert 0.0 <= low <= share.value <= high <= 1.0
    if abs(low - limit) > 1e-7:
        assert (low > limit) == (share.p_above(limit) < level)
    if abs(high - limit) > 1e-7:
        assert (high < limit) == (share.p_below(limit) < level)


@given(searched(), st.floats(0.0, 1.0))
def test_the_search_is_paid_for_on_the_side_that_fails_only(share: Searched, limit: float) -> None:
    plain = share.share
    assert share.p_above(limit) == min(1.0, share.trials * plain.p_above(limit))
    assert share.p_below(limit) == plain.p_below(limit)
    assert share.bounds(0.05)[1] == plain.bounds(0.05)[1]


def test_one_trial_is_a_plain_share() -> None:
    share, plain = Searched.of(3, 100), Share(3, 100)
    assert share.bounds() == plain.bounds()
    assert share.p_above(0.01) == plain.p_above(0.01)
    assert share.rows_needed(0.01) == plain.rows_needed(0.01)


def test_the_rows_needed_grow_with_the_search_and_are_none_once_decided() -> None:
    few, many = (Searched.of(3, 100, trials=t).rows_needed(0.01).serve for t in (2, 10**6))
    assert few is not None
    assert many is not None
    assert 0 < few < many
    assert Searched.of(90, 100, trials=10**6).rows_needed(0.01).serve == 0


def test_the_worst_of_many_fair_parts_exceeds_their_share_by_chance_at_the_level() -> None:
    rng = np.random.default_rng(3)
    worst = rng.binomial(400, 0.05, (2000, 50)).max(axis=1)
    false = [Searched.of(int(x), 400, trials=50).p_above(0.05) < 0.05 for x in worst]
    assert np.mean(false) < 0.05


def test_a_choice_among_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 trials"):
        Searched.of(1, 2, trials=0)
