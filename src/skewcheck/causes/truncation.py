"""A text cut to a number of characters or bytes, perhaps with dots at its end.

Tested: whether serve is the first n characters (or bytes of UTF-8) of train, n being the one most
seen, with or without ``…`` or ``...`` in the place of the rest; and the same with train and serve
exchanged. Texts that are short enough stay whole. Without paired rows, the same on the categories:
train's shares, once cut, must be serve's.

Claimed where it holds on at least 3 rows and 5 % of those that differ, where what is cut off is not
always the same (that is a suffix, see ``affix``), and on four times as many rows as by luck.

How it can be wrong: codes that are built from the left (``US``, ``US-CA``) may have been grouped on
purpose, and a cut to n characters is then the grouping.

How to check: run the query; look for ``VARCHAR(n)``, ``[:n]`` or a log that shortens its values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._rewrites import Rewrite, Texts, rewritten, rewritten_grids
from skewcheck.sides import Sides

TITLE = "cut texts"
COMPLEXITY = 1.5
REASON = "is the text cut to the width of a column or of a log?"
DOTS = ("", "…", "...")
DISTINCT = 2  # different ends that must be cut off


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that one side is the other one cut."""
    texts = Texts.of(pair)
    if texts is None:
        return
    forward = list(texts.differing())
    backward = [(serve, train, n) for train, serve, n in forward]
    cuts = (*_cuts(forward, inverse=False), *_cuts(backward, inverse=True))
    yield from rewritten(pair, cuts, texts)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that one side's categories are the other's cut."""
    table = sides.categories
    if table is None:
        return
    lengths = [
        max((len(v) for v, n in zip(table.labels, side.tolist(), strict=True) if n), default=0)
        for side in (table.train, table.serve)
    ]
    inverse = lengths[0] < lengths[1]
    new = (table.train == 0) & (table.serve > 0)  # where a part of the rows is cut, these are
    longest = max((len(table.labels[i]) for i in np.flatnonzero(new)), default=0)
    cuts: list[Rewrite] = []
    for size in {min(lengths), min(lengths) if inverse else longest}:
        ends = {label[size:] for label in table.labels if len(label) > size}
        if size and len(ends) >= DISTINCT:
            cuts += [_rewrite(size, dots, inverse) for dots in DOTS if len(dots) < size]
            cuts.append(_bytes(size, inverse))
    yield from rewritten_grids(sides, cuts)


def _cuts(rows: list[tuple[str, str, int]], *, inverse: bool) -> Iterator[Rewrite]:
    """Yield the cuts to the length most seen among (long, short, rows)."""
    for dots in DOTS:
        sizes: Counter[int] = Counter()
        octets: Counter[int] = Counter()
        ends: set[str] = set()
        for whole, short, n in rows:
            kept = len(short) - len(dots)
            if 0 < kept < len(whole) and whole[:kept] + dots == short and len(short) <= len(whole):
                sizes[len(short)] += n
                octets[len(short.encode("utf-8", "replace"))] += n
                ends.add(whole[kept:])
        if len(ends) >= DISTINCT:
            yield _rewrite(sizes.most_common(1)[0][0], dots, inverse)
            if not dots:
                yield _bytes(max(octets), inverse)


def _rewrite(size: int, dots: str, inverse: bool) -> Rewrite:
    kept = size - len(dots)
    end = f", {dots} included" if dots else ""
    one, other = ("train", "serve") if inverse else ("serve", "train")

    def cut(text: str) -> str:
        return text if len(text) <= size else text[:kept] + dots

    def sql(cell: str) -> str:
        short = f"{cell}[1:{kept}] || '{dots}'"
        return f"CASE WHEN length({cell}) <= {size} THEN {cell} ELSE {short} END"

    return Rewrite(f"{one} = {other} cut to {size} characters{end}", REASON, cut, sql, inverse)


def _bytes(size: int, inverse: bool) -> Rewrite:
    one, other = ("train", "serve") if inverse else ("serve", "train")

    def cut(text: str) -> str:
        return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")

    return Rewrite(f"{one} = {other} cut to {size} bytes", REASON, cut, None, inverse)
