"""Share of paired requests that are decided otherwise in serve than in train.

What the model would have decided on the right features is known for the rows that are paired. A
flip is a customer who gets another answer because of the pipeline, or of the code that serves.

Effect: share of pairs, 0 to 1. Interval: Clopper and Pearson (1934); where serve names the customer
it is widened by the design effect, for the requests of one customer flip together. Undefined where
no pair has a score on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "decisions that flip"
UNIT = "share"
RULE = Rule(fail=0.01, warn=0.001)
MODE = "decisions"
ON = "decision"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of pairs that are decided otherwise."""
    if sides.pairs is None:
        return None
    n, differing = sides.pairs.counts.pairs, sides.pairs.counts.mismatches
    if not n:
        return Measured(Undefined("no pair has a score on both sides"), 0, 0, required=False)
    return Measured(Share(differing, n), n, n, {"flips": differing})
