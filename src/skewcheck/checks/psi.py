"""Population stability index over the cells of ``divergence``, with 1/2 added to every cell.

Shown because it is known; not judged by default: it grows with the number of bins and shrinks
with the rows (30 bins and 200 rows exceed 0.1 in 95 % of comparisons without any skew), which is
why the value shown has its noise taken off and why ``divergence`` is judged instead.

Effect: nats, 0 or more. Interval: inversion of the noncentral chi-square. Undefined when the
cells pool into a single one. Source: Yurdakul (2018), "Statistical properties of PSI".
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.checks.divergence import over_cells
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.divergence import psi

TITLE = "population stability index"
UNIT = "nats"
RULE = Rule()


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the PSI over the pooled cells."""
    return over_cells(sides, psi)
