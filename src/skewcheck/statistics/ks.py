"""The Kolmogorov-Smirnov distance of two sides on a common ordered grid of cells."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from skewcheck.statistics.cells import Counts, totals
from skewcheck.statistics.contrasts import Contrasts, Shares
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import p_of, z_of
from skewcheck.statistics.rows import aim, decided, rows_for


@dataclass(frozen=True, eq=False)
class Ks:
    """The largest difference of the two distribution functions, 0 to 1.

    The lower bound takes Kolmogorov's constant off, which covers every place at once; the upper
    bound is the worst pointwise Newcombe bound: the truth is at one of the places, so no
    multiplicity (intersection-union, Berger 1982). `steps` are train's distribution function less
    serve's after each cell (positive: serve has larger values). `envelope` holds, twice per cell,
    the worst pair of distribution functions that the inside of the cell allows.
    """

    steps: NDArray[np.float64]
    envelope: Contrasts
    n_train: float
    n_serve: float

    @property
    def value(self) -> float:
        """The largest difference at the ends of cells."""
        return float(abs(self.steps[self.location]))

    @property
    def location(self) -> int:
        """The cell after which the difference is largest."""
        return int(np.abs(self.steps).argmax())

    @property
    def error(self) -> float:
        """How much larger the difference may be inside a cell of several values."""
        return max(0.0, float(self.envelope.gaps.max()) - self.value)

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at `level`; high includes `error`."""
        z = z_of(level)
        low = self.value - float(special.kolmogi(level)) * self._noise
        return max(0.0, low), min(1.0, float(self.envelope.upper(z).max()))

    def p_above(self, limit: float) -> float:
        """Return the p-value of "distance <= limit"."""
        room = self.value - limit
        return float(special.kolmogorov(room / self._noise)) if room > 0.0 else 1.0

    def p_below(self, limit: float) -> float:
        """Return the p-value of "distance >= limit"."""
        return 0.0 if limit > 1.0 else p_of(self.envelope.z_inside(limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide; an effect within noise is planned for as 0."""
        constant, z = float(special.kolmogi(level)), z_of(level)
        seen = self.value if self.value > constant * self._noise else 0.0
        truth, borderline = aim(seen, limit)
        if decided(self, limit, level):
            return RowsNeeded(0, None, borderline)
        z_power = z_of(1.0 - power)
        root_s2 = (truth - limit) / (constant + 0.5 * z_power)
        if truth <= limit:
            room = limit - self.error
            null = room / (float(special.kolmogi(1.0 - power)) + 0.5 * z)
            root_s2 = min(null, (room - truth) / (0.5 * (z + z_power)))
        s2 = max(0.0, root_s2) ** 2
        return rows_for(s2, self.n_train, self.n_serve, borderline=borderline)

    @property
    def _noise(self) -> float:
        return math.sqrt(1.0 / self.n_train + 1.0 / self.n_serve)


def ks(train: Counts, serve: Counts, *, pure: bool | NDArray[np.bool_] = False) -> Ks:
    """Return the Kolmogorov-Smirnov distance from counts per cell, cells in ascending order.

    `pure` marks the cells that hold a single value: the grid hides nothing there. Inside any other
    cell the distance may be larger by up to its mass, which the upper bound includes (lower bounds
    need no change). Raises ValueError for a side without rows.
    """
    n, m = totals(train, serve)
    f, f_min = _ends(train, pure)
    g, g_min = _ends(serve, pure)
    rows_n, rows_m = np.full(len(f), float(n)), np.full(len(g), float(m))
    envelope = Contrasts(
        np.concatenate([f, g]),
        np.concatenate([g_min, f_min]),
        np.concatenate([rows_n, rows_m]),
        np.concatenate([rows_m, rows_n]),
    )
    return Ks(f - g, envelope, n, m)


def _ends(counts: Counts, pure: bool | NDArray[np.bool_]) -> tuple[Shares, Shares]:
    """Return the distribution function after each cell, and its least value inside."""
    after = np.cumsum(counts)
    return after / after[-1], np.where(pure, after, after - counts) / after[-1]
