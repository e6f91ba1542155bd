"""Scores with outcomes, made up: rows, and the same as counts per score."""

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.outcomes import Outcomes

Rows = tuple[NDArray[np.float64], NDArray[np.int64]]


def rows(n: int, seed: int = 0, *, digits: int = 3, power: float = 1.0) -> Rows:
    """Return scores and outcomes; calibrated where ``power`` is 1, too extreme below it."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1.0, 4.0, n).round(digits)
    return p, (rng.random(n) < chance(p, power)).astype(np.int64)


def chance(p: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """Return the chance of a positive outcome at a score."""
    safe = np.clip(p, 1e-9, 1 - 1e-9)
    found: NDArray[np.float64] = 1.0 / (1.0 + ((1 - safe) / safe) ** power)
    return found


def counted(scores: NDArray[np.float64], outcome: NDArray[np.int64]) -> Outcomes:
    """Return the outcomes as counts per score."""
    value, place = np.unique(scores, return_inverse=True)
    positives = np.bincount(place, outcome, len(value)).astype(np.int64)
    return Outcomes.exact(value, positives, np.bincount(place, minlength=len(value)) - positives)


def coarsened(scored: Outcomes, width: float) -> Outcomes:
    """Return the same counts on cells of a width."""
    cells = np.floor(scored.value / width)
    found, place = np.unique(cells, return_inverse=True)
    lower, upper = found * width, (found + 1) * width
    positives, negatives = (
        np.bincount(place, counts, len(found)).astype(np.int64)
        for counts in (scored.positives, scored.negatives)
    )
    return Outcomes(lower, (lower + upper) / 2, upper, positives, negatives)
