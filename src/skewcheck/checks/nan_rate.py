"""Difference of the shares of rows with NaN or infinity, in a column that has some in train.

A fall is as telling as a rise: a NaN that was filled with 0 leaves the share.

Effect: absolute difference of the shares of rows, 0 to 1. Interval: Newcombe (1998), method 10,
with Clopper-Pearson arms when counts are small. Undefined: never; a column without
numbers on a side is not measured, one without NaN in train is ``new_nan``'s.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import ShareDifference

TITLE = "NaN rate"
UNIT = "share"
RULE = Rule(fail=0.02)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the difference of the shares of numbers that are not finite."""
    found = odd(sides)
    if found is None or not found[0][0]:
        return None
    (train, n), (serve, m) = found
    detail = {"train_share": train / n, "serve_share": serve / m}
    return Measured(ShareDifference(train, n, serve, m), n, m, detail)


def odd(sides: Sides) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return each side's (numbers that are not finite, rows); None where a side has no number."""
    if not sides.both or sides.kind is not Kind.NUMBER:
        return None
    train, serve = (side.states for side in sides.both)
    if not train.numeric or not serve.numeric:
        return None
    return (
        (train.numeric - train["number"], sides.rows_train),
        (serve.numeric - serve["number"], sides.rows_serve),
    )
