"""How well a score ranks positives above negatives: AUC, with an interval that holds near 1."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skewcheck.statistics.cells import Counts
from skewcheck.statistics.ks import Ks, ks
from skewcheck.statistics.outcomes import Outcomes
from skewcheck.statistics.solve import root

#: Rows of the smaller class that the model variance weighs as much as, against DeLong's.
TRUSTED = 3
CLOSE = 1e-12


@dataclass(frozen=True)
class Auc:
    """The chance that a positive row scores higher than a negative one, ties counted half.

    `value` is in [0, 1], `variance` is DeLong's (1988), `error` what ties inside cells may hide.
    The interval is Newcombe's (2006, method 5): score type, so that it stays inside [0, 1] and
    has a width at 1 too; the variance it takes from a model (Hanley and McNeil 1982) is brought
    to the size that DeLong's has, as far as there are rows to trust that.
    """

    value: float
    variance: float
    error: float
    positives: int
    negatives: int

    @property
    def rows(self) -> int:
        """The rows that it rests on."""
        return self.positives + self.negatives

    @property
    def gini(self) -> float:
        """Gini's coefficient, `2 AUC - 1`."""
        return 2.0 * self.value - 1.0

    def reach(self, z: float) -> tuple[float, float]:
        """Return how far the interval goes below and above the value at normal quantile `z`."""
        size = self._size

        def beyond(theta: float) -> float:
            return abs(theta - self.value) - z * math.sqrt(size * self._model(theta))

        inner = min(max(self.value, CLOSE), 1.0 - CLOSE)  # at 0 and 1 the variance is none
        low, high = (root(beyond, end, inner) if beyond(end) > 0.0 else end for end in (0.0, 1.0))
        return self.value - low, high - self.value

    @cached_property
    def _size(self) -> float:
        """DeLong's variance in units of the model's, 1 where nothing was ranked wrong.

        Trusted by the number of rows of the smaller class that are ranked wrong: of few, DeLong's
        variance is as good as none.
        """
        model = self._model(self.value)
        wrong = min(self.positives, self.negatives) * min(self.value, 1.0 - self.value)
        seen = self.variance / model if model > 0.0 else 1.0
        return (wrong * seen + TRUSTED) / (wrong + TRUSTED)

    def _model(self, theta: float) -> float:
        """Return the variance of an AUC of `theta` when scores are exponential.

        Of the two classes either may be the one that spreads: the larger variance is taken.
        """
        wrong = 1.0 - theta
        spreads = theta * wrong**2 / (2.0 - theta), theta**2 * wrong / (1.0 + theta)
        many = max(self.positives, self.negatives) - 1
        few = min(self.positives, self.negatives) - 1
        terms = many * max(spreads) + few * min(spreads) + theta * wrong
        return terms / (self.positives * self.negatives)


def auc(scored: Outcomes) -> Auc:
    """Return the AUC of a score; raise ValueError when one of the classes has no row.

    From counts it is exact: rows of one cell are ties.
    """
    if not scored.two_classes:
        raise ValueError("an AUC needs rows of both classes")
    positives, negatives = scored.positives, scored.negatives
    p, n = int(positives.sum()), int(negatives.sum())
    # For a row of a cell: the share of the other class that it ranks right, ties counted half.
    wins = (np.cumsum(negatives) - 0.5 * negatives) / n
    losses = 1.0 - (np.cumsum(positives) - 0.5 * positives) / p
    value = float(positives @ wins) / p
    variance = _variance(wins, positives) / p + _variance(losses, negatives) / n
    blurred = scored.lower < scored.upper
    hidden = 0.5 * float((positives[blurred] / p) @ (negatives[blurred] / n))
    return Auc(value, variance, hidden, p, n)


def class_ks(scored: Outcomes) -> Ks:
    """Return the largest gap between the distributions of the score of the two classes.

    Raises ValueError when one of them has no row.
    """
    pure = scored.lower == scored.upper
    return ks(scored.negatives, scored.positives, pure=pure)


def _variance(terms: np.ndarray, counts: Counts) -> float:
    total = int(counts.sum())
    if total < 2:
        return 0.0
    mean = float(counts @ terms) / total
    return float(counts @ (terms - mean) ** 2) / (total - 1)
