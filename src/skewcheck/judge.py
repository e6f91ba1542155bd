"""Findings and a policy become a verdict. Pure: nothing is measured, nothing is worded."""

from __future__ import annotations

import math
from collections.abc import Iterable

from skewcheck.discovery import discover
from skewcheck.finding import Finding, Undefined
from skewcheck.policy import Policy, Rule
from skewcheck.readiness import modes
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.multiplicity import holm
from skewcheck.verdict import Judgement, Outcome, Verdict, worst


def judge(findings: Iterable[Finding], policy: Policy) -> Verdict:
    """Return the verdict on the findings.

    A finding fails when the effect exceeds its limit beyond doubt, with Holm's correction over
    all findings that have a fail limit (one false alarm breaks a build); warnings likewise. It
    passes when the effect is inside the limit beyond doubt, without correction (a run passes only
    if all do: an intersection-union test). Anything else, and anything undefined, is inconclusive,
    or unjudged where the finding is not required for a pass.
    """
    held = list(findings)
    defaults = {name: check.RULE for name, check in discover("skewcheck.checks").items()}
    rules = [policy.rule(f.check, f.subject.column, defaults[f.check]) for f in held]
    fails = _adjusted([_p(f, r.fail) for f, r in zip(held, rules, strict=True)])
    warns = _adjusted([_p(f, r.warn) for f, r in zip(held, rules, strict=True)])
    columns: dict[str, list[Judgement]] = {}
    for finding, rule, fail, warn in zip(held, rules, fails, warns, strict=True):
        outcome = _outcome(finding, rule, (fail, warn), policy)
        needed = None
        if outcome is Outcome.INCONCLUSIVE and (effect := _effect(finding)):
            assert rule.fail is not None
            needed = effect.rows_needed(rule.fail, level=policy.level)
        judgement = Judgement(finding, rule, outcome, fail, needed)
        columns.setdefault(finding.subject.column, []).append(judgement)
    return _verdict({name: tuple(found) for name, found in columns.items()}, policy)


def _effect(finding: Finding) -> Inference | None:
    """Return the effect, None where there is none to hold against a limit."""
    measure = finding.measure
    return None if isinstance(measure, Undefined) or math.isnan(measure.value) else measure


def _p(finding: Finding, limit: float | None) -> float | None:
    effect = _effect(finding)
    if limit is None or effect is None:
        return None
    p = effect.p_above(limit)
    return 1.0 if math.isnan(p) else p


def _adjusted(ps: list[float | None]) -> list[float | None]:
    """Return Holm's adjusted p-values in place of those that are there."""
    there = [p for p in ps if p is not None]
    adjusted = iter(holm(there).tolist() if there else [])
    return [None if p is None else next(adjusted) for p in ps]


def _outcome(
    finding: Finding, rule: Rule, ps: tuple[float | None, float | None], policy: Policy
) -> Outcome:
    if not rule.judged:
        return Outcome.UNJUDGED
    effect = _effect(finding)
    undecided = Outcome.INCONCLUSIVE if finding.required else Outcome.UNJUDGED
    if effect is None:
        return Outcome.UNJUDGED if rule.fail is None else undecided
    fail, warn = ps
    level, alarm = policy.level, policy.level if policy.alarm is None else policy.alarm
    if fail is not None and fail < alarm:
        return Outcome.FAIL
    if rule.fail is not None and not effect.p_below(rule.fail) < level:  # nor when it is NaN
        return undecided
    return Outcome.WARN if warn is not None and warn < alarm else Outcome.PASS


def _verdict(columns: dict[str, tuple[Judgement, ...]], policy: Policy) -> Verdict:
    """Return the run's verdict: the worst column; nothing judged is inconclusive.

    So is a failure mode that the policy demands and that there is no evidence for.
    """
    by_mode = modes((j for found in columns.values() for j in found), policy)
    outcomes = {name: worst(j.outcome for j in found) for name, found in columns.items()}
    judged = worst(outcomes.values())
    if judged is Outcome.UNJUDGED:
        return Verdict(Outcome.INCONCLUSIVE, columns, "no column was judged", by_mode)
    outcome = worst([judged, *(mode.outcome for mode in by_mode)])
    if outcome is not judged:
        lacking = [mode.name for mode in by_mode if mode.outcome is outcome]
        return Verdict(outcome, columns, f"no evidence for {', '.join(lacking)}", by_mode)
    count = sum(o is outcome for o in outcomes.values())
    reason = f"{count} of {len(outcomes)} columns: {outcome.value}"
    return Verdict(outcome, columns, reason, by_mode)
