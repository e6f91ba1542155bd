"""What a gate is asked and what it answers: nights, conditions, one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skewcheck.nights import StoredFinding, StoredRun
from skewcheck.sanitize import safe
from skewcheck.verdict import Outcome, worst

NAME = 60
OPEN = (Outcome.FAIL, Outcome.INCONCLUSIVE)
GREEN = (Outcome.PASS, Outcome.WARN)


@dataclass(frozen=True, slots=True)
class Condition:
    """One demand: its outcome, what was found, and what would meet it (empty where it is met)."""

    name: str
    outcome: Outcome
    found: str
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer: its conditions, and remarks (waivers in use, expired, of no use)."""

    conditions: tuple[Condition, ...]
    remarks: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the worst outcome of the conditions; no condition is inconclusive."""
        found = worst(condition.outcome for condition in self.conditions)
        return Outcome.INCONCLUSIVE if found is Outcome.UNJUDGED else found

    @property
    def exit_code(self) -> int:
        """Return 0 (open), 1 (failed) or 3 (not enough evidence)."""
        return {Outcome.PASS: 0, Outcome.WARN: 0, Outcome.FAIL: 1}.get(self.outcome, 3)

    @property
    def sentence(self) -> str:
        """Return the answer in one sentence, with what would turn it green."""
        if self.exit_code == 0:
            return "GATE PASS: shadow mode may be turned off"
        word = "FAIL" if self.outcome is Outcome.FAIL else "INCONCLUSIVE"
        wanted = "; ".join(dict.fromkeys(c.wanted for c in self.conditions if c.wanted))
        return f"GATE {word}: it would turn green with {wanted}"


@dataclass(frozen=True, slots=True)
class Night:
    """One run with its findings; None where they cannot be read, or were not asked for."""

    run: StoredRun
    findings: Sequence[StoredFinding] | None

    @property
    def label(self) -> str:
        """Return the window it covers."""
        return safe(self.run.when, 80)
