"""Share of serve's numbers beyond the least and greatest number of train.

Where the model has seen nothing it extrapolates. Two of train's own rows are its extremes and
would lie beyond the range of the others, so that much is expected.

Effect: increase of the share of numbers out of range, 0 to 1. Interval: Newcombe's hybrid, with
Clopper-Pearson arms when counts are small. Undefined: never; a column without numbers on a side
is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "numbers beyond train's range"
UNIT = "share"
RULE = Rule(fail=0.01)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the increase of the share of numbers out of train's range."""
    numbers = sides.numbers
    if numbers is None or not sides.both:
        return None
    n, m = int(numbers.train.sum()), int(numbers.serve.sum())
    inside = np.flatnonzero(numbers.train)
    below = int(numbers.serve[: inside[0]].sum())
    above = int(numbers.serve[inside[-1] + 1 :].sum())
    train, serve = (side.numbers for side in sides.both)
    detail = {
        "below": below,
        "above": above,
        "train_range": [train.low, train.high],
        "serve_range": [serve.low, serve.high],
    }
    return Measured(ShareIncrease.of(min(2, n), n, below + above, m), n, m, detail)
