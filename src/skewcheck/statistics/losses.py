"""Log loss and Brier score: means of a term per row, from counts per cell of the score."""

from collections.abc import Callable

import numpy as np

from skewcheck.statistics.estimate import Mean
from skewcheck.statistics.outcomes import Outcomes, Values

Loss = Callable[[Values], Values]

#: A probability of 0 or 1 is taken for this or for 1 less this: a loss must be finite.
SMALLEST = float(np.finfo(np.float64).eps)


def log_loss(scored: Outcomes) -> Mean:
    """Return the mean of `-log(p)` of what happened, in nats, 0 when always sure and right.

    Scores must be probabilities (`scored.probabilities`).
    """
    return _mean(scored, lambda p: -np.log(p), lambda p: -np.log1p(-p))


def brier(scored: Outcomes) -> Mean:
    """Return the mean of `(p - y) ** 2`, 0 to 1 (Brier 1950). Scores must be probabilities."""
    return _mean(scored, lambda p: (1.0 - p) ** 2, lambda p: p**2)


def mean_score(scored: Outcomes) -> Mean:
    """Return the mean score of the rows whose outcome is known."""
    rows, value = scored.rows, scored.value
    wide = np.maximum(scored.upper - value, value - scored.lower)
    total, n = float(rows @ value), scored.n
    return Mean(n, total, float(rows @ value**2), float(rows @ wide) / n)


def sure(p: Values) -> Values:
    """Return probabilities moved off 0 and 1 by as little as a float can tell from them."""
    clipped: Values = np.clip(p, SMALLEST, 1.0 - SMALLEST)
    return clipped


def _mean(scored: Outcomes, hit: Loss, miss: Loss) -> Mean:
    total = squares = error = 0.0
    for counts, loss in ((scored.positives, hit), (scored.negatives, miss)):
        low, term, high = (loss(sure(p)) for p in (scored.lower, scored.value, scored.upper))
        total += float(counts @ term)
        squares += float(counts @ term**2)
        error += float(counts @ np.maximum(abs(low - term), abs(high - term)))
    return Mean(scored.n, total, squares, error / scored.n)
