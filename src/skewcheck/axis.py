"""Where a chart's axis begins, ends, bends and is labelled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skewcheck.wording import number

BINS = 40
TAIL = 0.0005  # share of either side that an axis may leave out at each end
ROOM = 0.25  # part of its length by which an axis grows to hold all values
SPREAD = 12.0  # whole range over central range from which an axis is logarithmic
TICKS = 5

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """A map from values to 0..1. ``bend`` is the size from which a log axis is logarithmic.

    ``lattice`` says that values stand at even steps, of which a bin holds a whole number.
    """

    low: float
    high: float
    bins: int
    ticks: tuple[tuple[float, str], ...] = ()
    bend: float | None = None
    lattice: bool = False

    @property
    def log(self) -> bool:
        """Return whether the axis is logarithmic (on both sides of 0)."""
        return self.bend is not None

    def place(self, values: Values) -> Values:
        """Return where values stand; beyond 0..1 they are outside."""
        low, high = _bent(np.array([self.low, self.high]), self.bend)
        return np.asarray((_bent(values, self.bend) - low) / (high - low))


def lay(values: Values, shares: Sequence[Values]) -> Axis:
    """Return the axis for ordered values with their shares of rows on each side."""
    wide = _between(values, shares, TAIL)
    core = _between(values, shares, 0.02)
    bend = None
    if wide[1] - wide[0] > SPREAD * max(core[1] - core[0], 1e-300):
        bend = _bend(values, shares)
    if bend is None and wide[0] > 0 and wide[1] / wide[0] > 1000 and _skewed(core):
        bend = wide[0]
    if bend is None and (step := _step(values, wide)):
        return _even(wide, step)
    room = (wide[1] - wide[0] or abs(wide[0]) or 1.0) * 0.01
    low, high = (wide[0] - room, wide[1] + room) if bend is None else wide
    axis = _reaching(Axis(low, high, BINS, (), bend), values)
    return replace(axis, ticks=tuple(_ticks(axis)))


def other(axis: Axis, values: Values, shares: Sequence[Values]) -> Axis | None:
    """Return the linear axis beside a logarithmic one, or the reverse; None where it says no more.

    Logarithmic is worth a look from one power of ten on, all numbers above zero.
    """
    low, high = _between(values, shares, TAIL)
    if not axis.log and not (low > 0 and high / low >= 10):
        return None
    room = (high - low or abs(low) or 1.0) * 0.01
    ends = (low - room, high + room, None) if axis.log else (low, high, low)
    made = _reaching(Axis(ends[0], ends[1], BINS, (), ends[2]), values)
    return replace(made, ticks=tuple(_ticks(made)))


def _reaching(axis: Axis, values: Values) -> Axis:
    """Return the axis made to hold all values, where that takes little room."""
    ends = axis.place(values[[0, -1]])
    if ends[0] < -ROOM or ends[1] > 1 + ROOM:
        return axis
    return replace(axis, low=min(axis.low, values[0]), high=max(axis.high, values[-1]))


def _bent(values: Values, bend: float | None) -> Values:
    return values if bend is None else np.arcsinh(values / bend)


def _between(values: Values, shares: Sequence[Values], tail: float) -> tuple[float, float]:
    """Return the range that leaves at most this share of each side out at each end."""
    ends = []
    for share in shares:
        if not share.sum():
            continue
        total = np.cumsum(share) / share.sum()
        low = min(int(np.searchsorted(total, tail, side="right")), len(values) - 1)
        high = min(int(np.searchsorted(total, 1 - tail)), len(values) - 1)
        ends.append((float(values[low]), float(values[high])))
    return min(e[0] for e in ends), max(e[1] for e in ends)


def _bend(values: Values, shares: Sequence[Values]) -> float:
    """Return the size below which values crowd around zero: the 5 % quantile of the sizes."""
    sizes = np.abs(values)
    order = np.argsort(sizes, kind="stable")
    weight = np.sum(shares, axis=0)[order]
    some = sizes[order] > 0
    total = np.cumsum(weight * some)
    return float(sizes[order][np.searchsorted(total, 0.05 * total[-1])])


def _skewed(core: tuple[float, float]) -> bool:
    return core[0] > 0 and core[1] / core[0] > 100


def _step(values: Values, wide: tuple[float, float]) -> float:
    """Return the even step of the values; 0 when they stand at none that a chart could show."""
    inside = values[(values >= wide[0]) & (values <= wide[1])]
    if len(inside) < 3:
        return 0.0
    gaps = np.diff(inside)
    step = float(np.round(gaps.min(), 9)) if gaps.min() > 1e-6 else 0.0
    if not step or (wide[1] - wide[0]) / step > 20 * BINS:
        return 0.0
    steps = (inside - inside[0]) / step
    return step if np.abs(steps - np.round(steps)).max() < 0.1 else 0.0


def _even(wide: tuple[float, float], step: float) -> Axis:
    """Return an axis whose bins hold a whole number of steps, as many each."""
    steps = round((wide[1] - wide[0]) / step) + 1
    each = math.ceil(steps / BINS)
    bins = math.ceil(steps / each)
    low = wide[0] - step / 2
    axis = Axis(low, low + bins * each * step, bins, lattice=True)
    return replace(axis, ticks=tuple(_ticks(axis)))


def _ticks(axis: Axis) -> Iterator[tuple[float, str]]:
    marks = _powers(axis) if axis.log else round_numbers(axis.low, axis.high)
    for mark in marks:
        place = float(axis.place(np.array([mark]))[0])
        if 0 <= place <= 1:
            yield place, number(mark)


def round_numbers(low: float, high: float) -> list[float]:
    """Return round numbers in a range that is not empty, about TICKS of them."""
    raw = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw)
    first = math.ceil(low / step)
    return [float(f"{i * step:.12g}") for i in range(first, math.floor(high / step) + 1)]


def _powers(axis: Axis) -> list[float]:
    """Return powers of ten on both sides of zero that stand clear of each other."""
    bend = axis.bend or 1.0
    top = math.ceil(math.log10(max(abs(axis.low), abs(axis.high), bend)))
    sizes = [10.0**k for k in range(math.floor(math.log10(bend)), top + 1)]
    marks = [-s for s in reversed(sizes)] + [0.0] + sizes
    places = axis.place(np.array(marks))
    kept, last = [], -1.0
    for mark, place in zip(marks, places.tolist(), strict=True):
        if 0 <= place <= 1 and place - last >= 1 / (TICKS + 3):
            kept.append(mark)
            last = place
    return kept
