"""Scores of rows whose outcome is known, as counts per cell: what performance is measured on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Rows per cell of the score, in ascending order, apart by what happened.

    ``value`` stands for the cell, which reaches from ``lower`` to ``upper`` (all equal where the
    cell holds one value). ``positives`` and ``negatives`` count its rows. Rows whose outcome is
    not known are in neither.
    """

    lower: Values
    value: Values
    upper: Values
    positives: Counts
    negatives: Counts

    @classmethod
    def exact(cls, value: Values, positives: Counts, negatives: Counts) -> "Outcomes":
        """Return the outcomes of cells that hold one value each."""
        return cls(value, value, value, positives, negatives)

    @property
    def rows(self) -> Counts:
        """The rows of each cell."""
        total: Counts = self.positives + self.negatives
        return total

    @property
    def n(self) -> int:
        """All rows."""
        return int(self.rows.sum())

    @property
    def events(self) -> int:
        """The positive rows."""
        return int(self.positives.sum())

    @property
    def two_classes(self) -> bool:
        """Whether both outcomes were seen: without that nothing can be ranked."""
        return 0 < self.events < self.n

    @property
    def probabilities(self) -> bool:
        """Whether every score lies between 0 and 1, and so may be meant as a probability."""
        return bool(self.n and self.value.min() >= 0.0 and self.value.max() <= 1.0)

    def reversed(self) -> "Outcomes":
        """Return the outcomes with the sign of the score turned, still in ascending order."""
        return Outcomes(
            -self.upper[::-1],
            -self.value[::-1],
            -self.lower[::-1],
            self.positives[::-1],
            self.negatives[::-1],
        )
