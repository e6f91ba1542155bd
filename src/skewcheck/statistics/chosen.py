"""The largest of several effects: it pays for having been chosen."""

from __future__ import annotations

from dataclasses import dataclass

from skewcheck.statistics.inference import Inference, RowsNeeded


@dataclass(frozen=True)
class Chosen:
    """An effect that is one of ``trials``, picked because it stands out.

    The lower bound and ``p_above`` pay for the choice (Bonferroni); the upper bound and ``p_below``
    do not, for what was picked as large is not likely to look too small.
    """

    effect: Inference
    trials: int = 1

    @property
    def value(self) -> float:
        """The effect seen."""
        return self.effect.value

    @property
    def error(self) -> float:
        """That of the effect."""
        return self.effect.error

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at ``level``, the lower one for all trials."""
        return self.effect.bounds(level / self.trials)[0], self.effect.bounds(level)[1]

    def p_above(self, limit: float) -> float:
        """Return the p-value of "effect <= limit" for every one of them."""
        return min(1.0, self.trials * self.effect.p_above(limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "effect >= limit" for this one."""
        return self.effect.p_below(limit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide."""
        strict = level / self.trials if self.value > limit else level
        return self.effect.rows_needed(limit, level=strict, power=power)
