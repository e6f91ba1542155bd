"""Null in serve where train holds a value.

Tested: the rows where serve is null and train is not; and whether they are the rows of one value
(a sentinel, 0 or an empty text read as null) or of negative numbers. Without paired rows: whether
serve's null rate rose by what one value lost, at least four fifths of its rows; or rose to at least
four times train's, the rest being distributed as in train.

Claimed where it holds on at least 3 rows. A rule is named where 98 % of the nulled rows obey it,
and train's values at large do not; without a rule nothing is claimed where nearly as many nulls
were filled as values lost, for then the nulls have only moved (see ``permuted``).

How it can be wrong: not as to the fact. Why the value is missing, the report's segments and moments
may tell.

How to check: run the query; look for a failed lookup, a time-out, or a reader's list of values that
stand for null (``na_values``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Mask, Pair, ident, literal
from skewcheck.causes._atoms import Atoms
from skewcheck.causes._values import Coded, Value, holds, share_of, shown
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "values lost"
COMPLEXITY = 1.0
READ = "is this value read as missing when serving?"
LOST = "does a lookup fail, or time out, when serving?"
DROPPED = "is the feature not sent at all?"
ROWS = 3  # nulled rows
RULE = 0.98  # of the nulled rows that a rule must hold for
USUAL = 0.5  # of train's values for which it must not hold
MOVED = 0.5  # of the nulled rows, filled ones: nulls that moved are no values lost
ROSE = 0.02  # rise of the null rate that is looked at
TIMES = 4  # as much as train's null rate, where no value fell


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that serve is null where train is not, with the rule where there is one."""
    lost = pair.serve.null & ~pair.train.null
    rows = lost & pair.differs
    if np.count_nonzero(rows) < ROWS:
        return
    empty = f"s.{ident(pair.name)} IS NULL"
    train = Coded.of(pair.train)
    counts = train.counts(rows)
    most = int(np.argmax(counts)) if len(counts) else 0
    if len(counts) and counts[most] >= RULE * np.count_nonzero(rows):
        value = train.values[most]
        if share_of(pair, train, value) < USUAL:
            yield _of_value(pair, value, lost & (train.codes == most), empty)
            return
    if _negative(pair, rows):
        below = f"TRY_CAST(t.{ident(pair.name)} AS DOUBLE) < {literal(0.0)}"
        held = lost & (pair.train.numbers < 0)
        yield Claim("serve is null where train is negative", READ, f"{empty} AND {below}", held)
        return
    if np.count_nonzero(pair.train.null & pair.differs) >= MOVED * np.count_nonzero(rows):
        return
    there = f"{empty} AND t.{ident(pair.name)} IS NOT NULL"
    if _nothing(pair.sides):
        yield Claim("serve is null on every row", DROPPED, there, lost)
        return
    yield Claim("serve is null where train has a value", LOST, there, lost)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that the null rate rose, at the cost of one value or of all alike."""
    if not sides.both:
        return
    empty = f"s.{ident(sides.name)} IS NULL"
    if _nothing(sides):
        yield GridClaim("serve is null on every row", DROPPED, 1.0, empty)
        return
    atoms = Atoms.of(sides)
    if atoms is None:
        return
    rose = atoms.nulls[1] - atoms.nulls[0]
    if rose < ROSE:
        return
    for place in filter(atoms.emptied, atoms.fallen()):
        explains = atoms.moved(place, atoms.null, rose)
        if explains:
            what = shown(atoms.values[place])
            yield GridClaim(f"serve is null where train is {what}", READ, explains, empty)
    if atoms.nulls[1] >= TIMES * atoms.nulls[0]:
        explains = atoms.thinned(atoms.null, rose / (1 - atoms.nulls[0]))
        if explains:
            yield GridClaim("serve is null where train has a value", LOST, explains, empty)


def _of_value(pair: Pair, value: Value, held: Mask, empty: str) -> Claim:
    there = holds("t", pair.name, pair.kind, value)
    return Claim(f"serve is null where train is {shown(value)}", READ, f"{empty} AND {there}", held)


def _negative(pair: Pair, rows: Mask) -> bool:
    """Return whether it is the negative numbers that are lost, and others are not."""
    numbers = pair.train.numbers
    if pair.kind is not Kind.NUMBER or not np.isfinite(numbers).any():
        return False
    kept = ~pair.differs & (numbers < 0)
    lost = np.count_nonzero(rows & (numbers < 0)) >= RULE * np.count_nonzero(rows)
    return bool(lost and not kept.any() and np.count_nonzero(~pair.differs & (numbers > 0)) >= ROWS)


def _nothing(sides: Sides) -> bool:
    """Return whether serve holds nothing at all, and train something."""
    if not sides.both:
        return False
    train, serve = sides.both
    return not serve.states.present and train.states.present > 0 and sides.rows_serve > 0
