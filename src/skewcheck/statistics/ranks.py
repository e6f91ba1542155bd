"""Whether two scores put the same rows in the same order."""

import math

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.normal import z_of

Values = NDArray[np.float64]
FEWEST = 10  # rows below which an interval means nothing


def rank_correlation(
    one: Values, other: Values, *, level: float = 0.05
) -> tuple[float, float, float] | None:
    """Return Spearman's rank correlation, -1 to 1, and its ends, each one-sided at ``level``.

    Ties share their mean rank. None for fewer than ten rows, or where a side holds one value only.
    Source: Bonett and Wright (2000), Fisher's z with variance (1 + r²/2) / (n - 3).
    """
    rows = len(one)
    if rows < FEWEST:
        return None
    left, right = (_centred(side) for side in (one, other))
    size = math.sqrt(float(left @ left) * float(right @ right))
    if not size:
        return None
    value = max(-1.0, min(1.0, float(left @ right) / size))
    if abs(value) == 1.0:
        return value, value, value
    half = z_of(level) * math.sqrt((1 + value**2 / 2) / (rows - 3))
    middle = math.atanh(value)
    return value, math.tanh(middle - half), math.tanh(middle + half)


def _centred(values: Values) -> Values:
    """Return each value's rank less the mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    centred: Values = ranks[place] - (len(values) + 1) / 2
    return centred
