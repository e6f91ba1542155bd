"""Folds profiles of old nights, four weeks into one. No verdict, finding or report is ever lost.

The file of a fold is written whole before the first file that it stands for is removed; a run
that is in two files meanwhile counts once. So a kill at any moment, or two of these at once, leave
a history that reads the same, and the next one finishes the work.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from skewcheck.errors import InputError
from skewcheck.history.folder import UNFINISHED, Folder, newest, read_folder, stem_of
from skewcheck.history.stored import StoredFile, load_profile, read_findings, read_reports, store
from skewcheck.nights import StoredRun
from skewcheck.profile import Profile

SPAN = 28 * 86_400.0  # seconds that a fold covers
MONDAY = 4 * 86_400.0  # 1970-01-05 was one
LEFT_BEHIND = 86_400.0  # seconds after which what a killed writer left is cleared away


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was done: folds written, runs in them, bytes before and after, files left alone."""

    folds: int
    runs: int
    before: int
    after: int
    troubles: tuple[tuple[str, str], ...]


def compact(
    folder: str | os.PathLike[str], older_than: float, *, span: float = SPAN, now: float = math.inf
) -> Compacted:
    """Fold the nights of whole spans that ended so many seconds before the newest night.

    The newest night is the measure, not the clock, but no night after ``now`` is: a log with one
    time in the future does not make all others old. Each run stays on record with all its findings
    and its report; the profile is that of the nights' newest runs together. Spans in which the
    grids of train changed are folded in parts. A file that cannot be read is left as it is and
    named.

    Raises:
        InputError: the folder cannot be listed.
        OutputError: a fold cannot be written; the nights stay as they are.
    """
    held = read_folder(folder)
    before = _size(held.path)
    troubles = dict(held.troubles)
    _remove_copies(held)
    ends = [_end(run) for run in held.runs]
    folds = folded = 0
    for lot in _lots(held, min(max(ends, default=0.0), now) - older_than, span):
        for part in _alike(lot, troubles):
            if len(part.files) > 1 and part.profile is not None:
                _fold(held.path, part, part.profile)
                folds, folded = folds + 1, folded + len(part.files)
    _clear(held.path)
    return Compacted(folds, folded, before, _size(held.path), tuple(troubles.items()))


def _end(run: StoredRun) -> float:
    """Return when the window of a run ended; where it has none, when the run started."""
    return run.span.last if run.span else datetime.fromisoformat(run.started).timestamp()


def _place(run: StoredRun, span: float) -> float:
    """Return the number of the span that a run lies in."""
    return (_end(run) - MONDAY) // span


def _lots(held: Folder, until: float, span: float) -> list[list[StoredFile]]:
    """Return the files of single runs by span, for the spans that ended before a moment."""
    lots: dict[float, list[StoredFile]] = {}
    for file in held.files:
        place = _place(file.runs[0], span)
        if len(file.runs) == 1 and (place + 1) * span + MONDAY <= until:
            lots.setdefault(place, []).append(file)
    return [lots[place] for place in sorted(lots)]


@dataclass(slots=True)
class _Part:
    """Nights of one span, counted on the same grids: their findings, reports and one profile."""

    files: list[StoredFile] = field(default_factory=list)
    told: list[pa.Table] = field(default_factory=list)
    reports: dict[str, bytes] = field(default_factory=dict)
    profile: Profile | None = None
    profiled: list[str] = field(default_factory=list)

    def add(self, file: StoredFile, told: pa.Table, profile: Profile | None) -> None:
        """Take a night's file in; no profile where a later run of the night counts."""
        self.files.append(file)
        self.told.append(told)
        self.reports |= read_reports(file.path)
        if profile is not None:
            self.profile = self.profile.merge(profile) if self.profile else profile
            self.profiled.append(file.runs[0].id)


def _alike(files: Sequence[StoredFile], troubles: dict[str, str]) -> list[_Part]:
    """Return what the files that can be read hold together, by the grids of their counts."""
    counted = {run.id for run in newest(file.runs[0] for file in files)}
    parts: dict[str, _Part] = {}
    for file in files:
        try:
            profile, told = load_profile(file.path), read_findings(file.path)
        except InputError as error:
            troubles[file.path.name] = error.problem
            continue
        grids = repr(sorted(profile.plan.columns.items()))
        counts = file.runs[0].id in counted
        parts.setdefault(grids, _Part()).add(file, told, profile if counts else None)
    return list(parts.values())


def _fold(folder: Path, part: _Part, profile: Profile) -> None:
    """Write one file in place of several, then remove those."""
    runs = sorted((file.runs[0] for file in part.files), key=lambda run: run.sequence)
    told = pa.concat_tables(part.told).unify_dictionaries()
    stem = folder / stem_of(runs[-1], "fold")
    of, reports = sorted(part.profiled), part.reports
    store(stem, runs, told, profile=profile, of=of, reports=reports)
    for file in part.files:
        file.path.unlink(missing_ok=True)


def _remove_copies(held: Folder) -> None:
    """Remove the files all of whose runs are in another one: a compacting that was cut short."""
    left = sorted(held.files, key=lambda file: (-len(file.runs), file.path.name))
    seen: set[str] = set()
    for file in left:
        ids = {run.id for run in file.runs}
        if ids and ids <= seen:
            file.path.unlink(missing_ok=True)
        seen |= ids


def _clear(folder: Path) -> None:
    """Remove what killed writers left behind."""
    for entry in _entries(folder):
        if UNFINISHED.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > LEFT_BEHIND:
            (folder / entry.name).unlink(missing_ok=True)


def _size(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in _entries(folder) if entry.is_file())


def _entries(folder: Path) -> Iterable[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)
