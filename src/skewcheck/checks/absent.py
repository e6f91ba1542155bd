"""Share of serve rows whose event lacks the column altogether.

Applies to columns that every train row fills: there, a key that is not logged is a feature that
does not reach the model. Where train has nulls itself, writers that leave nulls out are common,
and absent counts as null in ``null_rate``. A column that no row logs is always reported here.

Effect: increase of the share of rows without the key, 0 to 1. Interval: Newcombe's hybrid of two
Clopper-Pearson intervals. Undefined: never (a side has rows, or it is not compared).
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.manifest import Status
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease
from skewcheck.statistics.intervals import Share

TITLE = "column missing from the log"
UNIT = "share"
RULE = Rule(fail=0.001)
MODE = "availability"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of rows without the column."""
    if not sides.train or not sides.train.states.present:
        return _promised(sides)
    train = sides.train.states
    absent = sides.serve.states["absent"] if sides.serve else sides.rows_serve
    if train["null"] + train["absent"] and absent < sides.rows_serve:
        return None
    increase = ShareIncrease.of(train["absent"], sides.rows_train, absent, sides.rows_serve)
    return Measured(increase, sides.rows_train, sides.rows_serve, {"rows": absent})


def _promised(sides: Sides) -> Measured | None:
    """Return the rows without a feature that the policy calls live and that no side has."""
    if sides.declared is None or sides.declared.status is not Status.LIVE or sides.serve:
        return None
    n, m = sides.rows_train, sides.rows_serve
    return Measured(Share(m, m), n, m, {"rows": m, "unknown_to_train": True})
