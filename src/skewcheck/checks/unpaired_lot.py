"""Divergence between the serve rows that were paired and those that were not.

What holds for the paired rows holds for all only if the others are alike. Looked at where at least
one row in a hundred has no partner.

Effect: 8 x Jensen-Shannon divergence, in nats, 0 to 5.5, between paired and unpaired rows of serve.
Interval: as in `divergence`, noncentral chi-square. Undefined where the cells have too
few rows to tell any two apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured, divergence
from skewcheck.policy import Rule
from skewcheck.sides import Sides

TITLE = "unpaired rows unlike the paired"
UNIT = "nats"
RULE = Rule(warn=0.1)
MODE = "health"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the divergence between serve's paired and unpaired rows."""
    if sides.unpaired is None or sides.serve is None:
        return None
    alone = sides.unpaired.states.rows
    paired = sides.serve.subtract(sides.unpaired)
    lots = Sides(sides.name, sides.role, paired, sides.unpaired, sides.rows_serve - alone, alone)
    return divergence.measure(lots, {})
