"""What changed since the night before, and the course of a column over the nights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skewcheck.history.stored import findings
from skewcheck.nights import Change, Course, StoredFinding, StoredRun
from skewcheck.verdict import Outcome

SETTLED = (Outcome.PASS, Outcome.WARN)


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
    return courses([findings(night, column) for night in nights], [column])


def courses(nights: Sequence[Iterable[StoredFinding]], columns: Sequence[str]) -> list[Course]:
    """Return the courses of some columns, from the findings of each night."""
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
