"""The root finder: smooth, stepped, flat and one-sided functions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.statistics.solve import MAX_STEPS, root


@given(at=st.floats(-5.0, 5.0), steep=st.sampled_from([-30.0, -1.0, 1e-3, 1.0, 30.0]))
def test_a_smooth_monotone_function_is_solved(at: float, steep: float) -> None:
    assert root(lambda x: math.tanh(steep * (x - at)), -6.0, 6.0) == pytest.approx(at, abs=1e-9)


@given(at=st.floats(-5.0, 5.0))
def test_a_step_is_found_by_halving(at: float) -> None:
    assert root(lambda x: 1.0 if x > at else -1.0, -6.0, 6.0) == pytest.approx(at, abs=1e-9)


@pytest.mark.parametrize("at", [-7.0, 7.0])
def test_without_a_change_of_sign_the_nearer_end_comes_back(at: float) -> None:
    assert root(lambda x: x - at, -6.0, 6.0) == math.copysign(6.0, at)


def test_a_function_flat_over_most_of_the_bracket_takes_few_steps() -> None:
    calls = 0

    def flat(x: float) -> float:
        nonlocal calls
        calls += 1
        return max(-1e-9, min(37.0, 1e6 * (x - 0.123456)))

    assert root(flat, 0.0, 1000.0) == pytest.approx(0.123456, abs=1e-6)
    assert calls < MAX_STEPS / 2
