"""Spans of time as texts ask for them."""

from __future__ import annotations

import pytest

from skewcheck.errors import UsageError
from skewcheck.span import Period, Span, iso, moment, period

NOW = 1_772_536_530.0  # 2026-03-03T11:15:30Z
DAY = 86_400.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", 1_772_323_200.0),
        ("2026-03-01T06:00", 1_772_344_800.0),
        ("2026-03-01T06:00+02:00", 1_772_337_600.0),
        ("7d", NOW - 30 - 7 * DAY),
        ("90m", NOW - 30 - 5400),
    ],
)
def test_a_time_is_iso_text_or_a_span_back_from_the_whole_minute(
    text: str, expected: float
) -> None:
    assert moment(text, NOW) == expected


def test_a_period_is_open_where_nothing_is_said() -> None:
    assert not period(None, None, None)
    assert period("2026-03-01", None, None) == Period(1_772_323_200.0, None)
    assert period(None, None, "1d") == Period(length=DAY)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("yesterday", None, None), "'yesterday' is no time"),
        (("2026-03-02", "2026-03-02", None), "is not after"),
        (("2026-03-02", None, "1d"), "leave out"),
        ((None, None, "a day"), "no span of time"),
    ],
)
def test_a_period_that_cannot_be_meant_is_refused(
    asked: tuple[str | None, str | None, str | None], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        period(*asked)


def test_the_last_window_holds_its_last_event_and_not_the_first_moment() -> None:
    found = Period(length=DAY).ending(NOW)
    assert found.until is not None and found.since is not None
    assert found.until > NOW and found.since > NOW - DAY


def test_spans_add_up_and_no_span_changes_nothing() -> None:
    assert Span(3, 4).merge(Span(1, 2)) == Span(1, 4)
    assert Span(3, 4).merge(None) == Span(3, 4)


def test_a_moment_that_no_calendar_holds_is_told_in_seconds() -> None:
    assert iso(1e18) == "1000000000000000000 s since 1970"
    assert iso(0) == "1970-01-01T00:00:00+00:00"
