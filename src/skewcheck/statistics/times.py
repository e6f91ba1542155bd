"""Response times as counts: their quantiles with intervals, and how many exceed a budget."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.quantiles import rank_interval

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

#: One-sided, so that an interval has 95 %.
LEVEL = 0.025
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


@dataclass(frozen=True, eq=False)
class Times:
    """The times of some requests, in one unit.

    ``counts`` are requests per cell, in order; the times in a cell lie from ``lower`` to ``upper``,
    both equal where the cell is known to hold one value. ``failed`` requests count as slower than
    any time; of ``unknown`` ones nobody knows the time. Raises ValueError for tables that do not
    fit or that hold a negative count.
    """

    lower: Values
    upper: Values
    counts: Counts
    failed: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        """Refuse tables that do not belong together."""
        if not self.lower.shape == self.upper.shape == self.counts.shape:
            raise ValueError("edges and counts of different lengths: expected one of each per cell")
        if min(self.failed, self.unknown, int(self.counts.min(initial=0))) < 0:
            raise ValueError("a negative count: expected counts >= 0")

    @cached_property
    def upto(self) -> Counts:
        """Return the requests up to and with each cell."""
        return np.cumsum(self.counts)

    @property
    def middle(self) -> Values:
        """Return the middle of each cell."""
        return self.lower / 2 + self.upper / 2

    @property
    def width(self) -> Values:
        """Return how wide each cell is, 0 for one of a single value."""
        return self.upper - self.lower

    @property
    def answered(self) -> int:
        """Return the requests whose time is known."""
        return int(self.upto[-1]) if len(self.upto) else 0

    @property
    def requests(self) -> int:
        """Return all requests."""
        return self.answered + self.failed + self.unknown

    def over(self, budget: float) -> tuple[int, int]:
        """Return how many requests took longer than the budget: (at least, at most).

        They differ by the requests of unknown time and those of a cell that the budget cuts.
        """
        sure = int(self.counts[self.lower > budget].sum())
        cut = int(self.counts[(self.lower <= budget) & (self.upper > budget)].sum())
        return sure + self.failed, sure + cut + self.failed + self.unknown

    def low_of(self, rank: int) -> float:
        """Return the least that the time of this rank (1 for the fastest) may be."""
        return self._at(self.lower, rank - self.unknown)

    def high_of(self, rank: int) -> float:
        """Return the most that the time of this rank may be; infinite past the known times."""
        return self._at(self.upper, rank)

    def middle_of(self, u: float) -> float:
        """Return the time of rank ceil(u * n) among the requests whose fate is known."""
        rank = max(1, math.ceil(u * (self.answered + self.failed)))
        return self._at(self.middle, rank)

    def _at(self, edges: Values, rank: int) -> float:
        if rank < 1:
            return 0.0
        return float(edges[np.searchsorted(self.upto, rank)]) if rank <= self.answered else math.inf


@dataclass(frozen=True, slots=True)
class Quantile:
    """One quantile of response times: ``value`` with the interval from ``low`` to ``high``.

    ``needed`` further requests give it an upper bound at all; while that is not 0, ``high`` is
    infinite and ``value`` None: all that can be said is that it is ``low`` or more. Infinite
    values with ``needed`` 0 mean that so many requests failed, or that too many times are unknown.
    """

    u: float
    value: float | None
    low: float
    high: float
    needed: int


def quantile(times: Times, u: float, *, level: float = LEVEL) -> Quantile:
    """Return the quantile ``u`` of the times with its distribution-free interval.

    The bounds are order statistics at binomial ranks (David and Nagaraja 2003, section 7.1), the
    outer edges of their cells, each missing with probability at most ``level``. Requests of unknown
    time are taken for the fastest in the lower bound and for the slowest in the upper one. Raises
    ValueError without a request.
    """
    low, high = rank_interval(times.requests, u, level=level)
    needed = 0 if high else enough(u, level=level) - times.requests
    return Quantile(
        u,
        times.middle_of(u) if high else None,
        times.low_of(low) if low else 0.0,
        times.high_of(high) if high else math.inf,
        max(0, needed),
    )


def enough(u: float, *, level: float = LEVEL) -> int:
    """Return the fewest requests at which the largest time bounds the quantile ``u`` from above.

    All n times lie below the quantile with probability u^n: n >= ln(level) / ln(u).
    """
    return math.ceil(math.log(level) / math.log(u))
