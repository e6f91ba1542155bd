"""Whether there is enough evidence, of the right model and train, and none of it is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median, median_low

from skewcheck import wording
from skewcheck.gate.answer import NAME, Condition, Night
from skewcheck.gating import Demands
from skewcheck.nights import StoredRun, apart
from skewcheck.sanitize import safe
from skewcheck.span import iso
from skewcheck.verdict import Outcome

AHEAD = 3600.0  # seconds that an event may lie in the future: clocks differ
STRAY = 0.1  # of the rows of the busiest day, with fewer of which a day is none: late events
STEP = 1.5  # of the usual time from night to night, with more of which one is missing


def amounts(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    """Yield whether there are enough nights, rows, days, pairs and labels, each row once."""
    runs = apart([night.run for night in nights])
    found = (
        ("nights", len(runs), demands.nights, "night"),
        ("rows", sum(int(run.serve["rows"]) for run in runs), demands.rows, "row"),
        ("days", _days(runs), demands.days, "day"),
        ("pairs", sum(run.paired for run in runs), demands.pairs, "pair"),
        ("labels", sum(int(r.serve.get("labels", 0)) for r in runs), demands.labels, "label"),
    )
    for name, have, wanted, what in found:
        if not wanted:
            continue
        told = f"{wording.count(have)} of {wording.rows(wanted, what)}"
        if have >= wanted:
            yield Condition(name, Outcome.PASS, told)
        else:
            more = wording.rows(wanted - have, f"more {what}")
            yield Condition(name, Outcome.INCONCLUSIVE, told, more)


def _days(runs: Sequence[StoredRun]) -> int:
    """Return how many days have rows, but for days of a few late events."""
    rows: Counter[str] = Counter()
    for run in runs:
        rows.update(run.serve.get("days", {}))
    most = max(rows.values(), default=0)
    return sum(n >= STRAY * most for n in rows.values())


def gaps(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    """Yield where a night is missing between those asked about.

    It is, where more time lies between the starts of two than ``demands.gap`` allows, or than is
    usual among all nights.
    """
    asked = nights[-max(1, demands.nights) :]
    usual = [step for step in _steps(nights) if step > 0]
    if not usual or len(asked) < 2:
        return
    most = STEP * median_low(usual) if demands.gap is None else demands.gap
    for before, step in zip(asked, _steps(asked), strict=False):
        if step > most:
            days = f"{step / 86_400:.3g} days"
            found = f"after {before.label} the next night starts {days} later"
            wanted = f"the nights missing after {before.label}, or gate.gap at {days} in the policy"
            yield Condition("gap", Outcome.INCONCLUSIVE, found, wanted)


def _steps(nights: Sequence[Night]) -> list[float]:
    """Return the seconds from the start of each night to that of the next, 0 where unknown."""
    spans = [night.run.span for night in nights]
    return [b.first - a.first if a and b else 0.0 for a, b in pairwise(spans)]


def baseline(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    """Yield whether every night was held against the one train that the policy names."""
    found = list(dict.fromkeys(str(night.run.train.get("fingerprint")) for night in nights))
    wanted = demands.baseline or found[-1]
    told = f"train is {', '.join(safe(one, NAME) for one in found)}"
    if found == [wanted]:
        yield Condition("baseline", Outcome.PASS, told)
    else:
        more = f"the baseline {safe(wanted, NAME)} on every night, or that in the policy changed"
        yield Condition("baseline", Outcome.FAIL, told, more)


def version(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    """Yield whether the model asked for answered every row, and no other."""
    if not demands.model_version:
        return
    wanted = safe(demands.model_version, NAME)
    for night in nights:
        seen = night.run.serve.get("models")
        if seen == [demands.model_version]:
            continue
        told = ", ".join(safe(one, NAME) for one in seen or ()) or "unknown, of some rows at least"
        outcome = Outcome.FAIL if seen else Outcome.INCONCLUSIVE
        found = f"{night.label}: model version {told}"
        yield Condition("model version", outcome, found, f"only model version {wanted} in the log")
        return
    yield Condition("model version", Outcome.PASS, wanted)


def clock(nights: Sequence[Night], now: datetime) -> Iterator[Condition]:
    """Yield the nights whose events lie in the future: then no age and no order is known."""
    for night in nights:
        last = night.run.serve.get("last")
        if last is not None and float(last) > now.timestamp() + AHEAD:
            found = f"{night.label}: the last event is of {iso(float(last))}, this clock says "
            wanted = "a clock, and times of events, that are right"
            told = found + iso(now.timestamp())
            yield Condition("clock", Outcome.INCONCLUSIVE, told, wanted)


def fresh(run: StoredRun, demands: Demands, now: datetime) -> Iterator[Condition]:
    """Yield whether the last event is young enough."""
    if demands.fresh is None:
        return
    last = run.serve.get("last")
    if last is None:
        yield Condition("fresh", Outcome.INCONCLUSIVE, "no time in the log", "a time on each event")
        return
    age = now.timestamp() - float(last)
    told = f"the last event is {age / 3600:,.0f} h old"
    if age <= demands.fresh:
        yield Condition("fresh", Outcome.PASS, told)
    else:
        hours = demands.fresh / 3600
        yield Condition("fresh", Outcome.INCONCLUSIVE, told, f"logs younger than {hours:,.0f} h")


def shrunken(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    """Yield whether the last night has about as many rows as the others usually have."""
    earlier = [int(night.run.serve["rows"]) for night in nights[:-1]]
    if not earlier or not demands.shrink:
        return
    usual, last = median(earlier), int(nights[-1].run.serve["rows"])
    told = f"{wording.rows(last)} on the last night, usually {wording.count(round(usual))}"
    if last >= demands.shrink * usual:
        yield Condition("row count", Outcome.PASS, told)
    else:
        least = wording.rows(round(demands.shrink * usual))
        yield Condition("row count", Outcome.INCONCLUSIVE, told, f"at least {least} a night")
