"""The verdict of a run in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from skewcheck import wording
from skewcheck.account import BUGS
from skewcheck.origin import Origin
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.verdict import Outcome, Verdict
from skewcheck.views import ColumnView

NAMED = 5  # columns that are named
SOME = 3  # of each of two kinds
SHORT = 30  # width of a column's name
TOO = {  # said of decisions, their value, response times: of one, and of several
    Outcome.FAIL: ("is beyond its limits", "are beyond their limits"),
    Outcome.WARN: (
        "is within its limits, with a warning",
        "are within their limits, with warnings",
    ),
    Outcome.INCONCLUSIVE: ("is undecided", "are undecided"),
}


def headline(verdict: Verdict, columns: Sequence[ColumnView]) -> str:
    """Return the verdict in one sentence, the worst columns by name."""
    word = {Outcome.WARN: "PASS", Outcome.UNJUDGED: "INCONCLUSIVE"}.get(
        verdict.outcome, verdict.outcome.upper()
    )
    worst = [c for c in columns if c.outcome is verdict.outcome]
    if not worst:
        return f"{word}: {safe(verdict.reason or 'no column was judged', 300)}"
    compared, _, join = _parted(columns)
    worst, made, open_join = _parted(worst)
    told = [_told(verdict.outcome, worst, compared)] if worst else []
    if verdict.outcome is not Outcome.PASS:
        told += [_too(verdict.outcome, made, also=bool(told))] if made else []
        told += [f"the pairing by {c.label}: {c.sentence}" for c in open_join[:1]]
    return f"{word}: {'; '.join(told) or _told(verdict.outcome, join, join)}"


def _too(outcome: Outcome, made: Sequence[ColumnView], *, also: bool) -> str:
    words = TOO[outcome][len(made) > 1]
    return f"{_names(made, NAMED)} {words}{' too' if also else ''}"


def _parted(columns: Sequence[ColumnView]) -> tuple[list[ColumnView], ...]:
    """Return the columns that are compared, what follows of them, and the key of the pairing."""
    found: tuple[list[ColumnView], ...] = ([], [], [])
    for column in columns:
        made = not column.role.compared
        found[2 if column.role is Role.KEY else made].append(column)
    return found


def _told(outcome: Outcome, worst: Sequence[ColumnView], columns: Sequence[ColumnView]) -> str:
    names = _names(worst, NAMED)
    of_all = f"{wording.count(len(worst))} of {wording.rows(len(columns), 'column')}"
    one = len(worst) == 1
    if outcome is Outcome.FAIL:
        return f"{of_all} {'differs' if one else 'differ'} beyond the limits{_blamed(worst)}"
    if outcome is Outcome.INCONCLUSIVE:
        verb = "is" if one else "are"
        return f"nothing failed, but {of_all} {verb} undecided: {names}{_wanted(worst)}"
    if outcome is Outcome.WARN:
        return f"within the limits, with warnings on {of_all}: {names}"
    unjudged = sum(c.outcome is Outcome.UNJUDGED for c in columns)
    if unjudged:
        return f"{of_all} within the limits, {wording.count(unjudged)} not judged"
    return f"{wording.rows(len(columns), 'column')} compared, all within the limits"


def _blamed(worst: Sequence[ColumnView]) -> str:
    """Return the names, pipeline bugs first and then drift, as far as the two are told apart."""
    one = len(worst) == 1
    bugs = [c for c in worst if c.skew_or_drift in BUGS]
    drift = [c for c in worst if c.skew_or_drift is Origin.DRIFT]
    rest = [c for c in worst if c not in bugs and c not in drift]
    kinds = ((bugs, "by a pipeline bug" if one else "by pipeline bugs"), (drift, "by drift"))
    known = [(some, words) for some, words in kinds if some]
    if not known:
        return f": {_names(rest, NAMED)}"
    if len(known) == 1 and not rest:
        return f", {known[0][1]}: {_names(worst, NAMED)}"
    most = SOME if len(known) + bool(rest) > 1 else NAMED
    told = [f"{wording.count(len(c))} {_words(c, words)} ({_names(c, most)})" for c, words in known]
    told += (
        [f"{wording.count(len(rest))} not known by which ({_names(rest, most)})"] if rest else []
    )
    return f": {', '.join(told)}"


def _words(columns: Sequence[ColumnView], words: str) -> str:
    return "by a pipeline bug" if len(columns) == 1 and "bug" in words else words


def _names(columns: Sequence[ColumnView], most: int) -> str:
    return wording.listed([safe(c.name, SHORT) for c in columns], most)


def _wanted(worst: Sequence[ColumnView]) -> str:
    """Return what would decide all undecided columns, when more rows would."""
    open_lines = [x for c in worst for x in c.lines if x.outcome is Outcome.INCONCLUSIVE]
    needed = [x.numbers.needed for x in open_lines]
    serve = [n.serve for n in needed if n is not None and n.serve]
    if len(serve) == len(open_lines):
        return f"; about {wording.about(max(serve))} more serve rows would decide"
    if any(n is not None and n.serve is None and n.train for n in needed):
        return "; train is too small to decide"
    return ""
