"""Share of rows, on the side where it is larger, whose key another row has already.

Only the first row of a repeated key is paired: which one is right cannot be told. Copies of a log
event are counted apart and are no repeats.

Effect: share of the side's rows, 0 to 1. Interval: Clopper and Pearson (1934). Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "rows with a repeated key"
UNIT = "share"
RULE = Rule(warn=0.01)
MODE = "health"
ON = "join"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the larger share of rows with a repeated key."""
    if sides.join is None or sides.join.as_of:
        return None
    found = sides.join.coverage
    in_serve = max(0, found.repeated_serve - sides.join.copies)
    shares = (Share(found.repeated_train, found.rows_train), Share(in_serve, found.rows_serve))
    detail = {"in_train": found.repeated_train, "in_serve": in_serve}
    larger = max(shares, key=lambda share: share.value)
    return Measured(larger, found.rows_train, found.rows_serve, detail)
