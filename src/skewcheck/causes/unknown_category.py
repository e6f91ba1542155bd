"""Whole categories of train that are one token in serve: out of vocabulary, grouped as other.

Tested: for each category of train whether all its rows become one same token in serve. Without
paired rows: a token that train hardly has, whose share is that of the categories that vanished.

Claimed where at least two categories of train become the token, each in 95 % of its rows, while
others stay, and on at least 3 rows and a tenth of those that differ.

How it can be wrong: rows of a rare category that all failed to be looked up look like a category
that is unknown.

How to check: compare the list of categories that serving knows (an encoder's, a feature store's)
with train's; look for a grouping of rare categories that one side does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._mixtures import STRICT, explained
from skewcheck.causes._rewrites import MANY, text
from skewcheck.causes._values import Coded, holds, shown
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "categories unknown to serve"
COMPLEXITY = 1.8
REASON = "does serving lack these categories, or group rare ones?"
ROWS = 3  # differing rows
LABELS = 2  # categories that become the token
WHOLE = 0.95  # of a category's rows
SHARE = 0.1  # of the differing rows
HARDLY = 0.1  # of the token's rows in serve that train may have


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that whole categories became one token."""
    if pair.kind is not Kind.TEXT:
        return
    train, serve = Coded.of(pair.train), Coded.of(pair.serve)
    counts = serve.counts(pair.differs)
    if not len(counts) or not len(train.values):
        return
    token = int(np.argmax(counts))
    if not isinstance(serve.values[token], str):
        return
    became = serve.codes == token
    gone = train.counts(became & pair.differs)
    # The rows that agree stand for more than the sample of them shows, so they count in full.
    kept = train.counts(~became)
    whole = (gone > 0) & (gone >= WHOLE * (gone + kept))
    held = became & np.append(whole, False)[train.codes]
    rows = int(np.count_nonzero(held & pair.differs))
    others = int(np.count_nonzero((kept > 0) & ~whole))
    if rows < max(ROWS, SHARE * np.count_nonzero(pair.differs)):
        return
    if whole.sum() < LABELS or not others:
        return
    if rows < 2 * whole.sum() and len(train.values) > 50:
        return  # one row each says nothing of whole categories
    value = serve.values[token]
    there = holds("s", pair.name, pair.kind, value)
    condition = f"{there} AND {text('s', pair.name)} <> {text('t', pair.name)}"
    luck = _luck(pair, train, value)
    yield Claim(_statement(shown(value), int(whole.sum())), REASON, condition, held, chance=luck)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that a token has the share of the categories that vanished."""
    table = sides.categories
    if table is None or sides.kind is not Kind.TEXT or len(table.labels) > MANY:
        return
    new = np.flatnonzero(table.train <= HARDLY * table.serve)
    if not len(new):
        return
    token = int(new[np.argmax(table.serve[new])])
    expected = table.train * (table.serve.sum() / max(1, table.train.sum()))
    gone = (table.serve == 0) & (expected >= 5)
    if gone.sum() < LABELS or gone.sum() + 1 >= len(table.labels) - 1:
        return
    rare = (table.serve == 0) & (table.train > 0)
    mapped = np.where(rare, 0, table.train).astype(np.float64)
    mapped[token] += table.train[rare].sum()
    explains = explained(table.train, mapped, table.serve, rest=STRICT)
    if explains:
        name = table.labels[token]
        statement = _statement(shown(name), int(rare.sum()))
        yield GridClaim(statement, REASON, explains, holds("s", sides.name, sides.kind, name))


def _statement(token: str, labels: int) -> str:
    return f"serve = {token} for {labels} categories of train"


def _luck(pair: Pair, train: Coded, token: object) -> float:
    """Return the share of train's own rows that hold the token."""
    places = [i for i, v in enumerate(train.values) if v == token]
    values = train.counts(np.ones(len(pair.differs), np.bool_))
    return float(values[places].sum() / max(1, values.sum()))
