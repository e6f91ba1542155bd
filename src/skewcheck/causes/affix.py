"""A constant text put before or after every value, or taken away.

Tested: whether serve is train with the same text before it (``US-``) or after it (``.0``), or
without it; the text is the one most seen among the rows that differ. Without paired rows, the same
on the categories: train's shares, once rewritten, must be serve's.

Claimed where it holds on at least 3 rows and 5 % of those that differ, for at least two different
values, and on four times as many rows as by luck.

How it can be wrong: with few values, one may happen to end in another (``man``, ``woman``).

How to check: run the query; look for a name space, a unit, or a number that became text as a float.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair, literal
from skewcheck.causes._rewrites import Rewrite, Texts, rewritten, rewritten_grids
from skewcheck.sides import Sides

TITLE = "a constant before or after"
COMPLEXITY = 2.0
DISTINCT = 2  # values that must carry it
LOOKED_AT = 5  # new categories, the most frequent ones, that may name it
REASON = "does one side add a name space, a unit or an ending?"
Found = tuple[str, str, bool]  # the text, where it stands, whether train has it


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that a constant text is put before or after the values."""
    texts = Texts.of(pair)
    if texts is not None:
        found = _found(texts.differing(), weighed=True)
        yield from rewritten(pair, map(_rewrite, found), texts)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that a constant text is put before or after the categories."""
    table = sides.categories
    if table is None or len(table.labels) > 2_000:
        return
    new = np.flatnonzero((table.train == 0) & (table.serve > 0))[:LOOKED_AT]
    old = np.flatnonzero(table.train > 0).tolist()
    rows = ((table.labels[t], table.labels[s], 1) for s in new.tolist() for t in old)
    yield from rewritten_grids(sides, map(_rewrite, _found(rows, weighed=False)))


def _found(rows: Iterable[tuple[str, str, int]], *, weighed: bool) -> list[Found]:
    """Return what stands before or after at least two values, the most frequent first."""
    counts: Counter[Found] = Counter()
    stems: defaultdict[Found, set[str]] = defaultdict(set)
    for train, serve, n in rows:
        taken = len(train) > len(serve)
        whole, stem = (train, serve) if taken else (serve, train)
        for found in filter(lambda f: f[0].strip(), _around(whole, stem, taken)):
            counts[found] += n if weighed else 1
            stems[found].add(stem)
    return [found for found, _ in counts.most_common(4) if len(stems[found]) >= DISTINCT]


def _around(whole: str, stem: str, taken: bool) -> Iterator[Found]:
    if not stem or len(whole) == len(stem):
        return
    if whole.endswith(stem):
        yield whole[: len(whole) - len(stem)], "before", taken
    if whole.startswith(stem):
        yield whole[len(stem) :], "after", taken


def _rewrite(found: Found) -> Rewrite:
    affix, place, taken = found
    quoted, before = literal(affix), place == "before"
    verb = "without" if taken else "with"
    shown = affix if len(affix) <= 24 else affix[:23] + "…"
    return Rewrite(
        f'serve = train {verb} "{shown}" {place} it',
        REASON,
        lambda text: affix + text if before else text + affix,
        lambda cell: f"{quoted} || {cell}" if before else f"{cell} || {quoted}",
        inverse=taken,
    )
