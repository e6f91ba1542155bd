"""The threshold at which serve gives the share that train gave."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.normal import z_of

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


def restoring(
    values: Values, counts: Counts, below: tuple[int, int], *, level: float = 0.05
) -> tuple[float, float, float]:
    """Return (value, low, high) of the threshold below which serve has train's share of rows.

    ``values`` are serve's cells in order and ``counts`` their rows; ``below`` are train's rows
    below its own threshold, and all of train's. Both sides are samples: the ranks reach
    ``z sqrt(r (1 - r) (1 / n + 1 / m))`` to either side, and a rank beyond serve's rows makes an
    end infinite. Raises ValueError where a side has no row.
    """
    less, n = below
    m = int(counts.sum())
    if not n or not m:
        raise ValueError("a side has no row")
    share = less / n
    reach = z_of(level) * math.sqrt(share * (1 - share) * (1 / n + 1 / m))
    ranks = [share, share - reach, share + reach]
    return _at(values, counts, ranks[0] * m), *_ends(values, counts, (ranks[1] * m, ranks[2] * m))


def _at(values: Values, counts: Counts, rank: float) -> float:
    place = np.searchsorted(np.cumsum(counts), rank, side="right")
    return float(values[min(int(place), len(values) - 1)])


def _ends(values: Values, counts: Counts, ranks: tuple[float, float]) -> tuple[float, float]:
    m = int(counts.sum())
    low = -math.inf if ranks[0] < 1 else _at(values, counts, math.floor(ranks[0]) - 1)
    high = math.inf if ranks[1] > m - 1 else _at(values, counts, math.ceil(ranks[1]))
    return low, high
