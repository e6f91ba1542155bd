"""Share of serve rows without a label: what performance cannot be measured on, or not yet.

Labels arrive late, and some never do (who was declined cannot default). Rows without one are left
out, not taken for negatives. Shown; a policy may set a limit, which demands that a share of the
requests has a label.

Effect: share of serve rows, 0 to 1. Interval: Clopper and Pearson (1934). Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.scoring import measured_score
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "requests without a label"
UNIT = "share"
RULE = Rule()
MODE = "performance"
ON = "score"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of serve rows that have no label, on the score that is measured."""
    if not sides.labels or measured_score(others.values()) != sides.name:
        return None
    known = sides.labels.serve
    share = Share(known.total - known.labelled, known.total)
    detail = {"labels_until": known.until} if known.until else {}
    return Measured(share, sides.labels.train.labelled, known.total, detail)
