"""Response times: quantiles with intervals, the share over budget, their course by hour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skewcheck import wording
from skewcheck.clocks import clock_notes
from skewcheck.layout import Bars, Course, Listing, Mark, Part, Section
from skewcheck.lines import line
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.statistics.partly import PartlyKnown
from skewcheck.statistics.times import LEVEL, QUANTILES, Quantile, Times, quantile
from skewcheck.timed import Timed
from skewcheck.verdict import worst

ORDER = 30
BINS = 40
NAME = 40
FIGURES = 4


def section(run: Run) -> Section | None:
    """Return the response times of serve, or None where none is logged."""
    hidden = run.policy.private
    timed = {s.name: s.timed for s in run.sides if s.timed and not hidden.get(s.name)}
    known = {name: t for name, t in timed.items() if t.serve and t.serve.requests}
    if not timed:
        return None
    judged = {n: run.verdict.columns.get(n, ()) for n in timed}
    outcomes = [j.outcome for found in judged.values() for j in found]
    sentences = [line(j, run.policy.level).sentence for found in judged.values() for j in found]
    return Section(
        "latency",
        "Response times",
        (*sentences, *(s for name, t in timed.items() for s in _said(name, t))),
        worst(outcomes) if outcomes else None,
        (_table(known), *(part for name, t in known.items() for part in _drawn(name, t))),
        {"columns": {name: _data(t) for name, t in known.items()}},
    )


def _said(name: str, timed: Timed) -> Iterator[str]:
    """Yield what was taken for granted about a column, and what cannot be claimed yet."""
    what = "the whole answer" if timed.whole else "a part of the answer"
    yield f"{safe(name, NAME)} is taken for the time of {what}; its unit: {safe(timed.unit.reason)}"
    times = timed.serve
    if times is None:
        yield f"{safe(name, NAME)}: {safe(timed.lacking)}"
        return
    if times.failed:
        yield f"{wording.rows(times.failed, 'request')} failed: slower than any time"
    if times.unknown:
        yield f"{wording.rows(times.unknown, 'request')} without a time: counted as perhaps slow"
    yield from (f"{safe(name, NAME)}: {note}" for note in clock_notes(times, timed.unit))
    short = [_quantile(times, u) for u in QUANTILES if times.requests]
    lacking = [f"p{100 * q.u:g} {wording.count(q.needed)}" for q in short if q.needed]
    if lacking:
        yield f"requests still needed to claim: {', '.join(lacking)}"


def _quantile(times: Times, u: float) -> Quantile:
    return quantile(times, u, level=LEVEL)


def _table(known: Mapping[str, Timed]) -> Listing:
    """Return the quantiles of every column, those of train beneath."""
    sides = (
        (name, title, times, timed.unit.name or "")
        for name, timed in known.items()
        for title, times in (("", timed.serve), (" (train)", timed.train))
    )
    rows = [
        (safe(name, NAME) + title, f"p{100 * u:g}", *_told(_quantile(times, u), unit))
        for name, title, times, unit in sides
        if times is not None and times.requests
        for u in QUANTILES
    ]
    interval = f"{100 - 200 * LEVEL:g} % interval"
    head = ("column", "quantile", "time", interval, "requests needed")
    return Listing("Quantiles", head, tuple(rows), frozenset({2, 3, 4}))


def _told(found: Quantile, unit: str) -> tuple[str, str, str]:
    """Return time, interval and requests still needed; only a lower end while there are too few."""
    low, high = _time(found.low, ""), _time(found.high, "")
    if found.value is None:
        return f"≥ {_time(found.low, unit)}", "upper end unknown", wording.count(found.needed)
    return _time(found.value, unit), low if low == high else f"{low} to {high}", ""


def _time(x: float, unit: str) -> str:
    return "no answer" if math.isinf(x) else f"{wording.number(x, FIGURES)} {unit}".rstrip()


def _drawn(name: str, timed: Timed) -> Iterator[Part]:
    """Yield a column's histogram and its courses."""
    assert timed.serve
    bars = _bars(name, timed, timed.serve)
    if bars:
        yield bars
    for title, parts in (("by hour (UTC)", timed.hours), ("by model version", timed.versions)):
        if len(parts) > 1:
            yield from _courses(f"{safe(name, NAME)} {title}", timed, parts)


def _bars(name: str, timed: Timed, times: Times) -> Bars | None:
    """Return the histogram on a logarithmic axis; times of 0 or below are in no bin."""
    middle = times.middle
    above = middle > 0
    if not above.any():
        return None
    least, most = math.log(middle[above][0]), math.log(middle[above][-1])
    edges = np.exp(np.linspace(least, max(most, least + 0.1), BINS + 1))
    edges[0], edges[-1] = edges[0] * (1 - 1e-9), edges[-1] * (1 + 1e-9)
    series = {"serve": _binned(times, edges)}
    if timed.train:
        series["train"] = _binned(timed.train, edges)
    marks = [Mark(f"p{100 * u:g}", times.middle_of(u)) for u in (0.5, 0.99)]
    if timed.allowed is not None:
        marks.append(Mark("budget", timed.allowed))
    return Bars(
        safe(name, NAME),
        timed.unit.name or "",
        tuple(edges.tolist()),
        series,
        tuple(mark for mark in marks if 0 < mark.at < math.inf),
        log=True,
    )


def _binned(times: Times, edges: Any) -> tuple[float, ...]:
    middle = times.middle
    return tuple(np.histogram(middle, edges, weights=times.counts)[0].astype(float).tolist())


def _courses(title: str, timed: Timed, parts: Mapping[str, Times]) -> Iterator[Course]:
    """Yield p50 and p99 over the parts, and the share over budget."""
    places = tuple(safe(label, NAME) for label in parts)
    series = {
        f"p{100 * u:g}": tuple(_point(_quantile(times, u)) for times in parts.values())
        for u in (0.5, 0.99)
    }
    yield Course(title, timed.unit.name or "", places, series, timed.allowed)
    if timed.allowed is not None and timed.budget is not None:
        over = tuple(_over(times, timed.allowed) for times in parts.values())
        limit = 1.0 - timed.budget.share
        yield Course(f"{title}: over budget", "share", places, {"over budget": over}, limit)


def _point(found: Quantile) -> tuple[float, float, float] | None:
    if found.value is None or math.isinf(found.value) or math.isinf(found.high):
        return None
    return found.value, found.low, found.high


def _over(times: Times, allowed: float) -> tuple[float, float, float]:
    share = PartlyKnown(*times.over(allowed), times.requests)
    return share.value, *share.bounds(LEVEL)


def _data(timed: Timed) -> dict[str, Any]:
    """Return the same as numbers."""
    times = timed.serve
    assert times
    budget = timed.budget
    over = times.over(timed.allowed) if timed.allowed is not None else None
    return {
        "unit": timed.unit.name,
        "whole": timed.whole,
        "requests": times.requests,
        "failed": times.failed,
        "without_time": times.unknown,
        "budget": {"time": timed.allowed, "share": budget.share} if budget else None,
        "over_budget": {"at_least": over[0], "at_most": over[1]} if over else None,
        "quantiles": [
            {
                "quantile": q.u,
                "value": _finite(q.value),
                "low": _finite(q.low),
                "high": _finite(q.high),
                "requests_needed": q.needed,
            }
            for q in (_quantile(times, u) for u in QUANTILES)
        ],
    }


def _finite(x: float | None) -> float | None:
    return x if x is not None and math.isfinite(x) else None
