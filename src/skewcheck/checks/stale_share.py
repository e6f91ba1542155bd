"""Share of serve rows whose value is older than the policy allows.

`time` in `[features.NAME]` names the column with the moment at which the feature's value was made,
`max_age` how old it may be when the request comes. A value from after the request counts as well:
its clock, or its join, is wrong.

Effect: share of the rows that have both times, 0 to 1. Interval: Clopper and Pearson (1934).
Undefined where no row has both.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "values older than allowed"
UNIT = "share"
RULE = Rule(fail=0.01)
MODE = "availability"
ON = "age"
CLOCK = 60.0  # seconds by which two clocks may differ


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of rows whose value is too old."""
    if sides.serve is None or sides.declared is None or sides.declared.max_age is None:
        return None
    cells, counts = sides.serve.numbers.counts()
    n = int(counts.sum())
    if not n:
        return Measured(Undefined("no row has both times"), sides.rows_train, sides.rows_serve)
    low, high = sides.serve.numbers.spec.edges(cells)
    middle = low / 2 + high / 2
    stale = int(counts[middle > sides.declared.max_age].sum())
    early = int(counts[middle < -CLOCK].sum())
    ranks = np.searchsorted(np.cumsum(counts), np.array([0.5, 0.95]) * n)
    detail = {
        "older": stale,
        "from_the_future": early,
        "median_seconds": float(middle[ranks[0]]),
        "seconds_95": float(middle[min(ranks[1], len(middle) - 1)]),
    }
    return Measured(Share(stale + early, n), sides.rows_train, n, detail)
