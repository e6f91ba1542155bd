"""What a score promises that its decision is worth: for thresholds tried, and for flips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.decisions import Decisions
from skewcheck.gains import Gain, Gains
from skewcheck.run import Run
from skewcheck.scoring import scored
from skewcheck.sections._decided import Seen
from skewcheck.sides import Sides
from skewcheck.statistics.calibration import recalibrated
from skewcheck.statistics.chances import Chances
from skewcheck.statistics.outcomes import Outcomes

UNIT = 12  # width of the unit's name
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """The gains by decision where the label says yes and no, amounts taken at serve's mean.

    ``amounts`` are those columns; ``calibrated`` says whether labels of train back the chances.
    """

    yes: Values
    no: Values
    chances: Chances
    amounts: tuple[str, ...]
    calibrated: bool
    gains: Gains

    def worth(self, decisions: Decisions, scores: Values, truth: Values | None = None) -> Values:
        """Return the expected value of deciding by these scores; a decision unknown is worth 0.

        ``truth`` are the scores that say how it turns out, by default the same.
        """
        chance = self.chances.of(scores if truth is None else truth)
        codes = decisions.codes(scores)
        found: Values = chance * self.yes[codes] + (1.0 - chance) * self.no[codes]
        return np.where((codes < 0) | np.isnan(found), 0.0, found)


def expected(run: Run, seen: Seen) -> Expected | None:
    """Return what decisions are worth by the score; None where that is not known."""
    gains, score = run.policy.gains, seen.score
    if gains is None or score is None:
        return None
    found = _chances(score)
    means = {name: _mean(run, name) for name in gains.columns}
    if found is None or None in means.values():
        return None

    def amount(gain: Gain) -> float:
        return gain.factor * (means[gain.column] or 0.0) if gain.column else gain.factor

    both = [tuple(map(amount, gains.of[label])) for label in seen.decisions.labels]
    yes, no = np.array(both, np.float64).T
    return Expected(yes, no, found[0], gains.columns, found[1], gains)


def _chances(score: Sides) -> tuple[Chances, bool] | None:
    """Return what a score promises, and whether labels back it."""
    outcomes = scored(score).train if score.labels else None
    if isinstance(outcomes, Outcomes) and outcomes.probabilities:
        fit = recalibrated(outcomes)
        return (Chances(fit.intercept, fit.slope), True) if fit else (Chances(), False)
    there = [side.numbers for side in (score.train, score.serve) if side and side.numbers.total]
    if not there or min(s.low for s in there) < 0 or max(s.high for s in there) > 1:
        return None
    return Chances(), False


def _mean(run: Run, name: str) -> float | None:
    side = next((side for side in run.sides if side.name == name), None)
    numbers = side.numbers if side else None
    if numbers is None or not numbers.serve.sum():
        return None
    return float(numbers.serve @ numbers.value / numbers.serve.sum())
