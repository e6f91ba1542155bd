"""The ratio of one quantile of two lots of times: how many times as slow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import p_of, z_of
from skewcheck.statistics.quantiles import last_z
from skewcheck.statistics.rows import aim, decided, rows_for
from skewcheck.statistics.times import Quantile, Times, enough, quantile


@dataclass(frozen=True, eq=False)
class QuantileRatio:
    """Quantile ``u`` of serve over that of train: 1 for as fast, 2 for twice as slow.

    MOVER on the logarithms (Zou and Donner 2008) of two order-statistic intervals, so that it needs
    no density. The upper bound is infinite while a side has too few rows to bound its quantile,
    the lower one 0. Raises ValueError where a side has no finite time above 0 at the quantile.
    """

    train: Times
    serve: Times
    u: float

    def __post_init__(self) -> None:
        """Refuse a ratio that is none."""
        if not all(0.0 < middle < math.inf for middle in self._middles):
            raise ValueError(f"times {self._middles} at quantile {self.u}: expected finite and > 0")

    @property
    def value(self) -> float:
        """The ratio seen."""
        train, serve = self._middles
        return serve / train

    @property
    def error(self) -> float:
        """How far the width of cells may have moved the ratio; every bound includes it."""
        train, serve = (
            (t.high_of(rank) - t.low_of(rank + t.unknown)) / 2 / t.middle_of(self.u)
            for t, rank in ((t, math.ceil(self.u * t.answered)) for t in (self.train, self.serve))
        )
        return self.value * (train + serve)

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at ``level``."""
        z_of(level)
        train, serve = self._quantiles(level)
        (below, above), (down, up) = (
            _reach(q, m) for q, m in zip((train, serve), self._middles, strict=True)
        )
        middle = math.log(self.value)
        return _exp(middle - math.hypot(down, above)), _exp(middle + math.hypot(up, below))

    def p_above(self, limit: float) -> float:
        """Return the p-value of "ratio <= limit"."""
        if self.value <= limit:
            return 1.0
        return self._p(lambda level: self.bounds(level)[0] > limit)

    def p_below(self, limit: float) -> float:
        """Return the p-value of "ratio >= limit"."""
        if self.value >= limit:
            return 1.0
        return self._p(lambda level: self.bounds(level)[1] < limit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, from how wide the interval is now."""
        truth, borderline = aim(self.value, limit)
        if decided(self, limit, level):
            return RowsNeeded(0, None, borderline)
        n, m, fewest = self.train.requests, self.serve.requests, enough(self.u, level=level)
        if min(n, m) < fewest:
            short = fewest - n if n < fewest else None
            return RowsNeeded(None if short else fewest - m, short, borderline)
        low, high = self.bounds(level)
        edge = high if truth < limit else low
        if not (0.0 < edge < math.inf and limit > 0.0):
            return RowsNeeded(None, None, borderline)
        width = abs(math.log(edge / self.value))
        room = abs(math.log(truth / limit)) / (1.0 + z_of(1.0 - power) / z_of(level))
        shrink = room / width if width else math.inf
        return rows_for((1.0 / n + 1.0 / m) * shrink**2, n, m, borderline=borderline)

    def _p(self, holds: Callable[[float], bool]) -> float:
        return p_of(last_z(lambda level: level >= 0.5 or holds(level)))

    @property
    def _middles(self) -> tuple[float, float]:
        return self.train.middle_of(self.u), self.serve.middle_of(self.u)

    def _quantiles(self, level: float) -> tuple[Quantile, Quantile]:
        return quantile(self.train, self.u, level=level), quantile(self.serve, self.u, level=level)


def _reach(found: Quantile, middle: float) -> tuple[float, float]:
    """Return how far the interval reaches below and above the middle, on the logarithms."""
    below = math.log(middle / found.low) if found.low > 0.0 else math.inf
    return max(0.0, below), math.log(found.high / middle)


def _exp(x: float) -> float:
    return math.exp(x) if x < 700.0 else math.inf
