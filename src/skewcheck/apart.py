"""How far paired values are apart: quantiles of their differences, and who is taken for whom."""

from __future__ import annotations

import numpy as np

from skewcheck.pairing.column import PairColumn
from skewcheck.summaries.grid import Grid

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
MOST = 20  # mistaken categories that are listed


def quantiles(grid: Grid) -> list[tuple[float, float]]:
    """Return (level, value) of the quantiles of a grid, to the width of a cell; none if empty."""
    cells, counts = grid.counts()
    if not len(cells):
        return []
    low, high = grid.spec.edges(cells)
    value = np.clip(low / 2 + high / 2, grid.low, grid.high)
    ranks = np.searchsorted(np.cumsum(counts), np.array(LEVELS) * counts.sum())
    return list(zip(LEVELS, value[np.minimum(ranks, len(cells) - 1)].tolist(), strict=True))


def confusion(column: PairColumn) -> list[tuple[str | None, str | None, int]] | None:
    """Return (train, serve, rows) of mistaken texts, the commonest first; None beyond the cap."""
    if column.confusion is None:
        return None
    found = sorted(column.confusion.items(), key=lambda item: (-item[1], str(item[0])))
    return [(train, serve, n) for (train, serve), n in found[:MOST]]
