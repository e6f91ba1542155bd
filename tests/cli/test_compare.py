"""``skewcheck compare``: what goes where."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from select import select

import polars as pl
import pytest

from skewcheck.cli import progress, run
from tests.cli.conftest import START, environment, rows

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_report_goes_to_stdout_and_notes_to_stderr(
    cases: dict[str, str], capsys: Capture
) -> None:
    run(["compare", cases["train"], cases["fail"], "--html", "r.html", "--json", "r.json"])
    out, err = capsys.readouterr()
    assert "income" in out and "FAIL" in out.upper()
    assert err == "wrote r.html\nwrote r.json\n"


def test_json_on_stdout_is_all_there_is(cases: dict[str, str], capsys: Capture) -> None:
    run(["compare", cases["train"], cases["fail"], "--json", "-"])
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (report["verdict"], report["exit_code"], err) == ("fail", 1, "")
    verdicts = {column["name"]: column["verdict"] for column in report["columns"]}
    assert verdicts["income"] == "fail" and verdicts["age"] == "pass"


def test_quiet_prints_nothing_but_writes_the_files(cases: dict[str, str], capsys: Capture) -> None:
    run(["compare", cases["train"], cases["fail"], "--quiet", "--html", "r.html"])
    assert capsys.readouterr() == ("", "")
    assert Path("r.html").read_text().startswith("<!")


def test_the_report_says_which_command_makes_it_again(
    cases: dict[str, str], capsys: Capture
) -> None:
    arguments = ["compare", cases["train"], cases["pass"], "--json", "-"]
    run(arguments)
    assert json.loads(capsys.readouterr().out)["command"] == " ".join(["skewcheck", *arguments])


def test_several_logs_are_read_as_one(cases: dict[str, str], capsys: Capture) -> None:
    run(["compare", cases["train"], cases["pass"], cases["few"], "--json", "-"])
    assert json.loads(capsys.readouterr().out)["ledger"]["events"] == 6100


def test_a_policy_file_in_the_folder_is_followed(cases: dict[str, str]) -> None:
    Path("skewcheck.toml").write_text("[columns.income]\nrole = 'ignored'\n")
    assert run(["compare", cases["train"], cases["fail"], "--quiet"]) == 0


def test_the_command_line_wins_over_the_policy_file(cases: dict[str, str], capsys: Capture) -> None:
    Path("skewcheck.toml").write_text("[columns.income]\nrole = 'ignored'\n")
    arguments = ["compare", cases["train"], cases["fail"], "--feature", "income", "--json", "-"]
    assert run(arguments) == 1
    roles = {c["name"]: c["role"] for c in json.loads(capsys.readouterr().out)["columns"]}
    assert roles["income"] == "feature"


def test_both_sides_may_come_from_the_policy_file(cases: dict[str, str]) -> None:
    text = f"train = {cases['train']!r}\nserve = [{cases['fail']!r}]\n"
    Path("skewcheck.toml").write_text(text)
    assert run(["compare", "--quiet"]) == 1


def test_an_output_never_replaces_or_joins_the_data(cases: dict[str, str], capsys: Capture) -> None:
    train = Path(cases["train"]).read_bytes()
    targets = [cases["train"], f"{cases['pass']}/report.json"]
    for target in targets:
        assert run(["compare", cases["train"], cases["pass"], "--json", target]) == 2
        assert "would be read as data" in capsys.readouterr().err
    glob = f"{cases['pass']}/*.json*"
    assert run(["compare", cases["train"], glob, "--json", targets[1]]) == 2
    Path("skewcheck.toml").write_text(f"train = {cases['train']!r}\nserve = {cases['pass']!r}\n")
    assert run(["compare", "--json", cases["train"]]) == 2
    assert Path(cases["train"]).read_bytes() == train
    assert [p.name for p in Path(cases["pass"]).iterdir()] == ["a.jsonl"]


def test_names_from_data_cannot_act_on_the_terminal(cases: dict[str, str], capsys: Capture) -> None:
    assert run(["compare", "\x1b[2J.parquet", cases["pass"]]) == 2
    assert run(["compare", cases["train"], cases["pass"], "--key", "\x1b]8;;x\x07"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_an_odd_locale_does_not_stop_the_report(cases: dict[str, str]) -> None:
    command = [sys.executable, "-c", START, "compare", cases["train"], cases["fail"], "-v"]
    env = environment(PYTHONIOENCODING="ascii")
    done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1 and not done.stderr
    assert "income" in done.stdout.decode("ascii")


def test_colour_is_for_a_terminal_that_wants_it(cases: dict[str, str], capsys: Capture) -> None:
    arguments = ["compare", cases["train"], cases["fail"]]
    run(arguments)
    assert "\x1b[" not in capsys.readouterr().out
    assert "\x1b[" in on_a_terminal(arguments)
    assert "\x1b[" not in on_a_terminal([*arguments, "--no-color"])


def on_a_terminal(arguments: list[str]) -> str:
    """Return what a person would see on stdout."""
    person, process = pty.openpty()
    command = [sys.executable, "-c", START, *arguments]
    env = environment(TERM="xterm-256color")
    with subprocess.Popen(command, env=env, stdout=process, stderr=subprocess.DEVNULL):
        os.close(process)
        seen = b""
        while True:
            try:
                piece = os.read(person, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
    os.close(person)
    return seen.decode()


def test_a_bar_is_drawn_for_a_person_who_waits_and_for_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with progress.bar(wanted=True) as step:
        assert step is None
    person, process = pty.openpty()
    with os.fdopen(process, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        monkeypatch.setattr(progress, "PATIENCE", 0.0)
        monkeypatch.setenv("TERM", "xterm-256color")
        with progress.bar(wanted=False) as step:
            assert step is None
        with progress.bar(wanted=True) as step:
            assert step is not None
            step("reading [bold]train", 3, 9)
            step("reading [bold]train", 9, 9)
        stderr.flush()
        drawn = ""
        while "reading [bold]train" not in drawn and select([person], [], [], 5)[0]:
            drawn += os.read(person, 65536).decode()
    os.close(person)
    assert "reading [bold]train" in drawn


def test_a_bar_never_appears_for_short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    person, process = pty.openpty()
    with os.fdopen(process, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        with progress.bar(wanted=True) as step:
            assert step is not None
            step("reading", 1, 1)
        os.set_blocking(person, False)
        with pytest.raises(BlockingIOError):
            os.read(person, 1)
    os.close(person)


@pytest.fixture
def paired(tmp_path: Path) -> list[str]:
    """Return the sides of logs whose income is off by 0.4, with the right values offline."""
    rows(4000, 1).write_parquet(tmp_path / "train.parquet")
    offline = rows(4000, 2).with_columns(request_id=pl.format("r{}", pl.int_range(pl.len())))
    offline.write_parquet(tmp_path / "offline.parquet")
    offline.with_columns(pl.col("income") + 0.4).write_parquet(tmp_path / "log.parquet")
    return ["train.parquet", "log.parquet", "--offline", "offline.parquet"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--abs-tol", "0.5"], 0),
        (["--abs-tol", "income=0.5"], 0),
        (["--abs-tol", "income=0.3"], 1),
        (["--abs-tol", "0.5", "--abs-tol", "income=0.3"], 1),
        (["--abs-tol", "age=0.5"], 1),
        (["--rel-tol", "0.01"], 0),
        (["--rel-tol", "1e-9"], 1),
    ],
)
def test_a_tolerance_says_which_paired_values_are_the_same(
    options: list[str], code: int, paired: list[str]
) -> None:
    assert run(["compare", *paired, *options, "--quiet"]) == code


def test_too_few_pairs_are_inconclusive_and_uncovered_requests_fail(paired: list[str]) -> None:
    for name in ("log.parquet", "offline.parquet"):
        pl.read_parquet(name).head(1500).with_columns(income=pl.lit(7.0)).write_parquet(name)
    rows(4000, 1).with_columns(income=pl.lit(7.0)).write_parquet("train.parquet")
    assert run(["compare", *paired, "--quiet"]) == 3
    pl.read_parquet("offline.parquet").head(700).write_parquet("offline.parquet")
    assert run(["compare", *paired, "--quiet"]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--abs-tol", "-1"], "--abs-tol '-1' is no tolerance; give 0.01 or COL=0.01"),
        (["--rel-tol", "income=lots"], "--rel-tol 'income=lots' is no tolerance"),
        (["--rel-tol", "nan"], "--rel-tol 'nan' is no tolerance"),
        (["--abs-tol", "income="], "--abs-tol 'income=' is no tolerance"),
        (["--abs-tol", "incme=1"], "did you mean 'income'?"),
        (["--tolerance", "5"], "'5' is no span of time"),
        (["--tolerance", "5m"], "--as-of"),
        (["--as-of", "snapshot"], "no column 'snapshot' to pair as of"),
        (["--repair-key", "foo"], "no repair 'foo' of keys; there are type, case, space"),
        (["--offline", "nowhere.parquet"], "nowhere.parquet"),
    ],
)
def test_a_pairing_that_cannot_be_is_one_line_and_code_2(
    options: list[str], message: str, paired: list[str], capsys: Capture
) -> None:
    assert run(["compare", *paired, *options]) == 2
    out, err = capsys.readouterr()
    assert message in err and err.count("\n") == 1 and not out


def test_the_policy_file_says_how_rows_are_paired(paired: list[str], capsys: Capture) -> None:
    policy = Path("skewcheck.toml")
    policy.write_text("[pairing]\noffline = 'offline.parquet'\n[columns.income]\nabs_tol = 0.5\n")
    assert run(["compare", *paired[:2], "--quiet"]) == 0
    assert run(["compare", *paired[:2], "--abs-tol", "income=0.3", "--quiet"]) == 1
    policy.write_text("[pairing]\nofline = 'offline.parquet'\n")
    assert run(["compare", *paired[:2]]) == 2
    assert "did you mean 'pairing.offline'?" in capsys.readouterr().err


def test_the_cause_and_its_query_are_in_the_report(paired: list[str], capsys: Capture) -> None:
    run(["compare", *paired, "--json", "-"])
    report = json.loads(capsys.readouterr().out)
    income = next(c for c in report["columns"] if c["name"] == "income")
    assert income["causes"][0]["cause"] == "offset" and "SELECT" in income["causes"][0]["query"]
    assert income["parity"]["differing"] == 4000
