"""Largest shift of the 5, 25, 50, 75 and 95 % quantiles, in units of train's spread.

Says where a distribution moved: all of it, or one tail. Not judged by default.

Effect: 0 or more, in train's IQR (its 5 % to 95 % range when that is 0). Interval: from
distribution-free intervals of each quantile. Undefined when train holds a single value, or numbers
are 1e150 apart; a column without numbers on a side is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.checks.wasserstein import unit
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.quantiles import LEVELS, quantile_shift

TITLE = "shift of the quantiles"
UNIT = "IQR"
RULE = Rule()


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the largest quantile shift, and the quantiles of both sides."""
    numbers = sides.numbers
    if numbers is None:
        return None
    n, m = int(numbers.train.sum()), int(numbers.serve.sum())
    scale = unit(numbers)
    if isinstance(scale, Undefined):
        return Measured(scale, n, m)
    shift = quantile_shift(
        numbers.train, numbers.serve, numbers.value, scale=scale, radius=numbers.radius
    )
    detail = {
        "levels": LEVELS.tolist(),
        "train": shift.train.quantiles.tolist(),
        "serve": shift.serve.quantiles.tolist(),
    }
    return Measured(shift, n, m, detail)
