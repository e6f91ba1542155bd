"""What decisions are worth: on each side, a day, and what the flips cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skewcheck import wording
from skewcheck.earnings import earned
from skewcheck.finding import Undefined
from skewcheck.layout import Listing, Section
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.sections._decided import Seen, crossings
from skewcheck.sections._expected import UNIT, Expected, expected
from skewcheck.sides import Sides
from skewcheck.statistics.estimate import Estimate, change, ends
from skewcheck.statistics.intervals import clopper_pearson
from skewcheck.statistics.lost import Lost

ORDER = 22
NAMES = {"lost to flips": "through flips"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A value per decision with its interval, and how many decisions there are a day."""

    value: float
    low: float
    high: float
    a_day: float | None


def section(run: Run) -> Section | None:
    """Return the value of a run's decisions, None where the policy values none."""
    gains = run.policy.gains
    if gains is None:
        return None
    column = next((side for side in run.sides if side.role is Role.VALUE), None)
    unit = safe(gains.unit or "units", UNIT)
    found = _figures(run, column)
    lost, told = _lost(run)
    if lost:
        found["lost to flips"] = lost
    sentences = (*_said(found, unit), *told, *_basis(run, column))
    return Section(
        "value",
        "Value",
        sentences,
        run.verdict.column(column.name) if column else None,
        (_table(found, unit),) if found else (),
        {"unit": gains.unit, **{_key(name): _data(figure) for name, figure in found.items()}},
    )


def _figures(run: Run, column: Sides | None) -> dict[str, Figure]:
    """Return the value per decision of each side, and how much serve's is below train's."""
    if column is None:
        return {}
    level, means, figures = run.policy.level, {}, {}
    for name, side, whole in (
        ("train", column.train, run.train),
        ("serve", column.serve, run.serve),
    ):
        mean = earned(side, name)
        if not isinstance(mean, Undefined):
            means[name] = mean
            figures[name] = _figure(mean, level, _a_day(whole.profile.groups.get("day", {})))
    if len(means) == 2:
        less, low, high = change(means["train"], means["serve"], level)
        figures["serve less train"] = Figure(less, low, high, figures["serve"].a_day)
    return figures


def _figure(mean: Estimate, level: float, a_day: float | None) -> Figure:
    return Figure(mean.value, *ends(mean, level), a_day)


def _a_day(days: Mapping[str, int]) -> float | None:
    """Return the decisions of a day, the mean over those that have some.

    The first and the last day, which a log may cut, count only where there are no others.
    """
    rows = [n for _, n in sorted(days.items()) if n > 0]
    rows = rows[1:-1] or rows
    return sum(rows) / len(rows) if rows else None


def _lost(run: Run) -> tuple[Figure | None, list[str]]:
    """Return what the flips of the pairs change per decision, by the score of train's side."""
    column = next((side for side in run.sides if side.role is Role.DECISION), None)
    if column is None or column.decisions is None or column.pairs is None:
        return None, []
    name = column.decisions.score or run.schema.first(Role.SCORE)
    score = next((side for side in run.sides if side.name == name), None)
    seen = Seen(column.decisions, column, score, run.policy.level)
    by, pairs = expected(run, seen), column.pairs
    if not pairs.counts.pairs:
        return None, []
    if by is None:
        return None, ["What flips cost is not known: the score is no chance of a yes"]
    lost = _flipped(seen, by)
    if lost is None:
        return None, ["What flips cost is not known: no pair that flips was kept"]
    if lost.needed:
        return None, [_few(lost, run.policy.level)]
    days: Mapping[str, int] = run.serve.profile.groups.get("day", {})
    return Figure(lost.value, *lost.bounds(run.policy.level), _a_day(days)), [_how(by)]


def _few(lost: Lost, level: float) -> str:
    """Return in words why nobody knows what flips cost, and how many there are at most."""
    most = wording.percent(clopper_pearson(lost.flips, lost.pairs, level=level)[1], 2)
    pairs = wording.rows(lost.pairs, "pair")
    if not lost.flips:
        return f"None of {pairs} is decided otherwise in serve: at most {most} of decisions are"
    flips = f"{wording.count(lost.flips)} of {pairs} are decided otherwise, at most {most}"
    return f"{flips}: about {wording.count(lost.needed)} more would say what that costs"


