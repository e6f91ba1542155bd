"""A share that must not grow: one-sided, so that a fall is no effect."""

from __future__ import annotations

from dataclasses import dataclass

from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.intervals import ShareDifference
from skewcheck.statistics.normal import z_of


@dataclass(frozen=True)
class ShareIncrease:
    """The increase ``max(0, p_serve - p_train)`` of a share, in [0, 1].

    Both shares are samples: a train side that merely did not see an event is not taken to exclude
    it. Intervals are Newcombe's hybrid as in ``ShareDifference``, which raises ValueError when a
    side has no rows. ``trials`` says that it is the largest of so many increases: the lower bound
    and ``p_above`` pay for the choice (Bonferroni).
    """

    difference: ShareDifference
    trials: int = 1

    @classmethod
    def of(
        cls, x_train: int, n_train: int, x_serve: int, n_serve: int, *, trials: int = 1
    ) -> ShareIncrease:
        """Return the increase from ``x_train / n_train`` to ``x_serve / n_serve``."""
        return cls(ShareDifference(x_train, n_train, x_serve, n_serve), trials)

    @property
    def value(self) -> float:
        """The increase seen; 0 when the share fell."""
        return max(0.0, self.difference.change)

    @property
    def error(self) -> float:
        """Counts are exact: 0."""
        return 0.0

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of the increase, each one-sided at ``level``."""
        low = -self.difference.end(z_of(level / self.trials), sign=-1)
        high = self.difference.end(z_of(level), sign=1)
        return max(0.0, low), min(1.0, max(0.0, high))

    def p_above(self, limit: float) -> float:
        """Return the p-value of "increase <= limit"."""
        if self.difference.change <= limit:
            return 1.0
        return min(1.0, self.trials * self.difference.p_end(limit, sign=-1))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "increase >= limit"."""
        if limit > 1.0:
            return 0.0
        if self.difference.change >= limit:
            return 1.0
        return self.difference.p_end(-limit, sign=1)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide; a fall is planned for as no change."""
        if self.p_above(limit) < level or self.p_below(limit) < level:
            return RowsNeeded(0)
        return self.difference.rows_needed(limit, level=level, power=power)
