"""Whether a map of train's numbers gives serve's, from counts in cells alone.

A cell says only where its numbers lie, so each comparison takes the arrangement inside the cells
that suits the hypothesis best: what is left of the distance then is no effect of the cells. This
is lenient by the width of a cell (a thousandth of the value), not by the noise of sampling.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Values = NDArray[np.float64]
Map = Callable[[Values], Values]

PRINTED = 2e-3  # of a value: what a print of few digits may have moved it
NARROW = 0.01  # of serve's spread: that much at most, or a column far from zero fits anything
LEVEL = 0.01  # of the noise that a map may leave
FLOOR = 0.015  # distance that a map may leave however many rows there are
LEFT = 0.25  # of the distance before that a map may leave
ENOUGH = 0.1  # distance before that is worth a cause
LEVELS = np.linspace(0.2, 0.9, 29)
LIKE_DRIFT = 9.9  # factors nearer to 1 than this are what a population may drift by ...
SHARP = 0.02  # ... so that the scale must be known this well (of itself)
STRAIGHT = 2.0  # times as far as the scale is known, the two halves may be apart
BLUNT = 0.3  # and that well at least for any other factor


@dataclass(frozen=True, slots=True)
class Weighted:
    """Counts of numbers in cells: each cell's numbers lie between ``lower`` and ``upper``."""

    lower: Values
    upper: Values
    value: Values
    counts: Values

    @property
    def total(self) -> float:
        """Return the number of rows."""
        return float(self.counts.sum())

    def under(self, function: Map) -> Weighted | None:
        """Return the cells under a map that is monotone inside each; None where it is undefined."""
        with np.errstate(all="ignore"):
            value = function(self.value)
            ends = [function(self.lower), function(self.upper), value]
        if not np.isfinite(value).all():
            return None
        lower, upper = np.fmin.reduce(ends), np.fmax.reduce(ends)
        return Weighted(lower, upper, value, self.counts)

    def chosen(self, cells: NDArray[np.bool_]) -> Weighted:
        """Return some of the cells."""
        return Weighted(self.lower[cells], self.upper[cells], self.value[cells], self.counts[cells])

    def quantiles(self, levels: Values) -> Values:
        """Return the cells' values at these levels (0 to 1), by linear interpolation in cells."""
        order = np.argsort(self.value, kind="stable")
        value, counts = self.value[order], self.counts[order]
        middle = (np.cumsum(counts) - counts / 2) / counts.sum()
        return np.interp(levels, middle, value)


def weighted(
    lower: Values, upper: Values, value: Values, pure: NDArray[np.bool_], counts: NDArray[np.int64]
) -> Weighted:
    """Return the occupied cells of one side; a pure cell holds its value alone."""
    used = counts > 0
    low, high = np.where(pure, value, lower), np.where(pure, value, upper)
    return Weighted(low[used], high[used], value[used], counts[used].astype(np.float64))


def distance(train: Weighted, serve: Weighted, *, tolerant: bool = True) -> float:
    """Return the Kolmogorov-Smirnov distance, 0 to 1; the least that the cells allow if tolerant.

    Otherwise every number counts as its cell's value.
    """
    if not tolerant:
        train, serve = (Weighted(w.value, w.value, w.value, w.counts) for w in (train, serve))
    slack = NARROW * float(np.subtract(*serve.quantiles(np.array([0.9, 0.1])))) if tolerant else 0.0
    low_t, high_t = _ends(train, slack)
    low_s, high_s = _ends(serve, 0.0)
    places = np.concatenate([low_t[0], high_t[0], low_s[0], high_s[0]])
    above = _at(high_t, places) - _at(low_s, places)
    below = _at(high_s, places) - _at(low_t, places)
    return float(max(0.0, above.max(), below.max()))


Steps = tuple[Values, Values]


def _ends(side: Weighted, most: float) -> tuple[Steps, Steps]:
    """Return the distribution functions of the cells' lower and of their upper ends."""
    slack = np.minimum(PRINTED * np.abs(side.value), most) + 1e-9 * np.abs(side.value)
    return _steps(side.lower - slack, side.counts), _steps(side.upper + slack, side.counts)


def _steps(places: Values, counts: Values) -> Steps:
    order = np.argsort(places, kind="stable")
    return places[order], np.append(0.0, np.cumsum(counts[order])) / counts.sum()


def _at(steps: Steps, places: Values) -> Values:
    found: Values = steps[1][np.searchsorted(steps[0], places, side="right")]
    return found


def noise(train: Weighted, serve: Weighted) -> float:
    """Return the distance that two samples of one population exceed with probability LEVEL."""
    return float(special.kolmogi(LEVEL)) * math.sqrt(1 / train.total + 1 / serve.total)


def explained(train: Weighted, serve: Weighted, function: Map, *, before: float) -> float | None:
    """Return the share of the distance ``before`` that a map removes, 0 to 1.

    None where the map is undefined, or leaves more than noise and a quarter of the distance.
    """
    mapped = train.under(function)
    if mapped is None or before < ENOUGH:
        return None
    after = distance(mapped, serve)
    if after > max(noise(train, serve), FLOOR) or after > LEFT * before:
        return None
    return 1 - after / before


@dataclass(frozen=True, slots=True)
class Scale:
    """The natural logarithm of the factor between two sides, and its standard error.

    ``bend`` is the logarithm of the factor above the middle less that below: 0 under a factor.
    """

    log: float
    error: float
    bend: float

    def fits(self, factor: float) -> bool:
        """Return whether a known factor is the one, told from its neighbours and from drift."""
        known = max(0.01, 2.6 * self.error)
        if abs(self.bend) > STRAIGHT * known:
            return False
        like_drift = 1 / LIKE_DRIFT < factor < LIKE_DRIFT
        return known <= (SHARP if like_drift else BLUNT) and abs(self.log - math.log(factor)) <= (
            known
        )


def scale(train: Weighted, serve: Weighted) -> Scale | None:
    """Return the factor from train to serve, from the quantiles of the numbers of one sign.

    The median over the levels 0.2 to 0.9 of log Q_serve / Q_train, of the positive numbers (of the
    negative ones where these are more); zeros are left out, as they are under any factor. The error
    is half the step of train's log quantiles over a standard error of the level. None with fewer
    than 30 numbers on a side.
    """
    sign = 1.0 if _rows(train, 1.0) >= _rows(train, -1.0) else -1.0
    sides = [_logs(side, sign) for side in (train, serve)]
    if any(side is None for side in sides):
        return None
    logs_t, logs_s = (side for side in sides if side is not None)
    spread = np.sqrt(LEVELS * (1 - LEVELS) * (1 / logs_t.total + 1 / logs_s.total))
    ratios = logs_s.quantiles(LEVELS) - logs_t.quantiles(LEVELS)
    steps = logs_t.quantiles(LEVELS + spread) - logs_t.quantiles(LEVELS - spread)
    low, high = np.array_split(ratios, 2)
    bend = float(np.median(high) - np.median(low))
    return Scale(float(np.median(ratios)), float(np.median(steps)) / 2, bend)


def _rows(side: Weighted, sign: float) -> float:
    return float(side.counts[sign * side.value > 0].sum())


def _logs(side: Weighted, sign: float) -> Weighted | None:
    """Return the logarithms of the numbers of one sign; None where there are too few."""
    some = side.chosen(sign * side.value > 0)
    if some.total < 30:
        return None
    return some.under(lambda v: np.log(np.maximum(sign * v, 1e-300)))
