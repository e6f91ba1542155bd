"""``compare --history`` and ``skewcheck history``, as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skewcheck.cli import run
from skewcheck.history.tonight import keep
from tests.history.making import a_run, log, names, train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history of three nights, one of them run twice."""
    target = tmp_path_factory.mktemp("case") / "runs"
    target.mkdir()
    for day, broken in ((0, ["age"]), (0, ["income"]), (1, ["income"]), (2, ["age"])):
        keep(target, a_run(day, broken))
    return target


def shown(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> tuple[str, str]:
    assert run([str(word) for word in words]) == code
    out, err = capsys.readouterr()
    return out, err


def test_the_nights_are_listed_with_what_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = shown(capsys, "history", folder)
    assert out.splitlines() == [
        "window                     verdict  fail  incl  warn  pass  since the night before",
        "2026-03-02 00:00 to 23:59  fail        1     0     0     2  first",
        "2026-03-03 00:00 to 23:59  fail        1     0     0     2  1 persisting",
        "2026-03-04 00:00 to 23:59  fail        1     0     0     2  1 new, 1 fixed",
        "",
        "3 nights, 1 run replaced by a later one",
        "last night: 1 new (age); 1 fixed (income)",
    ]


def test_all_runs_are_listed_when_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = shown(capsys, "history", folder, "--all")
    assert out.splitlines()[1].endswith("replaced by a later run")
    assert out.count("2026-03-02") == 2


def test_the_course_of_a_column_is_drawn_against_its_limit(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = shown(capsys, "history", folder, "income")
    assert out.startswith("income, 3 nights from 2026-03-02 00:00 to 23:59\n")
    assert "last night: pass; fail on 2" in out
    [ks] = [line for line in out.splitlines() if line.startswith("ks ")]
    bars = ks.split()[1]
    assert bars[:2] == "██"
    assert bars[2] in "▁▂▃▄"
    assert "limit 0.1: pass" in ks


def test_json_has_the_nights_and_the_course(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = shown(capsys, "history", folder, "--json", "-")
    found = json.loads(out)
    assert (found["schema_version"], found["runs"], len(found["nights"])) == (1, 4, 3)
    assert found["nights"][0]["change"] is None
    assert found["nights"][2]["change"]["new"] == ["age"]
    shown(capsys, "history", folder, "income", "--json", tmp_path / "course.json")
    course = json.loads((tmp_path / "course.json").read_text())
    assert course["verdicts"] == ["fail", "fail", "pass"]
    assert all(len(check["values"]) == 3 for check in course["checks"])


def test_a_column_that_no_night_knows_is_an_error_that_names_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = shown(capsys, "history", folder, "incme", code=2)
    assert "did you mean 'income'?" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no history is named"),
        (("none",), "none: cannot be listed"),
        (("a", "b", "c"), "give a folder and a column"),
        (("compact", "none"), "none: cannot be listed"),
        (("compact", "--older-than", "soon", "none"), "no span of time"),
    ],
)
def test_what_cannot_be_meant_is_an_error(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    _, err = shown(capsys, "history", *words, code=2)
    assert message in err


def test_a_foreign_file_is_a_note_and_hostile_names_are_inert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, a_run(0))
    (tmp_path / "\x1b[2Jevil").write_text("x")
    out, err = shown(capsys, "history", tmp_path)
    assert "1 night" in out
    assert "\x1b" not in out + err
    assert "evil: is damaged or no Parquet file" in err


def test_an_empty_folder_has_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "history", tmp_path)[0] == f"no run in {tmp_path}\n"


def test_the_policy_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    train().write_parquet("train.parquet")
    log(0, ["income"]).write_parquet("night.parquet")
    Path("skewcheck.toml").write_text('history = "runs"\n')
    _, err = shown(capsys, "compare", "train.parquet", "night.parquet", "-q", code=1)
    assert len(names(tmp_path / "runs")) == 1
    assert f"kept runs/{names(tmp_path / 'runs')[0]}" in err
    assert "1 night" in shown(capsys, "history")[0]
    assert shown(capsys, "history", "income")[0].startswith("income, 1 night")
    assert "folded 0 runs" in shown(capsys, "history", "compact")[1]


def test_windows_of_the_command_line_choose_events_and_the_ledger_counts_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train().write_parquet(tmp_path / "train.parquet")
    log(0, rows=4_000, days=4).write_parquet(tmp_path / "log.parquet")
    sides = ("compare", tmp_path / "train.parquet", tmp_path / "log.parquet", "--json", "-")
    window = ("--since", "2026-03-03", "--until", "2026-03-04")
    for words in (window, ("--window", "1d")):
        out, _ = shown(capsys, *sides, *words, "--exit-zero")
        found = json.loads(out)
        assert found["serve"]["rows"] == 1_000
        assert found["ledger"]["out of window"] == 3_000
        assert found["ledger"]["events"] == 4_000
    _, err = shown(capsys, *sides, "--since", "2026-03-04", "--until", "2026-03-03", code=2)
    assert "is not after" in err
