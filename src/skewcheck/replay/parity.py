"""Logged scores held against the model's answers to the logged features, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.replay.links import Link, agree, link
from skewcheck.summaries.parity import Tolerance

Floats = NDArray[np.float64]
DEFAULT = Tolerance(1e-6, 1e-5)  # float32 models and their printed scores keep fewer digits
DECIMALS = range(2, 7)  # that scores are rounded to in a log
BLUNT = 0.01  # of the answers' spread: what rounding may hide at most
EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class ScoreParity:
    """What became of the logged scores of a sample of serve's rows.

    ``rows`` have a logged number; ``differing`` of them are not the model's answer, ``unscored``
    rows have no number logged. ``largest`` is the largest difference; ``decimals`` those that the
    log keeps, where it rounds; ``link`` how logged scores follow from answers all the same.
    """

    score: str
    rows: int
    differing: int
    unscored: int
    largest: float
    decimals: int | None = None
    link: Link | None = None


def score_parity(
    score: str, answers: Floats, logged: Floats, tolerance: Tolerance = DEFAULT
) -> ScoreParity:
    """Return how the logged scores (NaN: none) of some rows agree with the model's answers."""
    there = ~np.isnan(logged)
    x, y = answers[there], logged[there]
    same, decimals = agree(x, y, tolerance), None
    if not same.all() and (digits := _decimals(y)) is not None:
        half = 0.5 * 10.0**-digits * (1 + 1e-6) + tolerance.absolute
        if half <= BLUNT * float(np.nanstd(x)):
            tolerance, decimals = Tolerance(half, tolerance.relative), digits
            same = agree(x, y, tolerance)
    with np.errstate(invalid="ignore"):
        apart = np.abs(x - y)
    largest = float(np.max(apart[np.isfinite(apart)], initial=0.0))
    differing = int(np.count_nonzero(~same))
    found = link(x, y, tolerance) if 2 * differing > len(x) else None
    unscored = int(np.count_nonzero(~there))
    return ScoreParity(score, len(x), differing, unscored, largest, decimals, found)


def _decimals(logged: Floats) -> int | None:
    """Return the decimals that all scores are rounded to; None where they are not rounded."""
    known = logged[np.isfinite(logged)]
    if not len(known):
        return None
    for digits in DECIMALS:
        scaled = known * 10.0**digits
        if np.abs(scaled - np.rint(scaled)).max() <= EVEN * max(1.0, np.abs(scaled).max()):
            return digits
    return None
