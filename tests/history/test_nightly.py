"""A run of a nightly series: the last night and the last seven, under a yearly budget."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

import skewcheck
from skewcheck.config import parse

START = datetime(2026, 3, 1)
ROWS = 4000


def train(days: int = 40) -> pa.Table:
    chance = np.random.default_rng(0)
    rows = days * 500
    return pa.table(
        {
            "x": chance.normal(size=rows),
            "timestamp": [
                START - timedelta(days=days) + timedelta(minutes=2.88 * n) for n in range(rows)
            ],
        }
    )


def night(number: int, shift: float = 0.0) -> pa.Table:
    chance = np.random.default_rng(100 + number)
    stamps = [START + timedelta(days=number, seconds=20 * n) for n in range(ROWS)]
    return pa.table({"x": chance.normal(size=ROWS) + shift, "timestamp": stamps})


def compare(folder: Path, number: int, shift: float = 0.0, policy: str = "") -> skewcheck.Result:
    config = parse(policy, "skewcheck.toml")
    return skewcheck.compare(
        train(), night(number, shift), time="timestamp", history=folder, policy=config
    )


def test_the_first_night_is_a_run_of_its_own(tmp_path: Path) -> None:
    found = compare(tmp_path / "h", 0)
    assert found.run.night is None and found.verdict == "pass"


def test_later_nights_are_judged_alone_and_with_the_week(tmp_path: Path) -> None:
    for number in range(3):
        found = compare(tmp_path / "h", number)
    assert found.run.night is not None
    last, week = found.run.night.views
    assert (last.nights, last.rows, week.nights, week.rows) == (1, ROWS, 3, 3 * ROWS)
    assert last.level == week.level < 0.05 / 2
    views = found.to_dict()["sections"]["history"]["views"]
    assert [view["view"] for view in views] == ["last night", "rolling seven nights"]


def test_a_broken_night_fails_and_the_report_says_which_view(tmp_path: Path) -> None:
    compare(tmp_path / "h", 0)
    found = compare(tmp_path / "h", 1, shift=1.0)
    assert found.verdict == "fail"
    (section,) = (s for s in found.report.sections if s.name == "history")
    assert section.sentences[0].startswith("last night: fail (x)")
    assert found.run.past is not None
    assert str(found.run.past.nights[-1].outcome) == "fail"


def test_a_shift_too_small_for_a_night_fails_in_the_week(tmp_path: Path) -> None:
    policy = "[checks.divergence]\nfail = 0.002\nwarn = false\n[dependence]\ndesign_effect = 1.0"
    for number in range(7):
        found = compare(tmp_path / "h", number, 0.105, policy)
    assert found.run.night is not None
    last, week = (view.verdict.outcome for view in found.run.night.views)
    assert str(week) == "fail" and str(last) != "fail"
    assert found.verdict == "fail"
    assert "rolling seven nights: fail" in found.run.verdict.reason
    assert found.report.headline.startswith("FAIL")


def test_a_night_that_was_run_again_does_not_count_twice(tmp_path: Path) -> None:
    for number in (0, 1, 1):
        found = compare(tmp_path / "h", number)
    assert found.run.night is not None
    assert found.run.night.views[1].nights == 2