def _flipped(seen: Seen, by: Expected) -> Lost | None:
    """Return what flips change: serve's decision valued against train's, by train's score."""
    crossed = crossings(seen)
    pairs = seen.column.pairs
    assert pairs
    if not pairs.counts.mismatches:
        return Lost(pairs.counts.pairs, 0, np.zeros(0))
    if crossed is None or not len(crossed[0]):
        return None
    train, serve = crossed
    after = by.worth(seen.decisions, serve, train)
    return Lost(
        pairs.counts.pairs, pairs.counts.mismatches, after - by.worth(seen.decisions, train)
    )


def _how(by: Expected) -> str:
    how = "calibrated on train's labels" if by.calibrated else "taken at its word"
    amounts = ", ".join(safe(name, 40) for name in by.amounts)
    at = f"; {amounts} at serve's mean" if amounts else ""
    return f"Flips are valued by the score of the right features, {how}{at}"


def _said(found: Mapping[str, Figure], unit: str) -> Iterator[str]:
    """Yield the figures in words, those a day where days are known."""
    if "serve" in found:
        serve = found["serve"]
        yield f"A decision in serve is worth {_per(serve, unit)}{_daily(serve, unit)}"
    if "serve less train" in found:
        change = found["serve less train"]
        word, size = ("more", change) if change.value > 0 else ("less", _turned(change))
        unsure = "; it may be nothing" if change.low <= 0 <= change.high else ""
        yield f"That is {_per(size, unit)} {word} than in train{unsure}"
    if "lost to flips" in found:
        yield _flips(found["lost to flips"], unit)


def _flips(lost: Figure, unit: str) -> str:
    verb, turned = ("gain", lost) if lost.value > 0 else ("cost", _turned(lost))
    return f"Flips {verb} {_per(turned, unit)} a decision{_daily(turned, unit)}"


def _turned(figure: Figure) -> Figure:
    """Return a gain as a cost."""
    return Figure(-figure.value, -figure.high, -figure.low, figure.a_day)


def _per(figure: Figure, unit: str) -> str:
    return f"{_number(figure.value)} {unit} ({_ends(figure)})"


def _daily(figure: Figure, unit: str) -> str:
    if figure.a_day is None:
        return ""
    return f", {_number(figure.value * figure.a_day)} {unit} a day"


def _ends(figure: Figure) -> str:
    return f"{_number(figure.low)} to {_number(figure.high)}"


def _number(x: float) -> str:
    return wording.number(x, 4)


def _basis(run: Run, column: Sides | None) -> Iterator[str]:
    """Yield how decisions are valued, and on how many of them."""
    if column is None:
        return
    reason = run.schema.columns[column.name].reason
    yield f"Decisions are valued {reason.partition('[value], ')[2]}"
    side = column.serve
    if side is not None and (known := side.numbers.total) < run.serve.rows:
        rows = wording.rows(run.serve.rows, "request")
        yield f"{wording.count(known)} of {rows} can be valued, and others may be worth less"


def _table(found: Mapping[str, Figure], unit: str) -> Listing:
    rows = []
    for name, figure in found.items():
        a_day = figure.a_day
        daily = "" if a_day is None else _number(figure.value * a_day)
        reach = (
            ""
            if a_day is None
            else f"{_number(figure.low * a_day)} to {_number(figure.high * a_day)}"
        )
        rows.append((NAMES.get(name, name), _number(figure.value), _ends(figure), daily, reach))
    head = ("", f"{unit} per decision", "interval", f"{unit} a day", "interval")
    return Listing("Value of decisions", head, tuple(rows), frozenset({1, 2, 3, 4}))


def _key(name: str) -> str:
    return name.replace(" ", "_")


def _data(figure: Figure) -> dict[str, Any]:
    return {
        "per_decision": figure.value,
        "low": figure.low,
        "high": figure.high,
        "decisions_a_day": figure.a_day,
        "a_day": None if figure.a_day is None else figure.value * figure.a_day,
    }
