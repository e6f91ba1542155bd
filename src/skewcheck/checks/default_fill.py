"""Share of serve rows that hold one exact value which train hardly has: a default, a constant.

Looks at every single number or category that is at least ten times as common in serve as in
train: a sentinel (-1, -999), a mean imputation, a feature that is not built yet and always sends
its fallback.

Effect: increase of that value's share, 0 to 1. Interval: Newcombe, the level divided by the values
found. Undefined: never; a column whose single values are not counted is not measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.schema import Kind
from skewcheck.sides import Counts, Sides, number
from skewcheck.statistics.increase import ShareIncrease

TITLE = "one value that train hardly has"
UNIT = "share"
RULE = Rule(fail=0.02)
MODE = "availability"
TIMES = 10


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the largest increase of a value that is new or was rare in train."""
    values = _values(sides)
    if values is None:
        return None
    labels, train, serve = values
    n, m = (int(side.sum()) for side in _counts(sides))
    rare = np.flatnonzero((serve * n >= TIMES * train * m) & (serve > 0))
    if not len(rare):
        return Measured(ShareIncrease.of(0, n, 0, m), n, m)
    most = int(rare[np.argmax(serve[rare] / m - train[rare] / n)])
    x, y = int(train[most]), int(serve[most])
    detail = {"cell": labels(most), "train_share": x / n, "serve_share": y / m}
    return Measured(ShareIncrease.of(x, n, y, m, trials=len(rare)), n, m, detail)


def _counts(sides: Sides) -> tuple[Counts, Counts]:
    """Return the counts of all values of both sides."""
    table = sides.numbers or sides.categories
    assert table is not None
    return table.train, table.serve


def _values(sides: Sides) -> tuple[Callable[[int], str], Counts, Counts] | None:
    """Return the exact values, as a function that names them, with both sides' counts."""
    if sides.kind is Kind.NUMBER:
        numbers = sides.numbers
        if numbers is None:
            return None
        # A lighter cell of the grid may hold more than one value.
        heavy = (numbers.serve * 200 >= numbers.serve.sum()) & (numbers.serve >= 5)
        where = np.flatnonzero(heavy)
        values = numbers.value[where]
        return lambda i: number(values[i]), numbers.train[where], numbers.serve[where]
    table = sides.categories
    if table is None or not table.train.sum() or not table.serve.sum():
        return None
    return table.labels.__getitem__, table.train, table.serve
