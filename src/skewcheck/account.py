"""Why a column differs, in sentences: causes, place, and whether skew or drift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from skewcheck import wording
from skewcheck.apart import confusion, quantiles
from skewcheck.causes import Cause
from skewcheck.discovery import discover
from skewcheck.location import Location
from skewcheck.origin import Origin, Shift
from skewcheck.pairing.column import PairColumn
from skewcheck.sanitize import safe
from skewcheck.summaries.parity import Parity
from skewcheck.window import Moment

STATEMENT = 160  # width of a cause's statement
VALUE = 40  # width of a segment's value
NAMED = 5  # mistaken categories in a sentence
FIGURES = 5
PARITIES = {
    Parity.FLOAT32: "are the same as float32",
    Parity.PRINTED: "are the same but for the decimals printed",
    Parity.TOLERATED: "lie within the tolerance",
    Parity.RETYPED: "are the same in another type",
    Parity.NULL_TRAIN: "are null in train only",
    Parity.NULL_SERVE: "are null in serve only",
    Parity.OTHER_TYPE: "are of another type",
    Parity.DIFFERENT: "have another value",
}
SHIFTS = {
    Origin.FINE: "fine: paired rows agree and the distributions do too",
    Origin.SKEW: "pipeline bug: paired rows differ; fix the code that serves it",
    Origin.MISPLACED: "stale or misjoined: rows differ although the distributions agree",
    Origin.DRIFT: "population moved: paired rows agree, so the pipeline is right; "
    "re-weight or retrain",
    Origin.BOTH: "pipeline bug, and the population moved too",
    Origin.UNDECIDED: "skew or drift: not decided yet",
}


@dataclass(frozen=True, slots=True)
class CauseView:
    """One cause: its name, a sentence, the parts of it, and a query that shows the rows."""

    name: str
    title: str
    statement: str
    reason: str
    sentence: str
    explains: float
    paired: bool
    also: tuple[str, ...]
    query: str


def cause_view(cause: Cause, query: str) -> CauseView:
    """Return a cause in words; ``query`` is empty where no rows can be shown."""
    title = str(getattr(discover("skewcheck.causes").get(cause.name), "TITLE", cause.name))
    statement, reason = safe(cause.statement, STATEMENT), safe(cause.reason, STATEMENT)
    share = wording.percent(cause.explains)
    extent = f"on {share} of the differing rows" if cause.paired else f"explains {share} of it"
    sentence = f"{statement}, {extent}" + (f": {reason}" if reason else "")
    also = tuple(safe(other, STATEMENT) for other in cause.also)
    return CauseView(
        cause.name,
        title,
        statement,
        reason,
        sentence,
        cause.explains,
        cause.paired,
        also,
        query,
    )


def pairs(column: PairColumn | None) -> tuple[str, ...]:
    """Return what became of the pairs of a column, a sentence each; none where there is no pair."""
    if column is None or not column.counts.pairs:
        return ()
    n, differing = column.counts.pairs, column.counts.mismatches
    told = [f"{wording.count(differing)} of {wording.rows(n, 'paired row')} differ"]
    kinds = [
        f"{wording.count(column.counts[parity])} {words}"
        for parity, words in PARITIES.items()
        if column.counts[parity]
    ]
    told += [", ".join(kinds)] if kinds else []
    for title, grid in (("serve - train", column.differences), ("serve ÷ train", column.ratios)):
        levels = dict(quantiles(grid))
        if levels:
            low, middle, high = (wording.number(levels[q], FIGURES) for q in (0.05, 0.5, 0.95))
            told.append(f"{title}: median {middle}, 5 to 95 %: {low} to {high}")
    mistaken = confusion(column)
    if mistaken:
        named = [f"{_value(t)} → {_value(s)} ({wording.rows(n)})" for t, s, n in mistaken[:NAMED]]
        told.append("train → serve: " + ", ".join(named))
    return tuple(told)


def _value(text: str | None) -> str:
    return "null" if text is None else safe(text, VALUE) or "an empty text"


def where(location: Location | None) -> str:
    """Return where and when the differing rows are, in words; empty where none differ."""
    if location is None or not location.marked:
        return ""
    parts = []
    if location.segment is not None:
        named = location.segment
        values = " or ".join(safe(value, VALUE) for value in named.values)
        mostly = "only" if not named.marked_outside else "almost only"
        parts.append(f"{mostly} where {safe(named.column, VALUE)} = {values}")
    parts += [
        f"{word} {_moment(at)}"
        for word, at in (("since", location.since), ("until", location.until))
        if at is not None
    ]
    share = wording.percent(location.marked / location.rows)
    if not parts:
        everywhere = location.marked == location.rows
        return "on all rows" if everywhere else f"on {share} of the rows, no pattern"
    return ", ".join(parts) + f" ({share} of the rows)"


def _moment(moment: Moment) -> str:
    """Return a moment to the minute, or with its interval where that is wide."""
    if moment.high - moment.low <= 120:
        return _time(moment.at)
    return f"{_time(moment.at)} (between {_time(moment.low)} and {_time(moment.high)})"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def origin(shift: Shift | None) -> str:
    """Return skew or drift in words, with how much of the drift is the pipeline's."""
    if shift is None:
        return ""
    told = SHIFTS[shift.origin]
    if shift.explained is None or shift.origin not in (Origin.SKEW, Origin.BOTH, Origin.DRIFT):
        return told
    return f"{told} ({wording.percent(shift.explained)} of the drift is the pipeline's)"
