"""Many differences of two shares at once: Newcombe's hybrid score bounds, and their worst case."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.normal import Z_MAX
from skewcheck.statistics.solve import root

Shares = NDArray[np.float64]
Some = Shares | float


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Differences `p - q` of shares, one per place, of samples of `n` and `m` rows.

    `p`, `q`, `n` and `m` have one entry per place. `z` is a one-sided normal quantile >= 0.
    """

    p: Shares
    q: Shares
    n: Shares
    m: Shares

    @property
    def gaps(self) -> Shares:
        """The differences seen."""
        return self.p - self.q

    def upper(self, z: float) -> Shares:
        """Return the upper bound of every difference (Newcombe 1998, method 10)."""
        return _upper(self.p, self.q, self.n, self.m, z)

    def lower(self, z: float) -> Shares:
        """Return the lower bound of every difference."""
        return -_upper(self.q, self.p, self.m, self.n, z)

    def z_inside(self, limit: float) -> float:
        """Return the largest z at which every upper bound is within `limit`; 0 when a gap is not.

        Walks down: the place that is worst at this z sets the next z, until no place is outside.
        """
        if not len(self.p):
            return Z_MAX
        if float(self.gaps.max()) >= limit:
            return 0.0
        z = Z_MAX
        while True:
            uppers = self.upper(z)
            worst = int(uppers.argmax())
            if uppers[worst] <= limit + 1e-10:
                return z
            z = self._z_at(worst, limit, z)

    def _z_at(self, place: int, limit: float, z: float) -> float:
        """Return the z below `z` at which the upper bound of one place is `limit`."""
        p, q, n, m = (float(side[place]) for side in (self.p, self.q, self.n, self.m))
        return root(lambda z: float(_upper(p, q, n, m, z)) - limit, 0.0, z)


def _upper(p: Some, q: Some, n: Some, m: Some, z: float) -> Shares:
    bound: Shares = p - q + np.hypot(_reach(p, n, z), _reach(1.0 - q, m, z))
    return bound


def _reach(p: Some, n: Some, z: float) -> Shares:
    """Return how far Wilson's interval reaches above `p`; below it, by symmetry, for `1 - p`."""
    z2 = z * z
    far: Shares = (z2 * (0.5 - p) + z * np.sqrt(n * p * (1.0 - p) + 0.25 * z2)) / (n + z2)
    return far
