"""Segments: columns of few values, and the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.pairing.segments import DAYS, HOUR, VALUES, WEEKDAY, clock, coded
from tests.summaries.test_parity import lanes


@given(st.lists(st.integers(-(10**10), 10**11), max_size=30))
def test_the_clock_says_what_the_calendar_says(seconds: list[int]) -> None:
    found = clock(np.array(seconds, np.float64))
    moments = [datetime.fromtimestamp(second, UTC) for second in seconds]
    hours, days = found[HOUR], found[WEEKDAY]
    assert [hours.labels[code] for code in hours.codes] == [f"{m.hour:02d}" for m in moments]
    assert [days.labels[code] for code in days.codes] == [DAYS[m.weekday()] for m in moments]


@pytest.mark.parametrize("unknown", [np.nan, np.inf, -np.inf])
def test_a_row_without_a_time_has_neither_hour_nor_weekday(unknown: float) -> None:
    for codes in clock(np.array([unknown])).values():
        assert codes.labels[codes.codes[0]] == "null"


@pytest.mark.parametrize("n", [VALUES, VALUES + 1])
def test_a_column_of_too_many_values_is_no_segment(n: int) -> None:
    rows = [f"v{i}" for i in range(n)]
    for values in (pa.array(rows), lanes(rows)):
        assert (coded(values) is not None) is (n <= VALUES)


def test_a_null_and_a_boolean_have_names() -> None:
    for values in (pa.array([True, None, False]), lanes([True, None, False])):
        found = coded(values)
        assert found is not None
        assert [found.labels[code] for code in found.codes] == ["true", "null", "false"]


def test_lists_are_no_segment() -> None:
    assert coded(pa.array([[1], [2]])) is None
