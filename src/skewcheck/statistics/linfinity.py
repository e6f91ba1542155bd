"""The largest change of a single cell's share (L-infinity), and which cell it is."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.cells import Counts, totals
from skewcheck.statistics.contrasts import Contrasts
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.intervals import ShareDifference
from skewcheck.statistics.normal import p_of, z_of
from skewcheck.statistics.rows import aim, decided, difference_rows

#: Cells that the lower bound looks at: looking at fewer than all of them only widens it.
SUSPECTS = 8


@dataclass(frozen=True, eq=False)
class LInfinity:
    """The largest absolute difference of a cell's share between both sides, 0 to 1.

    The lower bound is the best bound of a cell (see `ShareDifference`: exact for rare cells, so a
    value that train never had counts too), at the level shared among all cells and both
    directions. The upper bound is the worst Newcombe bound over all cells, without correction
    (intersection-union). Counts are exact, so `error` is 0. `deff` is the
    design effect that the rows are divided by.
    """

    train: Counts
    serve: Counts
    error: float = 0.0
    deff: float = 1.0

    @cached_property
    def changes(self) -> NDArray[np.float64]:
        """The signed change of every cell's share, serve less train."""
        n, m = self._rows
        return self.serve / m - self.train / n

    @property
    def cell(self) -> int:
        """The cell that changed most."""
        return int(np.abs(self.changes).argmax())

    @property
    def value(self) -> float:
        """The largest absolute change seen."""
        return float(np.abs(self.changes).max())

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at `level`, in [0, 1]."""
        z = z_of(level / self._chances)
        low = max(cell.low(z) for cell in self._suspects)
        return max(0.0, low), min(1.0, float(self._both_ways.upper(z_of(level)).max()))

    def p_above(self, limit: float) -> float:
        """Return the p-value of "no cell changed by more than the limit" (Bonferroni)."""
        return min(1.0, self._chances * min(cell.p_beyond(limit) for cell in self._suspects))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "some cell changed by the limit or more"."""
        return 0.0 if limit > 1.0 else p_of(self._both_ways.z_inside(limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide about the cell that changed most."""
        if decided(self, limit, level):
            return RowsNeeded(0, None, aim(self.value, limit)[1])
        if self.value > limit:
            level /= self._chances
        pair = self._thin(self.cell)
        return difference_rows(pair[:2], pair[2:], limit, level=level, power=power)

    @cached_property
    def _rows(self) -> tuple[int, int]:
        return totals(self.train, self.serve)

    @cached_property
    def _chances(self) -> int:
        return 2 * int(np.count_nonzero(self.train + self.serve))

    @cached_property
    def _both_ways(self) -> Contrasts:
        (n, m), size = self._rows, len(self.train)
        p, q = self.train / n, self.serve / m
        rows = np.repeat([n / self.deff, m / self.deff], size)
        return Contrasts(np.concatenate([p, q]), np.concatenate([q, p]), rows, np.roll(rows, size))

    @cached_property
    def _suspects(self) -> list[ShareDifference]:
        """The cells of the largest changes, less three standard errors."""
        lower = self._both_ways.lower(3.0).reshape(2, -1).max(axis=0)
        places = np.argsort(-lower, kind="stable")[:SUSPECTS].tolist()
        return [ShareDifference(*self._thin(place)) for place in places]

    def _thin(self, cell: int) -> tuple[float, float, float, float]:
        """Return events and rows of train and of serve, as many as there are in effect."""
        n, m = self._rows
        x, y = int(self.train[cell]), int(self.serve[cell])
        return x / self.deff, n / self.deff, y / self.deff, m / self.deff


def l_infinity(train: Counts, serve: Counts) -> LInfinity:
    """Return the largest change of a cell's share, 0 to 1; cells are unordered.

    Raises ValueError for a side without rows.
    """
    totals(train, serve)
    return LInfinity(train, serve)
