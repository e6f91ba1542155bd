"""The contract of exit codes: nothing but a verdict of pass, fully delivered, exits with 0."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from skewcheck.cli import cli, run
from skewcheck.errors import InputError
from tests.cli.conftest import START, Shell, environment

VERDICTS = [("pass", 0), ("fail", 1), ("few", 3)]


@pytest.mark.parametrize(("case", "code"), VERDICTS)
def test_a_process_exits_with_its_verdict(
    case: str, code: int, cases: dict[str, str], shell: Shell
) -> None:
    done = shell("compare", cases["train"], cases[case])
    assert done.returncode == code, done.stderr
    assert done.stdout and not done.stderr


@pytest.mark.parametrize(("case", "code"), VERDICTS)
@pytest.mark.parametrize("option", ["--quiet", "--json=-", "--verbose", "--no-color"])
def test_no_option_of_output_changes_the_code(
    option: str, case: str, code: int, cases: dict[str, str]
) -> None:
    assert run(["compare", cases["train"], cases[case], option]) == code


@pytest.mark.parametrize(("case", "code"), VERDICTS)
def test_exit_zero_is_for_verdicts_only(case: str, code: int, cases: dict[str, str]) -> None:
    assert run(["compare", cases["train"], cases[case], "--exit-zero"]) == 0
    assert run(["compare", cases["train"], "nowhere", "--exit-zero"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "TRAIN", "nowhere/"], "nowhere"),
        (["compare", "nowhere.parquet", "LOGS"], "nowhere.parquet"),
        (["compare", "TRAIN"], "LOGS is missing"),
        (["compare"], "TRAIN and LOGS are missing"),
        (["compare", "TRAIN", "LOGS", "--keyy", "a"], "No such option"),
        (["compare", "TRAIN", "LOGS", "--key", "reqest_id"], "did you mean 'request_id'?"),
        (["compare", "TRAIN", "LOGS", "--policy", "none.toml"], "none.toml: cannot be read"),
        (["compare", "TRAIN", "LOGS", "--html", "none/x.html"], "its folder does not exist"),
        (["compare", "TRAIN", "LOGS", "--html", "-"], "only --json can go to standard output"),
        (["compare", "TRAIN", "LOGS", "--html", "x", "--json", "x"], "name two files"),
        (["profile", "nowhere", "-o", "p.parquet"], "nowhere"),
        (["compare", "TRAIN", "LOOP", "--html", "x"], "loop: cannot be opened"),
        (["compare", "TRAIN", "TWICE"], "twice.jsonl:1: a key occurs twice in one object; none of"),
        (["profile", "TRAIN"], "Missing option '-o'"),
        (["explain", "kss"], "did you mean 'ks'?"),
        (["demo", "--rows", "5"], "ask for 100 or more"),
        (["comparee"], "No such command"),
    ],
)
def test_what_cannot_run_is_one_line_and_code_2(
    arguments: list[str],
    message: str,
    cases: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    data = tmp_path_factory.mktemp("data")
    (data / "loop").symlink_to("loop")
    (data / "twice.jsonl").write_text('{"age": 1, "age": 2}\n' * 9)
    paths = {"TRAIN": cases["train"], "LOGS": cases["pass"]}
    paths |= {"LOOP": str(data / "loop"), "TWICE": str(data / "twice.jsonl")}
    monkeypatch.chdir(tmp_path)
    assert run([paths.get(a, a) for a in arguments]) == 2
    out, err = capsys.readouterr()
    assert message in err
    assert err.startswith("error: ") and err.count("\n") == 1
    assert not out
    assert not list(tmp_path.iterdir())


def test_without_a_command_the_help_is_shown_and_nothing_passed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([]) == 2
    assert "Usage: skewcheck" in capsys.readouterr().err


@contextmanager
def extra(body: Callable[[], object]) -> Iterator[None]:
    """Add a command ``extra`` to the command line for a while."""
    cli.add_command(click.command("extra")(body))
    yield
    del cli.commands["extra"]


class Panic(BaseException):
    """What a Rust panic is to Python: no Exception."""


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        (Panic("rust panicked"), 4, "internal error, Panic: rust panicked"),
        (ValueError("a\x1b[2Jb\nc"), 4, r"ValueError: a\x1b[2Jb\nc"),
        (MemoryError(), 4, "internal error, out of memory"),
        (SystemExit(0), 4, "internal error, SystemExit: 0"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (InputError("is damaged", file="a.parquet"), 2, "error: a.parquet: is damaged"),
        (BrokenPipeError(32, "Broken pipe"), 4, "BrokenPipeError"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "error: no space is left"),
    ],
)
def test_no_fault_exits_with_0_or_1_or_a_traceback(
    fault: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        raise fault

    with extra(command):
        assert run(["extra"]) == code
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err and err.count("\n") == 1


@pytest.mark.parametrize("value", [None, "0", [], 0.0])
def test_a_command_that_returns_no_code_did_not_pass(value: object) -> None:
    with extra(lambda: value):
        assert run(["extra"]) == 4


def test_a_traceback_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKEWCHECK_TRACEBACK", "1")
    with extra(lambda: 1 / 0):
        assert run(["extra"]) == 4
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(("case", "code"), [("pass", 2), ("fail", 1)])
def test_a_reader_that_is_gone_turns_no_verdict_into_a_pass(
    case: str, code: int, cases: dict[str, str], shell: Shell
) -> None:
    read, write = os.pipe()
    os.close(read)
    done = shell(
        "compare", cases["train"], cases[case], capture_output=False, stdout=write, stderr=-1
    )
    os.close(write)
    assert done.returncode == code
    assert done.stderr.startswith("error: standard output") and done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_stdout_is_not_a_pass(cases: dict[str, str], shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        done = shell(
            "compare", cases["train"], cases["pass"], capture_output=False, stdout=full, stderr=-1
        )
    assert done.returncode == 2
    assert "No space left" in done.stderr


def test_a_stdout_that_is_closed_from_the_start_is_not_a_pass(
    cases: dict[str, str], shell: Shell
) -> None:
    closed = f"import sys; sys.stdout = None; {START}"
    done = shell("compare", cases["train"], cases["pass"], start=closed)
    assert done.returncode == 2
    assert done.stderr.startswith("error: standard output is closed")


def test_an_interrupt_exits_with_130(tmp_path: Path) -> None:
    sleeps = (
        "import time, click, sys; from skewcheck.cli import cli, main\n"
        "@cli.command()\ndef extra(): print('up', flush=True); time.sleep(30)\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", sleeps, "extra"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.startswith("interrupted") and err.count("\n") == 1


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_dies_does_not_leave_last_nights_pass(
    kill: signal.Signals, cases: dict[str, str], tmp_path: Path
) -> None:
    report, page = tmp_path / "report.json", tmp_path / "report.html"
    outputs = ["--json", str(report), "--html", str(page)]
    assert run(["compare", cases["train"], cases["pass"], "--quiet", *outputs]) == 0
    assert json.loads(report.read_text())["verdict"] == "pass"

    command = [sys.executable, "-c", START, "compare", cases["train"], cases["fail"], *outputs]
    process = subprocess.Popen(
        command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
    while json.loads(report.read_text())["status"] != "incomplete" and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(kill)
    assert process.wait(timeout=20) != 0
    left = json.loads(report.read_text())
    assert left == {"schema_version": 1, "status": "incomplete", "verdict": None, "exit_code": 4}
    assert "no verdict" in page.read_text()
    assert {p.name for p in tmp_path.iterdir()} == {"report.json", "report.html"}


def test_a_run_that_cannot_read_its_policy_leaves_no_old_pass(
    cases: dict[str, str], tmp_path: Path
) -> None:
    report, policy = tmp_path / "report.json", tmp_path / "policy.toml"
    report.write_text('{"verdict": "pass"}')
    policy.write_text("levle = 0.1")
    sides = [cases["train"], cases["pass"]]
    assert run(["compare", *sides, "--json", str(report), "--policy", str(policy)]) == 2
    assert json.loads(report.read_text())["status"] == "incomplete"
