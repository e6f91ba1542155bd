"""Largest change of a single cell's share: one value that became common or rare.

The cells are those of ``divergence`` (a value, a bin, a category, null), not pooled. Sees what a
distance hides: a default that fills 5 % of the rows. Same meaning as TFDV's L-infinity, with an
interval.

Effect: absolute difference of one cell's shares, 0 to 1. Interval: Newcombe per cell, the level
divided by the cells for the lower bound (cells that expect 5 rows), intersection-union for the
upper. Undefined: never.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides, Table
from skewcheck.statistics.linfinity import l_infinity

TITLE = "largest change of one value's share"
UNIT = "share"
RULE = Rule(fail=0.05, warn=0.02)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the largest change of a cell."""
    table = sides.cells
    if table is None or not table.train.sum() or not table.serve.sum():
        return None
    return of_table(table)


def of_table(table: Table) -> Measured:
    """Return the largest change among the cells of a table, and which cell it is."""
    n, m = int(table.train.sum()), int(table.serve.sum())
    largest = l_infinity(table.train, table.serve)
    detail = {
        "cell": table.labels[largest.cell],
        "train_share": float(table.train[largest.cell] / n),
        "serve_share": float(table.serve[largest.cell] / m),
    }
    return Measured(largest, n, m, detail)
