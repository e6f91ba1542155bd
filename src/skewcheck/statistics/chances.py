"""The chance of a yes that a score stands for, by a logistic recalibration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chances:
    """`logit P(yes) = intercept + slope * logit(score)`; (0, 1) takes the score at its word."""

    intercept: float = 0.0
    slope: float = 1.0

    def of(self, scores: Values) -> Values:
        """Return the chances of these scores; NaN where a score is not between 0 and 1."""
        known = (scores >= 0.0) & (scores <= 1.0)
        p = np.where(known, np.clip(scores, 1e-15, 1.0 - 1e-15), np.nan)
        line = self.intercept + self.slope * (np.log(p) - np.log1p(-p))
        found: Values = 0.5 * (1.0 + np.tanh(line / 2.0))
        return found
