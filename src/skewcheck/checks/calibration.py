"""Positives that came against those that the score promised: does 0.2 still mean one in five?

The positives observed, divided by the sum of the scores, on the rows of serve that have a label.
Where train has scores and labels, against train's own ratio: a score that never was a probability
(class weights, sampled negatives) has not lost what it never had. Only for scores between 0 and 1
that rise with the chance of a yes. Labels that arrive late shift this first: positives are often
known sooner than negatives, or later. So the limit is wide. Of several scores the first is
measured.

Effect: distance of the ratio from 1; 0.1 is a tenth more or fewer positives than promised.
Interval: score type for a ratio of a count to the sum of its chances (Wilson's where all scores
are equal); with train, MOVER (Zou and Donner 2008). Undefined when all scores are 0, or a side has
fewer than 10 rows with a label. Too few labels do not hold up a pass, unless the policy demands
evidence of performance.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.scoring import FEWEST, measured_score, scored
from skewcheck.sides import Sides
from skewcheck.statistics.calibration import promised
from skewcheck.statistics.estimate import Departure, Estimate, Known
from skewcheck.statistics.outcomes import Outcomes

TITLE = "positives against those promised"
UNIT = ""
RULE = Rule(fail=0.2, warn=0.1)
MODE = "performance"
ON = "score"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return how far serve's positives are from what the first score promised."""
    if measured_score(others.values()) != sides.name:
        return None
    found = scored(sides)
    train, serve = found.train, found.serve
    if isinstance(serve, Undefined):
        return Measured(Undefined(f"serve: {serve.reason}"), 0, 0, required=False)
    if not found.probabilities:
        return None
    base = train if isinstance(train, Outcomes) and train.events >= FEWEST else None
    n = base.n if base else 0
    if serve.n < FEWEST or not serve.value @ serve.rows:
        reason = f"serve has {serve.n:,} rows with a label and a score above 0"
        return Measured(Undefined(reason), n, serve.n, required=False)
    before: Estimate = promised(base) if base else Known(1.0)
    departure = Departure(before, promised(serve))
    detail = {
        "observed": serve.events,
        "promised": float(serve.value @ serve.rows),
        "train_ratio": before.value if base else None,
        "serve_ratio": departure.serve.value,
    }
    there = {key: value for key, value in detail.items() if value is not None}
    return Measured(departure, n, serve.n, there, required=False)
