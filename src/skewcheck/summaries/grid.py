"""Counts of numbers on a fixed log-linear grid: every distribution statistic is read off it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skewcheck.summaries.gridspec import (
    SHIFT,
    SLICE,
    Cells,
    GridSpec,
    Numbers,
    Row,
    finite,
    patterns,
    scaled,
    scratch,
)

SMALL = SLICE // 4  # fewer values than this are counted by sorting, without a dense array
ROOM = 1024  # spare cells when the dense array grows


class Grid:
    """Counts per cell, and the exact least and greatest finite number; two grids add up.

    Cells are ordered as the numbers are. Adding, merging and subtracting are exact, so the same
    rows give the same grid in whatever order and batches they come.
    """

    __slots__ = ("_base", "_dense", "_least", "_loose", "_most", "high", "low", "spec")

    def __init__(self, spec: GridSpec) -> None:
        """Start with no number."""
        self.spec = spec
        self.low, self.high = np.inf, -np.inf
        self._least, self._most = np.float32(np.inf), np.float32(-np.inf)
        self._base = 0
        self._dense = np.zeros(0, np.int64)
        self._loose: list[tuple[Cells, Cells]] = []

    def add(self, values: Numbers) -> tuple[int, int, int]:
        """Count numbers; return how many were NaN, +inf and -inf (they get no cell)."""
        nan = above = below = 0
        for start in range(0, len(values), SLICE):
            part = values[start : start + SLICE]
            narrow = scaled(self.spec, part)
            least, most = narrow.min(), narrow.max()
            if not (np.isfinite(least) and np.isfinite(most)):
                nan += int(np.isnan(part).sum())
                above += int(np.isposinf(part).sum())
                below += int(np.isneginf(part).sum())
                part = part[np.isfinite(part)]
                if not len(part):
                    continue
                narrow = finite(self.spec, part)
                least, most = narrow.min(), narrow.max()
            if least <= self._least:
                self._least, self.low = least, min(self.low, _float(part.min()))
            if most >= self._most:
                self._most, self.high = most, max(self.high, _float(part.max()))
            if least == 0:
                narrow += np.float32(0)  # -0.0 becomes 0.0
            self._count(narrow, signed=bool(least < 0))
        return nan, above, below

    def _count(self, narrow: NDArray[np.float32], *, signed: bool) -> None:
        bits = patterns(narrow) if signed else narrow.view(np.int32)
        cells = scratch.cells[: len(bits)]
        np.right_shift(bits, self.spec.shift, out=cells)
        first = 0
        if signed:
            first = int(cells.min())
            cells -= first
        if len(cells) < SMALL or self.spec.shift < SHIFT:
            found, counts = np.unique(cells, return_counts=True)
            self._keep(found + first, counts)
            return
        counts = np.bincount(cells)
        self._reach(first, first + len(counts))
        start = first - self._base
        self._dense[start : start + len(counts)] += counts

    def _keep(self, cells: Cells, counts: Cells) -> None:
        self._loose.append((cells, counts))
        if len(self._loose) >= 64:
            self._loose = [_summed(self._loose)]

    def _reach(self, first: int, end: int) -> None:
        """Make the dense array cover these cells, with room to spare."""
        base, stop = self._base, self._base + len(self._dense)
        if base <= first and end <= stop:
            return
        base, stop = min(base, first - ROOM * (first < base)), max(stop, end + ROOM)
        grown = np.zeros(stop - base, np.int64)
        grown[self._base - base : self._base - base + len(self._dense)] = self._dense
        self._base, self._dense = base, grown

    def add_weighted(self, values: Numbers, weights: Cells) -> None:
        """Count finite numbers, each as often as its weight says."""
        if len(values):
            self.low = min(self.low, _float(values.min()))
            self.high = max(self.high, _float(values.max()))
        for start in range(0, len(values), SLICE):
            part = values[start : start + SLICE]
            cells = (patterns(finite(self.spec, part)) >> self.spec.shift).astype(np.int64)
            cells, place = np.unique(cells, return_inverse=True)
            counts = np.zeros(len(cells), np.int64)
            np.add.at(counts, place, weights[start : start + SLICE])
            self._keep(cells, counts)

    def counts(self) -> tuple[Cells, Cells]:
        """Return the occupied cells in order, and their counts."""
        used = np.flatnonzero(self._dense)
        return _summed([*self._loose, (used + self._base, self._dense[used])])

    @property
    def total(self) -> int:
        """Return how many numbers were counted."""
        return int(self._dense.sum()) + sum(int(n.sum()) for _, n in self._loose)

    def merge(self, other: Grid) -> Grid:
        """Return the grid of both lots of numbers; the other is laid on this one's cells."""
        merged = Grid(self.spec)
        merged._loose = [self.counts(), other.regrid(self.spec).counts()]
        merged._loose = [_summed(merged._loose)]
        merged.low, merged.high = min(self.low, other.low), max(self.high, other.high)
        return merged

    def subtract(self, other: Grid) -> Grid:
        """Return the grid without the other's numbers, which must be copies of some that stay.

        The other is laid on this one's cells; there a number may lie beside the copy of it.
        """
        cells, counts = other.regrid(self.spec).counts()
        merged = Grid(self.spec)
        cells, counts = _summed([self.counts(), (cells, -counts)])
        merged._loose = [(cells[counts > 0], counts[counts > 0])]
        merged.low, merged.high = self.low, self.high
        return merged

    def regrid(self, spec: GridSpec) -> Grid:
        """Return the same counts on another grid, each cell taken to its middle (not exact)."""
        if spec == self.spec:
            return self
        cells, counts = self.counts()
        low, high = self.spec.edges(cells)
        moved = Grid(spec)
        middle = np.clip(low / 2 + high / 2, self.low, self.high) if len(cells) else low
        moved.add_weighted(np.where((low <= 0) & (high > 0), 0.0, middle), counts)
        moved.low, moved.high = self.low, self.high
        return moved

    def encode(self) -> Iterator[Row]:
        """Yield the grid in the profile's long form."""
        if self.total:
            yield 0, "low", self.low, 0
            yield 0, "high", self.high, 0
        for cell, n in zip(*(a.tolist() for a in self.counts()), strict=True):
            yield cell, None, None, n

    @classmethod
    def decode(cls, spec: GridSpec, rows: Iterable[Row]) -> Grid:
        """Return the grid that ``rows`` described."""
        grid, cells, counts = cls(spec), [], []
        for cell, label, value, n in rows:
            if label == "low" and value is not None:
                grid.low = value
            elif label == "high" and value is not None:
                grid.high = value
            else:
                cells.append(cell)
                counts.append(n)
        grid._loose = [(np.array(cells, np.int64), np.array(counts, np.int64))]
        return grid

    def __eq__(self, other: object) -> bool:
        """Return whether both count the same on the same grid."""
        if not isinstance(other, Grid) or (self.spec, self.low, self.high) != (
            other.spec,
            other.low,
            other.high,
        ):
            return False
        return all(np.array_equal(a, b) for a, b in zip(self.counts(), other.counts(), strict=True))

    __hash__ = None  # type: ignore[assignment]  # a grid changes as it counts


def _float(value: np.number[Any]) -> float:
    """Return a number as float; -0.0 becomes 0.0, or the order of rows would show."""
    return float(value) + 0.0


def _summed(parts: list[tuple[Cells, Cells]]) -> tuple[Cells, Cells]:
    """Return the sum of sparse counts, ordered by cell, without empty cells."""
    parts = [part for part in parts if len(part[0])]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if len(parts) == 1:
        cells, counts = parts[0]
        used = np.flatnonzero(counts)
        return (cells, counts) if len(used) == len(cells) else (cells[used], counts[used])
    cells = np.concatenate([c for c, _ in parts])
    order = np.argsort(cells, kind="stable")
    cells = cells[order]
    first = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
    counts = np.add.reduceat(np.concatenate([n for _, n in parts])[order], first)
    return _summed([(cells[first], counts)])
