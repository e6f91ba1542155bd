"""A share of which not every event is known: an interval that holds whatever the rest turns out."""

from __future__ import annotations

from dataclasses import dataclass

from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.intervals import Share


@dataclass(frozen=True)
class PartlyKnown:
    """The share of rows with an event, where ``sure`` to ``possible`` of ``n`` rows have one.

    The lower bound and ``p_above`` take every doubtful row for one without an event, the upper
    bound and ``p_below`` for one with it (Clopper and Pearson 1934, each). ``trials`` are the parts
    that this one was chosen among, as the worst: the lower side pays for them (Bonferroni).
    Raises ValueError unless 0 <= sure <= possible <= n and n, trials >= 1.
    """

    sure: int
    possible: int
    n: int
    trials: int = 1

    def __post_init__(self) -> None:
        """Refuse counts that contradict each other."""
        if not (0 <= self.sure <= self.possible <= self.n and min(self.n, self.trials) >= 1):
            raise ValueError(
                f"{self.sure} to {self.possible} of {self.n} rows, {self.trials} trials: expected "
                "0 <= sure <= possible <= rows, and at least one row and one trial"
            )

    @property
    def value(self) -> float:
        """The share that is sure."""
        return self.sure / self.n

    @property
    def error(self) -> float:
        """How much larger the share may be in the rows seen."""
        return (self.possible - self.sure) / self.n

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at ``level``."""
        return self._least.bounds(level / self.trials)[0], self._most.bounds(level)[1]

    def p_above(self, limit: float) -> float:
        """Return the p-value of "share <= limit", in every part where this was chosen of many."""
        return min(1.0, self.trials * self._least.p_above(limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "share >= limit"."""
        return self._most.p_below(limit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide; None where doubtful rows lie on both sides.

        Then no number of rows of this kind helps: what is doubtful has to become known.
        """
        low, high = self.bounds(level)
        if low > limit or high < limit:
            return RowsNeeded(0)
        if self._least.value > limit:
            return self._least.rows_needed(limit, level=level / self.trials, power=power)
        if self.possible > self.sure and self._most.value >= limit:
            return RowsNeeded(None)
        return self._most.rows_needed(limit, level=level, power=power)

    @property
    def _least(self) -> Share:
        return Share(self.sure, self.n)

    @property
    def _most(self) -> Share:
        return Share(self.possible, self.n)
