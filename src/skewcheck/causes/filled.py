"""One value in serve where train holds nothing: a fill, an imputation.

Tested: among the rows where train is null and serve is not, the value that serve holds most; it is
named with what it is to train (its mean, median, most frequent value). Without paired rows: whether
serve's null rate fell to at most a fifth of train's and one value rose by as much, the rest being
distributed as in train.

Claimed where the value stands in at least 3 rows and a fifth of those that were filled, and clearly
more often than train holds it by itself: nulls filled with real values are no fill.

How it can be wrong: where train's own pipeline drops what serve logs (a true 0), it is train that
is wrong, not serve.

How to check: run the query; look for ``fillna``, ``COALESCE``, an imputer, or a default in the
feature store that training does not apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair, ident, literal
from skewcheck.causes._atoms import Atoms
from skewcheck.causes._mixtures import STRICT, explained
from skewcheck.causes._values import Coded, described, holds, share_of, usual
from skewcheck.sides import Sides

TITLE = "nulls filled"
COMPLEXITY = 1.0
REASON = "are missing values filled when serving, and not in training?"
ROWS = 3  # filled rows that must hold the value
SHARE = 0.2  # of the filled rows that must hold the value
BEYOND = 0.25  # of what the value does not explain by its own frequency
FEW = 0.2  # of serve's rows in the cell that train may have there: a value that drifts is no fill
FELL = 0.005  # fall of the null rate that is looked at


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that serve holds one value where train is null."""
    empty = pair.train.null & pair.differs
    filled = int(np.count_nonzero(empty))
    if filled < ROWS:
        return
    serve, train = Coded.of(pair.serve), Coded.of(pair.train)
    counts = serve.counts(empty)
    for place in np.argsort(-counts, kind="stable")[:3].tolist():
        share, value = counts[place] / filled, serve.values[place]
        luck = min(share_of(pair, train, value), usual(pair.sides, value))
        if counts[place] < ROWS or share < SHARE or share < luck + BEYOND * (1 - luck):
            continue
        held = pair.train.null & (serve.codes == place)
        there = holds("s", pair.name, pair.kind, value)
        chance = luck * filled / max(1, int(np.count_nonzero(pair.differs)))
        yield Claim(
            f"serve = {described(value, pair.sides)} where train is null",
            REASON, f"t.{ident(pair.name)} IS NULL AND {there}", held, chance=chance,
        )  # fmt: skip


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that one value rose as the null rate fell."""
    atoms = Atoms.of(sides)
    if atoms is None or not atoms.emptied(atoms.null):
        return
    if atoms.nulls[0] - atoms.nulls[1] < FELL:
        return
    fell = atoms.nulls[0] - atoms.nulls[1]
    found = False
    for place in atoms.risen():
        explains = atoms.moved(atoms.null, place, fell)
        if explains:
            value, found = atoms.values[place], True
            yield GridClaim(
                f"serve = {described(value, sides)} where train is null", REASON, explains,
                holds("s", sides.name, sides.kind, value),
            )  # fmt: skip
    if not found:
        yield from _between(sides, fell)


def _between(sides: Sides, fell: float) -> Iterator[GridClaim]:
    """Yield the claim that nulls became a number among train's own, which stands out in serve."""
    numbers = sides.numbers
    if numbers is None or not sides.both:
        return
    serve = numbers.serve / max(1, sides.rows_serve)
    train = numbers.train / max(1, sides.rows_train)
    place = int(np.argmax(serve - train))
    if numbers.train[place] > FEW * numbers.serve[place]:
        return
    part = slice(None, place), slice(place, place + 1), slice(place + 1, None)
    lost = sides.rows_train - numbers.train.sum(), sides.rows_serve - numbers.serve.sum()
    before, after = (
        np.array([*(side[p].sum() for p in part), rest])
        for side, rest in zip((numbers.train, numbers.serve), lost, strict=True)
    )
    mapped = before.astype(np.float64)
    mapped[3] -= fell * mapped.sum()
    mapped[1] += fell * before.sum()
    explains = explained(before, mapped, after, rest=STRICT)
    if explains:
        value = float(numbers.value[place])
        low, high = literal(float(numbers.lower[place])), literal(float(numbers.upper[place]))
        about = "" if numbers.pure[place] else "about "
        cell = f"TRY_CAST(s.{ident(sides.name)} AS DOUBLE)"
        yield GridClaim(
            f"serve = {about}{described(value, sides)} where train is null", REASON, explains,
            f"{cell} BETWEEN {low} AND {high}",
        )  # fmt: skip
