"""Kolmogorov-Smirnov distance: the largest gap between the two distribution functions.

Of the numbers that are there (nulls are ``null_rate``'s). 0.10 says: across one cut, 10 % of the
rows moved. Read off the grid; the error bound is the mass that one cell may hide, and is part of
the upper bound.

Effect: 0 to 1. Interval: Kolmogorov's constant below, pointwise above (intersection-union, Berger
1982). Undefined when a side has no number.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.statistics.ks import ks

TITLE = "Kolmogorov-Smirnov distance"
UNIT = ""
RULE = Rule(fail=0.10, warn=0.05)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the KS distance and the value at which the gap is largest."""
    if sides.kind is not Kind.NUMBER or not sides.both:
        return None
    numbers = sides.numbers
    n, m = (side.numbers.total for side in sides.both)
    if numbers is None:
        return Measured(Undefined(f"{'serve' if n else 'train'} has no number"), n, m)
    distance = ks(numbers.train, numbers.serve, pure=numbers.pure)
    at = distance.location
    detail = {
        "at": float(numbers.upper[at] if not numbers.pure[at] else numbers.value[at]),
        "train_share": float(numbers.train[: at + 1].sum() / n),
        "serve_share": float(numbers.serve[: at + 1].sum() / m),
    }
    return Measured(distance, n, m, detail)
