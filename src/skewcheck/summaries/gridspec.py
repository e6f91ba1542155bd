"""Where a column's grid lies, and which cell of it a number falls into."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHIFT = 13  # low bits of a float32 that a cell ignores: 10 of 23 mantissa bits are kept
FINE = 7  # the same where train is small: every row counts, and cells cost nothing
PATTERN_OF_INFINITY = 0x7F800000
SLICE = 131_072  # values handled at once, so that the scratch stays in the L2 cache
CROWD = 1 / 512  # share of the first rows that may differ within one cell before a grid is moved
TRIES = 3
ABOVE = 64  # octaves of float32 kept free above the first values
HUGE = np.finfo(np.float32).max
LARGEST = np.finfo(np.float64).max

Row = tuple[int, str | None, float | None, int]
Numbers = NDArray[Any]
Cells = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GridSpec:
    """Where a column's grid lies: cells are float32 patterns of ``(x - origin) * 2**-exponent``.

    ``origin`` is 0 unless the column's values are close together far from zero (epochs,
    coordinates); ``exponent`` (-1000 to 1000) moves the column's values to the low end of the
    float32 range, so that the cells in use are few and close together; ``shift`` low bits of the
    pattern are ignored. All are fixed before the pass.
    """

    origin: float = 0.0
    exponent: int = 96
    shift: int = SHIFT

    @classmethod
    def of(cls, values: Numbers, *, fine: bool = False) -> GridSpec:
        """Return the grid that suits these first values of the train side (finite or not).

        ``fine`` says that they are all there are. The origin is 0
        unless that crowds different values into one cell: then the centre of the values, or one of
        the crowd itself, if this halves the crowd.
        """
        seen = values[np.isfinite(values)].astype(np.float64)[:SLICE]
        if not len(seen):
            return cls()
        distinct, counts = np.unique(seen, return_counts=True)
        best = cls._around(0.0, distinct)
        crowd, member = best._crowd(distinct, counts)
        for step in range(TRIES):
            if crowd <= CROWD * len(seen):
                break
            other = cls._around(member if step else _centre(distinct), distinct)
            found, among = other._crowd(distinct, counts)
            if 2 * found < crowd:
                best, crowd, member = other, found, among
        return replace(best, shift=FINE) if fine else best

    @classmethod
    def _around(cls, origin: float, distinct: NDArray[np.float64]) -> GridSpec:
        """Return the grid with this origin whose cells suit the distance of values from it."""
        with np.errstate(over="ignore"):
            sizes = np.minimum(np.abs(distinct - origin), LARGEST)
        sizes = sizes[sizes > 0]
        if not len(sizes):
            return cls(origin)
        small, large = np.floor(np.log2([np.quantile(sizes, 0.001, method="lower"), sizes.max()]))
        # Four octaves of room below; what is smaller still falls into even, linear cells.
        exponent = max(min(126, int(small) - 4 + 126), int(large) + ABOVE - 127)
        return cls(origin, min(1000, max(-1000, exponent)))

    def _crowd(self, distinct: NDArray[np.float64], counts: Cells) -> tuple[int, float]:
        """Return the rows of the fullest cell of several values, and its commonest value."""
        cells = patterns(finite(self, distinct)) >> self.shift
        first = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
        rows = np.add.reduceat(counts, first) * (np.diff(first, append=len(cells)) > 1)
        start = int(first[rows.argmax()])
        end = int(np.searchsorted(cells, cells[start], side="right"))
        return int(rows.max()), float(distinct[start + counts[start:end].argmax()])

    def edges(self, cells: Cells) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the lower and upper edge of each cell in the column's own unit."""
        near, far = self._magnitude(cells), self._magnitude(cells, 1)
        negative = cells < 0
        low = np.where(negative, -far, near)
        high = np.where(negative, -near, far)
        with np.errstate(over="ignore"):
            return low + self.origin, high + self.origin

    def _magnitude(self, cells: Cells, step: int = 0) -> NDArray[np.float64]:
        index = np.where(cells < 0, -cells - 1, cells) + step
        infinite = PATTERN_OF_INFINITY >> self.shift
        bits = (np.minimum(index, infinite - 1) << self.shift).astype(np.uint32)
        with np.errstate(over="ignore"):
            size = np.ldexp(bits.view(np.float32).astype(np.float64), self.exponent)
        return np.where(index < infinite, np.minimum(size, LARGEST), LARGEST)


class _Scratch(threading.local):
    """Buffers of one thread, reused for every slice."""

    def __init__(self) -> None:
        self.wide = np.empty(SLICE, np.float64)
        self.narrow = np.empty(SLICE, np.float32)
        self.cells = np.empty(SLICE, np.int64)


scratch = _Scratch()


def _centre(distinct: NDArray[np.float64]) -> float:
    """Return the median of distinct values, rounded so that differences stay short."""
    low, median, high = np.quantile(distinct, [0.25, 0.5, 0.75], method="lower").tolist()
    if not 0 < high - low < 1e300:
        return float(median)
    step = 2.0 ** math.ceil(math.log2(high - low))
    return float(round(median / step) * step)


def scaled(spec: GridSpec, values: Numbers) -> NDArray[np.float32]:
    """Return at most SLICE values moved and scaled onto the grid (scratch of this thread).

    Numbers beyond the grid are infinite; see ``finite``.
    """
    n = len(values)
    narrow = scratch.narrow[:n]
    with np.errstate(over="ignore", under="ignore"):
        if spec.origin or not 0 <= spec.exponent <= 126:  # float32 alone would lose digits
            wide = scratch.wide[:n]
            np.copyto(wide, values, casting="unsafe")
            wide -= spec.origin
            np.multiply(wide, 2.0**-spec.exponent, out=narrow, casting="unsafe")
        else:
            np.copyto(narrow, values, casting="unsafe")
            np.multiply(narrow, np.float32(2.0**-spec.exponent), out=narrow)
    return narrow


def finite(spec: GridSpec, values: Numbers) -> NDArray[np.float32]:
    """Return finite values as ``scaled`` does, those beyond the grid in its outermost cells."""
    narrow = scaled(spec, values)
    beyond = np.isinf(narrow)
    if beyond.any():
        with np.errstate(over="ignore"):
            wide = (values[beyond].astype(np.float64) - spec.origin) * 2.0**-spec.exponent
        narrow[beyond] = np.clip(wide, -HUGE, HUGE)
    return narrow


def patterns(narrow: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the bit patterns of scaled values, in place, made as ordered as the values."""
    narrow += np.float32(0)  # -0.0 becomes 0.0
    bits = narrow.view(np.int32)
    bits ^= (bits >> 31) & np.int32(0x7FFFFFFF)
    return bits
