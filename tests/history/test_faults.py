"""What may go wrong around a history: other jobs, a kill, a full disk, a read-only folder."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skewcheck.history import compact, findings, profile_of_run, read_folder, runs
from skewcheck.history.tonight import keep
from tests.cli.conftest import START, environment
from tests.history.making import a_run, log, names, train

# Keeps the same finished run again and again; says each one's id once it is acknowledged.
KEEPER = """
import sys
from skewcheck.history.tonight import keep
from tests.history.making import a_run
run = a_run(0, ["income"])
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    print(keep(sys.argv[1], run).id, flush=True)
"""

# A file may not grow past the limit: what a full disk does to a writer, wherever the test runs.
FULL = """
import resource, signal, sys
from skewcheck.errors import OutputError
from skewcheck.history.tonight import keep
from tests.history.making import a_run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
run = a_run(1)
whole = int(sys.argv[2])
for step in range(40):
    room = whole * step // 32
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        print("kept", room, keep(sys.argv[1], run).id, flush=True)
    except OutputError as error:
        print("refused", room, error, flush=True)
"""

# Folds what was kept as soon as it starts.
FOLDER = """
import sys
from skewcheck.history import compact
print("ready", flush=True)
compact(sys.argv[1], 0.0, span=7 * 86400.0)
"""

# Root may write anywhere: only without that power is a folder read-only to it. The first call
# empties the process's capabilities (Linux); nobody but root has them.
READ_ONLY = """
import ctypes, sys
if sys.platform == "linux":
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)())
from skewcheck.cli import main
main()
"""


def python(script: str, *words: object) -> list[str]:
    return [sys.executable, "-c", script, *map(str, words)]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Return the paths of train and of the logs of two nights."""
    train().write_parquet(tmp_path / "train.parquet")
    for day in range(2):
        log(day, ["income"] if day else []).write_parquet(tmp_path / f"night{day}.parquet")
    return {p.stem: str(p) for p in tmp_path.iterdir()}


def test_two_nightly_jobs_at_once_are_both_kept(files: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    jobs = [
        subprocess.Popen(
            python(
                START, "compare", files["train"], files[f"night{day}"], "--history", folder, "-q"
            ),
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        for day in range(2)
    ]
    assert [job.communicate()[1].count("kept ") for job in jobs] == [1, 1]
    assert [job.returncode for job in jobs] == [0, 1]
    assert [str(run.outcome) for run in runs(folder)] == ["pass", "fail"]
    assert not read_folder(folder).troubles


@pytest.mark.slow
def test_four_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    jobs = [
        subprocess.Popen(
            python(KEEPER, tmp_path, 15), env=environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    said = [line for job in jobs for line in job.communicate()[0].split() if line != "ready"]
    held = read_folder(tmp_path)
    assert len(said) == 60
    assert {run.id for run in held.runs} == set(said)
    assert not held.troubles
    assert len(runs(tmp_path)) == 1


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    first = keep(tmp_path, a_run(0, ["income"]))
    size = first.file.stat().st_size
    done = subprocess.run(
        python(FULL, tmp_path, size), env=environment(), capture_output=True, text=True, check=True
    )
    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    refused = [line for line in lines if line[0] == "refused"]
    kept = [line[2] for line in lines if line[0] == "kept"]
    assert len(lines) == 40
    assert len(refused) > 15
    assert kept
    assert all("cannot be written (File too large)" in line[2] for line in refused)
    held = read_folder(tmp_path)
    assert {run.id for run in held.runs} == {first.id, *kept}
    assert not held.troubles
    assert len(names(tmp_path)) == 1 + len(kept)


def test_a_run_that_cannot_be_kept_ends_with_2_and_leaves_its_report(
    files: dict[str, str], tmp_path: Path
) -> None:
    limited = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n" + START
    words = ("compare", files["train"], files["night0"], "--history", tmp_path / "runs", "-q")
    done = subprocess.run(
        python(limited, *words), env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "cannot be written" in done.stderr
    assert names(tmp_path / "runs") == []


def test_a_read_only_folder_is_said_before_any_work_and_can_still_be_read(
    files: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    kept = keep(folder, a_run(0, ["income"]))
    folder.chmod(0o555)
    try:
        words = ("compare", files["train"], files["night1"], "--history", folder, "--json", "-")
        done = subprocess.run(
            python(READ_ONLY, *words),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        shown = subprocess.run(
            python(READ_ONLY, "history", folder, "--json", "-"),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        folder.chmod(0o755)
    assert done.returncode == 2
    assert "nothing can be kept there (Permission denied)" in done.stderr
    assert done.stdout == ""
    assert shown.returncode == 0
    assert [night["file"] for night in json.loads(shown.stdout)["nights"]] == [kept.file.name]
    assert names(folder) == [kept.file.name]


@pytest.mark.slow
def test_fifty_kills_at_random_moments_lose_no_acknowledged_run(tmp_path: Path) -> None:
    moments, said = random.Random(5), []
    for _ in range(50):
        job = subprocess.Popen(
            python(KEEPER, tmp_path, 10_000), env=environment(), stdout=subprocess.PIPE, text=True
        )
        assert job.stdout
        assert job.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.0, 0.3))
        job.kill()
        # The last line may be cut in the middle: it was not acknowledged then.
        said += [
            line for line in job.communicate()[0].splitlines(keepends=True) if line[-1:] == "\n"
        ]
        held = read_folder(tmp_path)
        assert not held.troubles
        assert {line.strip() for line in said} <= {run.id for run in held.runs}
    assert len(said) > 50  # a slow machine keeps fewer
    for run in held.runs[::25]:
        assert findings(run)
        assert profile_of_run(run).rows == 5_000
    left = [name for name in names(tmp_path) if name.startswith(".skewcheck-")]
    assert len(held.runs) == len(names(tmp_path)) - len(left)


def test_a_full_disk_leaves_old_nights_as_they_are(tmp_path: Path) -> None:
    for day in range(0, 60, 6):
        keep(tmp_path, a_run(day))
    limited = """
import resource, signal, sys
from skewcheck.history.tonight import tidy
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
print(tidy(sys.argv[1], 0.0))
"""
    before = names(tmp_path)
    done = subprocess.run(
        python(limited, tmp_path), env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("note: old nights were not folded: ")
    assert "cannot be written (File too large)" in done.stdout
    assert names(tmp_path) == before


@pytest.mark.slow
def test_kills_while_old_nights_are_folded_lose_no_run(tmp_path: Path) -> None:
    source = tmp_path / "source"
    kept = [keep(source, a_run(day % 15)).id for day in range(20)]
    told = {run.id: findings(run) for run in read_folder(source).runs}
    moments = random.Random(6)
    for turn in range(25):
        folder = tmp_path / str(turn)
        shutil.copytree(source, folder)
        job = subprocess.Popen(
            python(FOLDER, folder), env=environment(), stdout=subprocess.PIPE, text=True
        )
        assert job.stdout
        assert job.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.0, 0.6))
        job.kill()
        job.communicate()
        for _ in range(2):  # as it was left, and after the next one has finished the work
            held = read_folder(folder)
            assert not held.troubles
            assert [run.id for run in held.runs] == kept
            assert {run.id: findings(run) for run in held.runs} == told
            compact(folder, 0.0, span=7 * 86_400.0)
        assert sum(name.startswith("fold-") for name in names(folder)) == 2
