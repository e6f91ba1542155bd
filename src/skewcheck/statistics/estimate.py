"""Estimates of one side, and what their two sides make: a drop, a departure from a ratio of 1.

Two independent estimates with intervals of their own become the interval of their difference by
MOVER (Zou and Donner 2008): each side contributes the arm of its interval that points the right
way, so that skewed intervals stay skewed.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from skewcheck.statistics.inference import Inference, RowsNeeded
from skewcheck.statistics.normal import Z_MAX, p_of, z_of
from skewcheck.statistics.rows import aim, decided, more
from skewcheck.statistics.solve import root

#: A ratio of more than this is no ratio any more: its bound is infinite.
LARGEST = 1e6


class Estimate(Protocol):
    """A figure of one side with its own interval."""

    @property
    def value(self) -> float:
        """The point estimate."""
        ...

    @property
    def error(self) -> float:
        """How far the grid may have moved the value; 0 when the counts are exact."""
        ...

    @property
    def rows(self) -> int:
        """The rows that it rests on."""
        ...

    def reach(self, z: float) -> tuple[float, float]:
        """Return how far the interval goes below and above the value at normal quantile `z`."""
        ...


@dataclass(frozen=True)
class Known:
    """A figure that is no sample: it is what it is."""

    value: float
    error: float = 0.0
    rows: int = 0

    def reach(self, z: float) -> tuple[float, float]:  # noqa: ARG002 -- an Estimate's
        """Return no reach."""
        return 0.0, 0.0


@dataclass(frozen=True)
class Mean:
    """The mean of a term over rows, from sums over `rows` rows; normal interval."""

    rows: int
    total: float
    squares: float
    error: float = 0.0

    @property
    def value(self) -> float:
        """The mean seen."""
        return self.total / self.rows

    @property
    def deviation(self) -> float:
        """The standard error of the mean; infinite for a single row."""
        if self.rows < 2:
            return math.inf
        spread = max(0.0, self.squares - self.total * self.total / self.rows)
        return math.sqrt(spread / (self.rows - 1) / self.rows)

    def reach(self, z: float) -> tuple[float, float]:
        """Return `z` standard errors to either side."""
        return z * self.deviation, z * self.deviation


def ends(estimate: Estimate, level: float = 0.05) -> tuple[float, float]:
    """Return (low, high) of an estimate, each one-sided at `level`, with the grid's error."""
    down, up = estimate.reach(z_of(level))
    return estimate.value - down - estimate.error, estimate.value + up + estimate.error


def change(train: Estimate, serve: Estimate, level: float = 0.05) -> tuple[float, float, float]:
    """Return the signed difference serve less train, and its (low, high) at `level` each."""
    low, high = _difference(serve, train, z_of(level))
    return serve.value - train.value, low, high


