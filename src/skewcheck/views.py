"""What a report says of a side and of a column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from skewcheck import wording
from skewcheck.account import BUGS, CauseView, cause_view, origin, story, where
from skewcheck.apart import PairsView, pairs
from skewcheck.ledger import Ledger
from skewcheck.lines import Line, line
from skewcheck.origin import Origin
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

    ``story`` is what to read first, empty where the main finding is all that is known. ``causes``
    say why it differs, ``where`` in which rows, ``origin`` whether the pipeline or the population
    did it, ``pairs`` how far paired rows are apart. ``reasons`` holds the same as numbers.
    """

    name: str
    label: str
    role: Role
    kind: str
    outcome: Outcome
    lines: tuple[Line, ...]
    story: tuple[str, ...] = ()
    causes: tuple[CauseView, ...] = ()
    where: str = ""
    origin: str = ""
    pairs: PairsView | None = None
    reasons: Reasons | None = None

    @property
    def skew_or_drift(self) -> Origin | None:
        """Return whether the pipeline or the population moved it; None where that is not known."""
        shift = self.reasons.shift if self.reasons else None
        return shift.origin if shift else None

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
    paired = run.partner.pairs.columns.get(name) if run.partner else None
    views = (cause_view(cause, query(run, name, cause), paired) for cause in known.causes)
    follows = role is Role.SCORE and _wrong_features(run)
    return replace(
        seen,
        story=story(known, paired, follows=follows),
        causes=tuple(views),
        where=where(known.where),
        origin=origin(known.shift),
        pairs=pairs(paired, run.policy.level),
        reasons=known,
    )


def _wrong_features(run: Run) -> bool:
    """Return whether the pipeline changed a feature."""
    features = (known for n, known in run.reasons.items() if run.schema.role(n) is Role.FEATURE)
    return any(known.shift is not None and known.shift.origin in BUGS for known in features)


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
