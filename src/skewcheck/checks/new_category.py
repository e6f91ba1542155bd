"""Share of serve rows whose category train never showed.

Some of it is expected: train is a sample, and the share of its rows whose category occurs once in
it estimates what a fresh sample shows for the first time (Good 1953). The effect is the increase
over that share, so that a column of many rare values does not alarm.

Effect: increase of the share of unseen values, 0 to 1. Interval: Newcombe's hybrid, with
Clopper-Pearson arms when counts are small. Undefined: never; a column without exact counts (ids,
free text) is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides, Table
from skewcheck.statistics.increase import ShareIncrease

TITLE = "categories train never showed"
UNIT = "share"
RULE = Rule(fail=0.01)
NAMED = 10


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the increase of the share of unseen categories, and their names."""
    table = sides.categories
    if table is None or not table.train.sum() or not table.serve.sum():
        return None
    n, m = int(table.train.sum()), int(table.serve.sum())
    once = int((table.train == 1).sum())
    unseen = table.train == 0
    new = int(table.serve[unseen].sum())
    return Measured(
        ShareIncrease.of(once, n, new, m), n, m, {"new": named(table, unseen), "rows": new}
    )


def named(table: Table, which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[list[object]]:
    """Return the most frequent of some cells as [label, train rows, serve rows]."""
    places = np.flatnonzero(which)
    order = places[np.argsort(-(table.train + table.serve)[places], kind="stable")][:NAMED]
    return [[table.labels[i], int(table.train[i]), int(table.serve[i])] for i in order]