@dataclass(frozen=True)
class Drop:
    """The fall `max(0, train - serve)` of a figure of which more is better: one-sided."""

    train: Estimate
    serve: Estimate

    @property
    def value(self) -> float:
        """The fall seen; 0 when the figure rose."""
        return max(0.0, self.train.value - self.serve.value)

    @property
    def error(self) -> float:
        """How far the grid may have moved the value."""
        return self.train.error + self.serve.error

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of the fall, each one-sided at `level`."""
        low, high = _difference(self.train, self.serve, z_of(level))
        return max(0.0, low), max(0.0, high)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "fall <= limit"."""
        return p_of(_z(self.train, self.serve, shift=limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "fall >= limit"."""
        return p_of(-_z(self.train, self.serve, shift=limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, as the intervals shrink with the root of rows."""
        return _rows(self, (self.train, self.serve), limit, level=level, power=power)


@dataclass(frozen=True)
class Departure:
    """The distance `|serve / train - 1|` of a ratio of two figures >= 0 from 1.

    `train.value` must be above 0. Limits are in the same unit: 0.1 is a tenth more or less.
    """

    train: Estimate
    serve: Estimate

    @property
    def ratio(self) -> float:
        """The ratio seen."""
        return self.serve.value / self.train.value

    @property
    def value(self) -> float:
        """The distance seen."""
        return abs(self.ratio - 1.0)

    @property
    def error(self) -> float:
        """How far the grid may have moved the value."""
        return (self.serve.error + self.train.error * self.ratio) / self.train.value

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of the distance; high is infinite when train may be 0."""
        low = 0.0
        if self.p_above(0.0) < level:
            low = root(lambda limit: self.p_above(limit) - level, 0.0, self.value)
        top = max(1.0, 2.0 * self.value)
        while self.p_below(top) >= level:
            top *= 4.0
            if top > LARGEST:
                return low, math.inf
        return low, root(lambda limit: self.p_below(limit) - level, self.value, top)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "distance <= limit", either direction counted."""
        if self.value <= limit:
            return 1.0
        sign = 1.0 if self.ratio > 1.0 else -1.0
        return min(1.0, sum(p_of(sign * z) for z in self._z(limit)))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "distance >= limit"; both directions must be inside."""
        if self.value >= limit:
            return 1.0
        above, below = self._z(limit)
        return max(p_of(-above), p_of(below) if limit < 1.0 else 0.0)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, as the intervals shrink with the root of rows."""
        scale = 1.0 / self.train.value, self.ratio / self.train.value
        sides = _Scaled(self.train, scale[1]), _Scaled(self.serve, scale[0])
        return _rows(self, sides, limit, level=level, power=power)

    def _z(self, limit: float) -> tuple[float, float]:
        """Return how many standard errors serve is above (1 + limit) and (1 - limit) of train."""
        return (
            _z(self.serve, self.train, factor=1.0 + limit),
            _z(self.serve, self.train, factor=max(0.0, 1.0 - limit)),
        )


@dataclass(frozen=True)
class _Scaled:
    """An estimate in another unit."""

    estimate: Estimate
    factor: float

    @property
    def value(self) -> float:
        return self.estimate.value * self.factor

    @property
    def error(self) -> float:
        return self.estimate.error * self.factor

    @property
    def rows(self) -> int:
        return self.estimate.rows

    def reach(self, z: float) -> tuple[float, float]:
        down, up = self.estimate.reach(z)
        return down * self.factor, up * self.factor


def _difference(
    over: Estimate, under: Estimate, z: float, *, factor: float = 1.0
) -> tuple[float, float]:
    """Return the ends of `over - factor * under` at normal quantile `z`."""
    (down, up), (under_down, under_up) = over.reach(z), under.reach(z)
    gap, slack = over.value - factor * under.value, over.error + factor * under.error
    low = gap - slack - math.hypot(down, factor * under_up)
    return low, gap + slack + math.hypot(up, factor * under_down)


def _z(over: Estimate, under: Estimate, *, factor: float = 1.0, shift: float = 0.0) -> float:
    """Return the normal quantile at which `over - factor * under` reaches `shift`, signed."""
    for sign, end in ((1.0, 0), (-1.0, 1)):

        def room(z: float, sign: float = sign, end: int = end) -> float:
            return sign * (_difference(over, under, z, factor=factor)[end] - shift)

        if room(0.0) > 0.0:
            return sign * (Z_MAX if room(Z_MAX) >= 0.0 else root(room, 0.0, Z_MAX))
    return 0.0


def _rows(
    effect: Inference,
    sides: tuple[Estimate, Estimate],
    limit: float,
    *,
    level: float,
    power: float,
) -> RowsNeeded:
    truth, borderline = aim(effect.value, limit)
    if decided(effect, limit, level):
        return RowsNeeded(0, None, borderline)
    z = z_of(level)
    train, serve = (max(side.reach(z)) / z for side in sides)
    n, m = (side.rows for side in sides)
    room = (abs(truth - limit) - effect.error) / (z + z_of(1.0 - power))
    if room <= 0.0 or not math.isfinite(train + serve):
        return RowsNeeded(None)
    if room <= train:
        both = (train * train * n + serve * serve * m) / (room * room)
        return RowsNeeded(None, more(both, n), borderline)
    target = serve * serve * m / (room * room - train * train)
    return RowsNeeded(more(target, m), None, borderline)
