"""``skewcheck compare``: what goes where."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

from skewcheck.cli import progress, run
from tests.cli.conftest import START, environment

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
