"""A cap or a floor on one side: serve never above (below) a value that train goes beyond.

On paired rows all differing rows that hold the cap in serve must lie beyond it in train, in at
least three rows of different values and 5 % of all differing rows, while train often lies within:
a default that happens to be small or large takes the place of numbers on either side of it, and
one beyond all of train's numbers is a fill, no cap. Both directions are tried (train may have been
clipped, and serve not), a cap and a floor at once too.

Without pairs the clipped side must end in an atom at the cap which gathers what the other side has
beyond it, and the distributions must agree within; only caps that touch 10 % of the rows change a
distribution enough.

Check for winsorising in the training code, and for saturated integers or gauges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from skewcheck.causes import Claim, Context, Floats, GridClaim, Mask, Pair, literal
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows
from skewcheck.sides import Sides, number

TITLE = "capped or floored"
COMPLEXITY = 2.0
NARROW = 0.01  # of train's spread: as wide as the cell of the limit may be
ONE_VALUE = 0.8  # of what lies beyond: a single value that moved is no clipping
MISSED = 0.1  # of the rows at the cap: differing ones beyond it that are not at it
SURE = 8.0  # natural logarithm of the odds against an accident
WITHIN = 0.05  # of train that must lie inside the limit
STRAYS = 0.01  # of the rows at the cap that may have come from the wrong side
SATURATED = {127.0, 255.0, 32767.0, 65535.0, 2147483647.0, 4294967295.0, 65504.0}


@dataclass(frozen=True, slots=True)
class _Limit:
    value: float
    sign: int  # 1 is a cap, -1 a floor

    def beyond(self, values: Floats) -> Mask:
        """Return which numbers lie beyond."""
        mask: Mask = self.sign * values > self.sign * self.value
        return mask

    def clip(self, values: Floats) -> Floats:
        """Return the numbers, those beyond moved to the limit."""
        return (np.minimum if self.sign > 0 else np.maximum)(values, self.value)

    def words(self, side: str) -> str:
        """Return the limit of a side in words."""
        return f"{side} {'capped at' if self.sign > 0 else 'raised to'} {number(self.value)}"

    def condition(self, train: str, serve: str) -> str:
        """Return the DuckDB predicate of the rows."""
        sign = ">" if self.sign > 0 else "<"
        limit = literal(self.value)
        return f"({serve} = {limit} AND {train} {sign} {limit})"


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the limits of serve that train goes beyond, and those of train that serve does."""
    rows = Rows.of(pair)
    if rows is None:
        return
    for left, right, source in (("serve", "train", rows), ("train", "serve", rows.reversed())):
        limits = [limit for sign in (1, -1) if (limit := _limit(source, sign))]
        if limits:
            yield _claim(rows, source, limits, f"{left} = {{}}", right)


def _limit(rows: Rows, sign: int) -> _Limit | None:
    """Return the limit at which serve's differing cells gather, or None."""
    moved = rows.differs & (sign * (rows.train - rows.serve) > 0)
    if np.count_nonzero(moved) < 3:
        return None
    values, counts = np.unique(rows.serve[moved], return_counts=True)
    limit = _Limit(float(values[counts.argmax()]), sign)
    held = _held(rows, limit)
    at = rows.differs & (rows.serve == limit.value)
    strays = np.count_nonzero(at & ~held)
    missed = np.count_nonzero(rows.differs & limit.beyond(rows.train) & ~held)
    kept = np.count_nonzero(held)
    if strays > STRAYS * kept or missed > MISSED * kept:
        return None
    return limit if rows.credible(held, _luck(rows, limit), distinct=2) else None


def _held(rows: Rows, limit: _Limit) -> Mask:
    held: Mask = (rows.serve == limit.value) & limit.beyond(rows.train)
    return held


def _luck(rows: Rows, limit: _Limit) -> float:
    """Return the share of the rows at the limit that a plain fill would have taken from beyond.

    A fill takes any row: its luck is train's share beyond the limit, which must be small enough
    that all those rows came from there by no accident.
    """
    beyond = float(np.mean(limit.beyond(rows.train)))
    inside = limit.sign * rows.train < limit.sign * limit.value
    if inside.mean() < WITHIN or len(np.unique(rows.train[inside][:256])) < 2:
        return 1.0
    rows_at = int(np.count_nonzero(_held(rows, limit) & rows.differs))
    return 0.0 if rows_at * -np.log(beyond) >= SURE else 1.0


def _claim(rows: Rows, source: Rows, limits: list[_Limit], statement: str, side: str) -> Claim:
    held = np.logical_or.reduce([_held(source, limit) for limit in limits])
    names = (rows.t, rows.s) if source is rows else (rows.s, rows.t)
    words = limits[0].words(side)
    if len(limits) == 2:
        words += f" and {limits[1].words('').strip()}"
    condition = " OR ".join(limit.condition(*names) for limit in limits)
    return Claim(statement.format(words), _reason(limits), condition, rows.spread(held))


def _reason(limits: list[_Limit]) -> str:
    if any(limit.value in SATURATED for limit in limits):
        return "a saturated integer?"
    return "winsorised or limited on one side only?"


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the limits at which one side ends and that the other goes beyond."""
    grids = Grids.of(sides)
    if grids is None or not sides.both:
        return
    swapped = replace(grids, train=grids.serve, serve=grids.train)
    ways = (("serve", "train", grids), ("train", "serve", swapped))
    for (left, right, way), ended in zip(ways, reversed(sides.both), strict=True):
        for limit in (_Limit(ended.numbers.high, 1), _Limit(ended.numbers.low, -1)):
            share = way.explained(limit.clip) if _gathers(way, limit) else None
            if share is not None:
                statement = f"{left} = {limit.words(right)}"
                yield GridClaim(statement, "winsorised or limited on one side only?", share)


def _gathers(grids: Grids, limit: _Limit) -> bool:
    """Return whether the limit holds, in serve, about what train has from there on."""
    train, serve = grids.train, grids.serve
    last = int(np.argmax(limit.sign * serve.value))
    width = serve.upper[last] - serve.lower[last]
    narrow = width <= NARROW * np.diff(train.quantiles(np.array([0.1, 0.9])))[0]
    cells = train.counts[limit.beyond(train.value)]
    beyond = float(cells.sum()) / train.total
    several = len(cells) > 1 and cells.max() <= ONE_VALUE * cells.sum()
    at = float(serve.counts[last]) / serve.total
    return bool(narrow and several and WITHIN <= beyond <= 1 - WITHIN and at >= 0.8 * beyond)
