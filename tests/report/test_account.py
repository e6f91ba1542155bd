"""Why a column differs, in sentences: every one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skewcheck.account import HIDDEN, LONG, cause_view, origin, place, story, where
from skewcheck.causes import Cause
from skewcheck.location import Location
from skewcheck.origin import Origin, Shift
from skewcheck.pairing.column import SAMPLE, PairColumn
from skewcheck.reasons import Reasons
from tests.report.cases import HOSTILE
from tests.report.paired import located, moment, numbers, segment, window

MILES = Cause("factor", "serve = 1.609344 × train", "kilometres against miles?", 1.0, True)
ANDROID = segment("caller", ("app-android",), 4, 4, 10)
JULY = window(moment("2013-07-08T00:00+00:00", 240.0))


def pairs(differing: int, agreeing: int = 0) -> PairColumn:
    """Return a column with so many pairs that differ and so many that agree."""
    train = np.arange(1.0, 1 + differing + agreeing)
    serve = np.where(np.arange(len(train)) < differing, train * 1.609344, train)
    return numbers(train.tolist(), serve.tolist())


def told(*causes: Cause, of: Origin | None = Origin.SKEW, **more: Any) -> tuple[str, ...]:
    """Return the story of these causes; four of ten pairs differ unless ``column`` is given."""
    column = more.get("column", pairs(4, 6))
    known = Reasons(causes, more.get("where"), Shift(of) if of else None)
    return story(known, column, follows=more.get("follows", False))


def changed(cause: Cause, **fields: Any) -> Cause:
    """Return a cause with some fields changed."""
    base: dict[str, Any] = {name: getattr(cause, name) for name in cause.__slots__}
    return Cause(**{**base, **fields})


@pytest.mark.parametrize(
    ("cause", "column", "extent"),
    [
        (MILES, pairs(4, 6), "on all 4 paired rows that differ"),
        (MILES, pairs(1, 6), "on the 1 paired row that differs"),
        (changed(MILES, explains=0.75), pairs(4, 6), "on 75.0 % of the 4 paired rows that differ"),
        (changed(MILES, explains=0.9999), pairs(4), "on >99.9 % of the 4 paired rows that differ"),
        (changed(MILES, name="stale"), pairs(4, 6), "on all differing rows tested"),
        (changed(MILES, paired=False), None, "which explains 100 % of the difference"),
        (
            changed(MILES, paired=False, explains=0.9),
            None,
            "which explains 90.0 % of the difference",
        ),
    ],
)
def test_a_cause_says_on_how_many_rows_it_holds(
    cause: Cause, column: PairColumn | None, extent: str
) -> None:
    view = cause_view(cause, "", column)
    assert view.extent == extent
    assert view.sentence == f"serve = 1.609344 × train, {extent}: kilometres against miles?"


def test_all_is_said_of_the_rows_that_were_tested_and_of_no_others() -> None:
    view = cause_view(MILES, "", pairs(SAMPLE + 1))
    assert view.extent == f"on all {SAMPLE:,} differing rows tested"


def test_a_cause_without_a_reason_ends_without_one() -> None:
    assert cause_view(changed(MILES, reason=""), "", pairs(2)).sentence.endswith("that differ")


def test_a_cause_that_this_version_does_not_have_goes_by_its_name() -> None:
    assert cause_view(changed(MILES, name="of_tomorrow"), "").title == "of_tomorrow"
    assert cause_view(MILES, "").title == "a known factor between units"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_statements_are_printable_and_short(text: str) -> None:
    view = cause_view(Cause("case", text, f"{text}?", 0.5, True, "", (text,)), text, pairs(2))
    for words in (view.sentence, *view.also):
        assert words.isprintable() and len(words) < 800
    assert view.shown in (text, HIDDEN)
    assert all(line.isprintable() for line in view.shown.split("\n"))
    assert len(view.shown) <= 4_000


def test_the_story_of_a_bug_is_one_sentence_with_its_place_before_the_question() -> None:
    assert told(MILES, where=located(4, 10, ANDROID)) == (
        "pipeline bug: serve = 1.609344 × train, on all 4 paired rows that differ, "
        "only where caller = app-android: kilometres against miles?",
    )


@pytest.mark.parametrize(
    ("of", "start"),
    [
        (Origin.SKEW, "pipeline bug: serve = "),
        (Origin.BOTH, "pipeline bug, and drift: serve = "),
        (Origin.MISPLACED, "stale or misjoined: serve = "),
        (Origin.UNDECIDED, "serve = "),
        (None, "serve = "),
    ],
)
def test_the_story_says_skew_or_drift_once_and_first(of: Origin | None, start: str) -> None:
    (sentence,) = told(MILES, of=of)
    assert sentence.startswith(start)


def test_two_causes_have_a_line_each_and_their_place_one_of_its_own() -> None:
    zero = Cause("filled", "serve = 0 where train is null", "", 0.25, True)
    assert told(changed(MILES, explains=0.75), zero, where=located(4, 10, None, JULY)) == (
        "pipeline bug: serve = 1.609344 × train, on 75.0 % of the 4 paired rows that differ: "
        "kilometres against miles?",
        "and serve = 0 where train is null, on 25.0 % of the 4 paired rows that differ",
        "differs since 2013-07-08 00:00 UTC",
    )


def test_a_bug_without_a_cause_says_so() -> None:
    assert told() == ("pipeline bug: no known cause fits",)
    assert told(where=located(4, 10, ANDROID)) == (
        "pipeline bug: no known cause fits, differs only where caller = app-android",
    )


def test_a_score_without_a_cause_may_follow_from_the_features() -> None:
    assert told(follows=True) == (
        "pipeline bug: no cause of its own found, wrong features change it too",
    )


def test_drift_reads_so_at_once() -> None:
    assert told(of=Origin.DRIFT, column=pairs(0, 10)) == (
        "drift: the population moved, all 10 paired rows agree",
    )
    assert told(of=Origin.DRIFT, column=pairs(1, 9)) == (
        "drift: the population moved, 1 of 10 paired rows differs",
    )


def test_what_is_undecided_says_how_the_pairs_are() -> None:
    assert told(of=Origin.UNDECIDED, column=pairs(0, 10)) == ("all 10 paired rows agree",)
    assert told(of=Origin.UNDECIDED, column=pairs(2, 8)) == ("2 of 10 paired rows differ",)


def test_what_is_fine_has_no_story() -> None:
    assert told(of=Origin.FINE, column=pairs(0, 10)) == ()


def test_without_pairs_a_place_speaks_of_new_values() -> None:
    new = located(4, 10, ANDROID)
    assert told(of=None, column=None, where=new) == ("new values only where caller = app-android",)
    assert told(of=None, column=None) == ()
    assert told(changed(MILES, paired=False), of=None, column=None, where=new) == (
        "serve = 1.609344 × train, which explains 100 % of the difference: "
        "kilometres against miles?",
        "new values only where caller = app-android",
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, ""),
        (located(0, 10), ""),
        (located(10, 10), "on all rows"),
        (located(2, 10), "on 20.0 % of the rows, no pattern in segments or time"),
        (located(4, 10, ANDROID), "only where caller = app-android (4 of 10 rows, 40.0 %)"),
        (located(4, 10, None, JULY), "since 2013-07-08 00:00 UTC (4 of 10 rows, 40.0 %)"),
    ],
)
def test_where_says_which_rows_and_how_many(found: Location | None, words: str) -> None:
    assert where(found) == words


def test_a_segment_of_several_values_that_is_not_all() -> None:
    some = segment("caller", ("app-android", "web"), 99, 100, 300, outside=1)
    assert place(located(100, 300, some)) == "almost only where caller = app-android or web"


def test_a_window_with_both_ends_and_a_segment() -> None:
    when = window(moment("2013-07-08T02:00+00:00"), moment("2013-07-09T10:30+02:00"))
    assert place(located(4, 10, ANDROID, when)) == (
        "only where caller = app-android, since 2013-07-08 02:00 until 2013-07-09 08:30 UTC"
    ).replace("02:00 until", "02:00 UTC until")


def test_a_moment_known_roughly_has_its_interval() -> None:
    near = window(moment("2013-07-08T12:00+00:00", 3600.0))
    far = window(None, moment("2013-07-08T12:00+00:00", 86_400.0))
    assert place(located(4, 10, None, near)) == (
        "since 2013-07-08 12:00 UTC (between 11:00 and 12:00)"
    )
    assert place(located(4, 10, None, far)) == (
        "until 2013-07-08 12:00 UTC (between 2013-07-07 12:00 and 2013-07-08 12:00)"
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_segments_are_printable_and_short(value: str) -> None:
    words = where(located(4, 10, segment(value, (value, value), 4, 4, 10)))
    assert words.isprintable() and len(words) < 400


@pytest.mark.parametrize("of", list(Origin))
def test_every_origin_has_its_words(of: Origin) -> None:
    assert origin(Shift(of)) == LONG[of]


def test_the_part_of_the_drift_that_is_the_pipelines_is_told_where_there_is_one() -> None:
    told = origin(Shift(Origin.BOTH, 2.0, 0.5))
    assert told.endswith("; 75.0 % of the drift seen is the pipeline's doing")
    assert origin(Shift(Origin.SKEW, 2.0, 2.0)) == LONG[Origin.SKEW]
    assert origin(Shift(Origin.DRIFT, 2.0, 2.0)) == LONG[Origin.DRIFT]
    assert origin(None) == ""
