"""Share of requests slower than the budget in the worst hour, or under the worst model version.

A log may keep its budget as a whole and not when it counts. Hours are those of the time column, in
UTC. Of all hours and versions that one is told which is over the budget's limit with the least
doubt; failed requests count as over it. A request without a time that did not fail may have been
over or not: here it counts for neither side. By default a bad hour warns; `[checks.slo_window]`
`fail` makes it fail.

Effect: share of the requests there, 0 to 1. Interval: Clopper and Pearson (1934), the lower end for
all hours and versions looked at (Bonferroni): a bad one among a thousand is not luck. Undefined:
never; left out with a single hour and a single version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from skewcheck.checks import Measured
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.partly import PartlyKnown
from skewcheck.statistics.times import Times
from skewcheck.timed import Timed

TITLE = "requests over budget"
UNIT = "share"
RULE = Rule(warn=0.01)
MODE = "latency"
ON = "latency"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share over budget in the hour or version that stands out most."""
    timed = sides.timed
    if timed is None or timed.budget is None or timed.allowed is None:
        return None
    parts = list(_parts(timed))
    if not parts:
        return None
    limit, allowed = 1.0 - timed.budget.share, timed.allowed
    shares = [
        PartlyKnown(*times.over(allowed), times.requests, trials=len(parts))
        for _, _, times in parts
    ]
    worst = min(range(len(parts)), key=lambda i: (shares[i].p_above(limit), -shares[i].value))
    segment, window, times = parts[worst]
    detail = {"budget": timed.budget.told, "looked_at": len(parts)}
    return Measured(
        shares[worst], 0, times.requests, detail, required=False, segment=segment, window=window
    )


def _parts(timed: Timed) -> Iterator[tuple[str | None, str | None, Times]]:
    """Yield hours and versions with their times, as segment and window; one alone is no part."""
    if len(timed.hours) > 1:
        for label, times in timed.hours.items():
            yield None, f"in the hour from {label}:00 UTC", times
    if len(timed.versions) > 1:
        for label, times in timed.versions.items():
            yield f"version = {label}", None, times
