"""May shadow mode be turned off? The nights and their evidence held against a gate's demands.

Pure: nights, demands and a moment in, an answer out. What is missing is never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from skewcheck.gate.answer import Condition, Gate, Night
from skewcheck.gate.evidence import amounts, baseline, clock, fresh, gaps, shrunken, version
from skewcheck.gate.judged import modes, policies, verdicts
from skewcheck.gate.waived import remarks
from skewcheck.gating import Demands, Waiver
from skewcheck.policy import Policy
from skewcheck.sanitize import safe
from skewcheck.verdict import Outcome

__all__ = ["Condition", "Gate", "Night", "gate"]


def gate(
    nights: Sequence[Night],
    demands: Demands,
    *,
    policy: Policy | None = None,
    waivers: Sequence[Waiver] = (),
    troubles: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Gate:
    """Return whether the last of these nights, given oldest first, open the gate.

    ``policy`` are the limits that the nights must have been held against, and the failure modes
    that must have evidence. ``troubles`` are files of the history that could not be read: what they
    hold is unknown, so they are never a pass.
    """
    moment = now or datetime.now(UTC)
    unread = [_unread(name, reason) for name, reason in (troubles or {}).items()]
    if not nights:
        return Gate((Condition("nights", Outcome.INCONCLUSIVE, "none", "a first run"), *unread))
    valid = [w for w in waivers if w.until >= moment.date()]
    asked = nights[-max(1, demands.nights) :]
    policy = policy or Policy()
    conditions = [
        *verdicts(asked, valid),
        *policies(asked, policy),
        *modes(asked[-1].run, sorted(policy.demands)),
        *amounts(asked, demands),
        *gaps(nights, demands),
        *baseline(asked, demands),
        *version(asked, demands),
        *clock(asked, moment),
        *fresh(asked[-1].run, demands, moment),
        *shrunken(nights, demands),
        *unread,
    ]
    return Gate(tuple(conditions), tuple(remarks(asked, demands, waivers, moment)))


def _unread(name: str, reason: str) -> Condition:
    """Return the condition that a file of the history does not meet."""
    subject = safe(name, 120)
    wanted = f"{subject} out of the history's folder"
    if name.startswith("run "):  # it is gone already
        wanted = f"{subject} back in its place, or as many nights after it as are asked about"
    return Condition("history", Outcome.INCONCLUSIVE, f"{subject} {safe(reason, 200)}", wanted)
