"""Annotations: as GitHub's runner reads them back."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from skewcheck.render.github import MOST, render
from skewcheck.report import build
from skewcheck.run import Run
from tests.report.cases import HOSTILE, flights, hostile, nulls, run

ONE = {"a": pa.array([1.0])}


def read(line: str) -> tuple[str, str, str]:
    """Return level, title and text of a line, as the runner takes it apart."""
    assert line.startswith("::")
    info, _, data = line[2:].partition("::")
    level, _, title = info.partition(" title=")
    assert "," not in title and "::" not in info
    codes = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
    for coded, char in codes:
        title, data = title.replace(coded, char), data.replace(coded, char)
    return level, title, data


def told(made: Run) -> list[tuple[str, str, str]]:
    return [read(line) for line in render(build(made)).removesuffix("\n").split("\n")]


def test_the_verdict_comes_first_and_then_the_worst_columns() -> None:
    (level, title, text), *columns = told(flights())
    assert (level, title) == ("error", "skewcheck") and text.startswith("FAIL: 4 of 8 columns")
    assert ("error", "skewcheck: dep_hour fail") in [(x, y) for x, y, _ in columns]
    assert ("warning", "skewcheck: gate inconclusive") in [(x, y) for x, y, _ in columns]
    assert not [y for _, y, _ in columns if "steady" in y]


def test_percentages_and_lines_survive() -> None:
    text = next(text for _, title, text in told(flights()) if "wind" in title)
    assert re.search(r"\d %", text) and "%25" not in text


@pytest.mark.parametrize(("columns", "last"), [(3, ""), (9, ""), (10, "2 more"), (900, "892 more")])
def test_there_are_never_more_than_ten(columns: int, last: str) -> None:
    many = [nulls(f"c{i}", (0, 20_000), (9_000, 20_000)) for i in range(columns)]
    found = told(run(ONE, ONE, many))
    assert len(found) == min(columns + 1, MOST)
    assert found[-1][2].startswith(last)


def test_a_pass_is_a_notice_and_doubt_a_warning() -> None:
    for serve, level in (((0, 20_000), "notice"), ((1, 100), "warning")):
        assert told(run(ONE, ONE, [nulls("a", (0, 200_000), serve)]))[0][0] == level


def test_hostile_names_make_no_second_command() -> None:
    names = (*HOSTILE, "::error::x", "a,file=b::c", "%0A::add-mask::a", "x\n::stop-commands::y")
    found = told(hostile(names))
    assert len(found) == MOST
    assert {level for level, _, _ in found} <= {"error", "warning"}
