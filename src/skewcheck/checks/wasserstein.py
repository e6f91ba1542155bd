"""Wasserstein distance: how far a number has moved on average, in units of train's spread.

The spread is train's interquartile range, or its 5 % to 95 % range when that is 0. Reads well
("a typical move of 0.3 IQR"); not judged by default: one far value moves it without bound.

Effect: 0 or more, in train's IQR. Interval: normal around the plug-in, less its noise. Undefined
when train holds a single value, or numbers are 1e150 apart; a column without numbers on
a side is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Numbers, Sides
from skewcheck.statistics.distance import spread, wasserstein

TITLE = "Wasserstein distance"
UNIT = "IQR"
RULE = Rule()
FAR = 1e150  # squares of greater differences are beyond float64


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the scaled Wasserstein distance."""
    numbers = sides.numbers
    if numbers is None:
        return None
    n, m = int(numbers.train.sum()), int(numbers.serve.sum())
    scale = unit(numbers)
    if isinstance(scale, Undefined):
        return Measured(scale, n, m)
    distance = wasserstein(
        numbers.train, numbers.serve, numbers.value, scale=scale, radius=numbers.radius
    )
    return Measured(distance, n, m, {"scale": scale})


def unit(numbers: Numbers) -> float | Undefined:
    """Return train's spread, the unit of distances, or why there is none."""
    width = float(numbers.value[-1]) - float(numbers.value[0])
    scale = spread(numbers.train, numbers.value) if width < FAR else None
    if not width < FAR * (scale or 1.0):
        return Undefined("the numbers are too far apart for their differences to be squared")
    return scale or Undefined("train holds nearly a single value: no spread to measure in")
