"""Shares and differences of shares, with intervals that hold for zero events too.

Every interval here is one-sided at `level` on each side: `level=0.025` makes the usual 95 %.
"""

import math
from dataclasses import dataclass

from scipy import special

from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import Z_MAX, p_of, z_of
from skewcheck.statistics.rows import (
    aim,
    decided,
    difference_rows,
    more,
    rows_without_event,
)
from skewcheck.statistics.solve import root

#: Below this many expected events Wilson's lower bound misses too often: Clopper-Pearson instead.
FEW_EVENTS = 20


def wilson(x: float, n: float, *, level: float = 0.05) -> tuple[float, float]:
    """Return Wilson's score interval of the share `x / n` (Wilson 1927)."""
    _check(x, n)
    down, up = _wilson_reach(x, n, z_of(level))
    return max(0.0, x / n - down), min(1.0, x / n + up)


def clopper_pearson(x: float, n: float, *, level: float = 0.05) -> tuple[float, float]:
    """Return the exact interval of the share `x / n` (Clopper and Pearson 1934)."""
    _check(x, n)
    z_of(level)
    return _exact(x, n, level)


def newcombe(
    x_train: float, n_train: float, x_serve: float, n_serve: float, *, level: float = 0.05
) -> tuple[float, float]:
    """Return Newcombe's hybrid score interval of `p_serve - p_train` (1998, method 10)."""
    difference = ShareDifference(x_train, n_train, x_serve, n_serve, exact=False)
    z = z_of(level)
    return -difference.end(z, sign=-1), difference.end(z, sign=1)


