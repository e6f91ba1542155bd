"""The decision of a run, as the parts of its section read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.decisions import Decisions
from skewcheck.pairing.column import PairColumn
from skewcheck.sides import Sides
from skewcheck.verdict import Judgement

NAME = 40  # width of a decision's name


@dataclass(frozen=True, slots=True)
class Seen:
    """The decision of a run: its column and that of the score, from both sides."""

    decisions: Decisions
    column: Sides
    score: Sides | None
    level: float
    judged: tuple[Judgement, ...] = ()

    @property
    def edge(self) -> float | None:
        """Return the threshold between what is approved and what is not, None without one."""
        labels, approve = self.decisions.labels, self.decisions.approve
        n = len(approve)
        if set(approve) == set(labels[:n]) and n - 1 < len(self.decisions.edges):
            return self.decisions.edges[n - 1]
        if set(approve) == set(labels[-n:]) and n <= len(self.decisions.edges):
            return self.decisions.edges[-n]
        return None

    @property
    def low(self) -> bool:
        """Return whether low scores are approved."""
        return self.decisions.labels[0] in self.decisions.approve


def directions(seen: Seen, pairs: PairColumn) -> tuple[int, int]:
    """Return the pairs that gain approval in serve, and those that lose it."""
    gained = lost = 0
    for (train, serve), n in (pairs.confusion or {}).items():
        was, now = (x in seen.decisions.approve for x in (train, serve))
        gained, lost = gained + n * (now and not was), lost + n * (was and not now)
    return gained, lost


def crossings(seen: Seen) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the scores, train's and serve's, of sampled pairs that are decided otherwise."""
    pairs = seen.score.pairs if seen.score else None
    if pairs is None:
        return None
    train, serve = pairs.differing.train.numbers, pairs.differing.serve.numbers
    known = np.isfinite(train) & np.isfinite(serve)
    train, serve = train[known], serve[known]
    flips = seen.decisions.codes(train) != seen.decisions.codes(serve)
    return train[flips], serve[flips]


Cells = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


def cells_of(seen: Seen) -> Cells | None:
    """Return the scores' cells, and the rows of train and serve in them."""
    numbers = seen.score.numbers if seen.score else None
    return None if numbers is None else (numbers.value, numbers.train, numbers.serve)
