"""The share of a part of the rows that was searched for: it pays for the search."""

from __future__ import annotations

from dataclasses import dataclass

from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.intervals import Share
from skewcheck.statistics.rows import aim, decided


@dataclass(frozen=True)
class Searched:
    """The share of events inside the part of the rows, of ``trials`` parts, that stands out.

    The lower bound and ``p_above`` pay for the choice (Bonferroni); the upper bound and
    ``p_below`` do not, for a part chosen because it stands out is not likely to look too small.
    Raises ValueError when there is no trial.
    """

    share: Share
    trials: int = 1

    def __post_init__(self) -> None:
        """Refuse a choice among nothing."""
        if self.trials < 1:
            raise ValueError(f"{self.trials} trials: expected at least one")

    @classmethod
    def of(cls, x: int, n: int, *, trials: int = 1) -> Searched:
        """Return the share ``x / n`` of a part that is one of ``trials``."""
        return cls(Share(x, n), trials)

    @property
    def value(self) -> float:
        """The share seen inside the part."""
        return self.share.value

    @property
    def error(self) -> float:
        """Counts are exact: 0."""
        return 0.0

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at ``level``, the lower one for all trials."""
        return self.share.bounds(level / self.trials)[0], self.share.bounds(level)[1]

    def p_above(self, limit: float) -> float:
        """Return the p-value of "share <= limit" in every part."""
        return min(1.0, self.trials * self.share.p_above(limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "share >= limit" in this part."""
        return self.share.p_below(limit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further serve rows inside the part that decide."""
        if decided(self, limit, level):
            return RowsNeeded(0, None, aim(self.value, limit)[1])
        strict = level / self.trials if self.value > limit else level
        return self.share.rows_needed(limit, level=strict, power=power)
