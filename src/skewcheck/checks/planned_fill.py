"""Share of serve rows in which a planned or partial feature has no value of its own.

A feature that does not exist yet and sends its fallback is not skew, it is coverage: it is told
apart, with its importance, and the columns' other checks are not applied to it while at least 99.9
% of its rows are empty.

Effect: share of serve rows that are absent, null or the fallback, 0 to 1. Interval: Clopper and
Pearson (1934). Not judged by default. Measured where the policy says `status = "planned"` or
`"partial"`. Undefined where single values of the column are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured, fallback_fill
from skewcheck.finding import Undefined
from skewcheck.manifest import Status
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "rows without a value of its own"
UNIT = "share"
RULE = Rule()
MODE = "availability"
EMPTY = 0.999  # share of empty rows from which on a planned feature is not compared


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of serve rows without a value of its own."""
    if sides.declared is None or sides.declared.status is Status.LIVE:
        return None
    n, m = sides.rows_train, sides.rows_serve
    rows = empty(sides)
    if rows is None:
        reason = Undefined("single values of the column are not counted")
        return Measured(reason, n, m, required=False)
    return Measured(Share(rows, m), n, m, {"status": str(sides.declared.status)}, required=False)


def empty(sides: Sides) -> int | None:
    """Return the serve rows that are absent, null or the fallback; None where not counted."""
    if sides.serve is None:
        return sides.rows_serve
    filled = fallback_fill.held(sides, sides.serve)
    states = sides.serve.states
    return None if filled is None else states["absent"] + states["null"] + filled


def awaited(sides: Sides) -> bool:
    """Return whether this is a planned feature that serve does not have yet."""
    if sides.declared is None or sides.declared.status is not Status.PLANNED:
        return False
    rows = empty(sides)
    return rows is not None and rows >= EMPTY * sides.rows_serve
