"""Share of the offline rows that no logged request belongs to.

The offline recomputation is one of the logged requests: a row without its request says that log
lines were lost, or that the two do not cover the same time.

Effect: share of the offline rows, 0 to 1. Interval: Clopper and Pearson (1934). Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "offline rows without a request"
UNIT = "share"
RULE = Rule(warn=0.05)
MODE = "health"
ON = "join"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of offline rows without a logged request."""
    if sides.join is None or not sides.join.offline or sides.join.as_of:
        return None
    found = sides.join.coverage
    rows = found.keys_train + found.null_train
    return Measured(Share(rows - found.paired, rows), found.rows_train, found.rows_serve)
