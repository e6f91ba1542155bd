"""The sign or the side changed: -x, the absolute value, 1 - x, 100 - x.

On paired rows serve must be exactly that of train, in at least three differing rows of different
values and 5 % of all differing rows, and far more often than if serve's values were dealt at
random (in a column of 0 and 1, where any two values that differ are each other's complement, only
when nearly all rows differ). Both directions of the absolute value are tried.

Without pairs the distributions must agree once train is mirrored, and a shift must not explain the
same: a population whose mean moved from one side of zero to the other is no change of sign. On a
part of the rows a change is claimed where it takes most of train beyond all of train, and serve
has just that there.

It can be wrong on a column whose values are few. Check whether the score is that of the other
class, and which way a balance, an angle or a delay is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from skewcheck.causes import Claim, Context, Floats, GridClaim, Pair
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows, formula
from skewcheck.sides import Sides

TITLE = "sign or side changed"
COMPLEXITY = 1.0
APART = 0.99  # of the rows on their own side of zero: no shift of a population does this
LEAP = 1.5  # times the middle two thirds of train: no population moves so far
SURE = 5.5  # natural logarithm of the odds against an accident
BOTH_SIGNS = 0.05


@dataclass(frozen=True, slots=True)
class _Flip:
    words: str
    reason: str
    function: Callable[[Floats], Floats]
    sql: str
    low: float = -np.inf
    high: float = np.inf


FLIPS = (
    _Flip("1 - train", "the probability of the other class?", lambda t: 1 - t, "1 - {}", 0, 1),
    _Flip("100 - train", "the percentage of the other part?",
          lambda t: 100 - t, "100 - {}", 0, 100),
    _Flip("-train", "counted the other way, or the difference the other way round?",
          lambda t: -t, "-{}"),
)  # fmt: skip


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the changes of side that turn train's cells into serve's."""
    rows = Rows.of(pair)
    if rows is None:
        return
    dropped = _dropped(rows)
    yield from _absolute(rows, "serve", "train") if dropped else ()
    if rows.train.min() >= 0:
        yield from _absolute(rows.reversed(), "train", "serve")
    for flip in FLIPS[:2] if dropped else FLIPS:  # |x| is -x wherever it differs from x
        claim = formula(
            rows,
            flip.function,
            f"serve = {flip.words}",
            flip.reason,
            sql=flip.sql.format(rows.t),
            distinct=2,
            rounded=False,
        )
        if claim:
            yield claim


def _dropped(rows: Rows) -> bool:
    """Return whether only numbers below zero differ, by no accident: then the sign was dropped."""
    below = rows.train < 0
    odds = -np.log(max(1e-9, float(below.mean()))) * np.count_nonzero(below & rows.differs)
    above = np.count_nonzero((rows.train > 0) & rows.differs)
    return bool(odds >= SURE and above <= 0.01 * np.count_nonzero(below & rows.differs))


def _absolute(rows: Rows, left: str, right: str) -> Iterator[Claim]:
    statement, names = f"{left} = |{right}|", (rows.t, rows.s)
    source, result = names if left == "serve" else names[::-1]
    claim = formula(rows, np.abs, statement, "a sign dropped?", sql="", rounded=False)
    if claim:
        condition = f"{result} = abs({source}) AND {source} < 0"
        function = claim.function if left == "serve" else None
        yield replace(claim, condition=condition, function=function)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the changes of side that turn train's distribution into serve's."""
    grids = Grids.of(sides)
    if grids is None:
        return
    low, high = grids.train.lower.min(), grids.train.upper.max()
    for flip in FLIPS:
        if not (flip.low <= low and high <= flip.high):
            continue
        share = grids.explained(flip.function)
        if share is not None and _no_shift(grids, flip.function):
            yield GridClaim(f"serve = {flip.words}", flip.reason, share, function=flip.function)
            return
        share = grids.part(flip.function)
        if share is not None:
            words = f"serve = {flip.words} on a part of the rows"
            yield GridClaim(words, flip.reason, share, function=flip.function)
            return
    share = grids.explained(np.abs)
    if share is not None and _signed(grids):
        yield GridClaim("serve = |train|", "a sign dropped?", share, function=np.abs)


def _no_shift(grids: Grids, function: Callable[[Floats], Floats]) -> bool:
    """Return whether the mirror is told from a population that moved."""
    if function(np.zeros(1))[0] == 0 and _apart(grids):
        return True
    middle = np.array([0.5])
    moved = float(grids.serve.quantiles(middle)[0] - grids.train.quantiles(middle)[0])
    if abs(moved) >= LEAP * float(np.diff(grids.train.quantiles(np.array([0.16, 0.84])))[0]):
        return True
    return grids.told_from_shift(function)


def _apart(grids: Grids) -> bool:
    """Return whether the sides lie on either side of zero."""
    above = [float(w.counts[w.value > 0].sum()) / w.total for w in (grids.train, grids.serve)]
    below = [float(w.counts[w.value < 0].sum()) / w.total for w in (grids.train, grids.serve)]
    return min(above[0], below[1]) >= APART or min(below[0], above[1]) >= APART


def _signed(grids: Grids) -> bool:
    """Return whether train has both signs and serve none below zero."""
    below = float(grids.train.counts[grids.train.value < 0].sum()) / grids.train.total
    return below >= BOTH_SIGNS and float(grids.serve.lower.min()) >= 0
