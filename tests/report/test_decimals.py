"""Short decimals in few bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.decimals import FEWEST, restored, squeezed

WHOLE = st.lists(st.integers(-(10**6), 10**6), min_size=FEWEST, max_size=40)


@given(WHOLE, st.integers(0, 9))
def test_decimals_come_back_to_the_last_bit(whole: list[int], places: int) -> None:
    values = tuple(x / 10**places for x in whole)
    found = squeezed(values)
    assert found is not None
    assert repr(restored(*found)) == repr(values)


@given(st.lists(st.floats() | st.integers() | st.just(-0.0), max_size=20))
def test_other_numbers_come_back_or_are_refused(values: list[float]) -> None:
    found = squeezed(tuple(values))
    assert found is None or repr(restored(*found)) == repr(tuple(values))


def test_a_histogram_takes_a_byte_a_bar() -> None:
    found = squeezed(tuple(abs(50 - i) / 1000 for i in range(100)))
    assert found is not None
    assert found[:2] == (3, 1) and len(found[2]) == 100


@pytest.mark.parametrize("wrong", [(3, 0, b""), (3, 9, b""), (99, 1, b""), (3, 2, b"abc")])
def test_bytes_that_are_no_numbers_are_refused(wrong: tuple[int, int, bytes]) -> None:
    with pytest.raises(ValueError):
        restored(*wrong)
