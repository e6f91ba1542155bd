"""The failure modes in words: one line each, with the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skewcheck import wording
from skewcheck.finding import Undefined
from skewcheck.labelled import NUMERIC
from skewcheck.lines import line
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.verdict import Judgement, Mode, Outcome

NAME = 40  # width of a column's name
NAMED = 3  # columns that are named
TITLES = {
    "skew": "Inference as in training",
    "availability": "Features available",
    "latency": "Response time",
    "decisions": "Decisions",
    "value": "Value",
    "performance": "Performance",
    "creep": "Feature list",
    "health": "Log health",
}
LACKING = {
    "skew": "no feature or score was compared",
    "availability": "no feature was looked at",
    "latency": "no column with a response time and no budget to hold it against",
    "decisions": "no thresholds: [decisions] in the policy names them",
    "value": "no gains and costs: [value] in the policy names them",
    "performance": "no labels for the logged requests",
    "creep": "no column beyond the list",
}
FEW = {"performance": "too few requests have a label yet"}


@dataclass(frozen=True, slots=True)
class ModeView:
    """One line of the readiness table; where UNJUDGED, ``evidence`` says what is missing."""

    name: str
    title: str
    outcome: Outcome
    evidence: str
    demanded: bool


def mode_views(run: Run) -> tuple[ModeView, ...]:
    """Return the failure modes of a run in words, in the order of the verdict."""
    return tuple(
        ModeView(mode.name, TITLES[mode.name], mode.outcome, _evidence(run, mode), mode.demanded)
        for mode in run.verdict.modes
    )


def _evidence(run: Run, mode: Mode) -> str:
    """Return the worst finding, with how many columns share its outcome."""
    judged = [j for j in mode.judgements if j.outcome is not Outcome.UNJUDGED]
    if not judged and mode.outcome is Outcome.PASS:
        return "no feature in serve that train does not know"
    if not judged and mode.name == "health":
        return _counted(run) + ("; the policy demands it" if mode.demanded else "")
    if not judged:
        lacking = (_numeric(mode) or FEW.get(mode.name)) if mode.judgements else None
        if mode.name == "value" and run.policy.gains:
            lacking = "nothing says how decisions turned out: neither labels nor chances"
        return (lacking or LACKING[mode.name]) + (
            "; the policy demands it" if mode.demanded else ""
        )
    columns = _columns(judged)
    same = _columns(j for j in judged if j.outcome is mode.outcome)
    if mode.outcome is Outcome.PASS:
        checks = wording.rows(len(judged), "finding")
        return f"{checks} on {wording.rows(len(columns), 'column')}, all within the limits"
    of_all = f"{wording.count(len(same))} of {wording.rows(len(columns), 'column')}"
    those = [j for j in judged if j.outcome is mode.outcome]
    lines = [(line(j, run.policy.level), j.finding.subject.column) for j in those]
    worst, column = max(lines, key=lambda pair: pair[0].damage)
    named = wording.listed([safe(name, NAME) for name in same], NAMED)
    told = f"{safe(column, NAME)}: {worst.sentence}"
    return f"{of_all} {mode.outcome}: {named}; {told}" if len(same) > 1 else told


def _numeric(mode: Mode) -> str:
    """Return that the labels say neither yes nor no, where that is why nothing was judged."""
    measures = (j.finding.measure for j in mode.judgements)
    said = any(isinstance(m, Undefined) and NUMERIC in m.reason for m in measures)
    return NUMERIC if said and mode.name == "performance" else ""


def _counted(run: Run) -> str:
    """Return what the ledger of serve counted, for a log that nothing judges."""
    ledger = run.serve.ledger
    found = [f"{wording.count(n)} {safe(fate, NAME)}" for fate, n in ledger.fates.items() if n]
    events = wording.rows(ledger.events, "event")
    return f"{events} in serve: {', '.join(found)}; not judged, no row was paired"


def _columns(judgements: Iterable[Judgement]) -> list[str]:
    return list(dict.fromkeys(j.finding.subject.column for j in judgements))
