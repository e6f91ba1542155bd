"""Whether rows that share a key are one event: numbered rows share numbers by coincidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skewcheck.pairing.cells import Cells
from skewcheck.pairing.neighbours import Neighbours
from skewcheck.pairing.pairs import Pairs

SIGMAS = 5.0
LEAST = 0.02  # agreement, or correlation, beyond what luck gives

Floats = NDArray[np.float64]


def coincident(pairs: Pairs) -> bool:
    """Return whether pairs have no more in common than rows thrown together, in any column.

    False where nothing differs, and where there is no row to look at.
    """
    lot = pairs.neighbours[0] if pairs.neighbours else None
    if lot is None or not len(lot.group):
        return False
    if not any(column.counts.mismatches for column in pairs.columns.values()):
        return False
    return not any(_related(lot, *cells) for cells in lot.cells.values())


def _related(lot: Neighbours, train: Cells, serve: Cells, differs: NDArray[np.bool_]) -> bool:
    n = len(train)
    moved = np.roll(np.arange(n), n // 2)
    luck = float(np.mean(_same(train, serve.taken(moved))))
    margin = LEAST + SIGMAS * np.sqrt(max(luck * (1 - luck), 1 / n) / n)
    if 1 - float(differs.mean()) > luck + margin:
        return True
    correlation = _correlation(lot, train.numbers, serve.numbers)
    return bool(abs(correlation) > LEAST + SIGMAS / np.sqrt(n))


def _same(train: Cells, serve: Cells) -> NDArray[np.bool_]:
    numbers = (train.numbers == serve.numbers) | (np.isnan(train.numbers) & np.isnan(serve.numbers))
    texts = np.asarray(train.texts == serve.texts, np.bool_)
    same: NDArray[np.bool_] = numbers & texts & (train.null == serve.null)
    return same


def _correlation(lot: Neighbours, train: Floats, serve: Floats) -> float:
    """Return the rank correlation inside runs of neighbours: a trend over time says nothing."""
    there = np.isfinite(train) & np.isfinite(serve)
    if not there.any():
        return 0.0
    _, group = np.unique(lot.group[there], return_inverse=True)
    x, y = (_centred(values[there], group) for values in (train, serve))
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / scale if scale > 0.0 else 0.0


def _centred(values: Floats, group: NDArray[np.int64]) -> Floats:
    """Return the ranks of values, less the mean rank of their group."""
    ranks = np.searchsorted(np.sort(values), values).astype(np.float64)
    means = np.bincount(group, ranks) / np.bincount(group)
    centred: Floats = ranks - means[group]
    return centred
