"""How well the score did where the truth is known: train against serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from skewcheck import wording
from skewcheck.labelled import Labels
from skewcheck.layout import Course, Listing, Section
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.scoring import Scored, few, measured_score, ranked, scored
from skewcheck.statistics.calibration import calibration_error, cuts, promised, recalibrated, table
from skewcheck.statistics.estimate import Estimate, Mean, change, ends
from skewcheck.statistics.losses import brier, log_loss, mean_score
from skewcheck.statistics.outcomes import Outcomes
from skewcheck.statistics.ranking import auc, class_ks
from skewcheck.verdict import Outcome

ORDER = 60
NAME = 40  # width of a column's name
FIGURES = 4  # decimals
SIDES = ("train", "serve")


@dataclass(frozen=True, slots=True)
class _Figure:
    """One row of the table; an estimate has an interval and a difference, a plain number none."""

    name: str
    title: str
    of: Callable[[Outcomes], Estimate | float | None]
    probability: bool = False
    ranking: bool = False


def _share(side: Outcomes) -> Mean:
    return Mean(side.n, float(side.events), float(side.events))


FIGURE_ROWS = (
    _Figure("positive_share", "share of positives", _share),
    _Figure("auc", "AUC", auc, ranking=True),
    _Figure("gini", "Gini", lambda side: auc(side).gini, ranking=True),
    _Figure("ks", "KS distance of the classes", lambda side: class_ks(side).value, ranking=True),
    _Figure("mean_score", "mean score", mean_score, probability=True),
    _Figure("ratio", "positives / promised", lambda s: _ratio(s), probability=True),
    _Figure("log_loss", "log loss", log_loss, probability=True),
    _Figure("brier", "Brier score", brier, probability=True),
    _Figure("calibration_error", "calibration error", calibration_error, probability=True),
    _Figure("slope", "slope of recalibration", lambda s: _recalibrated(s, 1), probability=True),
    _Figure("intercept", "intercept of recalibration", lambda s: _recalibrated(s, 0), True),
)


def section(run: Run) -> Section | None:
    """Return the performance of the first score on the rows with a label; None without labels."""
    score = measured_score(run.sides)
    both = next((side for side in run.sides if side.name == score), None)
    if both is None or both.labels is None or run.policy.private.get(both.name):
        return None
    found = scored(both)
    level = run.policy.level
    figures = list(_figures(found, level))
    parts = (Listing("Train against serve", HEAD, tuple(map(_row, figures)), RIGHT),)
    course = _calibration(found, level)
    scores = [side.name for side in run.sides if side.role is Role.SCORE and side.serve]
    return Section(
        "performance",
        "Performance",
        tuple(_sentences(both.name, both.labels, found, scores)),
        _outcome(run),
        (*parts, course) if course else parts,
        _data(both.name, both.labels, found, figures),
    )


HEAD = ("", *SIDES, "serve less train")
RIGHT = frozenset({1, 2, 3})


def _outcome(run: Run) -> Outcome | None:
    outcome = next((m.outcome for m in run.verdict.modes if m.name == "performance"), None)
    return None if outcome is Outcome.UNJUDGED else outcome


def _figures(found: Scored, level: float) -> Iterator[dict[str, Any]]:
    """Yield every figure of both sides as numbers: value, low and high, None where unknown."""
    for figure in FIGURE_ROWS:
        if figure.probability and not found.probabilities:
            continue
        made = [_of(figure, side) for side in (found.train, found.serve)]
        if made[0] is None and made[1] is None:
            continue
        row: dict[str, Any] = {"name": figure.name, "title": figure.title}
        row |= {name: _numbers(x, level) for name, x in zip(SIDES, made, strict=True)}
        train, serve = made
        row["change"] = None
        if not (train is None or serve is None or isinstance(train, float)):
            assert not isinstance(serve, float)
            row["change"] = change(train, serve, level)
        yield row


def _of(figure: _Figure, side: object) -> Estimate | float | None:
    if not isinstance(side, Outcomes) or (figure.ranking and not ranked(side)):
        return None
    return figure.of(side)


def _numbers(figure: Estimate | float | None, level: float) -> tuple[float | None, ...] | None:
    if figure is None or isinstance(figure, float):
        return None if figure is None else (figure, None, None)
    return (figure.value, *ends(figure, level))


def _ratio(side: Outcomes) -> Estimate | None:
    return promised(side) if side.value @ side.rows > 0 else None


def _recalibrated(side: Outcomes, which: int) -> float | None:
    fit = recalibrated(side)
    return None if fit is None else (fit.intercept, fit.slope)[which]


def _row(figure: dict[str, Any]) -> tuple[str, ...]:
    cells = (_cell(figure[name]) for name in SIDES)
    return (figure["title"], *cells, _cell(figure["change"], "+"))


def _cell(numbers: tuple[float | None, ...] | None, sign: str = "") -> str:
    if numbers is None or numbers[0] is None:
        return "–"
    value, *rest = (None if x is None else f"{x:{sign}.{FIGURES}f}" for x in numbers)
    return f"{value}" if None in rest else f"{value} ({rest[0]} to {rest[1]})"


def _sentences(name: str, labels: Labels, found: Scored, scores: list[str]) -> Iterator[str]:
    yield _coverage(labels)
    if len(scores) > 1:
        yield f"Of {len(scores)} scores the first is measured: {safe(name, NAME)}."
    if labels.others:
        others = wording.listed([safe(other, NAME) for other in labels.others])
        yield f"The label used is {safe(labels.column, NAME)}, not {others}."
    if found.reversed:
        yield "A low score stands for yes: the ranking is turned around on both sides."
    yield from _ranking(found)
    serve = found.serve
    if isinstance(serve, Outcomes) and found.probabilities:
        expected = wording.number(round(float(serve.value @ serve.rows), 1))
        came, rows = wording.count(serve.events), wording.rows(serve.n)
        yield f"In {rows} of serve the score promised {expected} positives; {came} came."
    elif isinstance(serve, Outcomes) and not found.reversed:
        yield "The score is not between 0 and 1: it is ranked, and not held against frequencies."


def _coverage(labels: Labels) -> str:
    known = labels.serve
    until = f"; labels exist up to {safe(known.until, 10)}" if known.until else ""
    if known.labelled == known.total:
        return f"All {wording.rows(known.total, 'request')} have a label{until}."
    share = wording.percent(known.labelled / known.total)
    of_all = f"{wording.count(known.labelled)} of {wording.rows(known.total, 'request')}"
    return f"{of_all} have a label yet ({share}){until}. The others are left out, not taken for no."


def _ranking(found: Scored) -> Iterator[str]:
    told = []
    for name, side in zip(SIDES, (found.train, found.serve), strict=True):
        if not isinstance(side, Outcomes):
            yield f"Not measured in {name}: {safe(side.reason, 200)}."
        elif not ranked(side):
            yield f"Not ranked: {few(side, name)}."
        else:
            told.append(f"{wording.percent(auc(side).value)} in {name}")
    if told:
        yield f"A positive scores higher than a negative in {' and '.join(told)}."


def _calibration(found: Scored, level: float) -> Course | None:
    """Return what came by what was promised, in bins of equally many rows of serve."""
    serve = found.serve
    if not found.probabilities or not isinstance(serve, Outcomes):
        return None
    at = cuts(serve)
    sides = {"train": found.train, "serve": serve}
    bins = {n: table(s, at=at, level=level) for n, s in sides.items() if isinstance(s, Outcomes)}
    series = {
        name: tuple((b.observed, *b.bounds) if b else None for b in those)
        for name, those in bins.items()
    }
    means = [b.predicted for b in bins["serve"] if b]
    promised = {"promised": tuple((mean, mean, mean) for mean in means)}
    places = tuple(f"{mean:.3g}" for mean in means)
    return Course("Positives that came, by score", "share", places, {**series, **promised})


def _data(
    name: str, labels: Labels, found: Scored, figures: list[dict[str, Any]]
) -> dict[str, Any]:
    sides = zip(SIDES, (labels.train, labels.serve), strict=True)
    rows = {side: {"rows": known.total, "labelled": known.labelled} for side, known in sides}
    measured = [{k: v for k, v in figure.items() if k != "title"} for figure in figures]
    serve, bins = found.serve, []
    if found.probabilities and isinstance(serve, Outcomes):
        bins = [b for b in table(serve) if b]
    return {
        "score": name,
        "label": labels.column,
        "reversed": found.reversed,
        "until": labels.serve.until or None,
        "days": {day: list(counts) for day, counts in labels.serve.days.items()},
        "rows": rows,
        "figures": measured,
        "calibration": [
            {
                "low": b.low,
                "high": b.high,
                "rows": b.rows,
                "positives": b.positives,
                "predicted": b.predicted,
                "observed": b.observed,
            }
            for b in bins
        ],
    }
