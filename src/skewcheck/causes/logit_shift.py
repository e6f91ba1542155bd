"""A probability moved by a constant in log-odds: recalibrated, or corrected, on one side only.

A model trained on a sample with other odds is corrected by multiplying every score's odds by one
factor; Platt scaling multiplies the log-odds and adds a constant. On paired rows serve must be
sigmoid(logit(train) + b), or sigmoid(a × logit(train) + b), exactly, to float32 or to the decimals
printed, in at least eight differing rows of different values and in 5 % of all differing rows, and
far more often than if serve's values were dealt at random.

It is never claimed from distributions alone: scores of a population that moved look the same.

Check whether both sides take the score before or after the calibrator, and that both hold the same
fitted one. The order of the scores does not change; the decisions at fixed thresholds do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Pair
from skewcheck.causes._lines import DISTINCT, line
from skewcheck.causes._numbers import Rows, formula, signed, spelled
from skewcheck.statistics.agreement import common

TITLE = "a shift in log-odds"
COMPLEXITY = 3.0
FROM_ONE = 1e-4  # a slope nearer to 1 is that of a shift
LEAST = 1e-3  # of a shift in log-odds: odds that change by a thousandth are a rounding
SECOND = 20  # times as common as the next shift


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the shift, or else the line, in log-odds that most differing rows share."""
    rows = Rows.of(pair)
    if rows is None:
        return
    both = [side[rows.differs] for side in (rows.train, rows.serve)]
    inside = np.logical_and.reduce([(side > 0) & (side < 1) for side in both])
    if np.count_nonzero(inside) < max(DISTINCT, 0.05 * rows.total):
        return
    train, serve = (side[inside] for side in both)
    for reach in _reaches(rows, train, serve):
        for found in (_shift, line):
            constants = found(_logit(train), _logit(serve), reach, rows.total)
            claim = None if constants is None else _claim(rows, *constants)
            if claim:
                yield claim
                return


def _logit(score: Floats) -> Floats:
    with np.errstate(all="ignore"):
        found: Floats = np.log(score) - np.log1p(-score)
    return found


def _reaches(rows: Rows, train: Floats, serve: Floats) -> Iterator[Floats]:
    """Yield how far serve's log-odds may be off: float, float32, the decimals printed."""
    steep = 1 / (serve * (1 - serve))
    known = 1 / (1 - train) + 1 / (1 - serve)  # a relative error of a score, in log-odds
    yield 1e-13 * known + 1e-13
    yield 1.2e-7 * known
    if rows.decimals is not None:
        yield 0.5 * 10.0**-rows.decimals * steep


def _shift(train: Floats, serve: Floats, reach: Floats, total: int) -> tuple[float, float] | None:
    apart = serve - train
    found = common(apart - reach, apart + reach)
    if found is None or found.rows < max(DISTINCT, 0.05 * total, SECOND * found.second):
        return None
    return 1.0, found.value


def _claim(rows: Rows, slope: float, shift: float) -> Claim | None:
    straight = abs(slope - 1) < FROM_ONE
    if slope <= 0 or (straight and abs(shift) < LEAST):
        return None  # turned around, or hardly moved
    slope = 1.0 if straight else slope
    scaled = "" if straight else f"{spelled(slope)} × "
    reason = "calibrated on one side only, or by another calibrator?"
    if straight:
        reason = f"odds × {np.exp(shift):.6g}: a prior correction on one side only?"
    moved = f" {signed(shift)}" if abs(shift) >= LEAST else ""

    def function(train: Floats) -> Floats:
        return 1 / (1 + np.exp(-(slope * _logit(train) + shift)))

    odds = f"CASE WHEN {rows.t} > 0 AND {rows.t} < 1 THEN ln({rows.t} / (1 - {rows.t})) END"
    return formula(
        rows,
        function,
        f"serve = sigmoid({scaled}logit(train){moved})",
        reason,
        sql=f"1 / (1 + exp(-({slope!r} * ({odds}) + {shift!r})))",
        distinct=DISTINCT,
    )
