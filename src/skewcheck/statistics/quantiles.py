"""Quantiles of counts, with distribution-free intervals, and the largest shift of a quantile."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from skewcheck.statistics.cells import Counts, totals
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import Z_MAX, p_of, z_of
from skewcheck.statistics.rows import aim, decided, more, rows_for
from skewcheck.statistics.solve import root

Values = NDArray[np.float64]

#: The quantiles compared; symmetric about the median.
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
#: Five quantiles, two directions: what the lower bound has to share its level among.
CHANCES = 2 * len(LEVELS)


def rank_interval(n: int, u: float, *, level: float = 0.05) -> tuple[int | None, int | None]:
    """Return the ranks (1 to n) of the order statistics that bound the quantile `u` of `n` rows.

    Each misses with probability at most `level`, whatever the distribution (David and Nagaraja
    2003, section 7.1). None when no order statistic does: the bound is infinite.
    """
    z_of(level)
    if n < 1 or not 0.0 < u < 1.0:
        raise ValueError(f"quantile {u} of {n} rows: expected 0 < u < 1 and at least one row")
    low, high = (int(_low_ranks(n, np.array([v]), level)[0]) for v in (u, 1.0 - u))
    return low or None, n + 1 - high if high else None


@dataclass(frozen=True, eq=False)
class QuantileShift:
    """The largest |Q_serve(u) - Q_train(u)| over u = .05 .25 .5 .75 .95, in units of `scale`.

    Each difference has a MOVER interval (Zou and Donner 2008) made of two order-statistic
    intervals, so it needs no density. The lower bound is the best one at a tenth of the level
    (five quantiles, two directions); the upper bound is the worst one at the level
    (intersection-union), infinite until both sides have the 59 rows that bound a 95 % quantile.
    """

    train: "Ordered"
    serve: "Ordered"
    scale: float

    @cached_property
    def shifts(self) -> Values:
        """The signed shift of each of `LEVELS`, serve less train."""
        return (self.serve.quantiles - self.train.quantiles) / self.scale

    @property
    def quantile(self) -> float:
        """The u of the quantile that moved most."""
        return float(LEVELS[np.abs(self.shifts).argmax()])

    @property
    def value(self) -> float:
        """The largest absolute shift seen."""
        return float(np.abs(self.shifts).max())

    @property
    def error(self) -> float:
        """How far the width of cells may have moved a shift."""
        widths = self.train.radii() + self.serve.radii()
        return float(widths.max()) / self.scale

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at `level`; both include `error`."""
        z_of(level)
        return self._low(level / CHANCES), self._high(level)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "no quantile moved by more than the limit" (Bonferroni)."""
        if self.value <= limit:
            return 1.0
        return min(1.0, CHANCES * p_of(last_z(lambda level: self._low(level) > limit)))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "some quantile moved by the limit or more"."""
        if self.value >= limit:
            return 1.0
        return p_of(last_z(lambda level: self._high(level) < limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, from how wide the interval is now."""
        truth, borderline = aim(self.value, limit)
        if decided(self, limit, level):
            return RowsNeeded(0, None, borderline)
        n, m = self.train.rows, self.serve.rows
        low, high = self.bounds(level)
        fewest = math.log(level) / math.log(LEVELS[-1])
        if n < fewest:
            return RowsNeeded(None, more(fewest, n), borderline)
        if m < fewest:
            return RowsNeeded(more(fewest, m), None, borderline)
        room = abs(truth - limit) - self.error
        width = (high - self.value if truth < limit else self.value - low) - self.error
        if room <= 0.0 or width <= 0.0 or truth <= limit <= 0.0:
            return RowsNeeded(None, None, borderline)
        shrink = room / (width * (1.0 + z_of(1.0 - power) / z_of(level)))
        return rows_for((1.0 / n + 1.0 / m) * shrink**2, n, m, borderline=borderline)

    def _low(self, level: float) -> float:
        up, down = self._ends(level)
        return max(0.0, float(-np.minimum(up, down).min()))

    def _high(self, level: float) -> float:
        return float(np.maximum(*self._ends(level)).max())

    def _ends(self, level: float) -> tuple[Values, Values]:
        """Return the upper bounds of the shifts and of the shifts turned round."""
        train_down, train_up = self.train.reach(level)
        serve_down, serve_up = self.serve.reach(level)
        up = np.hypot(serve_up, train_down) / self.scale
        down = np.hypot(serve_down, train_up) / self.scale
        return self.shifts + up, down - self.shifts


@dataclass(frozen=True, eq=False)
class Ordered:
    """The rows of one side, in order: rows up to and with each cell, values and radii of cells."""

    upto: Counts
    values: Values
    radius: Values

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self.upto[-1])

    @cached_property
    def quantiles(self) -> Values:
        """Return the quantiles at `LEVELS`: the value of rank ceil(u * rows)."""
        return self.values[self._middle]

    def radii(self) -> Values:
        """Return how far the quantiles may be from their cells' values."""
        return self.radius[self._middle]

    def reach(self, level: float) -> tuple[Values, Values]:
        """Return how far the interval of each quantile reaches below and above it."""
        ranks, middle = _low_ranks(self.rows, LEVELS, level), self.quantiles
        low, high = self._at(ranks), self._at(self.rows + 1 - ranks[::-1])
        below = np.where(ranks > 0, middle - (self.values - self.radius)[low], np.inf)
        above = np.where(ranks[::-1] > 0, (self.values + self.radius)[high] - middle, np.inf)
        return below, above

    @cached_property
    def _middle(self) -> NDArray[np.intp]:
        return self._at(np.ceil(LEVELS * self.rows).astype(np.int64))

    def _at(self, ranks: Counts) -> NDArray[np.intp]:
        return np.searchsorted(self.upto, np.minimum(np.maximum(ranks, 1), self.rows))


def quantile_shift(
    train: Counts,
    serve: Counts,
    values: Values,
    *,
    scale: float,
    radius: Values | None = None,
) -> QuantileShift:
    """Return the largest shift of five quantiles, 0 or more, in units of `scale`.

    `values` are the cells' representative values, ascending and finite; a row is at most `radius`
    (0 when None) from its cell's value. `scale` is train's spread (`distance.spread`), taken as
    known. Raises ValueError for a side without rows, or a scale that is not > 0.
    """
    totals(train, serve)
    if not (scale > 0.0 and np.isfinite(values).all() and (np.diff(values) >= 0.0).all()):
        raise ValueError(f"scale {scale}: expected > 0, and cell values finite and ascending")
    width = np.zeros(len(values)) if radius is None else radius
    return QuantileShift(
        Ordered(np.cumsum(train), values, width),
        Ordered(np.cumsum(serve), values, width),
        scale,
    )


def _low_ranks(n: int, u: Values, level: float) -> Counts:
    """Return the largest rank l of each quantile with P(Binomial(n, u) < l) <= level, or 0."""
    z = -float(special.ndtri(level))
    middle: Values = n * u
    # Cornish and Fisher's guess is within a rank or two; the two loops make it exact.
    guess: Values = middle - z * np.sqrt(middle * (1.0 - u)) + (z * z - 1.0) * (1.0 - 2.0 * u) / 6.0
    ranks: Counts = np.minimum(np.maximum(guess, 0.0), n).astype(np.int64)
    while (over := _below(ranks, n, u) > level).any():
        ranks = ranks - over
    while (under := (ranks < n) & (_below(ranks + 1, n, u) <= level)).any():
        ranks = ranks + under
    return ranks


def _below(ranks: Counts, n: int, u: Values) -> Values:
    """Return P(Binomial(n, u) < rank) for ranks 0 to n + 1."""
    inside = np.minimum(np.maximum(ranks, 1), n).astype(np.float64)
    return np.where(ranks < 1, 0.0, special.betainc(n - inside + 1.0, inside, 1.0 - u))


def last_z(holds: Callable[[float], bool]) -> float:
    """Return the largest normal quantile at whose level `holds` is true; 0 when there is none."""

    def sign(z: float) -> float:
        return 1.0 if holds(float(special.ndtr(-z))) else -1.0

    if sign(Z_MAX) > 0.0:
        return Z_MAX
    return root(sign, 0.0, Z_MAX, tolerance=1e-6) if sign(0.0) > 0.0 else 0.0
