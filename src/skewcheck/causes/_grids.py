"""The two distributions of a column, as the causes that need no pairs look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skewcheck.causes import Floats
from skewcheck.sides import Numbers, Sides
from skewcheck.statistics.mapping import (
    ENOUGH,
    Weighted,
    distance,
    explained,
    weighted,
)

TWICE = 2.0  # times the distance that a map leaves, which a shift must leave
ROWS = 200  # numbers per side below which a likeness of distributions says nothing


@dataclass(frozen=True, slots=True)
class Grids:
    """Two distributions that differ: their cells, and the distance ``before`` any map."""

    train: Weighted
    serve: Weighted
    numbers: Numbers
    before: float

    @classmethod
    def of(cls, sides: Sides) -> Grids | None:
        """Return the distributions; None with few numbers, or where they hardly differ."""
        numbers = sides.numbers
        if numbers is None or min(numbers.train.sum(), numbers.serve.sum()) < ROWS:
            return None
        edges = numbers.lower, numbers.upper, numbers.value, numbers.pure
        train, serve = weighted(*edges, numbers.train), weighted(*edges, numbers.serve)
        before = distance(train, serve, tolerant=False)
        return cls(train, serve, numbers, before) if before >= ENOUGH else None

    def explained(self, function: Callable[[Floats], Floats]) -> float | None:
        """Return the share of the distance that goes once train is mapped, or None."""
        return explained(self.train, self.serve, function, before=self.before)

    def told_from_shift(self, function: Callable[[Floats], Floats]) -> bool:
        """Return whether a map leaves much less of the distance than moving train's median does."""
        middle = np.array([0.5])
        moved = float(self.serve.quantiles(middle)[0] - self.train.quantiles(middle)[0])
        mapped, shifted = self.train.under(function), self.train.under(lambda v: v + moved)
        assert mapped and shifted
        left = distance(shifted, self.serve)
        return left >= max(ENOUGH, TWICE * distance(mapped, self.serve))
