"""Another name for each category: wherever train says A, serve says 1.

Tested: for each value of train that is found in at least 3 differing rows, whether serve holds one
same value in 95 % of them, and that value for no other one. Without paired rows: at least three
categories vanished and as many came, with the same shares, which are clearly apart from each other.

Claimed where at least two values are renamed so and these are at least 80 % of the rows that
differ, and on clearly more rows than if serve held any other value of train.

How it can be wrong: with two values, a row that differs always holds the other one; that is counted
as luck unless all rows differ. Without pairs, categories of like share may be mixed up: it is the
renaming as such that is claimed.

How to check: run the query; look for label encoders that were fitted twice, or for a mapping table
of which one side has another version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._mixtures import explained
from skewcheck.causes._rewrites import MANY
from skewcheck.causes._values import Coded, Value, holds, shares, shown
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "categories renamed"
COMPLEXITY = 4.0
REASON = "are labels encoded by two different tables?"
ROWS = 3  # differing rows of each value
LABELS = 2
SAME = 0.95  # of a value's rows that must have one name
SHARE = 0.8  # of the differing rows
RARE = 9  # rows of categories that have no counterpart
SHOWN = 6
MOST = 200  # values that a condition names
APART = 4.0  # deviations between the shares of neighbours, without pairs
NEAR = 3.0  # deviations between the shares of a category and its new name


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that values are renamed one by one."""
    train, serve = Coded.of(pair.train), Coded.of(pair.serve)
    rows = pair.differs & (train.codes >= 0) & (serve.codes >= 0)
    total = int(np.count_nonzero(pair.differs))
    if np.count_nonzero(rows) < max(ROWS * LABELS, SHARE * total) or pair.kind is Kind.DATETIME:
        return
    renamed = _renamed(train.codes[rows], serve.codes[rows])
    if len(renamed) < LABELS:
        return
    names = np.full(len(train.values) + 1, -2, np.int64)
    names[list(renamed)] = list(renamed.values())
    held = (names[train.codes] == serve.codes) & (serve.codes >= 0)
    if np.count_nonzero(held & pair.differs) < SHARE * total:
        return
    named = [(train.values[a], serve.values[b]) for a, b in renamed.items()]
    condition = " OR ".join(
        f"({holds('t', pair.name, pair.kind, a)} AND {holds('s', pair.name, pair.kind, b)})"
        for a, b in named[:MOST]
    )
    chance = _luck(pair, train, named)
    yield Claim(_statement(named), REASON, f"({condition})", held, chance=chance)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that categories vanished and came with the same shares."""
    table = sides.categories
    if table is None or sides.kind is not Kind.TEXT or len(table.labels) > MANY:
        return
    gone = np.flatnonzero((table.serve == 0) & (table.train > 0))
    come = np.flatnonzero((table.train == 0) & (table.serve > 0))
    gone = gone[np.argsort(-table.train[gone], kind="stable")]
    come = come[np.argsort(-table.serve[come], kind="stable")]
    both = min(len(gone), len(come))
    left = (*table.train[gone[both:]].tolist(), *table.serve[come[both:]].tolist())
    if both < 3 or sum(left) > RARE:
        return  # a rare category may be missing on one side by chance, no other
    gone, come = gone[:both], come[:both]
    p, q = table.train[gone] / table.train.sum(), table.serve[come] / table.serve.sum()
    noise = np.sqrt((p + q) / 2 * (1 / table.train.sum() + 1 / table.serve.sum()))
    if (np.abs(p - q) > NEAR * noise).any() or (-np.diff(p) < APART * noise[:-1])[:2].any():
        return
    mapped = table.train.astype(np.float64)
    mapped[gone], mapped[come] = 0.0, table.train[gone]
    share = explained(table.train, mapped, table.serve)
    if share:
        names = [(table.labels[a], table.labels[b]) for a, b in zip(gone, come, strict=True)]
        yield GridClaim(_statement(names), REASON, share)


def _renamed(train: NDArray[np.int64], serve: NDArray[np.int64]) -> dict[int, int]:
    """Return the new code of each value that has one, the most frequent first."""
    both, rows = np.unique(np.column_stack([train, serve]), axis=0, return_counts=True)
    of_train, of_serve = np.bincount(train), np.bincount(serve)
    one = (rows >= ROWS) & (rows >= SAME * of_train[both[:, 0]])
    one &= rows >= SAME * of_serve[both[:, 1]]
    order = np.flatnonzero(one)[np.argsort(-rows[one], kind="stable")]
    return dict(both[order].tolist())


def _luck(pair: Pair, train: Coded, named: list[tuple[Value, Value]]) -> float:
    """Return the share of differing rows so named if serve held any other value of train."""
    codes = {(type(v), v): i for i, v in enumerate(train.values)}
    share, counts = shares(pair, train), train.counts(pair.differs)
    luck = 0.0
    for old, new in named:
        code = codes[type(old), old]
        other = codes.get((type(new), new))
        if other is not None:
            rest = 1.0 - share[code] if pair.rate <= 0.9 else 1.0
            luck += counts[code] * min(1.0, share[other] / max(rest, 1e-9))
    return float(min(1.0, luck / max(1, counts.sum())))


def _statement(named: list[tuple[Value, Value]] | list[tuple[str, str]]) -> str:
    some = ", ".join(f"{shown(b)} for {shown(a)}" for a, b in named[:SHOWN])
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"serve = {some}{more}"
