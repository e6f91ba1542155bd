"""Holm and Benjamini-Hochberg against their definitions and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics.multiplicity import benjamini_hochberg, holm

ps = st.lists(st.floats(0.0, 1.0), max_size=30)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(p=ps)
def test_benjamini_hochberg_is_scipys(p: list[float]) -> None:
    if p:
        theirs = stats.false_discovery_control(p, method="bh")
        assert benjamini_hochberg(p) == pytest.approx(theirs)


@given(p=ps, level=st.floats(0.001, 0.5))
def test_holm_rejects_what_stepping_down_rejects(p: list[float], level: float) -> None:
    stepped: set[int] = set()
    for step, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if not p[place] * (len(p) - step) < level:
            break
        stepped.add(place)
    assert set(np.flatnonzero(holm(p) < level)) == stepped


@given(p=ps)
def test_adjusting_only_raises_and_keeps_the_order(p: list[float]) -> None:
    for adjust in (holm, benjamini_hochberg):
        adjusted = adjust(p)
        assert (adjusted >= np.array(p) - 1e-12).all() and (adjusted <= 1.0).all()
        assert all(
            adjusted[i] <= adjusted[j] for i in range(len(p)) for j in range(len(p)) if p[i] < p[j]
        )
    assert (benjamini_hochberg(p) <= holm(p) + 1e-12).all()


@pytest.mark.parametrize("bad", [[math.nan], [0.1, math.nan], [-0.1], [1.1], [[0.1]]])
def test_a_p_value_that_is_none_is_refused(bad: list[float]) -> None:
    for adjust in (holm, benjamini_hochberg):
        with pytest.raises(ValueError, match="p-values"):
            adjust(bad)
