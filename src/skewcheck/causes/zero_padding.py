"""Zeros before a code: ``7`` against ``007``, or a postcode that lost its zero.

Tested: whether the two sides are the same digits once zeros before them are gone, where one side
has such zeros and the other has not, or fewer; a side may hold numbers. Without paired rows, the
same on the categories of two text columns, and: train holds numbers and serve texts of digits, some
of them padded.

Claimed where it holds on at least 3 rows and 5 % of those that differ, and on nine in ten of those
that are digits on both sides.

How it can be wrong: hardly; two codes of one column seldom differ in such zeros alone.

How to check: run the query; look for a column of codes that was read as numbers (CSV readers do so
by default), or for ``zfill``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Claim, Context, GridClaim, Pair, ident
from skewcheck.causes._readings import alike, claim, other_type, padded, read
from skewcheck.causes._rewrites import Rewrite, rewritten_grids
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "zeros before a code"
COMPLEXITY = 1.0
LOST = "is a column of codes read as numbers?"
ADDED = "are codes padded to one width on one side only?"
WIDTHS = range(2, 13)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that the sides differ in zeros before the digits only."""
    if pair.kind is Kind.DATETIME:
        return
    widths = _width(pair.train.texts), _width(pair.serve.texts)
    train, serve = read(pair.train, _digits), read(pair.serve, _digits)
    t, s = (f"TRY_CAST({side}.{ident(pair.name)} AS DOUBLE)" for side in "ts")
    differ = f"CAST(s.{ident(pair.name)} AS VARCHAR) <> CAST(t.{ident(pair.name)} AS VARCHAR)"
    texts = pair.train.text | pair.serve.text
    for rows, statement, reason in (
        (widths[0] > widths[1], "serve = train without the zeros before it", LOST),
        (widths[1] > widths[0], "serve = train with zeros before it", ADDED),
    ):
        if not (rows & pair.differs).any():
            continue
        held = alike(pair, train, serve, among=rows & texts)
        if held is not None:
            yield claim(held, statement, reason, f"{s} = {t} AND {differ}")


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that the categories differ in zeros before the digits only."""
    if sides.kind is Kind.NUMBER and sides.both:
        counts = sides.both[1].categories.counts or {}
        if any(map(padded, counts)):
            share = other_type(sides, _digits)
            if share:
                yield GridClaim("serve = train with zeros before it", ADDED, share)
        return
    rewrites = [
        Rewrite("serve = train without the zeros before it", LOST, _bare),
        *(Rewrite(f"serve = train padded with zeros to {n}", ADDED, _filled(n)) for n in WIDTHS),
    ]
    table = sides.categories
    if table is not None and any(_digits(label) is not None for label in table.labels[:64]):
        yield from rewritten_grids(sides, rewrites)


def _digits(text: str) -> float | None:
    """Return the number of a text of at most 15 digits."""
    bare = text.strip()
    return float(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 15 else None


def _width(texts: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return how many zeros stand before the digits of each text."""
    return np.array([_zeros(v) if isinstance(v, str) else 0 for v in texts.tolist()], np.int64)


def _zeros(text: str) -> int:
    bare = text.strip()
    return len(bare) - len(bare.lstrip("0").rjust(1, "0")) if _digits(bare) is not None else 0


def _bare(text: str) -> str | None:
    return None if _digits(text) is None else text.lstrip("0") or "0"


def _filled(width: int) -> Callable[[str], str | None]:
    return lambda text: None if _digits(text) is None else text.zfill(width)
