"""What changed since the night before, and the course of a column over the nights."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from skewcheck.errors import InputError
from skewcheck.history.folder import Folder, newest, read_folder
from skewcheck.history.record import findings_of, record
from skewcheck.history.stored import findings
from skewcheck.nights import Change, Course, Past, StoredFinding, StoredRun
from skewcheck.run import Run
from skewcheck.verdict import Outcome

SHOWN = 30  # nights that a report looks back on
SETTLED = (Outcome.PASS, Outcome.WARN)
QUIET = (Outcome.PASS, Outcome.UNJUDGED)


def change(before: StoredRun, now: StoredRun) -> Change:
    """Return which columns fail since the run before, no longer, and still."""
    failed, fail = set(before.failing), set(now.failing)
    cleared = [n for n in before.failing if n not in fail]
    fixed = tuple(n for n in cleared if now.columns.get(n) in SETTLED)
    return Change(
        new=tuple(n for n in now.failing if n not in failed),
        fixed=fixed,
        persisting=tuple(n for n in now.failing if n in failed),
        undecided=tuple(n for n in cleared if n not in fixed),
    )


def course(nights: Sequence[StoredRun], column: str) -> list[Course]:
    """Return the course of each check of a column, on all its rows, worst check first.

    Raises:
        InputError: the file of a night is gone or damaged.
    """
    return _courses([findings(night, column) for night in nights], [column])


def _courses(nights: Sequence[Iterable[StoredFinding]], columns: Sequence[str]) -> list[Course]:
    found: list[dict[tuple[str, str], StoredFinding]] = [
        {(f.column, f.check): f for f in night if f.segment is None and f.window is None}
        for night in nights
    ]
    keys = dict.fromkeys(key for night in found for key in night if key[0] in columns)
    made = []
    for column, check in keys:
        each = tuple(night.get((column, check)) for night in found)
        unit = next(f.unit for f in each if f)
        made.append(Course(column, check, unit, each))
    return sorted(made, key=lambda one: (columns.index(one.column), -_worst(one)))


def _worst(one: Course) -> int:
    return max(f.outcome.severity for f in one.findings if f)


def remember(folder: str | os.PathLike[str], run: Run) -> Past:
    """Return what the history says to a run that is not in it yet.

    A history that does not exist yet is empty. What cannot be read is among the troubles.
    """
    tonight = record(run, "tonight")
    held = read_folder(folder) if os.path.lexists(folder) else Folder(Path(folder), ())
    troubles = dict(held.troubles)
    earlier = [n for n in newest(held.runs) if n.night != tonight.night and n.order < _end(tonight)]
    told: list[list[StoredFinding]] = []
    nights = earlier[-SHOWN + 1 :]
    loud = [name for name, outcome in tonight.columns.items() if outcome not in QUIET]
    for night in nights if loud else ():
        try:
            told.append([f for f in findings(night) if f.column in loud])
        except InputError as error:
            told.append([])
            troubles[night.file.name] = error.problem
    courses: list[Course] = []
    if loud:
        courses = _courses([*told, findings_of(run, "tonight")], loud)
    last = change(nights[-1], tonight) if nights else None
    nights = [*nights, tonight]
    return Past(str(folder), tuple(nights), len(held.runs), last, tuple(courses), troubles)


def _end(tonight: StoredRun) -> tuple[float, float, str, str]:
    """Return the place in the order of nights of a run that has no number yet: the last one."""
    return (tonight.order[0], float("inf"), "", "")


def counts(night: StoredRun) -> Mapping[Outcome, int]:
    """Return how many columns have each outcome, worst first, without those that none has."""
    ordered = sorted(Outcome, key=lambda outcome: -outcome.severity)
    return {outcome: n for outcome in ordered if (n := night.count(outcome))}
