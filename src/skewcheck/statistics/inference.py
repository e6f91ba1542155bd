"""What the judge may ask of an effect size."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class RowsNeeded:
    """Further rows that would decide; `serve=0` means that the rows seen decide already.

    `serve` is None when no number of serve rows helps; then `train` is the number of further train
    rows that would (with as many serve rows in all), or None when no row of either side helps.
    `borderline` says that the estimate is within 20 % of the limit: the plan then takes it 20 %
    away, because the rows needed grow without end as the two come together.
    """

    serve: int | None
    train: int | None = None
    borderline: bool = False


class Inference(Protocol):
    """An effect size with its uncertainty: the sufficient counts, asked questions.

    Effects and limits are >= 0, in the effect's own unit. `level` is one-sided and in (0, 0.5).
    `bounds(a)[0] > limit` exactly when `p_above(limit) < a`, and `bounds(a)[1] < limit` exactly
    when `p_below(limit) < a`.
    """

    @property
    def value(self) -> float:
        """The point estimate, debiased where its noise is known."""
        ...

    @property
    def error(self) -> float:
        """How far the grid may have moved the value; 0 when the counts are exact."""
        ...

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each missing the truth with probability at most about `level`."""
        ...

    def p_above(self, limit: float) -> float:
        """Return the p-value of "effect <= limit": small is evidence that it is exceeded."""
        ...

    def p_below(self, limit: float) -> float:
        """Return the p-value of "effect >= limit": small is evidence that it is inside."""
        ...

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows after which the verdict is there with probability `power`."""
        ...
