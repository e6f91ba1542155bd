"""Share of serve rows that would be paired if keys were spelled alike on both sides.

A number logged as text, another case, leading zeros, white space or another form of a UUID hide
pairs. `detail` names the repair; it is never applied silently: `--repair-key NAME` does it.

Effect: share of serve rows gained by the best repair, 0 to 1. Interval: Clopper and Pearson (1934).
Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "keys spelled differently"
UNIT = "share"
RULE = Rule(warn=0.001)
MODE = "health"
ON = "join"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of serve rows that the best repair of the keys would pair."""
    if sides.join is None:
        return None
    found = sides.join.coverage
    repair = max(found.spelled, key=lambda name: found.spelled[name], default=None)
    gain = found.spelled[repair] - found.paired if repair else 0
    detail = {"repair": repair, "would_pair": found.spelled[repair]} if repair else {}
    share = Share(min(max(0, gain), sides.join.requests), sides.join.requests)
    return Measured(share, found.rows_train, found.rows_serve, detail)
