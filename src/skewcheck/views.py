"""What a report says of a side and of a column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from skewcheck import wording
from skewcheck.account import CauseView, cause_view, origin, pairs, where
from skewcheck.ledger import Ledger
from skewcheck.lines import Line, line
from skewcheck.query import query
from skewcheck.reasons import Reasons
from skewcheck.run import Run, Side
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.verdict import Judgement, Outcome, worst

NAME = 60  # width of a column's name
LISTED = 20  # files passed over that are listed; JSON has them all
FATES = ("ok", "malformed", "duplicates", "conflicting")


@dataclass(frozen=True, slots=True)
class SideView:
    """One side: what was read, and what became of every event.

    ``fates`` are (fate, events) and sum to the events read; ``notes`` are (fate, place, reason)
    of the first troubles; ``skipped`` are (file, reason).
    """

    title: str
    path: str
    rows: str
    layout: str
    files: str
    events: str
    fates: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str, str], ...]
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column: ``name`` as it is, ``label`` safe to show, its lines worst first.

    ``causes`` say why it differs, ``where`` in which rows, ``origin`` whether the pipeline or the
    population did it, ``pairs`` how far paired rows are apart: empty where nothing is known.
    ``reasons`` holds the same as numbers.
    """

    name: str
    label: str
    role: Role
    kind: str
    outcome: Outcome
    lines: tuple[Line, ...]
    causes: tuple[CauseView, ...] = ()
    where: str = ""
    origin: str = ""
    pairs: tuple[str, ...] = ()
    reasons: Reasons | None = None

    @property
    def why(self) -> tuple[str, ...]:
        """Return causes, place and origin, a sentence each."""
        beside = (sentence for sentence in (self.where, self.origin) if sentence)
        return (*(cause.sentence for cause in self.causes), *beside)

    @property
    def damage(self) -> float:
        """Return how far the worst of the worst lines is beyond its limit."""
        return self.lines[0].damage if self.lines else 0.0

    @property
    def sentence(self) -> str:
        """Return the main finding."""
        return self.lines[0].sentence if self.lines else "nothing was measured"


def column_view(run: Run, name: str, judgements: Iterable[Judgement] = ()) -> ColumnView:
    """Return the view of a column with these judgements, worst first."""
    lines = [line(judgement, run.policy.level) for judgement in judgements]
    lines.sort(key=lambda x: (-x.outcome.severity, bool(x.place), -x.damage))
    sides = (run.train.profile.columns.get(name), run.serve.profile.columns.get(name))
    kind = next((s.kind for s in sides if s is not None), "empty")
    outcome = worst(x.outcome for x in lines)
    role = run.schema.role(name)
    seen = ColumnView(name, safe(name, NAME), role, str(kind), outcome, tuple(lines))
    known = run.reasons.get(name)
    if known is None:
        return seen
    return replace(
        seen,
        causes=tuple(cause_view(cause, query(run, name, cause)) for cause in known.causes),
        where=where(known.where),
        origin=origin(known.shift),
        pairs=pairs(run.partner.pairs.columns.get(name)) if run.partner else (),
        reasons=known,
    )


def side_view(title: str, side: Side) -> SideView:
    """Return the view of a side."""
    ledger = side.ledger
    return SideView(
        title=title,
        path=safe(side.path, 200),
        rows=wording.rows(side.rows),
        layout=safe(side.layout),
        files=wording.rows(len(ledger.files), "file"),
        events=wording.rows(ledger.events, "event"),
        fates=tuple((fate, wording.count(ledger.fates[fate])) for fate in fates(ledger)),
        notes=tuple(
            (fate, safe(f"{file}:{at}", 120), safe(why, 200))
            for fate, places in ledger.notes.items()
            for file, at, why in places
        ),
        skipped=tuple(_skipped(ledger)),
    )


def _skipped(ledger: Ledger) -> Iterable[tuple[str, str]]:
    for file, why in list(ledger.skipped.items())[:LISTED]:
        yield safe(file, 120), safe(why, 200)
    if len(ledger.skipped) > LISTED:
        more = wording.count(len(ledger.skipped) - LISTED)
        yield f"{more} more files", "listed in the JSON report"


def fates(ledger: Ledger) -> list[str]:
    """Return the fates that were counted, the known ones first."""
    known = [fate for fate in FATES if fate in ledger.fates]
    return known + sorted(set(ledger.fates) - set(FATES))
