"""Distances of two count tables: total variation and Wasserstein, bounds linear in the noise."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.cells import Counts, totals
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import p_of, z_of
from skewcheck.statistics.rows import aim, decided, rows_for

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Distance:
    """A sum of absolute differences, its mean under no skew, and a bound on its deviation.

    `bias` and `deviation` are those of the plug-in at the rows seen, in its own unit; both shrink
    with `sqrt(1/n_train + 1/n_serve)`. Bounds are wide on purpose: a distance has no variance
    formula that holds both at 0 and far from it.
    """

    plug_in: float
    bias: float
    deviation: float
    n_train: float
    n_serve: float
    error: float = 0.0
    largest: float = math.inf

    @property
    def value(self) -> float:
        """The plug-in with its bias taken off in squares: noise and effect add up like that."""
        return math.sqrt(max(0.0, self.plug_in**2 - self.bias**2))

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at `level`."""
        noise = z_of(level) * self.deviation + self.error
        return max(0.0, self.plug_in - self.bias - noise), min(self.largest, self.plug_in + noise)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "distance <= limit"."""
        return self._p(self.plug_in - self.bias - self.error - limit)

    def p_below(self, limit: float) -> float:
        """Return the p-value of "distance >= limit"."""
        return 0.0 if limit > self.largest else self._p(limit - self.plug_in - self.error)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, bias and deviation shrinking with the rows."""
        truth, borderline = aim(self.value, limit)
        if decided(self, limit, level):
            return RowsNeeded(0, None, borderline)
        room = abs(truth - limit) - self.error
        spread = self.bias + (z_of(level) + z_of(1.0 - power)) * self.deviation
        if room <= 0.0 or truth <= limit <= 0.0:
            return RowsNeeded(None, None, borderline)
        s2 = (1.0 / self.n_train + 1.0 / self.n_serve) * (room / spread) ** 2
        return rows_for(s2, self.n_train, self.n_serve, borderline=borderline)

    def _p(self, room: float) -> float:
        return p_of(room / self.deviation) if room > 0.0 else 1.0


def total_variation(train: Counts, serve: Counts) -> Distance:
    """Return the total variation: the share of rows, 0 to 1, that would have to change value.

    Cells are unordered. Raises ValueError for a side without rows.
    """
    n, m = totals(train, serve)
    s2, shares = 1.0 / n + 1.0 / m, (train + serve) / float(n + m)
    plug_in = 0.5 * float(np.abs(serve / m - train / n).sum())
    bias = math.sqrt(s2 / (2.0 * math.pi)) * float(np.sqrt(shares * (1.0 - shares)).sum())
    return Distance(plug_in, bias, 0.5 * math.sqrt(s2), n, m, largest=1.0)


def wasserstein(
    train: Counts,
    serve: Counts,
    values: Values,
    *,
    scale: float,
    radius: Values | None = None,
) -> Distance:
    """Return the Wasserstein distance W1, 0 or more, in units of `scale` (see `spread`).

    `values` are the cells' representative values, ascending and finite; `radius` is how far a row
    may be from its cell's value (0 when None), which makes the `error`. The scale counts as known.
    Raises ValueError for a side without rows, values out of order, or a scale that is not > 0.
    """
    n, m = totals(train, serve)
    if not (scale > 0.0 and np.isfinite(values).all() and (np.diff(values) >= 0.0).all()):
        raise ValueError(f"scale {scale}: expected > 0, and cell values finite and ascending")
    steps = np.diff(values) / scale
    f, g = np.cumsum(train)[:-1] / n, np.cumsum(serve)[:-1] / m
    # The larger of both variances: a side of a few rows does not know its own spread.
    widest = np.sqrt(np.maximum(f * (1.0 - f), g * (1.0 - g)))
    noise = _product(widest, steps) * math.sqrt(1.0 / n + 1.0 / m)
    error = 0.0 if radius is None else _product(train / n + serve / m, radius) / scale
    # No row ever left one value: nothing is known about how far rows may be.
    plug_in, deviation = _product(np.abs(f - g), steps), noise or math.inf
    bias = math.sqrt(2.0 / math.pi) * deviation
    return Distance(plug_in, bias, deviation, n, m, error=error)


def _product(some: Values, others: Values) -> float:
    """Return the inner product; that of BLAS wakes all cores, and its last bit depends on them."""
    return float((some * others).sum())


def spread(train: Counts, values: Values) -> float | None:
    """Return the interquartile range of train, its 5 % to 95 % range when that is 0, else None.

    None says that at least 90 % of the rows hold one value: no scale, so distances in units of it
    are undefined. Raises ValueError for a side without rows.
    """
    rows = np.cumsum(train)
    totals(train, train)
    for low, high in ((0.25, 0.75), (0.05, 0.95)):
        ends = values[np.searchsorted(rows, np.ceil(np.array([low, high]) * rows[-1]))]
        if ends[1] > ends[0]:
            return float(ends[1] - ends[0])
    return None
