"""Total variation: the share of rows that would have to change value for the sides to be alike.

Not judged by default: with many cells its lower bound is weak.

Effect: 0 to 1 over the cells of ``divergence``. Interval: normal, with the bias that noise alone
makes. Undefined when the cells pool into a single one.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.checks.divergence import over_cells
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.distance import total_variation

TITLE = "total variation"
UNIT = "share"
RULE = Rule()


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the total variation over the pooled cells."""
    return over_cells(sides, total_variation)
