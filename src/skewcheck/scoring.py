"""The scores of rows whose label is known, laid on cells: what performance is measured on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from skewcheck.column import ColumnProfile
from skewcheck.finding import Undefined
from skewcheck.labelled import Classes, Known
from skewcheck.schema import Role
from skewcheck.sides import Counts, Sides, spread_out
from skewcheck.statistics.estimate import ends
from skewcheck.statistics.outcomes import Outcomes
from skewcheck.statistics.ranking import auc

FEWEST = 10  # rows of either class that a score is measured on


@dataclass(frozen=True)
class Scored:
    """The outcomes of both sides, or why there are none.

    ``reversed`` says that a low score stands for yes: outcomes are turned around to be ranked, and
    the score is then no probability of a yes.
    """

    train: Outcomes | Undefined
    serve: Outcomes | Undefined
    reversed: bool = False

    @property
    def probabilities(self) -> bool:
        """Return whether the score may be meant as the probability of a yes."""
        there = [side for side in (self.train, self.serve) if isinstance(side, Outcomes)]
        return not self.reversed and bool(there) and all(side.probabilities for side in there)


def measured_score(all_sides: Iterable[Sides]) -> str | None:
    """Return the score that is held against the labels: the first that serve has labels for."""
    scores = [side for side in all_sides if side.role is Role.SCORE and side.labels and side.serve]
    return next((side.name for side in scores if side.labels and side.labels.serve.labelled), None)


def scored(sides: Sides) -> Scored:
    """Return the scores of both sides' rows with a label."""
    nothing = Undefined("no row has a label")
    if sides.labels is None:
        return Scored(nothing, nothing)
    kinds = sides.labels.classes
    if isinstance(kinds, Undefined):
        return Scored(kinds, kinds)
    train = _outcomes(sides.train, sides.labels.train, kinds)
    serve = _outcomes(sides.serve, sides.labels.serve, kinds)
    leading = train if ranked(train) else serve
    if not isinstance(leading, Outcomes) or not ranked(leading) or ends(auc(leading))[1] >= 0.5:
        return Scored(train, serve)
    return Scored(_turned(train), _turned(serve), True)


def ranked(side: Outcomes | Undefined) -> bool:
    """Return whether there are rows enough of either class to speak of a ranking."""
    if isinstance(side, Undefined):
        return False
    return min(side.events, side.n - side.events) >= FEWEST


def few(side: Outcomes, name: str) -> str:
    """Return in words why a side cannot be ranked."""
    return (
        f"{name} has {side.events:,} positive and {side.n - side.events:,} negative rows with a "
        f"label and a score; {FEWEST} of each are needed"
    )


def _turned(side: Outcomes | Undefined) -> Outcomes | Undefined:
    return side if isinstance(side, Undefined) else side.reversed()


def _outcomes(column: ColumnProfile | None, rows: Known, kinds: Classes) -> Outcomes | Undefined:
    if column is None or not column.numbers.total:
        return Undefined("there is no score")
    if not rows.labelled:
        return Undefined("no row has a label")
    whole = Sides("", Role.SCORE, column, column, 0, 0).numbers
    assert whole
    cells = column.numbers.counts()[0]
    counts = (
        _counts(column, cells, rows.scores, labels) for labels in (kinds.positive, kinds.negative)
    )
    lower, upper = (np.where(whole.pure, whole.value, edge) for edge in (whole.lower, whole.upper))
    found = Outcomes(lower, whole.value, upper, *counts)
    return found if found.n else Undefined("no row with a label has a score")


def _counts(
    column: ColumnProfile, cells: Counts, parts: Mapping[str, ColumnProfile], labels: Iterable[str]
) -> Counts:
    """Return the rows of these labels in each cell of the whole column."""
    found = np.zeros(len(cells), np.int64)
    for label in labels:
        if label in parts:
            own, n = parts[label].numbers.regrid(column.numbers.spec).counts()
            found += spread_out(cells, own, n)
    return found
