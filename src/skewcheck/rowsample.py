"""A sample of whole rows: every so many of a container, so that it depends on the rows alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.sources.batch import Lanes

MOST = 1 << 13  # rows kept


class RowSample:
    """Rows whose place in their container is a multiple of ``step``; two samples merge.

    ``step`` is the smallest power of two at which MOST rows are enough. Rows of batches whose place
    is unknown are left out. ``batches`` hold (places, columns), in no order.
    """

    def __init__(self) -> None:
        """Start with no row."""
        self.step = 1
        self._held = 1  # the step that all batches are thinned to
        self._rows = 0
        self.batches: list[tuple[NDArray[np.int64], Mapping[str, pa.Array | Lanes]]] = []

    def __len__(self) -> int:
        """Return the number of rows kept."""
        return self._rows

    def places(self, offset: int, rows: int) -> NDArray[np.int64]:
        """Return which rows of a batch are to be kept, as far as is known now."""
        if offset < 0:
            return np.zeros(0, np.int64)
        while len(range(-offset % self.step, rows, self.step)) > MOST:
            self.step *= 2
        return np.arange(-offset % self.step, rows, self.step)

    def add(self, places: NDArray[np.int64], columns: Mapping[str, pa.Array | Lanes]) -> None:
        """Keep the rows at these places of their container."""
        if len(places):
            self.batches.append((places, columns))
            self._rows += len(places)
            self._thin()

    def merge(self, other: RowSample) -> RowSample:
        """Return the sample of both lots of rows."""
        merged = RowSample()
        merged.step, merged._held = max(self.step, other.step), 0
        merged.batches = [*self.batches, *other.batches]
        merged._thin()
        return merged

    def _thin(self) -> None:
        """Leave out what the step no longer wants, and widen it until MOST rows are left."""
        if self._held != self.step:
            self._keep()
        while len(self) > MOST:
            self.step *= 2
            self._keep()

    def _keep(self) -> None:
        kept = []
        for places, columns in self.batches:
            rows = np.flatnonzero(places % self.step == 0)
            if len(rows) == len(places):
                kept.append((places, columns))
            elif len(rows):
                some = {name: taken(values, rows) for name, values in columns.items()}
                kept.append((places[rows], some))
        self.batches, self._held = kept, self.step
        self._rows = sum(len(places) for places, _ in kept)


def taken(
    values: pa.Array | Lanes, rows: NDArray[np.int64], places: pa.Array | None = None
) -> pa.Array | Lanes:
    """Return some rows of a column; ``places`` are the rows as Arrow has them."""
    if isinstance(values, Lanes):
        return values.taken(rows)
    if pa.types.is_string_view(values.type):  # has no kernel for it
        values = values.cast(pa.large_string())
    return values.take(pa.array(rows) if places is None else places)
