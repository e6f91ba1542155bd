"""Judgements by the ways in which a real-time ML project fails. Pure: nothing is worded."""

from __future__ import annotations

from collections.abc import Iterable

from skewcheck.discovery import discover
from skewcheck.policy import MODES, Policy
from skewcheck.verdict import Judgement, Mode, Outcome, worst


def modes(judgements: Iterable[Judgement], policy: Policy) -> tuple[Mode, ...]:
    """Return every failure mode in the order of MODES, those without evidence too.

    One that the policy demands and that nothing was judged for is inconclusive. The feature list
    holds where columns were compared and none gave a finding: every new column gives one.
    """
    found: dict[str, list[Judgement]] = {name: [] for name in MODES}
    for judgement in judgements:
        found[mode_of(judgement.finding.check)].append(judgement)
    nothing_new = bool(found["skew"]) and not found["creep"]
    return tuple(
        _mode(name, those, name in policy.demands, holds=name == "creep" and nothing_new)
        for name, those in found.items()
    )


def mode_of(check: str) -> str:
    """Return the failure mode that a check is evidence for."""
    return str(getattr(discover("skewcheck.checks").get(check), "MODE", MODES[0]))


def _mode(name: str, judgements: list[Judgement], demanded: bool, *, holds: bool) -> Mode:
    outcome = Outcome.PASS if holds else worst(j.outcome for j in judgements)
    if demanded and outcome is Outcome.UNJUDGED:
        outcome = Outcome.INCONCLUSIVE
    ordered = sorted(judgements, key=lambda j: -j.outcome.severity)
    return Mode(name, outcome, tuple(ordered), demanded)
