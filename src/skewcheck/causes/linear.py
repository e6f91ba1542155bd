"""A straight line, exactly: standardised or min-max scaled on one side only, or a calibration.

On paired rows slope and intercept are those that most differing rows share, to a relative 1e-6 (or
to the decimals printed). The line must hold in at least eight differing rows of different values
and in 5 % of all differing rows, and far more often than if serve's values were dealt at random.
Slope and intercept are compared with the mean and standard deviation, and with the least and the
greatest value, of each side: that names the scaler.

It is never claimed from distributions alone: any population that moves and widens fits a line.

Check whether both sides call the same scaler, fitted on the same data.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Pair
from skewcheck.causes._lines import DISTINCT, line
from skewcheck.causes._numbers import Rows, formula, signed, spelled
from skewcheck.sides import Numbers

TITLE = "a straight line"
COMPLEXITY = 4.0
FROM_ONE = 1e-4  # a slope nearer to 1 is a shift, a rounding or a lag
NEAR = 0.02  # of a standard deviation


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the line that most differing rows lie on."""
    rows = Rows.of(pair)
    if rows is None or np.count_nonzero(rows.differs) < DISTINCT:
        return
    train, serve = rows.train[rows.differs], rows.serve[rows.differs]
    for reach in _reaches(rows, serve):
        found = line(train, serve, reach, rows.total)
        claim = None if found is None else _claim(rows, *found, pair.sides.numbers)
        if claim:
            yield claim
            return


def _reaches(rows: Rows, serve: Floats) -> Iterator[Floats]:
    """Yield how far serve may be off: a float, float32, the decimals printed."""
    size = np.maximum(np.abs(serve), float(np.median(np.abs(serve))))
    yield 1e-11 * size
    yield 2e-7 * size
    if rows.decimals is not None:
        yield np.full(len(serve), 0.5 * 10.0**-rows.decimals)


def _claim(rows: Rows, slope: float, offset: float, numbers: Numbers | None) -> Claim | None:
    if abs(slope - 1) < FROM_ONE or abs(offset) < 1e-9 * float(np.abs(rows.serve).max()):
        return None  # a shift, a ratio
    statement, reason = _named(slope, offset, numbers)
    sql = f"{rows.t} * {slope!r} + {offset!r}"
    return formula(
        rows, lambda t: t * slope + offset, statement, reason, sql=sql, distinct=DISTINCT
    )


def _named(slope: float, offset: float, numbers: Numbers | None) -> tuple[str, str]:
    """Return the line in words, and the scaler that it is."""
    centred = f"serve = (train {signed(offset / slope)}) / {spelled(1 / slope)}"
    straight = f"serve = {spelled(slope)} × train {signed(offset)}"
    if numbers is None:
        return straight, ""
    mean, spread = _moments(numbers.value, numbers.train)
    low, high = _range(numbers, numbers.train)
    if abs(slope * mean + offset) <= NEAR and abs(slope * spread - 1) <= NEAR:
        return centred, "standardised with train's mean and standard deviation?"
    if abs(slope * low + offset) <= 1e-3 and abs(slope * high + offset - 1) <= 1e-3:
        return centred, "min-max scaled with train's range?"
    if abs(mean) <= 5 * NEAR and abs(spread - 1) <= 5 * NEAR:
        return straight, "standardised in train only?"
    if abs(low) <= 1e-3 and abs(high - 1) <= 1e-3:
        return straight, "min-max scaled in train only?"
    return straight, "scaled or calibrated on one side only?"


def _moments(values: Floats, counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    mean = np.average(values, weights=counts)
    return np.array([mean, np.sqrt(np.average((values - mean) ** 2, weights=counts))])


def _range(numbers: Numbers, counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    used = np.flatnonzero(counts)
    return np.array([numbers.lower[used[0]], numbers.upper[used[-1]]])
