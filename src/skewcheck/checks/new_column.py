"""Share of serve rows that carry a column which train does not have.

The model cannot use it: feature creep, a renamed column, or metadata whose role is not declared.

Effect: share of serve rows with the key, 0 to 1. Interval: Newcombe's hybrid of two
Clopper-Pearson intervals. Warns by default. Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "column that train does not have"
UNIT = "share"
RULE = Rule(warn=0.001)
MODE = "creep"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of rows that carry the unexpected column."""
    if sides.train or not sides.serve:
        return None
    rows = sides.rows_serve - sides.serve.states["absent"]
    increase = ShareIncrease.of(0, sides.rows_train, rows, sides.rows_serve)
    return Measured(increase, sides.rows_train, sides.rows_serve, {"rows": rows})
