"""How far paired values are apart: what became of them, who for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skewcheck import wording
from skewcheck.checks import row_parity
from skewcheck.pairing.column import PairColumn
from skewcheck.sanitize import safe
from skewcheck.statistics.intervals import Share
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.parity import Parity

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
MOST = 20  # mistaken categories that are listed
NAMED = 5  # of them in a sentence
VALUE = 40  # width of a category
FIGURES = 3  # what a cell is wide enough for
ONE_VALUE = 7  # figures of a value that all pairs share
TABLE = 10  # mistaken categories in a table


@dataclass(frozen=True, slots=True)
class PairsView:
    """The pairs of a column in words.

    ``told`` are sentences; ``quantiles`` are (title, a number in words for each of LEVELS);
    ``mistaken`` are (train, serve, rows) of the commonest texts taken for others.
    """

    told: tuple[str, ...] = ()
    quantiles: tuple[tuple[str, tuple[str, ...]], ...] = ()
    mistaken: tuple[tuple[str, str, str], ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return all of it in sentences."""
        found = list(self.told)
        for title, values in self.quantiles:
            middle, low, high = values[3], values[1], values[5]
            same = low == high == middle
            spread = "" if same else f", 5 to 95 %: {low} to {high}"
            found.append(f"{title}: median {middle}{spread}")
        if self.mistaken:
            named = (f"{t} → {s} ({n})" for t, s, n in self.mistaken[:NAMED])
            found.append("train → serve: " + ", ".join(named))
        return tuple(found)


def pairs(column: PairColumn | None, level: float) -> PairsView | None:
    """Return the pairs of a column; None where there are none."""
    if column is None or not column.counts.pairs:
        return None
    grids = (("serve - train", column.differences), ("serve ÷ train", column.ratios))
    found = ((title, [value for _, value in quantiles(grid)]) for title, grid in grids)
    return PairsView(
        tuple(_told(column, level)),
        tuple((title, _figures(values)) for title, values in found if values),
        tuple(
            (_value(t), _value(s), wording.rows(n))
            for t, s, n in (confusion(column) or [])[:TABLE]
            if t != s
        ),
    )


def _told(column: PairColumn, level: float) -> list[str]:
    """Return how many pairs differ, and what became of all that are not equal."""
    n, differing = column.counts.pairs, column.counts.mismatches
    low, high = Share(differing, n).bounds(level)
    ends = wording.scale("share", row_parity.RULE.fail, (low, high), None).interval(low, high)
    told = [f"{wording.count(differing)} of {wording.rows(n, 'paired row')} differ ({ends})"]
    kinds = [
        f"{wording.count(column.counts[parity])} {wording.PARITIES[parity]}"
        for parity in Parity
        if column.counts[parity]
    ]
    return [*told, ", ".join(kinds)]


def _figures(values: Sequence[float]) -> tuple[str, ...]:
    exact = tuple(wording.number(value, ONE_VALUE) for value in values)
    return exact if len(set(exact)) == 1 else tuple(wording.number(v, FIGURES) for v in values)


def _value(text: str | None) -> str:
    return "null" if text is None else safe(text, VALUE)


def quantiles(grid: Grid) -> list[tuple[float, float]]:
    """Return (level, value) of the quantiles of a grid, to the width of a cell; none if empty.

    The ends are the smallest and the largest value, exactly.
    """
    cells, counts = grid.counts()
    if not len(cells):
        return []
    low, high = grid.spec.edges(cells)
    value = np.where((low <= 0) & (high >= 0), 0.0, low / 2 + high / 2)
    ranks = np.searchsorted(np.cumsum(counts), np.array(LEVELS) * counts.sum())
    inner = np.clip(value, grid.low, grid.high)[np.minimum(ranks, len(cells) - 1)].tolist()
    return list(zip(LEVELS, [float(grid.low), *inner[1:-1], float(grid.high)], strict=True))


def confusion(column: PairColumn) -> list[tuple[str | None, str | None, int]] | None:
    """Return (train, serve, rows) of mistaken texts, the commonest first; None beyond the cap."""
    if column.confusion is None:
        return None
    found = sorted(column.confusion.items(), key=lambda item: (-item[1], str(item[0])))
    return [(train, serve, n) for (train, serve), n in found[:MOST]]
