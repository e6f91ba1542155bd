"""Share of paired rows whose value in serve is not train's value.

Pairs are the rows that both sides have: by key with TRAIN itself, or with the offline recomputation
named by `--offline`. A row differs when one side is null, when the types differ (also a text that
spells the very number), or when two values are apart by more than the tolerance. It agrees when
the values are the same, when one is the other as float32 or printed to 6 to 8 digits, when they lie
within the tolerance, or when a boolean was written as 0 or 1 and NaN as null: `detail` counts each.

Distributions are blind to a stale, shuffled or misjoined value; this check is not.

Effect: share of the pairs, 0 to 1. Interval: Clopper and Pearson (1934): no difference in n rows
still has an upper bound, about 3/n. Rows of one customer tend to differ together: where serve
names the customer the interval is widened by the design effect (between 64 buckets of customers);
else it takes rows as independent, as it does those of one batch. Undefined where no row is paired.
Without `--offline` or `--as-of` the pairs are those rows that happen to be in TRAIN too: differing,
they fail the column, but too few of them do not hold up a pass.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "rows that differ"
UNIT = "share"
RULE = Rule(fail=0.001)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of the pairs that differ."""
    if sides.pairs is None or sides.join is None:
        return None
    counts = sides.pairs.counts
    n = counts.pairs
    if not n:
        return Measured(Undefined("no row is paired"), 0, 0, required=sides.join.asked)
    detail = {str(parity): count for parity, count in counts.items() if parity != "equal"}
    return Measured(Share(counts.mismatches, n), n, n, detail, required=sides.join.asked)
