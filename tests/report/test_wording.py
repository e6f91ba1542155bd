"""Numbers in words: readable, and never more certain than they are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck import wording

SHARES = st.floats(0, 1)


@given(SHARES, st.integers(1, 4))
def test_none_and_all_are_said_only_when_exactly_so(share: float, digits: int) -> None:
    shown = wording.percent(share, digits)
    assert (shown == "0 %") == (share == 0)
    assert (shown == "100 %") == (100 * share == 100)
    assert not shown.startswith(("0.0 ", "100.0"))


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0 %"),
        (1e-9, "<0.1 %"),
        (0.124, "12.4 %"),
        (0.9996, ">99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_percentages(share: float, shown: str) -> None:
    assert wording.percent(share) == shown


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0, "0"),
        (12.5, "12.5"),
        (1234567, "1,234,567"),
        (1234567.8, "1,234,568"),
        (0.000123, "0.000123"),
        (-3.25, "-3.25"),
        (1e-9, "1e-09"),
        (math.inf, "infinity"),
        (-math.inf, "-infinity"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_of_a_column(x: float, shown: str) -> None:
    assert wording.number(x) == shown


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_can_be_written(x: float) -> None:
    assert wording.number(x)


@given(st.integers(1, 10**9))
def test_rows_needed_are_never_rounded_down(n: int) -> None:
    shown = int(wording.about(n).replace(",", ""))
    assert n <= shown <= 1.1 * n + 1


def test_a_row_is_singular() -> None:
    assert (wording.rows(1), wording.rows(0), wording.rows(1400)) == (
        "1 row",
        "0 rows",
        "1,400 rows",
    )


def test_a_fall_is_written_from_the_larger_to_the_smaller_fall() -> None:
    scale = wording.scale("share", 0.02, [0.124, 0.121, 0.127], -1)
    assert scale.interval(0.121, 0.127) == "-12.7 to -12.1 points"
    assert scale.limit(0.02) == "2 points"


def test_a_bound_beyond_the_limit_never_reads_like_the_limit() -> None:
    scale = wording.scale("share", 0.02, [0.0204, 0.02004, 0.03], None)
    assert scale.figure(0.02004) == "2.004"
    assert wording.scale("", 0.1, [0.1004, 0.1, 0.2], None).figure(0.1004) == "0.1004"


@given(st.floats(1e-6, 1), st.floats(0, 1))
def test_more_than_four_decimals_are_never_shown(limit: float, x: float) -> None:
    figure = wording.scale("share", limit, [x], None).figure(x)
    assert len(figure.partition(".")[2]) <= 4


def test_names_beyond_the_first_are_counted() -> None:
    assert wording.listed(list("abcdefg"), 3) == "a, b, c and 4 more"
    assert wording.listed(["a"]) == "a"
    assert wording.listed([]) == ""


def test_a_tiny_p_value_is_a_bound() -> None:
    assert [wording.p_value(p) for p in (None, 0.0, 0.031, 1.0)] == ["", "<0.0001", "0.031", "1"]
