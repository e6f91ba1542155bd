"""One judgement in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from skewcheck.finding import Finding, Subject, Undefined
from skewcheck.lines import Line, line, needs, title_of
from skewcheck.policy import Rule
from skewcheck.statistics.distance import total_variation
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.intervals import Share
from skewcheck.verdict import Judgement, Outcome
from tests.report.cases import HOSTILE, LEVEL, judged, nulls


def shown(**detail: Any) -> Line:
    return line(judged("ks", "c", Share(3, 100), Rule(0.1), **detail), LEVEL)


def test_a_null_rate_tells_both_shares_the_change_and_the_limit() -> None:
    found = line(nulls("c", (0, 20_000), (2_480, 20_000)), LEVEL)
    assert found.sentence == "null rate: 0 % → 12.4 % (+12.0 to +12.8 points), limit 2 points"
    assert found.rows == "20,000 / 20,000"
    assert found.outcome is Outcome.FAIL


def test_a_fall_of_the_null_rate_is_negative() -> None:
    found = line(nulls("c", (2_480, 20_000), (0, 20_000)), LEVEL)
    assert found.sentence == "null rate: 12.4 % → 0 % (-12.8 to -12.0 points), limit 2 points"


def test_no_change_of_the_null_rate_still_has_an_upper_bound() -> None:
    found = line(nulls("c", (0, 20_000), (0, 5_000)), LEVEL)
    assert found.sentence.startswith("null rate: 0 % → 0 % (0 to 0.1 points)")
    assert found.numbers.high is not None and found.numbers.high > 0


def test_a_warning_speaks_of_the_limit_of_warnings() -> None:
    found = line(nulls("c", (0, 200_000), (1_800, 200_000)), LEVEL)
    assert found.outcome is Outcome.WARN
    assert found.limit == "0.5 points"
    assert (found.numbers.limit, found.numbers.warn_limit) == (0.02, 0.005)


def test_an_undefined_measure_gives_its_reason_and_no_number() -> None:
    found = line(judged("ks", "c", Undefined("serve has no number"), Rule(0.1)), LEVEL)
    assert found.sentence.endswith(": not measured, serve has no number")
    assert found.numbers.value is found.numbers.low is found.numbers.high is None
    assert math.isinf(found.damage)


def test_an_undecided_finding_says_how_many_rows_are_missing() -> None:
    found = line(nulls("c", (0, 20_000), (1, 100)), LEVEL)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.numbers.needed is not None and found.numbers.needed.serve
    assert "more serve rows would decide" in found.needs


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (RowsNeeded(1_387), "about 1,400 more serve rows would decide"),
        (
            RowsNeeded(20, None, True),
            "about 20 more serve rows would decide (the effect lies close to the limit)",
        ),
        (
            RowsNeeded(None, 6_930),
            "train is too small: about 7,000 more rows of either side would decide",
        ),
        (RowsNeeded(None), "more rows would not decide this"),
        (RowsNeeded(0), ""),
        (None, ""),
    ],
)
def test_rows_needed_in_words(needed: RowsNeeded | None, words: str) -> None:
    assert needs(needed) == words


def test_an_effect_held_back_by_the_correction_alone_says_so() -> None:
    share = Share(30, 100)
    finding = Finding("new_category", Subject("c"), share, "share", 100, 100)
    found = line(Judgement(finding, Rule(0.1), Outcome.INCONCLUSIVE, 0.2, RowsNeeded(0)), LEVEL)
    assert "not after correction" in found.needs


def test_the_shares_of_one_place_are_not_taken_for_the_effect() -> None:
    """Total variation sums over all cells; its details show the cell that changed most."""
    measure = total_variation(np.array([500, 300, 200]), np.array([300, 300, 400]))
    detail: dict[str, Any] = {"cell": "b", "train_share": 0.5, "serve_share": 0.3}
    found = line(judged("total_variation", "c", measure, Rule(), unit="share", **detail), LEVEL)
    assert "→" not in found.effect
    assert found.facts == ("largest change in b (50.0 % → 30.0 %)",)


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"at": 12.5}, "largest gap at 12.5"),
        ({"cell": "null"}, "largest change in null"),
        ({"new": [["x", 12], ["y", 1]]}, "new: x (12 rows), y (1 row)"),
        ({"new": [["x", 0, 12]]}, "new: x (0 → 12 rows)"),
        ({"new": [[c, 2] for c in "abcdefgh"]}, "f (2 rows) and 2 more"),
        ({"train_range": [0.5, 7]}, "train range: 0.5 to 7"),
        ({"found": {"texts": 1200, "booleans": 0}}, "found: texts 1,200"),
        ({"unseen_share": 0.5}, "unseen share: 50.0 %"),
        ({"looks_like": "dep_hour"}, "looks like: dep_hour"),
        ({"renamed": True}, "renamed: yes"),
        ({"since": None}, "since: unknown"),
    ],
)
def test_details_in_words(detail: dict[str, Any], words: str) -> None:
    (fact,) = shown(**detail).facts
    assert fact.endswith(words)


def test_details_that_are_none_are_left_out() -> None:
    assert shown(absent=0, new=[], note="", found={}, train_share=0.2, direction="+").facts == ()


def test_quantiles_of_both_sides_are_told_together() -> None:
    (fact,) = shown(levels=[0.25, 0.5], train=[1, 2.0], serve=[10, 20.5]).facts
    assert fact == "quantiles 25 %: 1 → 10, 50 %: 2 → 20.5"


def test_foreign_text_in_details_and_reasons_is_made_safe() -> None:
    for text in HOSTILE:
        found = shown(**{"cell": text, "new": [[text, 3]], "any": text, text or "empty": {text: 1}})
        assert all(fact.isprintable() for fact in found.facts)
        reason = line(judged("ks", "c", Undefined(text), Rule(0.1)), LEVEL)
        assert reason.sentence.isprintable()


def test_a_check_of_another_version_is_named_in_words() -> None:
    assert title_of("no_such_check") == "no such check"


def test_damage_of_a_failure_counts_the_near_end_of_its_interval() -> None:
    few = line(judged("ks", "c", Share(9, 10), Rule(0.1)), LEVEL)
    many = line(judged("ks", "c", Share(8_000, 10_000), Rule(0.1)), LEVEL)
    assert few.outcome is many.outcome is Outcome.FAIL
    assert many.damage > few.damage


def test_any_effect_beyond_a_limit_of_zero_is_past_every_multiple() -> None:
    found = line(judged("ks", "c", Share(5, 10), Rule(0.0)), LEVEL)
    assert math.isinf(found.damage)


def test_paired_rows_are_counted_once_and_their_kinds_named_in_words() -> None:
    judgement = judged(
        "row_parity", "c", Share(3, 100), Rule(0.001), unit="share", n=(100, 100), null_serve=3
    )
    found = line(judgement, LEVEL)
    assert found.rows == "100 pairs"
    assert found.facts == ("null in serve only: 3",)


def test_a_window_is_told_in_days_and_times() -> None:
    since = "since 2013-07-08T02:00+00:00 until 2013-07-09T00:00+00:00"
    finding = Finding("row_parity", Subject("c", None, since), Share(3, 100), "share", 100, 100, {})
    found = line(Judgement(finding, Rule(0.001), Outcome.FAIL), LEVEL)
    assert found.title == ("rows that differ since 2013-07-08 02:00 UTC until 2013-07-09 00:00 UTC")
