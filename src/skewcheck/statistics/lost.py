"""What the flips among pairs change per decision, from a sample of the pairs that flip."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.intervals import clopper_pearson
from skewcheck.statistics.normal import z_of


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

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at about `level`.

        Normal, of a mean over pairs of which all but the flips are 0, with the sampling of the
        flips on top; not shorter than Clopper and Pearson's for their share, at the mean change.
        Without flips nothing says what one would change: both ends are 0.
        """
        share, mean = self.flips / self.pairs, self._mean
        if not self.flips:
            return 0.0, 0.0
        spread = float(self.changes.var(ddof=1)) if len(self.changes) > 1 else mean * mean
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
