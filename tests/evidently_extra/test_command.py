"""The option: what it refuses before any work, and that nothing leaves the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from skewcheck.cli import run
from tests.evidently_extra.nights import rows

START = "from skewcheck.cli import main; main()"
MISSING = "import sys; sys.modules['evidently'] = None\n" + START
WATCHED = """
import os, sys
reached = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen",
                 "os.fork", "os.posix_spawn", "os.system"):
        reached.append(f"{event} {arguments[:2]}")
sys.addaudithook(watch)
from skewcheck.cli import run
code = run(sys.argv[1:])
from evidently.telemetry import event_logger
from evidently.ui.service.components.telemetry import TelemetryComponent
event_logger.send_event("skewcheck", "test")
TelemetryComponent().get_event_logger()("test")
print("code", code, "reached", reached)
for name in ("DO_NOT_TRACK", "ITERATIVE_DO_NOT_TRACK"):
    os.environ.pop(name)
print("without the switch:", event_logger.is_enabled())
"""


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Return the paths of train and of logs that pass."""
    (tmp_path / "logs").mkdir()
    rows(4000, 1).write_parquet(tmp_path / "train.parquet")
    rows(4000, 10).write_parquet(tmp_path / "logs" / "a.parquet")
    return [str(tmp_path / "train.parquet"), str(tmp_path / "logs")]


def shell(start: str, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Return a run of the command line in a process that no variable keeps from telling."""
    kept = {k: v for k, v in os.environ.items() if "DO_NOT_TRACK" not in k}
    kept |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": str(home)}
    command = [sys.executable, "-c", start, *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=kept, timeout=60, check=False
    )


@pytest.mark.slow
def test_the_command_adds_the_run_and_says_where(data: list[str], tmp_path: Path) -> None:
    space = tmp_path / "space"
    done = shell(START, "compare", *data, "--evidently", str(space), home=tmp_path)
    assert done.returncode == 0, done.stderr
    (file,) = space.glob("*/snapshots/*.json")
    assert f"added {file}" in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.slow
def test_nothing_leaves_the_machine(data: list[str], tmp_path: Path) -> None:
    words = ("compare", *data, "--evidently", str(tmp_path / "space"), "-q")
    done = shell(WATCHED + START, *words, home=tmp_path)
    assert "code 0 reached []" in done.stdout, done.stderr
    assert "without the switch: True" in done.stdout
    assert not list(tmp_path.rglob("evidentlyai"))  # where it keeps the user's number


def test_a_missing_extra_is_said_before_the_data_are_read(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("{}")
    words = ("compare", "no-such-train", "no-such-logs", "--json", str(old))
    done = shell(MISSING, *words, "--evidently", str(tmp_path / "space"), home=tmp_path)
    assert done.returncode == 2
    assert "pip install 'skewcheck[evidently]'" in done.stderr
    assert "no-such-train" not in done.stderr
    assert json.loads(old.read_text())["status"] == "incomplete"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--evidently", "https://example.org/space"), "is an address"),
        (("--evidently-project", "credit"), "needs --evidently"),
        (("--evidently", "{logs}/space"), "would be read as data"),
        (("--evidently", "{train}"), "would be read as data"),
        (("--evidently", "no/such/folder"), "create the folder it lies in first"),
    ],
)
def test_what_cannot_be_is_refused(
    words: tuple[str, ...], said: str, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [word.format(train=data[0], logs=data[1]) for word in words]
    assert run(["compare", *data, *filled, "-q"]) == 2
    assert said in capsys.readouterr().err


def test_a_gate_adds_its_night_too(data: list[str], tmp_path: Path) -> None:
    words = ["gate", *data, "--evidently", str(tmp_path / "space"), "-q"]
    assert run(words) in (0, 1, 3)
    assert list((tmp_path / "space").glob("*/snapshots/*.json"))


def test_a_gate_over_a_history_alone_has_nothing_to_add(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["gate", "--history", str(tmp_path), "--evidently", str(tmp_path / "space")]
    assert run(words) == 2
    assert "--evidently needs TRAIN and LOGS" in capsys.readouterr().err
