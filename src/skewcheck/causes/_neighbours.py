"""Whether serve's cell is train's cell of another row, on aligned rows of several columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Aligned, Cells, Context, Mask, Pair
from skewcheck.schema import Kind

Places = NDArray[np.int64]

ROWS = 10  # differing rows that can be tested, and that must be explained
BEYOND = 0.2  # share of what luck leaves that must be explained
NOISE = 4.0  # standard deviations beyond luck
PART = 0.2  # of the differing rows that can be tested at all


@dataclass(frozen=True, slots=True)
class Rows:
    """One column's aligned rows; ``differs`` are the differing ones where serve holds something."""

    pair: Pair
    group: Places
    differs: Places

    @classmethod
    def of(cls, name: str, aligned: Aligned) -> Rows | None:
        """Return the rows of a column; None where too few differ, or serve is one value there."""
        pair = aligned.columns.get(name)
        if pair is None:
            return None
        rows = np.flatnonzero(pair.differs & ~pair.serve.null)
        if len(rows) < ROWS or same(pair.serve.taken(rows), pair.serve.taken(rows[:1])).all():
            return None
        return cls(pair, aligned.group, rows)

    @property
    def total(self) -> int:
        """Return the number of differing rows, those without a value in serve among them."""
        return int(np.count_nonzero(self.pair.differs))

    def reachable(self, lag: int, rows: Places) -> Mask:
        """Return which rows have a row ``lag`` before them in their group (after, if negative)."""
        source = rows - lag
        inside = (source >= 0) & (source < len(self.group))
        found: Mask = inside & (self.group[np.where(inside, source, 0)] == self.group[rows])
        return found

    def matches(self, lag: int, rows: Places) -> Mask:
        """Return in which rows serve is train ``lag`` rows before; False where there is no row."""
        inside = self.reachable(lag, rows)
        source = np.where(inside, rows - lag, rows)
        serve, train = self.pair.serve.taken(rows), self.pair.train.taken(source)
        return inside & same(serve, train, self.pair.kind)

    def anywhere(self, rows: Places) -> float:
        """Return how often serve is train of a row that has nothing to do with it."""
        size = len(self.group)
        return max(
            float(same(self.pair.serve.taken(rows), self._train(rows, size // part)).mean())
            for part in (2, 3, 5)
        )

    def _train(self, rows: Places, step: int) -> Cells:
        return self.pair.train.taken((rows + step) % len(self.group))


def lots(context: Context, by: str) -> Iterator[Aligned]:
    """Yield the aligned rows of one sort."""
    return (aligned for aligned in context.aligned if aligned.by == by)


def same(some: Cells, others: Cells, kind: Kind = Kind.NUMBER) -> Mask:
    """Return which cells hold the same, up to float32 and 1e-6; whole numbers and times exactly."""
    alike = (some.states == others.states) | (some.null & others.null)
    result: Mask = alike & (some.texts == others.texts)
    a, b = some.numbers, others.numbers
    with np.errstate(all="ignore"):
        narrow = (a.astype(np.float32) == b) | (b.astype(np.float32) == a)
        near = np.abs(a - b) <= 1e-6 * np.abs(a)
        whole = (a == np.round(a)) & (b == np.round(b))
    exact = (a == b) | (np.isnan(a) & np.isnan(b))
    loose = (narrow | (near & ~whole)) & (kind is not Kind.DATETIME)
    result &= exact | loose
    return result


def credible(explained: int, rows: int, chance: float) -> bool:
    """Return whether this many of the rows is clearly more than luck explains."""
    if explained < ROWS:
        return False
    share, chance = explained / rows, min(1.0, chance)
    noise = NOISE * np.sqrt(max(chance * (1 - chance), 1 / rows) / rows)
    return bool(share - chance >= max(BEYOND * (1 - chance), noise))
