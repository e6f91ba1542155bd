"""Does a part of the rows hold the marks? Evidence that survives having looked for the part.

``x`` marked of ``n`` rows are inside the part, ``marked`` of ``rows`` in all; evidence is in nats.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import special

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

GROUPS = 32  # runs of rows, in order of time, that tell how marks clump
MARKS = 4  # marks that a run must be expected to hold
STEPS = 20  # of the ascent; it ends by itself long before
HOLDS = 0.8  # of the marks that a part must hold
FAR = 4.0  # times the share outside that the share inside must be


def evidence(x: Counts, n: Counts, marked: int, rows: int) -> Values:
    """Return e such that marks thrown at random put ``x`` or more inside with P <= exp(-e).

    The number inside is hypergeometric, whose tail is below Chernoff's bound of the binomial
    (Hoeffding 1963, section 6), and the same number whether rows inside, rows outside, marked or
    unmarked rows are taken to be drawn: the best of the four bounds holds. 0 where the share
    inside is not above the share of all.
    """
    draws = (
        (x, n, marked / rows),
        (marked - x, rows - n, marked / rows),
        (x, np.full_like(n, marked), n / rows),
        (n - x, np.full_like(n, rows - marked), n / rows),
    )
    best: Values = np.max([_surprise(*draw) for draw in draws], axis=0)
    found: Values = np.where(x * float(rows) > n * float(marked), best, 0.0)
    return found


def far(x: Counts, n: Counts, marks: int, totals: tuple[int, int]) -> NDArray[np.bool_]:
    """Return whether parts hold HOLDS of the marks, at a share FAR above that outside.

    ``totals`` are the marked rows and rows that the parts are taken from, ``marks`` all marks.
    """
    marked, rows = totals
    inside, outside = x * (rows - n).astype(np.float64), (marked - x) * n.astype(np.float64)
    return (x >= HOLDS * marks) & (inside >= FAR * outside) & (n < rows)


def likelihood(x: Counts, n: Counts, marked: int, rows: int) -> Values:
    """Return the log-likelihood ratio of two shares, inside and outside, over one share."""
    base = marked / rows
    gain: Values = _surprise(x, n, base) + _surprise(marked - x, rows - n, base)
    gain[x * float(rows) <= n * float(marked)] = 0.0
    return gain


def _surprise(x: Counts, n: Counts, share: float | Values) -> Values:
    """Return n times the Kullback-Leibler divergence of the share ``x / n`` from ``share``."""
    divergence = special.rel_entr(x, n * share) + special.rel_entr(n - x, n * (1 - share))
    return np.maximum(np.asarray(divergence, np.float64), 0.0)  # rounding may go below


def steepest(x: Counts, n: Counts) -> tuple[int, int]:
    """Return the window ``[i, j)`` of bins of the largest likelihood ratio that was found.

    Given the two shares the best window is that of the largest sum of gains, found in one pass
    (Kadane); given the window the shares are known. The two steps alternate, each of them
    climbing, from the richest windows of every power of two.
    """
    upto_x, upto_n = _upto(x), _upto(n)
    found = {_climbed(window, upto_x, upto_n) for window in _seeds(upto_x, upto_n)}
    ends = np.array(sorted(found))
    inside_x, inside_n = (upto[ends[:, 1]] - upto[ends[:, 0]] for upto in (upto_x, upto_n))
    gains = likelihood(inside_x, inside_n, int(upto_x[-1]), int(upto_n[-1]))
    i, j = ends[int(gains.argmax())].tolist()
    return i, j


def _seeds(upto_x: Counts, upto_n: Counts) -> Iterable[tuple[int, int]]:
    bins, excess = len(upto_x) - 1, upto_x - upto_n * (upto_x[-1] / upto_n[-1])
    length = 1
    while length < bins:
        i = int((excess[length:] - excess[:-length]).argmax())
        yield i, i + length
        length *= 2


def _climbed(window: tuple[int, int], upto_x: Counts, upto_n: Counts) -> tuple[int, int]:
    i, j = window
    for _ in range(STEPS):
        inside, outside = _shares(upto_x, upto_n, i, j)
        hit, miss = np.log(inside / outside), np.log((1 - inside) / (1 - outside))
        if hit <= 0.0:
            break
        gains = hit * upto_x + miss * (upto_n - upto_x)
        end = int((gains[1:] - np.minimum.accumulate(gains)[:-1]).argmax()) + 1
        start = int(gains[:end].argmin())
        if (start, end) == (i, j):
            break
        i, j = start, end
    return i, j


def _shares(upto_x: Counts, upto_n: Counts, i: int, j: int) -> tuple[float, float]:
    """Return the shares inside and outside, kept off 0 and 1 by half a row."""
    x, n = int(upto_x[j] - upto_x[i]), int(upto_n[j] - upto_n[i])
    marked, rows = int(upto_x[-1]), int(upto_n[-1])
    return (x + 0.5) / (n + 1.0), (marked - x + 0.5) / (rows - n + 1.0)


def dispersion(pieces: Iterable[tuple[Counts, Counts]]) -> float:
    """Return how much more than by chance the marks clump in time, 1 or more.

    Pearson's chi-square by its degrees of freedom, over runs of like numbers of rows inside each
    piece of (marked, rows) per bin. Evidence is divided by it (quasi-likelihood): a burst of
    rows that are marked together counts as the few events that it is. 1 where nothing can tell.
    """
    total, freedom = 0.0, 0
    for x, n in pieces:
        marked, rows = int(x.sum()), int(n.sum())
        groups = min(GROUPS, len(x), marked // MARKS, (rows - marked) // MARKS)
        if groups < 2:
            continue
        middle = (np.cumsum(n) - 0.5 * n) / rows
        group = np.minimum((middle * groups).astype(np.intp), groups - 1)
        _, group = np.unique(group, return_inverse=True)
        expected = np.bincount(group, weights=n) * (marked / rows)
        off = np.bincount(group, weights=x) - expected
        total += float((off**2 / (expected * (1.0 - marked / rows))).sum())
        freedom += len(expected) - 1
    return max(1.0, total / freedom) if freedom else 1.0


def _upto(counts: Counts) -> Counts:
    return np.concatenate(([0], np.cumsum(counts)))
