"""The folder of a history: which runs it holds, and which of them count."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skewcheck.errors import InputError
from skewcheck.history.stored import NAME, StoredFile, look
from skewcheck.nights import StoredRun

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
    for name in listed(path):
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


def listed(path: Path) -> list[str]:
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


def concerning(held: Folder, nights: Sequence[StoredRun]) -> dict[str, str]:
    """Return the troubles that may be about some nights, or about later ones.

    What a file that is damaged or gone held is not known; when it was kept, is.
    """
    first = min((run.sequence for run in nights), default=0)
    followed = {f"run {run.previous}": run.sequence for run in held.runs if run.previous}
    return {
        name: reason
        for name, reason in held.troubles.items()
        if followed.get(name, _sequence(name, first)) >= first
    }


def _sequence(name: str, unknown: int) -> int:
    found = NAME.fullmatch(name)
    return int(found["sequence"]) if found else unknown


def stem_of(run: StoredRun, kind: str = "run") -> str:
    """Return how the name of a file begins whose newest run this is."""
    stamp = re.sub(r"\D", "", run.started[:19])
    return f"{kind}-{run.sequence:06}-{stamp}-{run.id}"
