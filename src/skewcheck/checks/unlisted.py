"""Share of serve rows that carry a feature which the frozen list does not have.

The list is the `[features.NAME]` tables of a policy with `frozen = true` in `[manifest]`. What is
logged beyond it is feature creep: work for teams that no model was promised.

Effect: share of serve rows with a value, 0 to 1. Interval: Clopper and Pearson (1934). Warns by
default. Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.schema import Role
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "feature beyond the frozen list"
UNIT = "share"
RULE = Rule(warn=0.001)
MODE = "creep"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of rows that carry a feature nobody listed."""
    if not sides.frozen or sides.role is not Role.FEATURE or not sides.serve:
        return None
    if sides.declared is not None:
        return Measured(Share(0, sides.rows_serve), sides.rows_train, sides.rows_serve)
    rows = sides.serve.states.present
    return Measured(Share(rows, sides.rows_serve), sides.rows_train, sides.rows_serve)
