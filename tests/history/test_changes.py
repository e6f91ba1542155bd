"""What is new since the night before, fixed, persisting; the course of a column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from skewcheck import pipeline, report
from skewcheck.history import change, course, runs
from skewcheck.history.tonight import keep, remember
from skewcheck.layout import Course, Listing
from skewcheck.nights import Change, StoredRun
from skewcheck.render import json, terminal
from skewcheck.result import Result
from skewcheck.result import compare as compared
from skewcheck.verdict import Outcome
from tests.history.making import a_run, log, train


@pytest.fixture
def nights(tmp_path: Path) -> Path:
    """Return a history: income fails twice, then age and purpose, then purpose alone."""
    for day, broken in enumerate((["income"], ["income"], ["age", "purpose"])):
        keep(tmp_path, a_run(day, broken))
    return tmp_path


def test_a_column_is_new_fixed_or_persisting(nights: Path) -> None:
    first, second, third = runs(nights)
    assert change(first, second) == Change(persisting=("income",))
    assert change(second, third) == Change(new=("age", "purpose"), fixed=("income",))


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.UNJUDGED, None])
def test_a_failure_that_is_undecided_now_is_not_fixed(
    outcome: Outcome | None, nights: Path
) -> None:
    before = runs(nights)[0]
    columns = {name: found for name, found in before.columns.items() if name != "income"}
    now = replace(before, columns=columns if outcome is None else {**columns, "income": outcome})
    assert change(before, now) == Change(undecided=("income",))


def test_the_report_of_a_run_tells_of_the_nights_before(nights: Path) -> None:
    run = a_run(3, ["purpose"])
    past = remember(nights, run)
    assert past.change == Change(fixed=("age",), persisting=("purpose",))
    assert [night.outcome for night in past.nights] == [Outcome.FAIL] * 4
    assert {one.column for one in past.courses} == {"purpose"}
    assert all(len(one.findings) == 4 for one in past.courses)
    [section] = [s for s in report.build(replace(run, past=past)).sections if s.name == "history"]
    assert "1 fixed (age); 1 persisting (purpose)" in section.sentences[0]
    assert "fail for 4 nights running" in section.sentences[1]
    assert {type(part) for part in section.parts} == {Listing, Course}


def test_a_night_that_is_run_again_is_held_against_the_one_before_it(nights: Path) -> None:
    past = remember(nights, a_run(1))
    assert [night.night[:10] for night in past.nights] == ["2026-03-02", "2026-03-03"]
    assert past.change == Change(fixed=("income",))


def test_the_first_night_has_nothing_to_be_held_against(tmp_path: Path) -> None:
    run = replace(a_run(0), past=remember(tmp_path / "none", a_run(0)))
    assert run.past and run.past.change is None
    assert "the first night in" in terminal.render(report.build(run))


def test_terminal_and_json_tell_of_the_history(nights: Path) -> None:
    run = a_run(3, ["purpose"])
    (nights / "foreign.txt").write_text("x")
    laid_out = report.build(replace(run, past=remember(nights, run)))
    found = json.document(laid_out)["sections"]["history"]
    assert (found["new"], found["fixed"], found["persisting"]) == ([], ["age"], ["purpose"])
    assert [night["verdict"] for night in found["nights"]] == ["fail"] * 4
    assert list(found["troubles"]) == ["foreign.txt"]
    assert "1 persisting (purpose)" in " ".join(terminal.render(laid_out).split())


def test_the_course_of_a_column_has_a_value_per_night(nights: Path) -> None:
    found = {one.check: one for one in course(runs(nights), "income")}
    ks = found["ks"]
    assert [f.outcome for f in ks.findings if f] == [Outcome.FAIL, Outcome.FAIL, Outcome.PASS]
    values = [f.value for f in ks.findings if f and f.value is not None]
    assert values[0] > 0.9 > 0.1 > values[2]
    assert ks.limit == 0.1
    assert next(iter(found.values())).findings[0].outcome is Outcome.FAIL  # type: ignore[union-attr]


def test_a_course_has_a_gap_where_a_night_knows_nothing_of_the_column(nights: Path) -> None:
    keep(nights, pipeline.compare(train().drop("income"), log(4).drop("income")))
    assert course(runs(nights), "income")[0].findings[-1] is None


def test_a_night_whose_file_is_damaged_is_a_gap_and_a_trouble(nights: Path) -> None:
    damaged = runs(nights)[1].file
    whole = bytearray(damaged.read_bytes())
    whole[200] ^= 1
    damaged.write_bytes(whole)
    past = remember(nights, a_run(3, ["income"]))
    assert [one.findings[1] for one in past.courses] == [None] * len(past.courses)
    assert list(past.troubles) == [damaged.name]


def test_compare_in_python_keeps_the_run_and_remembers(tmp_path: Path) -> None:
    results: list[Result] = [
        compared(train(), log(day, broken), history=tmp_path / "runs")
        for day, broken in enumerate(([], ["income"]))
    ]
    found: list[StoredRun] = runs(tmp_path / "runs")
    assert [str(night.outcome) for night in found] == [r.verdict for r in results]
    assert results[1].to_dict()["sections"]["history"]["new"] == ["income"]


def test_a_window_in_python_is_that_of_the_command_line(tmp_path: Path) -> None:
    result = compared(train(), log(0), since="2026-03-02T06:00", until="2026-03-02T12:00")
    assert result.run.serve.rows == 1_250
    assert compared(train(), log(0), window="6h").run.serve.rows == 1_250
