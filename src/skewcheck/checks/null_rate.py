"""Difference of the null rates, in a column that has nulls in train.

Null and absent count alike: many writers leave nulls out. A fall is as telling as a rise: a null
that was filled with 0 leaves the null rate.

Effect: absolute difference of the shares, 0 to 1. Interval: Newcombe (1998), method 10, with
Clopper-Pearson arms when counts are small. Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import ShareDifference

TITLE = "null rate"
UNIT = "share"
RULE = Rule(fail=0.02)
MODE = "availability"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the difference of the null rates."""
    if not sides.both:
        return None
    train, serve = (side.states["null"] + side.states["absent"] for side in sides.both)
    if not train:
        return None
    difference = ShareDifference(train, sides.rows_train, serve, sides.rows_serve)
    detail = {
        "train_share": train / sides.rows_train,
        "serve_share": serve / sides.rows_serve,
        "absent": sides.both[1].states["absent"],
    }
    return Measured(difference, sides.rows_train, sides.rows_serve, detail)
