"""Divergence of two count tables: 8*JS in nats, PSI and the JS distance, with one interval."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from skewcheck.statistics import noncentral
from skewcheck.statistics.blocks import Noise
from skewcheck.statistics.cells import Counts, totals
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import z_of
from skewcheck.statistics.rows import aim, decided, each_side, rows_for, rows_without_event
from skewcheck.statistics.solve import root

#: 8*JS of two tables that share no cell.
LARGEST = 8.0 * math.log(2.0)


@dataclass(frozen=True)
class Divergence:
    """A divergence in nats that equals PSI near zero, and its noncentral chi-square interval.

    `plug_in / s2`, with `s2 = 1/n_train + 1/n_serve`, is close to a noncentral chi-square with
    `cells - 1` degrees of freedom and noncentrality `truth / s2`; bounds invert it (Steiger). The
    upper bound takes the plug-in at the median of no skew at least: without that, a lucky tie of
    two handfuls of rows would claim an upper bound of 0. `noise` is what dependence among the rows
    makes of it (second-order Rao-Scott): the lower bound takes all of that off, the upper bound
    no more than independent rows would show.
    """

    plug_in: float
    cells: int
    n_train: int
    n_serve: int
    largest: float = LARGEST
    error: float = 0.0
    noise: Noise | None = None

    @property
    def value(self) -> float:
        """The plug-in less its mean under no skew of independent rows, not below 0."""
        return max(0.0, self.plug_in - (self.cells - 1) * self._s2)

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) in nats, each one-sided at `level`."""
        z_of(level)
        if self.cells == 1:
            return 0.0, unseen(1.0 - level ** (1.0 / self._fewer))
        unit = self._unit
        low = noncentral.noncentrality(self.plug_in / unit, self._df_above, 1.0 - level) * unit
        high = noncentral.noncentrality(self._upper_x, self._df_below, level) * unit
        return min(low, self.largest), min(high, self.largest)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "divergence <= limit"."""
        if self.cells == 1:
            return 1.0
        x, lam = self.plug_in / self._unit, max(0.0, limit) / self._unit
        return 1.0 - noncentral.cdf(x, self._df_above, lam)

    def p_below(self, limit: float) -> float:
        """Return the p-value of "divergence >= limit"."""
        if limit <= 0.0:
            return 1.0
        if limit > self.largest:
            return 0.0
        if self.cells == 1:
            return (1.0 - share_of(limit)) ** self._fewer
        return noncentral.cdf(self._upper_x, self._df_below, limit / self._unit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, exact under the noncentral chi-square model."""
        truth, borderline = aim(self.value, limit)
        if decided(self, limit, level):
            return RowsNeeded(0, None, borderline)
        if limit <= 0.0 and truth <= limit:
            return RowsNeeded(None)
        if self.cells == 1:
            rows = rows_without_event(share_of(limit), level)
            return each_side(rows, self.n_train, self.n_serve, borderline=borderline)
        s2 = self._s2_deciding(truth, limit, level=level, power=power)
        s2 /= self.noise.g if self.noise else 1.0
        return rows_for(s2, self.n_train, self.n_serve, borderline=borderline)

    def _s2_deciding(self, truth: float, limit: float, *, level: float, power: float) -> float:
        """Return the s2 at which a plug-in, lucky enough with probability `power`, decides."""
        below = truth < limit
        df = self._df_below if below else self._df_above
        side = (power, level) if below else (1.0 - power, 1.0 - level)
        goal = float(special.ndtri(side[1]))

        def gap(log_s2: float) -> float:
            s2 = math.exp(log_s2)
            x = noncentral.quantile(side[0], df, truth / s2)
            return noncentral.score(x, df, limit / s2) - goal

        middle = math.log(max(truth, limit))
        return math.exp(root(gap, middle - 18.0, middle + 5.0, tolerance=1e-6))

    @property
    def _s2(self) -> float:
        return 1.0 / self.n_train + 1.0 / self.n_serve

    @property
    def _fewer(self) -> int:
        return min(self.n_train, self.n_serve)

    @property
    def _upper_x(self) -> float:
        # Wilson and Hilferty's median; exact to 1 % from one degree of freedom on.
        df = self._df_below
        return max(self.plug_in / self._unit, df * (1.0 - 2.0 / (9.0 * df)) ** 3)

    @property
    def _unit(self) -> float:
        """The divergence that has the scale of one squared normal."""
        return self._s2 * (self.noise.g if self.noise else 1.0)

    @property
    def _df_above(self) -> float:
        return self.noise.total / self.noise.g if self.noise else self.cells - 1

    @property
    def _df_below(self) -> float:
        """Degrees that take off no more noise than there is for sure: that of independent rows."""
        return max(1.0, (self.cells - 1) / self.noise.g) if self.noise else self.cells - 1


