"""One value in serve on all rows, where train varies: a feature that is not built yet.

Tested: whether serve holds one value, other than null, in all rows of the column, on paired rows or
in the distribution, while train holds it in less than nine rows of ten.

Claimed from 10 rows of serve on. A column that is null on every row is ``nulled``.

How it can be wrong: a serve of few rows, or of one caller or day, may truly hold one value; the
report says how many rows there are.

How to check: ask who fills the feature when serving; look for a hard-coded value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair, ident
from skewcheck.causes._values import Coded, Value, described, holds, share_of
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "a constant"
COMPLEXITY = 1.0
REASON = "a feature that is not built yet?"
ROWS = 10  # rows of serve
USUAL = 0.9  # of train's rows that must not hold the value


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that serve holds one value on all rows."""
    if len(pair.differs) < ROWS or pair.serve.null.any() or not _single(pair.sides):
        return
    serve, train = Coded.of(pair.serve), Coded.of(pair.train)
    if len(serve.values) != 1 or (serve.codes < 0).any() or len(train.values) < 2:
        return
    value = serve.values[0]
    usual = share_of(pair, train, value)
    if usual >= USUAL:
        return
    condition = holds("s", pair.name, pair.kind, value)
    condition += f" AND s.{ident(pair.name)} IS DISTINCT FROM t.{ident(pair.name)}"
    held = np.ones(len(pair.differs), np.bool_)
    yield Claim(_statement(value, pair.sides), REASON, condition, held, chance=usual)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that serve holds one value."""
    if sides.rows_serve < ROWS or not _single(sides) or not sides.both:
        return
    if sides.both[1].states.present < sides.rows_serve:
        return
    table = sides.numbers if sides.kind is Kind.NUMBER else sides.categories
    if table is None or np.count_nonzero(table.serve) != 1:
        return
    place = int(np.argmax(table.serve))
    if table.train[place] >= USUAL * table.train.sum():
        return
    value: Value
    if sides.numbers:
        if not sides.numbers.pure[place] and sides.numbers.train[place]:
            return
        value = float(sides.numbers.value[place])
    else:
        assert sides.categories
        label = sides.categories.labels[place]
        value = label == "true" if sides.kind is Kind.BOOLEAN else label
    condition = holds("s", sides.name, sides.kind, value)
    yield GridClaim(_statement(value, sides), REASON, 1.0, condition)


def _statement(value: Value, sides: Sides) -> str:
    return f"serve = {described(value, sides)} on every row"


def _single(sides: Sides) -> bool:
    """Return whether the whole of serve can be one value, as far as it is counted."""
    serve = sides.serve
    if serve is None:
        return True
    cells = len(serve.numbers.counts()[0])
    named = 2 if serve.categories.counts is None else len(serve.categories.counts)
    flags = sum(serve.states[flag] > 0 for flag in ("true", "false"))
    return cells + named + flags <= 1
