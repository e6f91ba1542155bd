"""``skewcheck report``: a run that was kept is set in type again, and says what it said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from skewcheck.cli import run
from skewcheck.history import compact, newest, read_folder
from skewcheck.history.tonight import keep
from tests.history.making import a_run, log, names, train

FORMATS = ("html", "json", "junit", "markdown", "save")
CODES = (0, 0, 1)  # of the nights


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what three nights wrote, and their history; data are gone."""
    home = tmp_path_factory.mktemp("nights")
    train().write_parquet(home / "train.parquet")
    for day, code in enumerate(CODES):
        log(day, ["income"] if code else []).write_parquet(home / "log.parquet")
        sides = [str(home / "train.parquet"), str(home / "log.parquet")]
        words = ["-q", "--history", str(home / "runs"), *asked(home, f"night{day}")]
        assert run(["compare", *sides, *words]) == code
    for name in ("train.parquet", "log.parquet"):
        (home / name).unlink()
    return home


def asked(home: Path, name: str) -> list[str]:
    return [w for form in FORMATS for w in (f"--{form}", str(home / f"{name}.{form}"))]


def written(home: Path, name: str) -> list[bytes]:
    return [(home / f"{name}.{form}").read_bytes() for form in FORMATS]


@pytest.mark.parametrize("day", range(len(CODES)))
def test_every_night_of_a_history_is_written_again_byte_by_byte(kept: Path, day: int) -> None:
    night = f"2026-03-{2 + day:02}"
    code = run(["report", str(kept / "runs"), "--night", night, "-q", *asked(kept, "again")])
    assert code == 0
    assert written(kept, "again") == written(kept, f"night{day}")


def test_a_saved_run_and_a_file_of_a_history_are_runs_too(kept: Path, tmp_path: Path) -> None:
    last = max((kept / "runs").iterdir())
    alone = shutil.copy(last, tmp_path / "renamed-elsewhere.parquet")
    for given in (kept / "night2.save", last):
        assert run(["report", str(given), "-q", *asked(kept, "again")]) == 0
        assert written(kept, "again") == written(kept, "night2")
    assert run(["report", str(alone), "-q"]) == 2  # its name has the digest of what is in it


def test_the_newest_night_is_shown_unless_another_one_is_named(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", str(kept / "runs")]) == 0
    assert capsys.readouterr().out.startswith("FAIL: 1 of 3 columns")
    assert run(["report", str(kept / "runs"), "--night", "2026-03-03 00:00 to 23:59"]) == 0
    assert capsys.readouterr().out.startswith("PASS: ")
    first = newest(read_folder(kept / "runs").runs)[0]
    assert run(["report", str(kept / "runs"), "--night", first.id, "--json", "-"]) == 0
    assert capsys.readouterr().out.encode() == (kept / "night0.json").read_bytes()


@pytest.mark.parametrize("day", range(len(CODES)))
def test_the_code_is_that_of_the_run_only_when_asked_for(kept: Path, day: int) -> None:
    saved = str(kept / f"night{day}.save")
    assert run(["report", saved, "-q"]) == 0
    assert run(["report", saved, "-q", "--exit-code"]) == CODES[day]


def test_github_is_told_the_same(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert run(["report", str(kept / "night2.save"), "-q", "--github"]) == 0
    assert capsys.readouterr().out.startswith("::error title=skewcheck::FAIL: 1 of 3 columns")
    assert (tmp_path / "summary.md").read_bytes() == (kept / "night2.markdown").read_bytes() + b"\n"


def test_folded_nights_keep_their_reports(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    shutil.copytree(kept / "runs", folder)
    assert compact(folder, -60 * 86_400.0).folds == 1 and len(names(folder)) == 1
    for day in range(len(CODES)):
        night = f"2026-03-{2 + day:02}"
        assert run(["report", str(folder), "--night", night, "-q", *asked(tmp_path, "again")]) == 0
        assert written(tmp_path, "again") == written(kept, f"night{day}")


def test_a_report_lies_apart_from_what_a_list_of_nights_reads(kept: Path) -> None:
    last = max((kept / "runs").iterdir())
    with pq.ParquetFile(last) as file:
        parts = [file.read_row_group(i, columns=["part"])["part"].unique().to_pylist()
                 for i in range(file.num_row_groups)]  # fmt: skip
        assert parts == [["finding", "report"], ["profile"]]
        assert file.metadata.serialized_size < 12_000


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["missing"], "missing: cannot be read (No such file"),
        (["runs", "--night", "1999"], "no night '1999' in "),
        (["runs", "--night", "2026-03"], "3 nights of "),
        (["night0.save", "--night", "2026"], "--night chooses from a history; "),
        (["night0.json"], "is no run that skewcheck kept; give "),
        (["night0.save", "--html", "-"], "--html - is not possible"),
        (["night0.save", "--save", "night0.save"], "would be read as data of"),
    ],
)
def test_what_cannot_be_shown_is_one_line_that_says_why(
    kept: Path,
    words: list[str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(kept)
    assert run(["report", *words]) == 2
    err = capsys.readouterr().err
    assert expected in err and err.count("\n") == 1


@pytest.mark.parametrize("left", [4, 100, 0.3, 0.9])
@pytest.mark.parametrize("source", ["runs", "save"])
def test_half_a_file_is_no_run(
    kept: Path, tmp_path: Path, source: str, left: float, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = max((kept / "runs").iterdir()) if source == "runs" else kept / "night2.save"
    content = whole.read_bytes()
    cut = tmp_path / whole.name
    cut.write_bytes(content[: int(left if left > 1 else left * len(content))])
    assert run(["report", str(cut)]) == 2
    assert "error: " in capsys.readouterr().err


def test_a_run_kept_without_its_report_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, a_run(0))
    assert run(["report", str(tmp_path)]) == 2
    assert "was kept without a report; compare again with --history" in capsys.readouterr().err


def test_an_older_saved_run_never_passes_for_the_one_that_failed(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = Path(shutil.copy(kept / "night0.save", tmp_path / "last.run"))
    missing = str(tmp_path / "train.parquet")
    assert run(["compare", missing, missing, "--save", str(saved)]) == 2
    capsys.readouterr()
    assert run(["report", str(saved)]) == 2
    assert "its run has not finished; compare again" in capsys.readouterr().err
