"""What the judge says: an outcome per finding, per column and for the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from skewcheck.finding import Finding
from skewcheck.policy import Rule
from skewcheck.statistics.inference import RowsNeeded


class Outcome(StrEnum):
    """The outcome of a judgement, ordered by ``severity``."""

    PASS = "pass"  # noqa: S105 -- the verdict's word, not a password
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    UNJUDGED = "unjudged"

    @property
    def severity(self) -> int:
        """Return 0 (unjudged) to 4 (fail); the worst outcome decides a column and a run."""
        return _SEVERITY[self]


_SEVERITY = {
    Outcome.UNJUDGED: 0,
    Outcome.PASS: 1,
    Outcome.WARN: 2,
    Outcome.INCONCLUSIVE: 3,
    Outcome.FAIL: 4,
}


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the most severe outcome; UNJUDGED when there is none."""
    return max(outcomes, key=lambda o: o.severity, default=Outcome.UNJUDGED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One finding held against one rule.

    ``p`` is the p-value of a failure after correction for all columns and checks of the run, None
    where there is no fail limit or no measure. ``needed`` says how many more rows would decide an
    inconclusive one.
    """

    finding: Finding
    rule: Rule
    outcome: Outcome
    p: float | None = None
    needed: RowsNeeded | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """One failure mode: its outcome and the judgements behind it, worst first.

    ``demanded``: the policy lets no run pass without evidence for it.
    """

    name: str
    outcome: Outcome
    judgements: tuple[Judgement, ...]
    demanded: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The run's outcome with every judgement behind it, by column, and by failure mode."""

    outcome: Outcome
    columns: Mapping[str, tuple[Judgement, ...]]
    reason: str
    modes: tuple[Mode, ...] = ()

    def column(self, name: str) -> Outcome:
        """Return the worst outcome of a column."""
        return worst(j.outcome for j in self.columns.get(name, ()))

    @property
    def exit_code(self) -> int:
        """Return the contract's exit code: 0 passed, 1 failed, 3 inconclusive."""
        return {Outcome.PASS: 0, Outcome.WARN: 0, Outcome.FAIL: 1}.get(self.outcome, 3)
