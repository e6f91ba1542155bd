"""Fall of the AUC from train to serve, on the rows of either side that have a label.

The AUC is the chance that a positive row scores higher than a negative one, ties counted half. A
fall of 0.05 is ten points of Gini: commonly what a redevelopment is asked for at, and more than
scores lose that were measured in train on the rows they were fitted to. A score that falls with
the chance of a yes is turned around on both sides. Of several scores the first is measured.

Effect: AUC of train less that of serve, 0 where it rose. Interval: of each AUC, Newcombe's (2006)
with the variance of DeLong (1988); of the fall, MOVER (Zou and Donner 2008), train and serve being
independent samples. Undefined when a side has fewer than 10 rows of either class. Too few labels
do not hold up a pass, unless the policy demands evidence of performance.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.scoring import few, measured_score, ranked, scored
from skewcheck.sides import Sides
from skewcheck.statistics.estimate import Drop
from skewcheck.statistics.outcomes import Outcomes
from skewcheck.statistics.ranking import auc

TITLE = "fall of the AUC"
UNIT = ""
RULE = Rule(fail=0.05, warn=0.02)
MODE = "performance"
ON = "score"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the fall of the AUC of the first score, where both sides have labels."""
    if measured_score(others.values()) != sides.name or not sides.labels:
        return None
    if not sides.train or not sides.labels.train.labelled:
        return None
    found = scored(sides)
    train, serve = found.train, found.serve
    n, m = (side.n if isinstance(side, Outcomes) else 0 for side in (train, serve))
    for side, name in ((train, "train"), (serve, "serve")):
        if isinstance(side, Undefined):
            return Measured(Undefined(f"{name}: {side.reason}"), n, m, required=False)
        if not ranked(side):
            return Measured(Undefined(few(side, name)), n, m, required=False)
    assert isinstance(train, Outcomes) and isinstance(serve, Outcomes)
    drop = Drop(auc(train), auc(serve))
    detail = {"train_auc": drop.train.value, "serve_auc": drop.serve.value}
    return Measured(drop, n, m, detail, required=False)
