"""Whether the nights asked about hold: verdicts, waivers aside, by the policy that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from skewcheck import wording
from skewcheck.discovery import discover
from skewcheck.gate.answer import GREEN, NAME, Condition, Night
from skewcheck.gating import Waiver
from skewcheck.nights import StoredFinding, StoredRun
from skewcheck.policy import Policy
from skewcheck.sanitize import safe
from skewcheck.verdict import Outcome

NAMED = 4


def verdicts(nights: Sequence[Night], waivers: Sequence[Waiver]) -> Iterator[Condition]:
    """Yield which nights fail or cannot be read, and whether the last one passes."""
    for place, night in enumerate(nights, 1):
        if not night.findings:
            wanted = f"the night {night.label} compared again"
            found = f"{night.label}: no finding can be read"
            yield Condition("evidence", Outcome.INCONCLUSIVE, found, wanted)
            continue
        failing = _not_waived(night, waivers, Outcome.FAIL)
        known = [f for f in night.findings if f.outcome is Outcome.FAIL]
        if failing or (night.run.outcome is Outcome.FAIL and not known):
            names = _names(failing) or safe(night.run.reason, 200)
            later = wording.rows(place, "more night")
            wanted = f"{names} in order on the night {night.label}, or {later} without a failure"
            yield Condition("verdict", Outcome.FAIL, f"{night.label}: fail ({names})", wanted)
    last = nights[-1]
    if last.findings:
        yield _decided(last, last.findings, waivers)


def _decided(
    night: Night, findings: Sequence[StoredFinding], waivers: Sequence[Waiver]
) -> Condition:
    """Return whether the night itself, with what is waived taken for in order, is decided."""
    undecided = _not_waived(night, waivers, Outcome.INCONCLUSIVE)
    known = [f for f in findings if f.outcome in (Outcome.INCONCLUSIVE, Outcome.FAIL)]
    passed = night.run.outcome in GREEN  # also where only seven nights together decide
    if passed or (known and not undecided):
        return Condition("evidence", Outcome.PASS, f"{night.label}: decided")
    names = _names(undecided) or safe(night.run.reason, 200)
    found = f"{night.label}: undecided ({names})"
    return Condition("evidence", Outcome.INCONCLUSIVE, found, f"more rows that decide {names}")


def _not_waived(night: Night, waivers: Sequence[Waiver], outcome: Outcome) -> list[StoredFinding]:
    """Return the findings of an outcome that no waiver covers."""
    return [
        f
        for f in night.findings or ()
        if f.outcome is outcome and not any(w.covers(f.column, f.check) for w in waivers)
    ]


def _names(findings: Iterable[StoredFinding]) -> str:
    return wording.listed([safe(n, NAME) for n in dict.fromkeys(f.column for f in findings)], NAMED)


def policies(nights: Sequence[Night], policy: Policy) -> Iterator[Condition]:
    """Yield what was judged more mildly than the policy asks, or not at all.

    A night is held against the policy of its day: a limit set since then, or one that another
    file had not, is a check that was skipped.
    """
    checks = discover("skewcheck.checks")
    milder: dict[tuple[str, str], None] = {}
    for night in nights:
        for f in night.findings or ():
            if f.segment is None and f.check in checks:
                rule = policy.rule(f.check, f.column, checks[f.check].RULE)
                if rule.fail is not None and (f.limit is None or f.limit > rule.fail):
                    milder[f.column, f.check] = None
        if night.run.level > policy.level:
            milder["every column", f"level {night.run.level:g}"] = None
    measured = {(f.column, f.check) for f in nights[-1].findings or ()}
    absent = [
        (column, check)
        for column, rules in policy.columns.items()
        for check, rule in rules.items()
        if rule.fail is not None and (column, check) not in measured
    ]
    for what, found in (("judged by a milder limit", list(milder)), ("not judged", absent)):
        if found:
            named = wording.listed([f"{safe(c, NAME)} ({safe(k, NAME)})" for c, k in found], NAMED)
            wanted = f"{named} judged by this policy on every night asked about"
            yield Condition("policy", Outcome.INCONCLUSIVE, f"{what}: {named}", wanted)


def modes(run: StoredRun, required: Iterable[str]) -> Iterator[Condition]:
    """Yield the failure modes that must have evidence and have none."""
    for mode in required:
        outcome = run.modes.get(mode, Outcome.UNJUDGED)
        if outcome in (*GREEN, Outcome.FAIL):
            continue  # a failing one fails by its findings
        yield Condition(mode, Outcome.INCONCLUSIVE, "no evidence", f"evidence for {mode}")
