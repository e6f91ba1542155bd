"""Some rows of a column, gathered while it goes by in pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.pairing.gathering import taken
from skewcheck.pairing.stacking import stacked
from skewcheck.sources.batch import Lanes

Positions = NDArray[np.int64]


class Lots:
    """Lots of rows, by position; a lot need not be in order."""

    def __init__(self, lots: Sequence[Positions]) -> None:
        positions = np.concatenate(lots)
        self._ends = np.cumsum([len(lot) for lot in lots]).tolist()
        order = np.argsort(positions, kind="stable")
        self._sorted = positions[order]
        self._back = np.empty(len(order), np.int64)
        self._back[order] = np.arange(len(order))
        self._seen: list[tuple[int, pa.Array | Lanes]] = []

    def see(self, start: int, rows: int, values: pa.Array | Lanes) -> None:
        """Take what there is in a piece of the column."""
        low, high = np.searchsorted(self._sorted, [start, start + rows])
        if high > low:
            self._seen.append((int(high - low), taken(values, self._sorted[low:high] - start)))

    def values(self) -> list[pa.Array | Lanes]:
        """Return the lots, each in the order in which it was asked for."""
        whole = stacked(self._seen)
        starts = [0, *self._ends[:-1]]
        return [taken(whole, self._back[a:b]) for a, b in zip(starts, self._ends, strict=True)]
