"""How many times as slow serve is as train, at the 95 % quantile of the response times.

Only where train has the same column of response times, given by `--latency` or in `[roles]`: the
log of the model in service, or of an older night. `detail` has the ratios of p50 and p99 too.

Effect: ratio of the two quantiles, 0 or more; 1.2 is a fifth slower. Interval: MOVER (Zou and
Donner 2008) on the logarithms of two order-statistic intervals; it has no upper end below 59
requests on either side. Undefined where a side has no time above 0 at the quantile.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.quantileratio import QuantileRatio
from skewcheck.statistics.times import Times

TITLE = "slower than train at p95"
UNIT = "times"
RULE = Rule(fail=1.2)
MODE = "latency"
ON = "latency"
U = 0.95
ALSO = {"p50_ratio": 0.5, "p99_ratio": 0.99}


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the ratio of the 95 % quantiles."""
    timed = sides.timed
    if timed is None or timed.train is None or timed.serve is None:
        return None
    train, serve = timed.train, timed.serve
    if not (_told(train, U) and _told(serve, U)):
        why = "a side has no finite time above 0 at its 95 % quantile"
        return Measured(Undefined(why), train.requests, serve.requests)
    detail = {
        name: serve.middle_of(u) / train.middle_of(u)
        for name, u in ALSO.items()
        if _told(train, u) and _told(serve, u)
    }
    ratio = QuantileRatio(train, serve, U)
    return Measured(ratio, train.requests, serve.requests, detail)


def _told(times: Times, u: float) -> bool:
    return 0.0 < times.middle_of(u) < math.inf
