"""Why a column differs, in sentences: skew or drift, the causes, where and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from skewcheck import wording
from skewcheck.causes import Cause
from skewcheck.discovery import discover
from skewcheck.location import Location
from skewcheck.origin import MISPLACED, Origin, Shift
from skewcheck.pairing.column import PairColumn
from skewcheck.reasons import Reasons
from skewcheck.sanitize import safe, visible
from skewcheck.window import Moment

STATEMENT = 160  # width of a cause's statement
QUERY = 4_000  # characters of a query that a page shows
HIDDEN = "-- this query holds names that cannot be shown as they are; the JSON report has it"
VALUE = 40  # width of a segment's value
WIDE = 900.0  # seconds: a moment known to less is told without its interval
BUGS = (Origin.SKEW, Origin.MISPLACED, Origin.BOTH)
SHORT = {
    Origin.SKEW: "pipeline bug",
    Origin.MISPLACED: "stale or misjoined",
    Origin.BOTH: "pipeline bug, and drift",
}
LONG = {
    Origin.FINE: "neither: paired rows agree, and so do the distributions",
    Origin.SKEW: "pipeline bug: paired rows differ, so fix the code that serves them",
    Origin.MISPLACED: "stale or misjoined: paired rows differ although the distributions agree",
    Origin.DRIFT: "drift: paired rows agree, so the pipeline is right and the population moved; "
    "re-weight or retrain",
    Origin.BOTH: "pipeline bug, and drift: paired rows differ, and the population moved too",
    Origin.UNDECIDED: "not decided: too little differs, or too few rows are paired",
}


@dataclass(frozen=True, slots=True)
class CauseView:
    """One cause: its name, a sentence, the parts of it, and a query that shows the rows.

    ``statement`` is what serve is, ``extent`` on how many rows, ``reason`` the likely mistake.
    """

    name: str
    title: str
    statement: str
    extent: str
    reason: str
    explains: float
    paired: bool
    also: tuple[str, ...]
    query: str

    @property
    def sentence(self) -> str:
        """Return statement, extent and reason."""
        return self.told("")

    @property
    def shown(self) -> str:
        """Return the query where it can be shown just as it is, else a comment that says so."""
        inert = all(char == "\n" or visible(char) == char for char in self.query)
        return self.query if inert and len(self.query) <= QUERY else HIDDEN

    def told(self, place: str) -> str:
        """Return the sentence with the place where the rows are, if there is one."""
        return ", ".join(part for part in (self.statement, self.extent, place) if part) + (
            f": {self.reason}" if self.reason else ""
        )


def cause_view(cause: Cause, query: str, column: PairColumn | None = None) -> CauseView:
    """Return a cause in words; ``query`` is empty where no rows can be shown."""
    title = str(getattr(discover("skewcheck.causes").get(cause.name), "TITLE", cause.name))
    return CauseView(
        name=cause.name,
        title=title,
        statement=safe(cause.statement, STATEMENT),
        extent=_extent(cause, column),
        reason=safe(cause.reason, STATEMENT) if cause.reason else "",
        explains=cause.explains,
        paired=cause.paired,
        also=tuple(safe(other, STATEMENT) for other in cause.also),
        query=query,
    )


def _extent(cause: Cause, column: PairColumn | None) -> str:
    """Return on how many rows a cause holds; "all" are rows that were looked at, every one."""
    share = wording.percent(cause.explains)
    if not cause.paired or column is None:
        return f"which explains {share} of the difference"
    differing, tested = column.counts.mismatches, len(column.differing)
    rows = f"{wording.rows(differing, 'paired row')} that {_differ(differing)}"
    if cause.explains < 1:
        return f"on {share} of the {rows}"
    if cause.name in MISPLACED:  # tested on neighbours, not on the sample
        return "on all differing rows tested"
    if tested == differing:
        return f"on {'all' if differing > 1 else 'the'} {rows}"
    return f"on all {wording.count(tested)} differing rows tested"


def _differ(n: int) -> str:
    return "differs" if n == 1 else "differ"


def story(known: Reasons, column: PairColumn | None, *, follows: bool = False) -> tuple[str, ...]:
    """Return what a reader wants to know first of a column that does not pass, a line each.

    ``follows`` says that it is a score, and that features which the model was given are wrong.
    """
    origin = known.shift.origin if known.shift else None
    if origin is Origin.FINE:
        return ()
    if origin is not None and origin not in BUGS and not known.causes:
        return (_agreement(origin, column),) if column is not None else ()
    short = f"{SHORT[origin]}: " if origin in BUGS else ""
    paired = column is not None and column.counts.pairs > 0
    spot = place(known.where)
    apart = [f"{'differs' if paired else 'new values'} {spot}"] if spot else []
    if not known.causes and not short:
        return tuple(apart)
    if not known.causes:
        why = "no cause of its own found, wrong features change it too" if follows else ""
        return (", ".join([short + (why or "no known cause fits"), *apart]),)
    views = [cause_view(cause, "", column) for cause in known.causes]
    if paired and len(views) == 1:
        return (short + views[0].told(spot),)
    return (short + views[0].sentence, *(f"and {v.sentence}" for v in views[1:]), *apart)


def _agreement(origin: Origin, column: PairColumn) -> str:
    """Return how the pairs agree, after the word drift where it is that."""
    n, differing = column.counts.pairs, column.counts.mismatches
    rows = wording.rows(n, "paired row")
    some = f"{wording.count(differing)} of {rows} {_differ(differing)}"
    told = some if differing else f"all {rows} agree"
    return f"drift: the population moved, {told}" if origin is Origin.DRIFT else told


def place(location: Location | None) -> str:
    """Return where and when the marked rows are, in a few words; empty without a pattern."""
    if location is None:
        return ""
    parts = []
    if location.segment is not None:
        named = location.segment
        values = " or ".join(safe(value, VALUE) for value in named.values)
        only = "almost only" if named.marked_outside else "only"
        parts.append(f"{only} where {safe(named.column, VALUE)} = {values}")
    ends = (("since", location.since), ("until", location.until))
    when = " ".join(f"{word} {_moment(at)}" for word, at in ends if at is not None)
    return ", ".join([*parts, *([when] if when else [])])


def where(location: Location | None) -> str:
    """Return where and when the marked rows are, with their share; empty where none is marked."""
    if location is None or not location.marked:
        return ""
    if location.marked == location.rows:
        return "on all rows"
    share = wording.percent(location.marked / location.rows)
    found = place(location)
    if not found:
        return f"on {share} of the rows, no pattern in segments or time"
    counts = f"{wording.count(location.marked)} of {wording.rows(location.rows)}"
    return f"{found} ({counts}, {share})"


def _moment(moment: Moment) -> str:
    """Return a moment to the minute, with its interval where that is wide."""
    if moment.high - moment.low <= WIDE:
        return f"{_minute(moment.at)} UTC"
    low, high = _minute(moment.low), _minute(moment.high)
    if low[:10] == high[:10] == _minute(moment.at)[:10]:
        low, high = low[11:], high[11:]
    return f"{_minute(moment.at)} UTC (between {low} and {high})"


def _minute(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def origin(shift: Shift | None) -> str:
    """Return skew or drift in words, with how much of the drift is the pipeline's."""
    if shift is None:
        return ""
    told = LONG[shift.origin]
    if shift.explained and shift.origin in BUGS:
        return (
            f"{told}; {wording.percent(shift.explained)} of the drift seen is the pipeline's doing"
        )
    return told
