"""Two columns mixed up: serve's column holds what train holds in another one.

On paired rows serve's x must be train's y of the same row, in ten differing rows at least and
clearly more often than train's y of other rows (columns that are mostly 0 match by luck). If
serve's y is train's x as well, the two are swapped; if not, y was copied into x.

Without pairs both columns must have moved and each must look in serve as the other does in train,
with 300 values a side. Copies are not seen there.

It can be wrong where train holds a column twice: both are named. Check the order of the columns
where features are put into a vector, and renamed columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Aligned, Claim, Context, GridClaim, Mask, Pair, ident
from skewcheck.causes._grids import Grids
from skewcheck.causes._mixtures import explained
from skewcheck.causes._neighbours import Places, Rows, credible, same
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.statistics.mapping import ENOUGH, FLOOR, LEFT, distance, noise, weighted

TITLE = "another column's value"
COMPLEXITY = 2.0
GLANCE = 64  # rows that are looked at first
ENOUGH_ROWS = 300


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the other columns whose train serve holds, most of it first."""
    for aligned in context.aligned[:1]:
        rows = Rows.of(pair.name, aligned)
        if rows is None:
            continue
        for name in aligned.columns:
            if name != pair.name:
                yield from _claims(rows, aligned, name)


def _claims(rows: Rows, aligned: Aligned, name: str) -> Iterator[Claim]:
    found = _held(rows, aligned.columns[name])
    if found is None:
        return
    share, chance = found
    x, y = rows.pair.name, name
    back = Rows.of(y, aligned)
    both = back is not None and _held(back, rows.pair) is not None
    statement = f"serve.{x} holds {y}" + (f" and serve.{y} holds {x}" if both else "")
    reason = "two columns swapped?" if both else "the wrong column mapped?"
    yield Claim(statement, reason, _condition(rows.pair, y), explains=share, chance=chance)


def _held(rows: Rows, other: Pair) -> tuple[float, float] | None:
    """Return the share of rows where serve is the other column's train, and luck; or None."""
    glance = rows.differs[:: max(1, len(rows.differs) // GLANCE)]
    if not _match(rows, other, glance, 0).any():
        return None
    held = _match(rows, other, rows.differs, 0)
    size = len(rows.group)
    dealt = [_match(rows, other, rows.differs, size // part).mean() for part in (2, 3, 5)]
    chance = float(max(dealt))
    if not credible(int(held.sum()), len(rows.differs), chance):
        return None
    everywhere = np.flatnonzero(rows.pair.differs)
    return float(_match(rows, other, everywhere, 0).mean()), chance


def _match(rows: Rows, other: Pair, places: Places, step: int) -> Mask:
    moved = (places + step) % len(rows.group)
    return same(rows.pair.serve.taken(places), other.train.taken(moved), other.kind)


def _condition(pair: Pair, other: str) -> str:
    t, s, y = f"t.{ident(pair.name)}", f"s.{ident(pair.name)}", f"t.{ident(other)}"
    if pair.kind is Kind.TEXT:
        t, s, y = (f"CAST({cell} AS VARCHAR)" for cell in (t, s, y))
    return f"{s} IS NOT DISTINCT FROM {y} AND {s} IS DISTINCT FROM {t}"


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the columns that look in serve as this one does in train, and the other way round."""
    if not sides.both or not _moved(sides):
        return
    for name, other in others.items():
        if name == sides.name or other.kind is not sides.kind or not other.both:
            continue
        if not _moved(other):
            continue
        shares = [_explained(other, sides), _explained(sides, other)]
        if min(shares) > 0:
            x = sides.name
            yield GridClaim(
                f"serve.{x} holds {name} and serve.{name} holds {x}", "two columns swapped?",
                shares[0],
            )  # fmt: skip


def _moved(sides: Sides) -> bool:
    """Return whether the column has changed at all, with values enough to tell."""
    if sides.kind is Kind.NUMBER:
        numbers = sides.numbers
        enough = numbers and min(numbers.train.sum(), numbers.serve.sum()) >= ENOUGH_ROWS
        return bool(enough and Grids.of(sides))
    table = sides.categories
    if table is None or min(table.train.sum(), table.serve.sum()) < ENOUGH_ROWS:
        return False
    change = np.abs(table.train / table.train.sum() - table.serve / table.serve.sum()).sum() / 2
    return bool(change >= ENOUGH)


def _explained(source: Sides, target: Sides) -> float:
    """Return the share of target's change that is gone against source's train; 0: too little."""
    assert source.both and target.both
    crossed = Sides(
        target.name, target.role, source.train, target.serve, source.rows_train, target.rows_serve
    )
    return _numbers_gone(target, crossed) if target.kind is Kind.NUMBER else _texts(target, crossed)


def _numbers_gone(target: Sides, crossed: Sides) -> float:
    before, numbers = Grids.of(target), crossed.numbers
    if before is None or numbers is None:
        return 0.0
    edges = numbers.lower, numbers.upper, numbers.value, numbers.pure
    train, serve = weighted(*edges, numbers.train), weighted(*edges, numbers.serve)
    left = distance(train, serve)
    if left > max(noise(train, serve), FLOOR) or left > LEFT * before.before:
        return 0.0
    return 1 - left / before.before


def _texts(target: Sides, crossed: Sides) -> float:
    own, other = target.categories, crossed.categories
    if own is None or other is None:
        return 0.0
    labels = tuple(dict.fromkeys([*own.labels, *other.labels]))
    train, moved, serve = (
        _laid(labels, table.labels, counts)
        for table, counts in ((own, own.train), (other, other.train), (own, own.serve))
    )
    return explained(train, moved.astype(np.float64), serve)


def _laid(labels: tuple[str, ...], some: tuple[str, ...], counts: Places) -> Places:
    rows = dict(zip(some, counts.tolist(), strict=True))
    return np.array([rows.get(label, 0) for label in labels], np.int64)
