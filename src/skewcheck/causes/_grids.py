"""The two distributions of a column, as the causes that need no pairs look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skewcheck.causes import Floats
from skewcheck.sides import Numbers, Sides
from skewcheck.statistics.mapping import (
    ENOUGH,
    LEFT,
    Weighted,
    distance,
    explained,
    noise,
    weighted,
)

TWICE = 2.0  # times the distance that a map leaves, which a shift must leave
PART = 0.05  # of serve that must lie beyond train, before a part of the rows is looked at
VARIED = 8  # cells in use there, at least
PART_ROWS = 100
MADE = 0.5  # of train that must lie there, once mapped
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

    def beyond(self) -> Weighted | None:
        """Return serve's numbers beyond all of train's; None where they are few."""
        found = self._beyond(self.serve)
        return found if found.total >= max(PART_ROWS, PART * self.serve.total) else None

    def part(self, function: Callable[[Floats], Floats]) -> float | None:
        """Return the share of the distance that goes once a part of train is mapped, or None.

        How large a part, serve's numbers beyond train's tell: most of train must be mapped there,
        and what is there must be distributed as train that was mapped.
        """
        mapped, seen = self.train.under(function), self.beyond()
        if mapped is None or seen is None:
            return None
        made = self._beyond(mapped)
        if min(len(made.counts), len(seen.counts)) < VARIED:
            return None  # any function turns one value into one other
        share = seen.total / self.serve.total / max(made.total / mapped.total, 1e-9)
        if made.total < MADE * mapped.total or share > 1 - PART:
            return None
        if distance(made, seen) > noise(made, seen):
            return None
        after = distance(_mixed(self.train, mapped, share), self.serve)
        if after > min(noise(self.train, self.serve), LEFT * self.before):
            return None
        return 1 - after / self.before

    def _beyond(self, side: Weighted) -> Weighted:
        low, high = self.train.lower.min(), self.train.upper.max()
        return side.chosen((side.upper < low) | (side.lower > high))

    def told_from_shift(self, function: Callable[[Floats], Floats]) -> bool:
        """Return whether a map leaves much less of the distance than moving train's median does."""
        middle = np.array([0.5])
        moved = float(self.serve.quantiles(middle)[0] - self.train.quantiles(middle)[0])
        mapped, shifted = self.train.under(function), self.train.under(lambda v: v + moved)
        assert mapped and shifted
        left = distance(shifted, self.serve)
        return left >= max(ENOUGH, TWICE * distance(mapped, self.serve))


def _mixed(train: Weighted, mapped: Weighted, share: float) -> Weighted:
    """Return train with a share of its rows mapped."""
    lower, upper, value = (
        np.concatenate([getattr(side, lane) for side in (train, mapped)])
        for lane in ("lower", "upper", "value")
    )
    counts = np.concatenate([(1 - share) * train.counts, share * mapped.counts])
    return Weighted(lower, upper, value, counts)
