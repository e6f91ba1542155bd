"""What is known of earlier runs: one record per run, and what changed since the night before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skewcheck.span import Span, iso
from skewcheck.verdict import Outcome

LATE = 0.1  # of a night's length that the next one may begin before its end


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One finished run as the history holds it; the findings are read when asked for.

    ``night`` names the window it covers: runs of one night differ in ``sequence``, which counts
    up whatever the clock does, and the newest one counts. ``span`` are the first and last event of
    serve, or the ends that were asked for; None where events have no time. ``columns`` are the
    judged columns' outcomes, in the last seven nights too, ``modes`` those of the failure modes,
    ``causes`` by column in short (name, statement, share explained). ``train`` and ``serve`` hold
    path and rows, train its fingerprint, serve its ledger, its rows by day, its labels and the
    versions of the model too. ``policy`` is the fingerprint of the limits in force; ``previous``
    the id of the newest run when this one was kept. ``file`` is where it is now.
    """

    id: str
    sequence: int
    started: str
    seconds: float
    night: str
    span: Span | None
    outcome: Outcome
    exit_code: int
    reason: str
    columns: Mapping[str, Outcome]
    modes: Mapping[str, Outcome]
    causes: Mapping[str, list[tuple[str, str, float]]]
    train: Mapping[str, Any]
    serve: Mapping[str, Any]
    paired: int
    policy: str
    level: float
    versions: Mapping[str, str]
    command: str
    previous: str = ""
    file: Path = Path()

    @property
    def failing(self) -> tuple[str, ...]:
        """Return the columns that fail."""
        return tuple(name for name, outcome in self.columns.items() if outcome is Outcome.FAIL)

    @property
    def when(self) -> str:
        """Return the window it covers as ISO times, or when it started where that is unknown."""
        if self.span is None:
            return f"started {self.started}"
        return f"{iso(self.span.first)} to {iso(self.span.last)}"

    @property
    def order(self) -> tuple[float, int, str, str]:
        """Return what nights are sorted by: the end of the window, then the order of running."""
        return (self.span.last if self.span else 0.0, self.sequence, self.started, self.id)

    def count(self, outcome: Outcome) -> int:
        """Return how many columns have this outcome."""
        return sum(found is outcome for found in self.columns.values())


def apart(nights: Sequence[StoredRun]) -> list[StoredRun]:
    """Return of some nights, oldest first, those that share no rows: of two that do, the later.

    Events that come late do not make one night of two: a tenth of the shorter one may be common.
    """
    kept: list[StoredRun] = []
    for night in reversed(nights):
        if not any(_overlap(night.span, other.span) for other in kept):
            kept.insert(0, night)
    return kept


def _overlap(one: Span | None, other: Span | None) -> bool:
    if one is None or other is None:
        return False
    common = min(one.last, other.last) - max(one.first, other.first)
    return common >= 0 and common >= LATE * min(one.last - one.first, other.last - other.first)


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """One judged finding of a stored run: the numbers of a report's line, None where undefined."""

    run: str
    column: str
    role: str
    kind: str
    check: str
    segment: str | None
    window: str | None
    outcome: Outcome
    value: float | None
    low: float | None
    high: float | None
    unit: str
    limit: float | None
    warn_limit: float | None
    p: float | None
    n_train: int
    n_serve: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """The columns that fail, against the night before.

    ``undecided`` failed then and are neither failing nor in order now: inconclusive, or gone.
    """

    new: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    persisting: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """One check of one column over the nights, oldest first; None where it was not measured."""

    column: str
    check: str
    unit: str
    findings: tuple[StoredFinding | None, ...]

    @property
    def limit(self) -> float | None:
        """Return the fail limit in force on the last night that had one."""
        limits = (f.limit for f in reversed(self.findings) if f and f.limit is not None)
        return next(limits, None)


@dataclass(frozen=True, slots=True)
class Past:
    """The history as a report shows it: ``nights`` one per window, oldest first, this one last.

    ``known`` is the number of runs in the folder; ``change`` is None on the first night;
    ``courses`` are those of the columns that do not pass. ``troubles`` are files that could not
    be read, with the reason. ``replaced`` is the last run of this very night, None without one.
    """

    folder: str
    nights: tuple[StoredRun, ...]
    known: int
    change: Change | None
    courses: tuple[Course, ...] = ()
    troubles: Mapping[str, str] = field(default_factory=dict)
    replaced: StoredRun | None = None
