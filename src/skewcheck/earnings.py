"""What the decisions of one side are worth on average."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from skewcheck.column import ColumnProfile
from skewcheck.finding import Undefined
from skewcheck.statistics.estimate import Mean

FEWEST = 30
SKEWED = 25.0  # rows per square of the skewness, above which a mean is normal enough


def earned(column: ColumnProfile | None, side: str) -> Mean | Undefined:
    """Return the mean value per decision with its interval, in the unit of the gains.

    Undefined where fewer than 30 decisions have a value, and where so few rows carry so much of it
    that no normal interval holds: fewer than ``25 skewness^2`` (Cochran 1977, Sampling Techniques,
    section 2.15).
    """
    n = column.numbers.total if column else 0
    if column is None or n < FEWEST:
        return Undefined(f"{side} has {n:,} decisions whose value is known; {FEWEST} are needed")
    cells, counts = column.numbers.counts()
    low, high = column.numbers.spec.edges(cells)
    low, high = np.maximum(low, column.numbers.low), np.minimum(high, column.numbers.high)
    value, share = column.atoms.values(cells)
    middle = np.where(share == 1.0, value, low / 2 + high / 2)
    width = np.where(share == 1.0, 0.0, (high - low) / 2)
    total, squares = float(counts @ middle), float(counts @ middle**2)
    needed = math.ceil(SKEWED * _skewness(middle - total / n, counts) ** 2)
    if n < needed:
        return Undefined(
            f"{side} has {n:,} decisions, and few of them carry most of the value; "
            f"about {needed - n:,} more are needed"
        )
    return Mean(n, total, squares, float(counts @ width) / n)


def _skewness(away: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    n = counts.sum()
    spread = math.sqrt(float(counts @ away**2) / n)
    return float(counts @ (away / spread) ** 3) / n if spread else 0.0
