"""Share of rows whose number is NaN or infinite, in a column that has none in train.

Effect: increase of the share of rows, 0 to 1. Interval: Newcombe's hybrid of two
Clopper-Pearson intervals. Undefined: never; a column without numbers on a side is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.checks.nan_rate import odd
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "NaN where train has none"
UNIT = "share"
RULE = Rule(fail=0.001)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of numbers that are not finite, for a column whose train numbers all are."""
    found = odd(sides)
    if found is None or found[0][0] or not sides.serve:
        return None
    (_, n), (serve, m) = found
    detail = {name: sides.serve.states[name] for name in ("nan", "+inf", "-inf")}
    return Measured(ShareIncrease.of(0, n, serve, m), n, m, detail)
