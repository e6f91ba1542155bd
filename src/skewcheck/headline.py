"""The verdict of a run in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from skewcheck import wording
from skewcheck.sanitize import safe
from skewcheck.verdict import Outcome, Verdict
from skewcheck.views import ColumnView

NAMED = 5  # columns that are named
SHORT = 30  # width of a column's name


def headline(verdict: Verdict, columns: Sequence[ColumnView]) -> str:
    """Return the verdict in one sentence, the worst columns by name."""
    word = {Outcome.WARN: "PASS", Outcome.UNJUDGED: "INCONCLUSIVE"}.get(
        verdict.outcome, verdict.outcome.upper()
    )
    worst = [c for c in columns if c.outcome is verdict.outcome]
    if not worst:
        return f"{word}: {safe(verdict.reason or 'no column was judged', 300)}"
    return f"{word}: {_told(verdict.outcome, worst, columns)}"


def _told(outcome: Outcome, worst: Sequence[ColumnView], columns: Sequence[ColumnView]) -> str:
    names = wording.listed([safe(c.name, SHORT) for c in worst], NAMED)
    of_all = f"{wording.count(len(worst))} of {wording.rows(len(columns), 'column')}"
    one = len(worst) == 1
    if outcome is Outcome.FAIL:
        return f"{of_all} {'differs' if one else 'differ'} beyond the limits: {names}"
    if outcome is Outcome.INCONCLUSIVE:
        verb = "is" if one else "are"
        return f"nothing failed, but {of_all} {verb} undecided: {names}{_wanted(worst)}"
    if outcome is Outcome.WARN:
        return f"within the limits, with warnings on {of_all}: {names}"
    unjudged = sum(c.outcome is Outcome.UNJUDGED for c in columns)
    if unjudged:
        return f"{of_all} within the limits, {wording.count(unjudged)} not judged"
    return f"{wording.rows(len(columns), 'column')} compared, all within the limits"


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
