"""Jensen-Shannon distance (base 2) over the cells of ``divergence``.

The square root of the divergence, on a scale from 0 (alike) to 1 (nothing in common); the number
that Evidently and scipy show. Not judged by default: ``divergence`` is the same thing with known
noise.

Effect: 0 to 1. Interval: that of the divergence, transformed. Undefined when the cells pool into
a single one. Source: Endres and Schindelin (2003).
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.checks.divergence import over_cells
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.divergence import js_distance

TITLE = "Jensen-Shannon distance"
UNIT = ""
RULE = Rule()


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the Jensen-Shannon distance over the pooled cells."""
    return over_cells(sides, js_distance)
