"""Two count tables over the same cells: checked, and pooled until every cell can be judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

#: Rows a cell must be expected to hold in the smaller sample (STATS: below it, intervals drift).
EXPECTED = 5.0
FEWEST, MOST = 4, 20


def totals(train: Counts, serve: Counts) -> tuple[int, int]:
    """Return the rows of both sides.

    Raises ValueError when the tables differ in shape, hold a negative count or hold no row.
    """
    if train.ndim != 1 or train.shape != serve.shape:
        raise ValueError(f"tables of shapes {train.shape} and {serve.shape}: expected equal, 1-D")
    n, m = int(train.sum()), int(serve.sum())
    if n == 0 or m == 0 or int(train.min()) < 0 or int(serve.min()) < 0:
        raise ValueError(f"{n} train and {m} serve rows: expected counts >= 0, one row a side")
    return n, m


def expected(train: Counts, serve: Counts) -> NDArray[np.float64]:
    """Return the rows expected per cell in the smaller sample, if both sides were alike."""
    n, m = totals(train, serve)
    share: NDArray[np.float64] = (train + serve) / float(n + m)
    return share * min(n, m)


@dataclass(frozen=True, eq=False)
class Pooled:
    """Counts after pooling, and where each cell went: `train[mapping[i]]` holds cell `i`.

    `comparable` is False when cells that differ were pooled into a single one: such a table shows
    no difference whatever the data are, and its divergence is undefined, not 0.
    """

    train: Counts
    serve: Counts
    mapping: NDArray[np.intp]
    comparable: bool


def pool(train: Counts, serve: Counts, ordered: bool | NDArray[np.bool_]) -> Pooled:
    """Return both tables with rare cells pooled, so that a chi-square interval holds.

    `ordered` marks the cells that have neighbours (bins of a number, in order): these are merged
    with neighbours to at most `clip(smaller side / 8, 4, 20)` cells of like pooled mass. The rest
    (categories, null, NaN) stay apart when 5 rows are expected in the smaller sample, and are
    pooled into one last cell otherwise. Raises ValueError as `totals` does.
    """
    weight = expected(train, serve)
    neighbours = np.broadcast_to(np.asarray(ordered, dtype=np.bool_), weight.shape)
    mapping = np.zeros(weight.shape, dtype=np.intp)
    mapping[neighbours] = _merge(weight[neighbours], min(totals(train, serve)))
    free = np.flatnonzero(~neighbours)
    kept, rare = free[weight[free] >= EXPECTED], free[weight[free] < EXPECTED]
    start = int(mapping[neighbours].max(initial=-1)) + 1
    mapping[kept] = start + np.arange(len(kept))
    mapping[rare] = start + len(kept)
    size = int(mapping.max()) + 1
    pooled = np.zeros((2, size), dtype=np.int64)
    np.add.at(pooled[0], mapping, train)
    np.add.at(pooled[1], mapping, serve)
    comparable = np.count_nonzero(pooled.sum(axis=0)) > 1 or np.count_nonzero(weight) == 1
    return Pooled(pooled[0], pooled[1], mapping, bool(comparable))


def _merge(weight: NDArray[np.float64], smaller: int) -> NDArray[np.intp]:
    """Return the group of each ordered cell: runs of neighbours of like mass, none rare."""
    total = float(weight.sum())
    if total == 0.0:
        return np.zeros(weight.shape, dtype=np.intp)
    most = min(max(smaller // 8, FEWEST), MOST)
    # The middle of a cell's mass decides, so cells that are already alike stay as they are.
    middle = (np.cumsum(weight) - 0.5 * weight) / total
    _, group = np.unique(np.minimum((middle * most).astype(np.intp), most - 1), return_inverse=True)
    rare = min(EXPECTED, smaller / FEWEST)
    mass = np.bincount(group, weights=weight)
    while len(mass) > 1 and mass.min() < rare:
        at = int(mass.argmin())
        left = at == len(mass) - 1 or (at > 0 and mass[at - 1] <= mass[at + 1])
        group = group - (group >= (at if left else at + 1))
        mass = np.bincount(group, weights=weight)
    merged: NDArray[np.intp] = group.astype(np.intp)
    return merged
