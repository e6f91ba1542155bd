"""Which exact value fills a cell of the grid: names for defaults, sentinels and fills.

Every cell of a sample of rows keeps, for each of the 64 bits of a float64, how many values had it
set. Where one value holds the cell, the majority of every bit spells it; where all agree in every
bit, no other value was seen. Sums of bits add up in any order, which a list of frequent values does
not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skewcheck.summaries.gridspec import SLICE, GridSpec, Row, finite, patterns

FIRST, STRIDE = 1024, 1024  # the first rows of a container are all looked at, then one in STRIDE
BITS = 64
PLANES = BITS + 1  # the last one counts rows
KEYS = 128  # in a saved profile, cell and plane share one number
LIGHT = 1024
ROOM = 32_768  # values that may wait to be summed: summing is dear, and most are never asked about

Bits = NDArray[np.int64]


@lru_cache(64)
def sampled(offset: int, rows: int) -> NDArray[np.int64]:
    """Return which rows of a batch are looked at: by their place in the container only.

    None where that is unknown (a negative offset): the order of files must not show.
    """
    if offset < 0:
        return np.zeros(0, np.int64)
    head = max(0, min(rows, FIRST - offset))
    start = head + (-(offset + head)) % STRIDE
    return np.concatenate(
        [np.arange(head, dtype=np.int64), np.arange(start, rows, STRIDE, dtype=np.int64)]
    )


class Atoms:
    """Bit sums per cell over the sampled rows that are finite; two of them add up.

    Light cells, below one in LIGHT of the sample or under three rows, name nothing and are left
    out of a saved profile.
    """

    __slots__ = ("_cells", "_sums", "_waiting", "spec")

    def __init__(self, spec: GridSpec) -> None:
        """Start with no row."""
        self.spec = spec
        self._cells: Bits = np.zeros(0, np.int64)
        self._sums: Bits = np.zeros((0, PLANES), np.int64)
        self._waiting: list[NDArray[np.float64]] = []

    def add(self, values: NDArray[Any]) -> None:
        """Look at these values (already sampled), finite or not."""
        self._waiting.append(values.astype(np.float64))
        self._settle(ROOM)

    def _settle(self, room: int = 0) -> None:
        """Turn the waiting values into sums, once there are more of them than there is room for."""
        if sum(map(len, self._waiting)) <= room:
            return
        cells, exact = self._rows()
        self._waiting = []
        planes = np.unpackbits(exact.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        self._put(*_by_cell(cells, np.column_stack([planes, np.ones(len(cells), np.uint8)])))

    def _rows(self) -> tuple[Bits, Bits]:
        """Return the cells and the bits of the waiting values."""
        values = np.concatenate([np.zeros(0), *self._waiting])
        values = values[np.isfinite(values)] + 0.0  # -0.0 becomes 0.0
        cells = np.zeros(len(values), np.int64)
        for start in range(0, len(values), SLICE):
            bits = patterns(finite(self.spec, values[start : start + SLICE]))
            np.right_shift(bits, self.spec.shift, out=cells[start : start + SLICE])
        return cells, values.view(np.int64)

    def _put(self, cells: Bits, sums: Bits) -> None:
        cells, sums = np.concatenate([self._cells, cells]), np.concatenate([self._sums, sums])
        self._cells, self._sums = _by_cell(cells, sums)

    def values(self, cells: Bits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the value that fills each cell, and the least share of the cell that has it.

        Both are NaN where the cell is light.
        """
        heavy = self.heavy()
        value, share = np.full((2, len(cells)), np.nan)
        found, place = np.isin(cells, heavy._cells), np.searchsorted(heavy._cells, cells)
        sums = heavy._sums[place[found]]
        total, ones = sums[:, BITS:], sums[:, :BITS]
        spelled = np.packbits(2 * ones > total, axis=1, bitorder="little")
        value[found] = spelled.view(np.float64)[:, 0]
        minority = np.minimum(ones, total - ones).sum(axis=1)
        share[found] = np.maximum(0.0, 1.0 - minority / total[:, 0])
        return value, share

    def value(self, cell: int) -> tuple[float, float] | None:
        """Return the value and share of one cell; None when the cell is light."""
        value, share = self.values(np.array([cell], np.int64))
        return None if np.isnan(value[0]) else (float(value[0]), float(share[0]))

    def merge(self, other: Atoms) -> Atoms:
        """Return the sums of both; atoms on another grid are left out."""
        merged = Atoms(self.spec)
        for atoms in (self, other):
            if atoms.spec == self.spec:
                merged._put(atoms._cells, atoms._sums)
                merged._waiting += atoms._waiting
        merged._settle(ROOM)
        return merged

    def heavy(self) -> Atoms:
        """Return only the cells that can name a value."""
        cells, exact = self._rows()
        found, place = np.unique(np.concatenate([self._cells, cells]), return_inverse=True)
        counts = np.concatenate([self._sums[:, BITS], np.ones(len(cells), np.int64)])
        totals = np.zeros(len(found), np.int64)
        np.add.at(totals, place, counts)
        keep = ((totals >= 3) & (totals * LIGHT >= totals.sum()))[place]
        summed, waiting = keep[: len(self._cells)], keep[len(self._cells) :]
        kept = Atoms(self.spec)
        kept._put(self._cells[summed], self._sums[summed])
        kept._waiting = [exact[waiting].view(np.float64)]
        kept._settle()
        return kept

    def encode(self) -> Iterator[Row]:
        """Yield the sums of the heavy cells in the profile's long form."""
        heavy = self.heavy()
        for cell, sums in zip(heavy._cells.tolist(), heavy._sums.tolist(), strict=True):
            for plane, n in enumerate(sums):
                if n:
                    yield cell * KEYS + plane, None, None, n

    @classmethod
    def decode(cls, spec: GridSpec, rows: Iterable[Row]) -> Atoms:
        """Return the atoms that ``rows`` described."""
        atoms, sums = cls(spec), dict[int, list[int]]()
        for key, _, _, n in rows:
            cell, plane = divmod(key, KEYS)
            sums.setdefault(cell, [0] * PLANES)[plane] = n
        if sums:
            atoms._put(np.array(list(sums), np.int64), np.array(list(sums.values()), np.int64))
        return atoms

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same sums on the same grid."""
        if not isinstance(other, Atoms) or self.spec != other.spec:
            return False
        self._settle()
        other._settle()
        return np.array_equal(self._cells, other._cells) and np.array_equal(self._sums, other._sums)

    __hash__ = None  # type: ignore[assignment]  # changes as it counts


def _by_cell(cells: Bits, sums: NDArray[Any]) -> tuple[Bits, Bits]:
    """Return each cell once, in order, and the sum of its rows."""
    if not len(cells):
        return cells, sums.astype(np.int64)
    order = np.argsort(cells, kind="stable")
    cells = cells[order]
    first = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
    return cells[first], np.add.reduceat(sums[order], first, axis=0, dtype=np.int64)
