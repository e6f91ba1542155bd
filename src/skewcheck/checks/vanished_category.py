"""Share of train rows whose category serve never shows.

The mirror of ``new_category``: the increase over the share of serve rows whose category occurs
once in serve, which is what a sample of this size is expected to miss. Warns by default: a
vanished category is often the other half of a renamed or recased one.

Effect: increase of the share, 0 to 1. Interval: Newcombe's hybrid, with Clopper-Pearson arms when
counts are small. Undefined: never; a column without exact counts is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.checks.new_category import named
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "categories serve never shows"
UNIT = "share"
RULE = Rule(warn=0.02)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the increase of the share of vanished categories, and their names."""
    table = sides.categories
    if table is None or not table.train.sum() or not table.serve.sum():
        return None
    n, m = int(table.train.sum()), int(table.serve.sum())
    gone = table.serve == 0
    once = int((table.serve == 1).sum())
    rows = int(table.train[gone].sum())
    detail = {"vanished": named(table, gone), "rows": rows}
    return Measured(ShareIncrease.of(once, m, rows, n), n, m, detail)
