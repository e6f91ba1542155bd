"""What the flips among pairs change per decision, from a sample of the pairs that flip."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.intervals import clopper_pearson
from skewcheck.statistics.normal import z_of

FEWEST, SKEWED = 30, 25.0


@dataclass(frozen=True, eq=False)
class Lost:
    """The mean change per pair: `flips` of `pairs` change, by `changes` (a sample), others by 0.

    `value` is signed, in the unit of the changes: below 0 the flips cost.
    """

    pairs: int
    flips: int
    changes: NDArray[np.float64]

    @property
    def value(self) -> float:
        """The mean change seen; 0 without flips."""
        return self.flips / self.pairs * self._mean

    @property
    def needed(self) -> int:
        """Flips still to be sampled before the interval holds; 0 where it does.

        At least 30, and 25 times the squared skewness of their changes (Cochran 1977, section
        2.15): of few flips, or where few of them carry most, nobody knows what they cost.
        """
        away = self.changes - self._mean
        spread = math.sqrt(float((away**2).mean())) if len(away) else 0.0
        skew = float(((away / spread) ** 3).mean()) if spread > 1e-9 * abs(self._mean) else 0.0
        return max(0, math.ceil(max(FEWEST, SKEWED * skew * skew)) - len(self.changes))

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at about `level`; ValueError while flips are `needed`.

        Normal, of a mean over pairs of which all but the flips are 0, with the sampling of the
        flips on top; not shorter than Clopper and Pearson's for their share, at the mean change.
        """
        if self.needed:
            raise ValueError(f"{len(self.changes)} flips are too few for an interval")
        share, mean = self.flips / self.pairs, self._mean
        spread = float(self.changes.var(ddof=1))
        variance = (share * (spread + mean * mean) - (share * mean) ** 2) / self.pairs
        sampled = max(0.0, 1.0 - len(self.changes) / self.flips)
        variance += sampled * share * share * spread / len(self.changes)
        reach = z_of(level) * math.sqrt(variance)
        few = clopper_pearson(self.flips, self.pairs, level=level)
        ends = sorted((few[0] * mean, few[1] * mean))
        return min(self.value - reach, ends[0]), max(self.value + reach, ends[1])

    @property
    def _mean(self) -> float:
        return float(self.changes.mean()) if len(self.changes) else 0.0
