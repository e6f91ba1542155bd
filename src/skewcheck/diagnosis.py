"""Chooses, among the claims of all causes, what explains the difference of a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Generic, TypeVar

import numpy as np

from skewcheck.causes import Cause, Claim, Context, GridClaim, Mask, Pair
from skewcheck.discovery import discover
from skewcheck.sides import Sides

MOST = 3  # causes of one column: beyond that the reader needs the rows, not another sentence
ROWS = 3  # differing rows that a cause must explain
SHARE = 0.05  # of all differing rows that a cause must explain
AS_GOOD = 0.02  # of two claims as close as this the simpler one wins
ALIKE = 0.1  # ... on distributions, where a free choice of labels fits the noise as well
SAME = 0.005  # claims as close as this are not told apart by the data
POINTS = 17  # along train at which a function is told
GRIDS = 0.75  # of the distance between two distributions that a cause must explain

C = TypeVar("C", Claim, GridClaim)


@dataclass(frozen=True, slots=True)
class _Rated(Generic[C]):
    name: str
    complexity: float
    claim: C
    share: float


def diagnose(pair: Pair, context: Context) -> tuple[Cause, ...]:
    """Return the causes that explain the differing rows of a pair, the greatest first.

    Each further cause is sought in the rows that those before it leave unexplained, so that two
    mistakes in one column are both found; its share is of all differing rows all the same.
    """
    total = int(np.count_nonzero(pair.differs))
    left: Mask = pair.differs.copy()
    found: list[Cause] = []
    while len(found) < MOST and np.count_nonzero(left) >= max(1, SHARE * total):
        kept = left | ~pair.differs
        view = pair.taken(kept)
        rated = [r for r in _rated(view, context, total) if _stands(r, total, left)]
        best = _best(rated)
        if best is None or any(best.claim.statement == cause.statement for cause in found):
            break
        found.append(_cause(best, rated, pair.sides, paired=True))
        if best.claim.holds is None:
            break  # which rows it explains is not known, so what is left is not either
        left[np.flatnonzero(kept)[best.claim.holds]] = False
    return tuple(found)


def diagnose_grids(sides: Sides, others: Mapping[str, Sides]) -> tuple[Cause, ...]:
    """Return the cause that turns train's distribution into serve's, or nothing."""
    rated = [
        _Rated(name, module.COMPLEXITY, claim, claim.explains)
        for name, module in _causes("on_grids")
        for claim in module.on_grids(sides, others)
        if claim.explains >= GRIDS
    ]
    best = _best(rated, ALIKE)
    return () if best is None else (_cause(best, rated, sides, paired=False),)


def _causes(how: str) -> Iterator[tuple[str, ModuleType]]:
    for name, module in discover("skewcheck.causes").items():
        if hasattr(module, how):
            yield name, module


def _rated(view: Pair, context: Context, total: int) -> Iterator[_Rated[Claim]]:
    for name, module in _causes("on_pairs"):
        on_pairs: Callable[[Pair, Context], Iterator[Claim]] = module.on_pairs
        for claim in on_pairs(view, context):
            share = claim.explains
            if claim.holds is not None:
                share = int(np.count_nonzero(claim.holds & view.differs)) / total
            yield _Rated(name, module.COMPLEXITY, claim, share)


def _stands(rated: _Rated[Claim], total: int, left: Mask) -> bool:
    """Return whether a claim explains enough, beyond what it would by luck."""
    unexplained = int(np.count_nonzero(left)) / total
    enough = rated.share >= SHARE and rated.share * total >= min(ROWS, total)
    beyond = rated.share / unexplained - rated.claim.chance >= SHARE
    fits = rated.share <= unexplained + AS_GOOD  # one on aligned rows knows nothing of the others
    return enough and beyond and fits


def _best(rated: list[_Rated[C]], as_good: float = AS_GOOD) -> _Rated[C] | None:
    """Return the simplest of those that explain most."""
    if not rated:
        return None
    most = max(r.share for r in rated)
    close = [r for r in rated if r.share >= most - as_good]
    return min(close, key=lambda r: (r.complexity, -r.share, r.name, r.claim.statement))


def _cause(best: _Rated[C], rated: list[_Rated[C]], sides: Sides, *, paired: bool) -> Cause:
    also = [
        r.claim.statement
        for r in sorted(rated, key=lambda r: (r.complexity, r.name, r.claim.statement))
        if r is not best
        and abs(r.share - best.share) <= SAME
        and r.complexity <= best.complexity
        and r.claim.statement != best.claim.statement
    ]
    claim = best.claim
    return Cause(
        best.name,
        claim.statement,
        claim.reason,
        min(1.0, best.share),
        paired,
        claim.condition,
        tuple(dict.fromkeys(also))[:MOST],
        _curve(claim, sides),
    )


def _curve(claim: Claim | GridClaim, sides: Sides) -> tuple[tuple[float, float], ...]:
    """Return (train, serve) along train's quantiles; nothing where the claim has no function."""
    numbers = sides.numbers
    if claim.function is None or numbers is None:
        return ()
    used = np.flatnonzero(numbers.train)
    ranks = np.linspace(0, 1, POINTS) * numbers.train.sum()
    places = np.minimum(np.searchsorted(np.cumsum(numbers.train[used]), ranks), len(used) - 1)
    train = np.unique(numbers.value[used[places]])
    with np.errstate(all="ignore"):
        serve = np.asarray(claim.function(train), np.float64)
    known = np.isfinite(serve)
    return tuple(zip(train[known].tolist(), serve[known].tolist(), strict=True))
