"""Share of serve rows without a key: they are never joined to anything, nor to each other.

Effect: share of serve rows, 0 to 1. Interval: Clopper and Pearson (1934). Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "requests without a key"
UNIT = "share"
RULE = Rule(warn=0.01)
MODE = "health"
ON = "join"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of serve rows without a whole key."""
    if sides.join is None:
        return None
    found = sides.join.coverage
    detail = {"in_train": found.null_train}
    share = Share(found.null_serve, sides.join.requests)
    return Measured(share, found.rows_train, found.rows_serve, detail)
