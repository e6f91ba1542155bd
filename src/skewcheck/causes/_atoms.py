"""The two distributions as cells, null among them, with rows moved from one cell to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes._mixtures import STRICT, Counts, explained
from skewcheck.causes._values import Value
from skewcheck.schema import Kind
from skewcheck.sides import Sides, number

SOME = 3  # single values that are looked at
LEFT = 0.2  # of a cell's share that may be left where its rows moved
ROSE = 0.005  # change of a value's share that is looked at


@dataclass(frozen=True, slots=True)
class Atoms:
    """Counts of both sides over the cells of the divergences and null, the last cell.

    ``values`` names the cells that are one value each; ``nulls`` are the null rates of both sides.
    """

    train: Counts
    serve: Counts
    values: dict[int, Value]
    null: int
    nulls: tuple[float, float]

    @classmethod
    def of(cls, sides: Sides) -> Atoms | None:
        """Return the cells of a column; None where it has no comparable ones."""
        cells = sides.cells
        if cells is None or not sides.both or not cells.train.sum() or not cells.serve.sum():
            return None
        nulls = [side.states["null"] + side.states["absent"] for side in sides.both]
        train, serve = cells.train, cells.serve
        values = _values(sides)
        if any(nulls):
            order = _null_last(sides)
            train, serve = train[order], serve[order]
            place = {int(old): new for new, old in enumerate(order.tolist())}
            values = {place[i]: value for i, value in values.items()}
        else:
            train, serve = np.append(train, 0), np.append(serve, 0)
        rates = nulls[0] / train.sum(), nulls[1] / serve.sum()
        return cls(train, serve, values, len(train) - 1, rates)

    def change(self) -> NDArray[np.float64]:
        """Return by how much the share of each cell rose."""
        result: NDArray[np.float64] = self.serve / self.serve.sum() - self.train / self.train.sum()
        return result

    def risen(self) -> list[int]:
        """Return the single values whose share rose most."""
        change = self.change()
        found = [i for i in self.values if change[i] >= ROSE]
        return sorted(found, key=lambda i: -change[i])[:SOME]

    def fallen(self) -> list[int]:
        """Return the single values whose share fell most."""
        change = self.change()
        found = [i for i in self.values if -change[i] >= ROSE]
        return sorted(found, key=lambda i: change[i])[:SOME]

    def emptied(self, place: int) -> bool:
        """Return whether a cell lost nearly all of its share: less may be mere drift."""
        seen = self.serve[place] / self.serve.sum()
        return bool(seen <= LEFT * self.train[place] / self.train.sum())

    def others(self, place: int) -> int:
        """Return how many other cells are expected to hold at least ten rows of serve."""
        expected = self.train * (self.serve.sum() / self.train.sum())
        return int(np.count_nonzero(np.delete(expected, place) >= 10))

    def moved(self, start: int, end: int, share: float) -> float:
        """Return what is explained by a share of train's rows moving from one cell to another."""
        mapped = self.train.astype(np.float64)
        rows = min(share * mapped.sum(), mapped[start])
        mapped[start] -= rows
        mapped[end] += rows
        return explained(self.train, mapped, self.serve)

    def thinned(self, end: int, share: float) -> float:
        """Return what is explained by a share of each cell moving to one of them."""
        mapped = self.train.astype(np.float64) * (1.0 - share)
        mapped[end] += share * self.train.sum()
        return explained(self.train, mapped, self.serve, rest=STRICT)


def _null_last(sides: Sides) -> NDArray[np.int64]:
    """Return the order of the cells with null at the end: it is the first after the values."""
    assert sides.cells
    labels = list(sides.cells.labels)
    place = len(labels) - 1 - labels[::-1].index("null")
    order: NDArray[np.int64] = np.array([*(i for i in range(len(labels)) if i != place), place])
    return order


def _values(sides: Sides) -> dict[int, Value]:
    """Return the cells that are single values."""
    cells = sides.cells
    assert cells
    if sides.kind is not Kind.NUMBER:
        known = len(sides.categories.labels) if sides.categories else 0
        as_is = sides.kind is Kind.TEXT
        return {
            i: v if as_is else v == "true"
            for i, v in enumerate(cells.labels[:known])
        }  # fmt: skip
    numbers = sides.numbers
    assert numbers
    named = {number(v): float(v) for v in numbers.value[numbers.pure].tolist()}
    alone = np.flatnonzero(~cells.ordered).tolist()
    return {i: named[cells.labels[i]] for i in alone if cells.labels[i] in named}