@dataclass(frozen=True)
class Share:
    """The share `x / n` of one side's rows, in [0, 1], with exact binomial inference.

    Raises ValueError when `n` is 0 or `x` is not in 0 to n.
    """

    x: float
    n: float
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a share of no rows."""
        _check(self.x, self.n)

    @property
    def value(self) -> float:
        """The share seen."""
        return self.x / self.n

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) after Clopper and Pearson; zero events have an upper bound too."""
        return clopper_pearson(self.x, self.n, level=level)

    def p_above(self, limit: float) -> float:
        """Return P(x events or more) at a share of `limit`."""
        if self.x == 0 or limit >= 1.0:
            return 1.0
        return float(special.betainc(self.x, self.n - self.x + 1, max(0.0, limit)))

    def p_below(self, limit: float) -> float:
        """Return P(x events or fewer) at a share of `limit`."""
        if limit > 1.0:
            return 0.0
        if self.x == self.n or limit <= 0.0:
            return 1.0
        return float(special.betainc(self.n - self.x, self.x + 1, 1.0 - limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further serve rows that decide: score test size, with continuity."""
        truth, borderline = aim(self.value, limit)
        if decided(self, limit, level):
            return RowsNeeded(0, None, borderline)
        if truth <= limit <= 0.0 or truth >= limit >= 1.0:
            return RowsNeeded(None)
        truth = min(truth, 0.5 * (1.0 + limit))
        gap, fewest = abs(truth - limit), rows_without_event(limit, level)
        if truth == 0.0:
            return RowsNeeded(more(fewest, self.n), None, borderline)
        spread = z_of(level) * math.sqrt(limit * (1.0 - limit))
        spread += z_of(1.0 - power) * math.sqrt(truth * (1.0 - truth))
        rows = max((spread / gap) ** 2 + 1.0 / gap, fewest if truth < limit else 0.0)
        return RowsNeeded(more(rows, self.n), None, borderline)


@dataclass(frozen=True)
class ShareDifference:
    """The absolute difference `|x_serve/n_serve - x_train/n_train|`, in [0, 1].

    Newcombe's hybrid of two one-sample intervals: Wilson's, or Clopper and Pearson's when fewer
    than 20 events (or non-events) are expected in the smaller sample, or a side has none. `exact`
    overrules that choice. Raises ValueError when a side has no rows.
    """

    x_train: float
    n_train: float
    x_serve: float
    n_serve: float
    exact: bool | None = None
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a share of no rows."""
        _check(self.x_train, self.n_train)
        _check(self.x_serve, self.n_serve)

    @property
    def change(self) -> float:
        """The signed difference, serve less train."""
        return self.x_serve / self.n_serve - self.x_train / self.n_train

    @property
    def value(self) -> float:
        """The absolute difference seen."""
        return abs(self.change)

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of the absolute difference, in [0, 1]."""
        z = z_of(level)
        high = max(self.end(z, sign=1), self.end(z, sign=-1))
        return max(0.0, self._folded(self.low(z), level)), min(1.0, high)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "|difference| <= limit", either direction counted."""
        if self.value <= limit:
            return 1.0
        return min(1.0, self.p_beyond(limit) + self.p_beyond(-limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "|difference| >= limit"; both directions must be inside."""
        if limit > 1.0:
            return 0.0
        if self.value >= limit:
            return 1.0
        return max(self.p_end(-limit, sign=1), self.p_end(-limit, sign=-1))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, by the normal approximation."""
        if decided(self, limit, level):
            return RowsNeeded(0, None, aim(self.value, limit)[1])
        return difference_rows(
            (self.x_train, self.n_train),
            (self.x_serve, self.n_serve),
            limit,
            level=level,
            power=power,
        )

    def end(self, z: float, *, sign: int) -> float:
        """Return the upper end of `sign * (p_serve - p_train)` at normal quantile `z`."""
        reach = _exact_reach if self._exact else _wilson_reach
        train_down, train_up = reach(self.x_train, self.n_train, z)
        serve_down, serve_up = reach(self.x_serve, self.n_serve, z)
        if sign > 0:
            return self.change + math.hypot(serve_up, train_down)
        return -self.change + math.hypot(serve_down, train_up)

    def low(self, z: float) -> float:
        """Return the lower end of the difference in the direction seen, perhaps negative."""
        return -self.end(z, sign=-self._sign)

    def p_beyond(self, limit: float) -> float:
        """Return the p-value of "difference in the direction seen <= limit", which may be < 0."""
        return self.p_end(limit, sign=-self._sign) if self.value > limit else 1.0

    def p_end(self, limit: float, *, sign: int) -> float:
        """Return the p-value of "sign * (p_serve - p_train) >= -limit", given less was seen."""
        if self.end(Z_MAX, sign=sign) <= -limit:
            return p_of(Z_MAX)
        return p_of(root(lambda z: self.end(z, sign=sign) + limit, 0.0, Z_MAX))

    def _folded(self, low: float, level: float) -> float:
        """Return the lower bound that also pays for a difference in the other direction."""
        if low <= 0.0 or self.p_beyond(-low) < 1e-6 * level:
            return low
        if self.p_above(0.0) >= level:
            return 0.0
        return root(lambda limit: self.p_above(limit) - level, 0.0, low)

    @property
    def _sign(self) -> int:
        return 1 if self.change >= 0.0 else -1

    @property
    def _exact(self) -> bool:
        if self.exact is not None:
            return self.exact
        rows, events = self.n_train + self.n_serve, self.x_train + self.x_serve
        fewer = min(self.n_train, self.n_serve)
        none = self.x_train in (0, self.n_train) or self.x_serve in (0, self.n_serve)
        return none or min(events, rows - events) * fewer < FEW_EVENTS * rows


def _wilson_reach(x: float, n: float, z: float) -> tuple[float, float]:
    """Return how far Wilson's interval reaches below and above `x / n`."""
    spread = z * math.sqrt(x * (n - x) / n + 0.25 * z * z)
    lean = z * z * (0.5 - x / n)
    return max(0.0, spread - lean) / (n + z * z), max(0.0, spread + lean) / (n + z * z)


def _exact_reach(x: float, n: float, z: float) -> tuple[float, float]:
    """Return how far Clopper and Pearson's interval reaches below and above `x / n`."""
    low, high = _exact(x, n, float(special.ndtr(-z)))
    return x / n - low, high - x / n


def _exact(x: float, n: float, level: float) -> tuple[float, float]:
    low = float(special.betaincinv(x, n - x + 1, level)) if x > 0 else 0.0
    high = 1.0 - float(special.betaincinv(n - x, x + 1, level)) if x < n else 1.0
    return low, high


def _check(x: float, n: float) -> None:
    if not n > 0 or not 0 <= x <= n:
        raise ValueError(f"{x} of {n} rows: expected at least one row and 0 <= events <= rows")
