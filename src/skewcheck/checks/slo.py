"""Share of requests slower than the budget of the policy; errors and time-outs are slower.

Only with a budget: `[latency]` `budget = "150ms"`, `share = 0.99`. The limit is what the share
leaves over, 1 %. A request that failed (status 500 and up, 408, 429, a text such as `timeout`)
counts as over budget, however fast it failed. One that did not fail and has no time may have been
over: it counts against a pass, and not for a failure. A part of the answer, such as the fetch of
one feature (`[latency.columns.NAME]`), is counted where it was taken, and where it is missing in a
request that failed.

Effect: share of the requests, 0 to 1. Interval: Clopper and Pearson (1934); its ends also take
doubtful requests (of unknown time, or in the cell of the grid that the budget cuts) for within and
for over budget. Slow requests come in bursts; the interval takes them as independent. Undefined
where the column's unit is not known, where no request was timed, or where a saved profile does not
say which requests failed.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.partly import PartlyKnown

TITLE = "requests over budget"
UNIT = "share"
RULE = Rule(fail=0.01)
MODE = "latency"
ON = "latency"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of the requests that took longer than the budget."""
    timed = sides.timed
    if timed is None or timed.budget is None:
        return None
    times, allowed = timed.serve, timed.allowed
    if times is None:
        return Measured(Undefined(timed.lacking), 0, 0)
    if allowed is None:
        return Measured(Undefined(timed.unit.reason), 0, times.requests)
    if not times.answered + times.failed:
        return Measured(Undefined("no request was timed"), 0, times.requests)
    sure, possible = times.over(allowed)
    detail = {
        "budget": timed.budget.told,
        "failed": times.failed,
        "without_time": times.unknown,
    }
    share = PartlyKnown(sure, possible, times.requests)
    return Measured(share, 0, times.requests, detail)
