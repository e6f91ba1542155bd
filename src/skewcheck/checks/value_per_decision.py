"""How far a decision in serve earns less than the least that the policy accepts.

`[value]` says what each decision gains or costs, by what turns out; `least` is the value per
decision below which it does not pay to decide at all, 0 unless set. Decisions are valued by the
label where both sides have labels, else by the score, calibrated on train's labels where it can be;
the report says which. `value_drop` holds serve against train.

Effect: shortfall of the mean value per decision, in the unit of the gains; 0 where it is reached.
Interval: normal, with the error of the grid. Undefined below 30 decisions whose value is known, and
below 25 times the squared skewness of their values (Cochran 1977, section 2.15).
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.earnings import earned
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.shortfall import Shortfall

TITLE = "value per decision below the least accepted"
UNIT = "per decision"
RULE = Rule(fail=0.0)
MODE = "value"
ON = "value"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return how far serve's value per decision lies below the least."""
    if sides.gains is None:
        return None
    mean = earned(sides.serve, "serve")
    if isinstance(mean, Undefined):
        return Measured(mean, sides.rows_train, sides.rows_serve)
    detail = {"value": mean.value, "least": sides.gains.least}
    return Measured(Shortfall(mean, sides.gains.least), sides.rows_train, mean.rows, detail)
