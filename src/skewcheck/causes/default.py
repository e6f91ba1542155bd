"""One value in serve on part of the rows, where train varies: a default, a fallback.

Tested: the value that serve holds most among the rows that differ. Without paired rows: whether
serve is train mixed with that one value, everything else being thinned out alike.

Claimed where the value stands for at least three different values of train, on at least 3 rows and
a tenth of those that differ, and clearly more often than train holds it by itself. Not where the
rows are those beyond a bound (see ``clipping``), nor where whole categories are concerned (see
``unknown_category``).

How it can be wrong: a value that is the truth for many rows at once (a shop that closed) looks the
same.

How to check: run the query; look for a time-out or a missing key whose fallback is this value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Mask, Pair, ident
from skewcheck.causes._atoms import Atoms
from skewcheck.causes._values import Coded, described, holds, share_of
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "a default on part of the rows"
COMPLEXITY = 2.6
REASON = "a default or fallback where the value could not be had?"
ROWS = 3  # differing rows, and different values of train among them
SHARE = 0.1  # of the differing rows
BEYOND = 0.25  # of what the value does not explain by its own frequency
MIXED = 0.02  # share of serve's rows, without pairs
OTHERS = 3  # other cells that must be thinned out alike, without pairs
TIMES = 4  # as often as train holds the value, without pairs


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that serve holds one value whatever train holds."""
    serve, train = Coded.of(pair.serve), Coded.of(pair.train)
    differs = int(np.count_nonzero(pair.differs))
    counts = serve.counts(pair.differs)
    if not len(counts) or differs < ROWS:
        return
    place = int(np.argmax(counts))
    share, value = counts[place] / differs, serve.values[place]
    luck = share_of(pair, train, value)
    if counts[place] < ROWS or share < max(SHARE, luck + BEYOND * (1 - luck)):
        return
    held = serve.codes == place
    rows = held & pair.differs & ~pair.train.null
    distinct = len(np.unique(train.codes[rows]))
    if distinct < ROWS or _bounded(pair, rows, value):
        return
    condition = holds("s", pair.name, pair.kind, value)
    condition += f" AND s.{ident(pair.name)} IS DISTINCT FROM t.{ident(pair.name)}"
    statement = f"serve = {described(value, pair.sides)}, whatever train is"
    yield Claim(statement, REASON, condition, held, chance=luck)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that serve is train mixed with one value."""
    atoms = Atoms.of(sides)
    if atoms is None:
        return
    for place in atoms.risen():
        seen = atoms.serve[place] / atoms.serve.sum()
        usual = atoms.train[place] / atoms.train.sum()
        if seen - usual < MIXED or seen < TIMES * usual or atoms.others(place) < OTHERS:
            continue
        explains = atoms.thinned(place, (seen - usual) / (1 - usual))
        if explains:
            value = atoms.values[place]
            statement = f"serve = {described(value, sides)}, whatever train is"
            condition = holds("s", sides.name, sides.kind, value)
            yield GridClaim(statement, REASON, explains, condition)


def _bounded(pair: Pair, rows: Mask, value: object) -> bool:
    """Return whether the rows are those where train is beyond the value, as clipping makes them."""
    if pair.kind is not Kind.NUMBER or not isinstance(value, float):
        return False
    train, agree = pair.train.numbers, ~pair.differs
    for beyond in (train > value, train < value):
        if np.count_nonzero(rows & beyond) >= 0.98 * np.count_nonzero(rows):
            # A sentinel below all of train's values is no bound: rows that agree are beyond it too.
            return not np.count_nonzero(agree & beyond) > 0.02 * np.count_nonzero(agree)
    return False
