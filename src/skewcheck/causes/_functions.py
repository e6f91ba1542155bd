"""Functions of a number that have a name, tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skewcheck.causes import Claim, Function, GridClaim, Pair
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows, formula
from skewcheck.sides import Sides
from skewcheck.statistics.mapping import distance

VALUES = 6  # different values of train: of small whole numbers, 2 ^ x and x + 1 share several
FAR = 0.5  # distance before, below which a bent scale is not told from a population that changed


@dataclass(frozen=True, slots=True)
class Named:
    """A function of train: how it is written, why it may have happened, and its DuckDB."""

    words: str
    reason: str
    function: Function
    sql: str


def claims(pair: Pair, functions: Sequence[Named]) -> Iterator[Claim]:
    """Yield the functions that turn train's cells into serve's."""
    rows = Rows.of(pair)
    for f in functions if rows else ():
        assert rows
        sql = f.sql.format(f"({rows.t})")
        claim = formula(rows, f.function, f"serve = {f.words}", f.reason, sql=sql, distinct=VALUES)
        if claim:
            yield claim


def _nearby(grids: Grids) -> bool:
    """Return whether the numbers other than zero are close to each other before any map."""
    sides = [side.chosen(side.value != 0) for side in (grids.train, grids.serve)]
    return min(side.total for side in sides) < 30 or distance(*sides, tolerant=False) < FAR


def grid_claims(sides: Sides, functions: Sequence[Named]) -> Iterator[GridClaim]:
    """Yield the functions that turn train's distribution into serve's, which is far from it."""
    grids = Grids.of(sides)
    if grids is None:
        return
    near = _nearby(grids)
    for f in functions:
        share = None if near else grids.explained(f.function)
        if share is not None and grids.told_from_shift(f.function):
            yield GridClaim(f"serve = {f.words}", f.reason, share, function=f.function)
        share = grids.part(f.function)
        if share is not None:
            words = f"serve = {f.words} on a part of the rows"
            yield GridClaim(words, f.reason, share, function=f.function)
