"""Share of logged requests that champion and challenger decide differently.

`champion` in `[decisions]` names the column of serve with the champion's score, which is held
against the same thresholds, or with its decisions in words (those of the policy, in any case). The
challenger is the model in shadow mode. A new model is there to decide otherwise: this is measured
and shown, and judged only where the policy sets a limit.

Effect: share of the requests that both decide, 0 to 1; a word that the policy does not name is a
disagreement. Interval: Clopper and Pearson (1934). Undefined where no request has both decisions.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skewcheck.champion import crossed
from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "champion and challenger disagree"
UNIT = "share"
RULE = Rule()
MODE = "decisions"
ON = "agreement"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of serve's requests on which the two disagree."""
    if sides.decisions is None or sides.serve is None:
        return None
    table = crossed(sides.decisions, sides.serve.categories.counts or {})
    n, same = int(table.sum()), int(np.trace(table))
    if not n:
        reason = "no request has a decision of both champion and challenger"
        return Measured(Undefined(reason), 0, sides.rows_serve)
    return Measured(Share(n - same, n), 0, n, {"differing": n - same})