def js8(train: Counts, serve: Counts) -> Divergence:
    """Return 8 x the Jensen-Shannon divergence in nats, 0 to 5.545; locally equal to PSI.

    Every cell that either side holds is smoothed by 1/4; cells empty on both sides do not count.
    With a single cell the value is 0 and the upper bound is that of a mass never seen (exact,
    binomial). Pool rare cells first (`cells.pool`). Raises ValueError for a side without rows.
    """
    p, q = _shares(train, serve, smoothing=0.25)
    middle = 0.5 * (p + q)
    nats = float((special.rel_entr(p, middle) + special.rel_entr(q, middle)).sum())
    n, m = totals(train, serve)
    return Divergence(max(0.0, 4.0 * nats), len(p), n, m)


def psi(train: Counts, serve: Counts) -> Divergence:
    """Return the population stability index, 0 or more, cells smoothed by 1/2 (no epsilon).

    To be shown, not gated on: an empty cell's part hangs on the smoothing. Its interval is as in
    `js8`, which PSI equals near zero; with a single cell the upper bound is that of `js8`.
    Source: Yurdakul 2018. Raises ValueError for a side without rows.
    """
    p, q = _shares(train, serve, smoothing=0.5)
    index = float(((q - p) * np.log(q / p)).sum())
    n, m = totals(train, serve)
    return Divergence(max(0.0, index), len(p), n, m, largest=math.inf)


@dataclass(frozen=True)
class JsDistance:
    """The Jensen-Shannon distance, base 2, in [0, 1]: a monotone transform of `Divergence`."""

    divergence: Divergence
    error: float = 0.0

    @property
    def plug_in(self) -> float:
        """The distance before its noise is taken off, cells smoothed by 1/4."""
        return _distance(self.divergence.plug_in)

    @property
    def value(self) -> float:
        """The distance of the debiased divergence."""
        return _distance(self.divergence.value)

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at `level`."""
        low, high = self.divergence.bounds(level)
        return _distance(low), _distance(high)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "distance <= limit"."""
        return self.divergence.p_above(_nats(limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "distance >= limit"."""
        return self.divergence.p_below(_nats(limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide."""
        return self.divergence.rows_needed(_nats(limit), level=level, power=power)


def js_distance(train: Counts, serve: Counts) -> JsDistance:
    """Return the Jensen-Shannon distance, base 2, in [0, 1]: sqrt(8*JS nats / (8 ln 2))."""
    return JsDistance(js8(train, serve))


def unseen(share: float) -> float:
    """Return 8*JS in nats between a side with one cell and one with `share` of it elsewhere."""
    kept, both = 1.0 - share, 2.0 - share
    stayed = math.log(2.0 / both) + (kept * math.log(2.0 * kept / both) if kept > 0.0 else 0.0)
    return 4.0 * (stayed + share * math.log(2.0))


def share_of(divergence: float) -> float:
    """Return the share that, moved to an unseen cell, makes `unseen(share)`: its inverse."""
    return root(lambda share: unseen(share) - divergence, 0.0, 1.0)


def _shares(
    train: Counts, serve: Counts, *, smoothing: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    totals(train, serve)
    held = (train + serve) > 0
    p, q = train[held] + smoothing, serve[held] + smoothing
    return p / p.sum(), q / q.sum()


def _distance(nats: float) -> float:
    return math.sqrt(min(1.0, nats / LARGEST))


def _nats(distance: float) -> float:
    return max(0.0, distance) ** 2 * LARGEST
