"""Share of serve rows that hold the feature's fallback, beyond train's.

The policy names the value that the service sends where it has none (`fallback` in
`[features.NAME]`). For a feature that is live, more of it than in train means that the feature
store fails to answer.

Effect: increase of the fallback's share, 0 to 1. Interval: Newcombe's hybrid of two
Clopper-Pearson intervals. Measured where the policy names a fallback and the feature is live.
Undefined where single values of the column are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.column import ColumnProfile
from skewcheck.finding import Undefined
from skewcheck.manifest import Status
from skewcheck.policy import Rule
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "fallback in place of a value"
UNIT = "share"
RULE = Rule(fail=0.02)
MODE = "availability"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the increase of the share of rows that hold the fallback."""
    feature = sides.declared
    if feature is None or feature.fallback is None or feature.status is not Status.LIVE:
        return None
    if not sides.both:
        return None
    counts = [held(sides, side) for side in sides.both]
    n, m = sides.rows_train, sides.rows_serve
    if counts[0] is None or counts[1] is None:
        return Measured(Undefined("single values of the column are not counted"), n, m)
    detail = {"train_share": counts[0] / n, "serve_share": counts[1] / m}
    return Measured(ShareIncrease.of(counts[0], n, counts[1], m), n, m, detail)


def held(sides: Sides, side: ColumnProfile) -> int | None:
    """Return the rows of a side that hold the fallback of its column; None where not counted."""
    fallback = sides.declared.fallback if sides.declared else None
    if fallback is None:
        return 0
    if isinstance(fallback, str):
        counts = side.categories.counts
        return None if counts is None else counts.get(fallback, 0)
    if sides.kind is Kind.BOOLEAN:
        return side.states["true" if fallback else "false"]
    cells, counts_ = side.numbers.counts()
    low, high = side.numbers.spec.edges(cells)
    inside = (
        (low <= fallback) & (fallback < high)
        if fallback >= 0
        else ((low < fallback) & (fallback <= high))
    )
    return int(counts_[inside].sum())
