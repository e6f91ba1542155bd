"""One judgement in words and in plain numbers: the line of a report."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skewcheck import wording
from skewcheck.discovery import discover
from skewcheck.facts import change, change_sign, facts
from skewcheck.finding import Finding, Undefined
from skewcheck.origin import CHECK
from skewcheck.sanitize import safe
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.verdict import Judgement, Outcome

DAY_TIME, DAY_THEN_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)"), r"\1 \2"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a line as they were measured; None where undefined or not finite."""

    value: float | None
    low: float | None
    high: float | None
    error: float | None
    unit: str
    limit: float | None
    warn_limit: float | None
    p: float | None
    n_train: int
    n_serve: int
    needed: RowsNeeded | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One judged finding: its outcome, a sentence, the sentence's parts, and the numbers.

    ``place`` is the part of the rows that it is about, empty for all of them;
    ``rows`` are those of train and of serve; ``facts`` are what the check saw beside the effect;
    ``needs`` says what would decide an inconclusive one; ``damage`` is the effect in multiples of
    its limit, for ordering only.
    """

    check: str
    title: str
    place: str
    outcome: Outcome
    sentence: str
    effect: str
    interval: str
    limit: str
    rows: str
    facts: tuple[str, ...]
    needs: str
    p: str
    damage: float
    numbers: Numbers


def line(judgement: Judgement, level: float) -> Line:
    """Return the line of a judgement; ``level`` is the one-sided level of its interval."""
    numbers = measured(judgement, level)
    finding = judgement.finding
    place = _place(finding)
    title = title_of(finding.check) + place
    effect, interval, limit = _parts(numbers, judgement)
    undecided = judgement.outcome is Outcome.INCONCLUSIVE
    return Line(
        check=finding.check,
        title=title,
        place=place.strip(),
        outcome=judgement.outcome,
        sentence=_sentence(title, (effect, interval, limit), finding),
        effect=effect,
        interval=interval,
        limit=limit,
        rows=_rows(finding),
        facts=facts(finding),
        needs=_decided_by(judgement, numbers) if undecided else "",
        p=wording.p_value(judgement.p),
        damage=_damage(judgement, numbers),
        numbers=numbers,
    )


def _rows(finding: Finding) -> str:
    """Return the rows that a finding rests on; those of a pair are counted once."""
    if finding.check == CHECK:
        return wording.rows(finding.n_serve, "pair")
    return both_rows(finding.n_train, finding.n_serve)


def both_rows(train: int, serve: int) -> str:
    """Return the rows of both sides."""
    return f"{wording.count(train)} / {wording.count(serve)}"


def measured(judgement: Judgement, level: float) -> Numbers:
    """Return the numbers of a judgement."""
    finding, rule = judgement.finding, judgement.rule
    value = low = high = error = None
    if not isinstance(finding.measure, Undefined):
        value, error = finding.measure.value, finding.measure.error
        low, high = finding.measure.bounds(level)
    return Numbers(
        value=_finite(value),
        low=_finite(low),
        high=_finite(high),
        error=_finite(error),
        unit=finding.unit,
        limit=rule.fail,
        warn_limit=rule.warn,
        p=_finite(judgement.p),
        n_train=finding.n_train,
        n_serve=finding.n_serve,
        needed=judgement.needed,
        detail=finding.detail,
    )


def _place(finding: Finding) -> str:
    """Return the part of the rows that a finding is about, in words."""
    segment, window = finding.subject.segment, finding.subject.window
    inside = f" where {safe(segment, 80)}" if segment else ""
    if not window:
        return inside
    return f"{inside} {DAY_TIME.sub(DAY_THEN_TIME, safe(window, 80)).replace('+00:00', ' UTC')}"


@cache
def title_of(check: str) -> str:
    """Return a check's own title; its name in words when this version does not have the check."""
    module = discover("skewcheck.checks").get(check)
    return str(getattr(module, "TITLE", "") or check.replace("_", " "))


def needs(needed: RowsNeeded | None) -> str:
    """Return in a sentence which rows would decide."""
    if needed is None or needed.serve == 0:
        return ""
    close = " (the effect lies close to the limit)" if needed.borderline else ""
    if needed.serve is not None:
        more = wording.about(needed.serve)
        return f"about {more} more serve rows would decide{close}"
    if needed.train is not None:
        more = wording.about(needed.train)
        return f"train is too small: about {more} more rows of either side would decide{close}"
    return "more rows would not decide this"


def _decided_by(judgement: Judgement, numbers: Numbers) -> str:
    """Return what would decide; one beyond its limit may fall to the correction alone."""
    if numbers.low is not None and numbers.limit is not None and numbers.low > numbers.limit:
        return "beyond the limit on its own, not after correction for all comparisons of the run"
    return needs(judgement.needed)


def _parts(numbers: Numbers, judgement: Judgement) -> tuple[str, str, str]:
    """Return effect, interval and limit in words; the limit is the one the outcome speaks of."""
    shown = numbers.limit if numbers.limit is not None else numbers.warn_limit
    if judgement.outcome is Outcome.WARN and numbers.warn_limit is not None:
        shown = numbers.warn_limit
    ends = tuple(map(_or_infinite, (numbers.value, numbers.low, numbers.high)))
    sign = change_sign(judgement.finding)
    scale = wording.scale(numbers.unit, shown, ends, sign)
    limit = "" if shown is None else scale.limit(shown)
    if isinstance(judgement.finding.measure, Undefined):
        return "not measured", "", limit
    effect = scale.effect(ends[0])
    if sign is not None:
        effect = change(numbers.detail, scale.digits)
    return effect, scale.interval(*ends[1:]), limit


def _sentence(title: str, parts: tuple[str, str, str], finding: Finding) -> str:
    effect, interval, limit = parts
    if isinstance(finding.measure, Undefined):
        return f"{title}: not measured, {safe(finding.measure.reason, 200)}"
    return f"{title}: {effect} ({interval})" + (f", limit {limit}" if limit else "")


def _damage(judgement: Judgement, numbers: Numbers) -> float:
    """Return how far the effect is beyond its limit, as a multiple of it.

    What failed or warned counts with the near end of its interval, so that a lucky handful of
    rows does not lead the list; what could not be measured leads the undecided ones.
    """
    proven = judgement.outcome in (Outcome.FAIL, Outcome.WARN)
    effect = numbers.low if proven else numbers.value
    if effect is None:
        return math.inf if judgement.outcome.severity >= Outcome.INCONCLUSIVE.severity else 0.0
    limit = numbers.warn_limit if judgement.outcome is Outcome.WARN else numbers.limit
    if limit is None:
        return 0.0
    if limit == 0:
        return math.inf if effect > 0 else 0.0
    return effect / limit


def _finite(x: float | None) -> float | None:
    return float(x) if x is not None and math.isfinite(x) else None


def _or_infinite(x: float | None) -> float:
    return math.inf if x is None else x
