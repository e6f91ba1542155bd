"""Share of serve rows that the offline recomputation does not have.

A logged request without an offline row was not checked. With TRAIN itself as the partner it is no
surprise that most requests are new; with `--offline` every request should be there.

Effect: share of serve rows, 0 to 1. Interval: Clopper and Pearson (1934). Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "requests without an offline row"
UNIT = "share"
RULE = Rule(fail=0.05, warn=0.01)
MODE = "health"
ON = "join"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of serve rows without a partner."""
    if sides.join is None or not sides.join.offline:
        return None
    join, found = sides.join, sides.join.coverage
    detail = {"without_key": found.null_serve, "paired": found.paired}
    share = Share(join.alone, join.requests)
    return Measured(share, found.rows_train, found.rows_serve, detail)
