"""The folder of a history: which runs it holds, which of them count, and how one is added."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from skewcheck.errors import InputError, OutputError
from skewcheck.history.record import findings_of, record
from skewcheck.history.stored import NAME, StoredFile, look, store, table_of
from skewcheck.nights import StoredRun
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role

UNFINISHED = re.compile(r"\.skewcheck-[0-9a-f]{16}\.tmp")
TRIES = 5  # a folder that is being compacted is listed again


@dataclass(frozen=True, slots=True)
class Folder:
    """All that was read from a history: every run once, and what could not be read, and why."""

    path: Path
    runs: tuple[StoredRun, ...]
    files: tuple[StoredFile, ...] = ()
    troubles: Mapping[str, str] = field(default_factory=dict)


def runs(folder: str | os.PathLike[str]) -> list[StoredRun]:
    """Return the newest run of every window, the oldest window first.

    Files that cannot be read are left out; ``read_folder`` names them.

    Raises:
        InputError: the folder is missing or cannot be listed.
    """
    return newest(read_folder(folder).runs)


def newest(found: Iterable[StoredRun]) -> list[StoredRun]:
    """Return of each window the run that came last, the oldest window first."""
    latest: dict[str, StoredRun] = {}
    for run in sorted(found, key=lambda run: (run.sequence, run.started, run.id)):
        latest[run.night] = run
    return sorted(latest.values(), key=lambda run: run.order)


def read_folder(folder: str | os.PathLike[str]) -> Folder:
    """Return every run in a folder, in the order in which they were kept.

    A run that is in two files, as it is when compacting was cut short, counts once. A file that
    cannot be read is named, and so is one that a later run came after and that is gone.

    Raises:
        InputError: the folder is missing or cannot be listed.
    """
    path = Path(folder)
    for _ in range(TRIES - 1):
        try:
            return _read(path)
        except FileNotFoundError:  # compacted between listing and reading
            continue
    return _read(path, patient=True)


def _read(path: Path, *, patient: bool = False) -> Folder:
    found: dict[str, StoredRun] = {}
    files, troubles = [], {}
    for name in _listed(path):
        try:
            file = look(path / name)
        except FileNotFoundError:
            if not patient:
                raise
            troubles[name] = "was removed while the folder was read"
        except InputError as error:
            troubles[name] = error.problem
        else:
            files.append(file)
            for run in file.runs:
                found.setdefault(run.id, run)
    ordered = sorted(found.values(), key=lambda run: (run.sequence, run.started, run.id))
    return Folder(path, tuple(ordered), tuple(files), {**troubles, **_missing(ordered, troubles)})


def _listed(path: Path) -> list[str]:
    """Return the names in the folder that may be runs; those of killed writers are not."""
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "give the folder that compare --history wrote to"
        raise InputError(f"cannot be listed ({reason})", file=str(path), hint=hint) from error
    return [name for name in names if not UNFINISHED.fullmatch(name)]


def _missing(ordered: list[StoredRun], troubles: Mapping[str, str]) -> dict[str, str]:
    """Return the runs that others came after and that are in no file, by name."""
    there = {run.id for run in ordered}
    there |= {found["id"] for name in troubles if (found := NAME.fullmatch(name))}
    return {
        f"run {run.previous}": f"is gone: run {run.id} was kept after it"
        for run in ordered[1:]
        if run.previous and run.previous not in there
    }


def stem_of(run: StoredRun, kind: str = "run") -> str:
    """Return how the name of a file begins whose newest run this is."""
    stamp = re.sub(r"\D", "", run.started[:19])
    return f"{kind}-{run.sequence:06}-{stamp}-{run.id}"


def ready(folder: str | os.PathLike[str]) -> None:
    """Make the folder if it is not there, and see that a file can be made in it.

    Raises:
        OutputError: it cannot; said before the work rather than after it.
    """
    path = Path(folder)
    probe = path / f".skewcheck-{os.urandom(8).hex()}.tmp"
    try:
        path.mkdir(exist_ok=True)
        with probe.open("xb"):
            pass
        probe.unlink()
    except OSError as error:
        raise OutputError(_cannot(path, error)) from error


def _cannot(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    advice = "name a folder that can be written"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        advice = "create the folder it lies in first"
    return f"history {safe(path, 200)}: nothing can be kept there ({reason}); {advice}"


def keep(folder: str | os.PathLike[str], run: Run) -> StoredRun:
    """Add a finished run to a history, and return it as it was read back.

    Nothing that is there is replaced. The run's number is one more than the highest there, also
    where the clock was set back; two jobs that end at once may share a number and differ by id.

    Raises:
        OutputError: the file cannot be written or does not read back; the runs there are as before.
    """
    path = Path(folder)
    ready(path)
    identity = os.urandom(6).hex()
    sequence, previous = _place(path)
    kept = replace(record(run, identity), sequence=sequence, previous=previous)
    told = table_of(findings_of(run, identity))
    roles = {c.name: c for c in run.schema if c.role is not Role.FEATURE}
    profile = replace(run.serve.profile, roles=roles)
    target = store(path / stem_of(kept), [kept], told, profile=profile, of=[identity])
    try:
        return look(target).runs[0]
    except (FileNotFoundError, InputError) as error:
        raise OutputError(f"{safe(target, 200)}: does not read back; run again") from error


def _place(path: Path) -> tuple[int, str]:
    """Return the number of the next run, and the id of the one that is the newest now."""
    names = [found for name in _listed(path) if (found := NAME.fullmatch(name))]
    last = max(names, key=lambda found: (int(found["sequence"]), found[0]), default=None)
    if last is None:
        return 1, ""
    return int(last["sequence"]) + 1, last["id"]
