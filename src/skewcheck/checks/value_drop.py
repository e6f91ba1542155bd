"""How much less a decision earns in serve than in train.

The same gains, the same way to value decisions, another side: features that are wrong in serve move
scores, scores move decisions, and this is what that costs, with what a moved population costs
beside it. What the flips alone cost is said in the report, from paired rows.

How much is too much is money, and nobody's default: `[checks.value_drop]` sets it, in the unit of
the gains per decision.

Effect: fall of the mean value per decision, in the unit of the gains; 0 where it rose. Interval:
MOVER (Zou and Donner 2008) of two normal ones. Undefined where either side's mean is, see
`value_per_decision`; that does not hold up a pass unless the policy sets a limit.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.earnings import earned
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.estimate import Drop

TITLE = "fall of the value per decision"
UNIT = "per decision"
RULE = Rule()
MODE = "value"
ON = "value"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the fall of the value per decision from train to serve."""
    if sides.gains is None:
        return None
    train, serve = earned(sides.train, "train"), earned(sides.serve, "serve")
    for mean in (train, serve):
        if isinstance(mean, Undefined):
            return Measured(mean, sides.rows_train, sides.rows_serve)
    assert not isinstance(train, Undefined)
    assert not isinstance(serve, Undefined)
    detail = {"train_value": train.value, "serve_value": serve.value}
    return Measured(Drop(train, serve), train.rows, serve.rows, detail)
