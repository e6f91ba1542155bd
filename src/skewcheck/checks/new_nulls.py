"""Share of serve rows without a value, in a column that train always fills.

A null that train never had is one the model has not learned: it was trained on something else
(rows with nulls dropped, nulls imputed). Absent keys count as nulls here.

Effect: increase of the share of null or absent values, 0 to 1. Interval: Newcombe's hybrid of two
Clopper-Pearson intervals. Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "nulls where train has none"
UNIT = "share"
RULE = Rule(fail=0.001)
MODE = "availability"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of null values, for a column that is never null in train."""
    if not sides.both:
        return None
    missing = [side.states["null"] + side.states["absent"] for side in sides.both]
    if missing[0]:
        return None
    increase = ShareIncrease.of(0, sides.rows_train, missing[1], sides.rows_serve)
    detail = {"null": sides.both[1].states["null"], "absent": sides.both[1].states["absent"]}
    return Measured(increase, sides.rows_train, sides.rows_serve, detail)
