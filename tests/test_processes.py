"""Logs that processes of their own decode are counted as this process counts them."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from skewcheck.engines import processes
from skewcheck.engines.local import fold
from skewcheck.engines.processes import spread
from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.opened import open_side
from skewcheck.peek import plan
from skewcheck.profile import Profile
from skewcheck.sources.batch import Source
from tests.cli.conftest import environment

FLIGHTS = Path(__file__).parent.parent / "fixtures" / "flights"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LARGE", 1)


def source_of(path: Path) -> Source:
    source = open_side(str(path)).source
    assert source
    return source


def counted(path: Path, workers: int) -> Profile:
    side = open_side(str(path))
    assert side.source
    return fold(side.source, plan(side.head, {}), workers=workers)


def log(folder: Path, name: str, rows: int = 400) -> Path:
    path = folder / name
    lines = "".join(f'{{"id": {i}, "x": {i % 7}.5, "t": "a{i % 3}"}}\n' for i in range(rows))
    path.write_text(lines)
    return path


def children() -> set[int]:
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return set(map(int, found))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("logs", ["shadow_logs", "clean_logs"])
def test_what_is_counted_does_not_depend_on_where_it_was_decoded(logs: str) -> None:
    here, there = (counted(FLIGHTS / logs, workers) for workers in (1, 2))
    assert here.table().equals(there.table())
    assert here.ledger == there.ledger
    assert there.ledger.fates["malformed"] == here.ledger.fates["malformed"]


@pytest.mark.usefixtures("small")
def test_malformed_lines_after_the_last_event_are_in_the_ledger(tmp_path: Path) -> None:
    path = log(tmp_path, "a.jsonl", 3)
    path.write_text(path.read_text() + "{broken\n{broken too\n")
    assert counted(path, 2).ledger.fates == {"ok": 3, "malformed": 2}


def test_a_small_log_is_decoded_here(tmp_path: Path) -> None:
    source = source_of(log(tmp_path, "a.jsonl"))
    with spread(source.parts, 8) as parts:
        assert parts == source.parts


@pytest.mark.usefixtures("small")
def test_parquet_is_decoded_here() -> None:
    source = source_of(FLIGHTS / "train.parquet")
    with spread(source.parts, 8) as parts:
        assert parts == source.parts


@pytest.mark.usefixtures("small")
def test_an_error_of_the_reader_is_the_error_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(log(tmp_path, "b.jsonl", 50_000).read_bytes())
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"a\.jsonl\.gz") as here:
        counted(path, 1)
    with pytest.raises(InputError) as there:
        counted(path, 2)
    assert str(there.value) == str(here.value)
    assert there.value.file == here.value.file


@pytest.mark.usefixtures("small")
def test_a_process_that_is_killed_fails_the_run_and_names_the_file(tmp_path: Path) -> None:
    source = source_of(log(tmp_path, "a.jsonl", 50_000))
    with spread(source.parts, 2) as parts:
        before = children()
        batches = parts[0].batches(Ledger())
        next(batches)
        (process,) = children() - before
        os.kill(process, signal.SIGKILL)
        with pytest.raises(InputError, match=r"a\.jsonl: .* ended \(by signal 9\)"):
            list(batches)


@pytest.mark.usefixtures("small")
def test_a_process_serves_one_part_after_the_other(tmp_path: Path) -> None:
    for name in "abcde":
        log(tmp_path, f"{name}.jsonl", 9000)
    source = source_of(tmp_path)
    assert len(source.parts) > 1
    before = children()
    with spread(source.parts, 2) as parts:
        for part in parts:
            assert sum(batch.rows for batch in part.batches(Ledger())) % 9000 == 0
        assert len(children() - before) == 1
    assert children() == before


@pytest.mark.usefixtures("small")
def test_no_process_is_left_when_a_reading_is_given_up(tmp_path: Path) -> None:
    source, before = source_of(log(tmp_path, "a.jsonl", 50_000)), children()
    with spread(source.parts, 2) as parts:
        reading: Iterator[object] = parts[0].batches(Ledger())
        next(reading)
        assert children() - before
    assert children() == before


@pytest.mark.usefixtures("small")
def test_a_mistake_of_ours_over_there_is_told_with_its_trace() -> None:
    class Strange:
        decoding, name = 1, "strange"

        def __reduce__(self) -> tuple[type, tuple[str]]:
            return (Ledger, ("no part",))

    with spread((Strange(),), 2) as parts, pytest.raises(RuntimeError, match="batches"):  # type: ignore[arg-type]
        list(parts[0].batches(Ledger()))


def refused(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("logs", ["shadow_logs"])
def test_where_no_process_may_be_started_all_is_read_here(
    logs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = counted(FLIGHTS / logs, 1)
    monkeypatch.setattr(subprocess, "Popen", refused)
    there = counted(FLIGHTS / logs, 2)
    assert here.table().equals(there.table())
    assert here.ledger == there.ledger


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("start", ["raise SystemExit(1)", "print('a' * 99)"])
def test_a_process_that_does_not_come_up_or_says_other_loses_nothing(
    start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "START", start)
    before = children()
    assert counted(log(tmp_path, "a.jsonl", 500), 2).rows == 500
    assert children() == before


@pytest.mark.parametrize(
    ("program", "python"),
    [
        ("/usr/bin/python3.12", True),
        ("python.exe", True),
        ("pypy3", True),
        ("/usr/bin/uwsgi", False),
        ("/opt/scorer/scorer", False),
        ("", False),
        (None, False),
    ],
)
def test_only_python_itself_is_started_again(program: str | None, python: bool) -> None:
    assert processes._is_python(program) is python


@pytest.mark.usefixtures("small")
def test_a_log_that_goes_away_is_the_same_error_there_as_here(tmp_path: Path) -> None:
    path = log(tmp_path, "a.jsonl")
    errors = []
    for workers in (1, 2):
        side = open_side(str(path))
        assert side.source
        path.rename(tmp_path / "gone")
        with pytest.raises(Exception) as found:
            fold(side.source, plan(side.head, {}), workers=workers)
        errors.append((type(found.value), str(found.value)))
        (tmp_path / "gone").rename(path)
    assert errors[0] == errors[1]


def test_cores_that_a_process_may_not_use_are_not_counted() -> None:
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from skewcheck.engines.local import _cores; raise SystemExit(_cores() - 1)"
    )
    if hasattr(os, "sched_setaffinity"):
        subprocess.run([sys.executable, "-c", code], env=environment(), check=True)


def test_an_interrupt_ends_all_processes_and_prints_no_trace(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for name in "abcd":
        log(logs, f"{name}.jsonl", 300_000)
    code = (
        "import skewcheck.engines.processes as p; p.LARGE = 1\n"
        "from skewcheck.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "profile", str(logs), "-o", str(tmp_path / "p")]
    run = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    started: list[str] = []
    while not started and time.monotonic() < deadline and run.poll() is None:
        tasks = Path(f"/proc/{run.pid}/task").glob("*/children")
        started = [pid for task in tasks for pid in task.read_text().split()]
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=20)
    assert started, said
    assert run.returncode == 130
    assert "Traceback" not in said
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)
