"""The terminal report."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
import pytest

from skewcheck.render.terminal import render
from skewcheck.report import Report, build
from skewcheck.sanitize import UNSAFE
from tests.report.cases import flights, hostile, nulls, run
from tests.report.golden import expected
from tests.report.offline import offline

COLOR = re.compile(r"\x1b\[[0-9;]*m")
ONE = {"a": pa.array([1.0])}


@pytest.fixture(scope="module")
def report() -> Report:
    return build(flights())


@pytest.mark.parametrize(("name", "width", "verbose"), [("", 100, False), ("-verbose", 80, True)])
def test_the_flights_case_is_as_it_was(
    report: Report, name: str, width: int, verbose: bool
) -> None:
    actual = render(report, width=width, verbose=verbose)
    assert actual == expected(f"flights{name}.txt", actual)


def test_the_flights_with_their_causes_are_as_they_were() -> None:
    actual = render(offline())
    assert actual == expected("flights-offline.txt", actual)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_line_is_wider_than_the_terminal_or_a_hundred_columns(width: int, verbose: bool) -> None:
    for made in (flights(), hostile()):
        lines = render(build(made), width=width, verbose=verbose).splitlines()
        assert max(map(len, lines)) <= min(width, 100) + _combining(lines)


def _combining(lines: list[str]) -> int:
    return max(sum(unicodedata.category(c) == "Mn" for c in line) for line in lines)


def test_it_ends_with_the_verdict_and_the_meaning_of_the_exit_code(report: Report) -> None:
    *_, verdict, meaning = render(report).splitlines()
    assert verdict.startswith("FAIL: 4 of 8 columns")
    assert meaning == "Exit code 1: the policy failed."


def test_passing_columns_are_a_count_and_listed_on_demand(report: Report) -> None:
    brief, full = render(report), render(report, verbose=True)
    assert "steady" not in brief and "1 column within the limits (--verbose lists them)" in brief
    assert "steady" in full and "Limit" in full


def test_rows_are_told_where_they_are_not_those_of_the_run(report: Report) -> None:
    wind = [line for line in render(report, verbose=True).splitlines() if "4,376" in line]
    assert len(wind) == 2


def test_a_pipe_gets_no_escape_and_a_terminal_only_colours(report: Report) -> None:
    assert "\x1b" not in render(report, color=False)
    colored = render(report, color=True)
    assert "\x1b[" in colored
    plain = [line.rstrip() for line in COLOR.sub("", colored).splitlines()]
    assert plain == render(report, color=False).splitlines()


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_reaches_the_terminal_as_text(color: bool) -> None:
    shown = COLOR.sub("", render(build(hostile()), color=color, verbose=True))
    acting = {c for c in shown if unicodedata.category(c) in UNSAFE}
    assert acting <= {"\n"}
    assert "[link=file:///etc/passwd]rich" in shown


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_can_carry_the_report(report: Report, encoding: str) -> None:
    for made in (report, build(hostile())):
        render(made, verbose=True, encoding=encoding).encode(encoding)
    assert "0 % -> 12." in render(report, encoding="ascii")


def test_a_thousand_failing_columns_do_not_flood_the_terminal() -> None:
    wide = [nulls(f"c{i}", (0, 20_000), (9_000, 20_000)) for i in range(1000)]
    text = render(build(run(ONE, ONE, wide)))
    assert len(text.splitlines()) < 100
    assert "970 columns more not listed (--verbose lists them)" in text


def test_the_long_report_tells_place_origin_and_pairs() -> None:
    text = " ".join(render(offline(), verbose=True).split())
    assert "where: only where caller = app-android (4,499 of 12,949 rows, 34.7 %)" in text
    assert "skew or drift: pipeline bug: paired rows differ, so fix the code" in text
    assert "pairs: 4,499 of 12,949 paired rows differ (34.05 to 35.44 %)" in text
    assert "train → serve: B6 → b6 (792 rows)" in text
    assert "serve ÷ train: median 1.609344 " in text


def test_every_column_is_told_once_whether_it_is_skew_or_drift() -> None:
    brief = render(offline())
    listed = brief.index("\nFix first"), brief.index("\nFeatures")
    brief = brief[: listed[0]] + brief[listed[1] :]  # its columns are told once more there
    assert brief.count("drift: the population moved") == 9
    assert brief.count("pipeline bug") == 2 + 7  # twice in the verdict, once a column
