"""What another threshold would do, over many thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skewcheck.checks.approval_rate import approvals
from skewcheck.layout import Mark, Sweep
from skewcheck.sanitize import safe
from skewcheck.sections._decided import Seen, cells_of, directions
from skewcheck.sections._expected import UNIT, Expected

STEPS = 200  # thresholds of a sweep


def sweep(
    seen: Seen, moved: Mapping[str, Any] | None, by: Expected | None = None
) -> Iterator[Sweep]:
    """Yield approval rates, flips and value over thresholds, where the score has one."""
    cells, edge = cells_of(seen), seen.edge
    if cells is None or edge is None:
        return
    values, train, serve = cells
    steps = np.linspace(float(values[0]), float(values[-1]), STEPS)
    thresholds = np.unique([*steps.tolist(), edge])
    places = np.searchsorted(values, thresholds, side="left")
    series: dict[str, tuple[float | None, ...]] = {}
    lots = (("train", seen.column.train, train), ("serve", seen.column.serve, serve))
    for name, side, counts in lots:
        below = np.append(0, np.cumsum(counts))[places] / counts.sum()
        rates = below if seen.low else 1 - below
        approved, rows = approvals(side, seen.decisions.approve) if side else (0, 0)
        if rows:
            rates[thresholds == edge] = approved / rows  # counted, not read off cells
        series[f"approval rate, {name}"] = tuple(rates.tolist())
    series |= _flipping(seen, thresholds)
    units = dict.fromkeys(series, "share")
    earned = _earned(seen, by, thresholds) if by else {}
    unit = f"{safe(by.gains.unit or 'units', UNIT)} a decision" if by else ""
    series, units = {**series, **earned}, {**units, **dict.fromkeys(earned, unit)}
    restored = (moved or {}).get("restoring")
    marks = [Mark("restores train's rate", restored)] if restored is not None else []
    yield Sweep(
        "What another threshold would do",
        tuple(thresholds.tolist()),
        series,
        units,
        edge,
        tuple(marks),
    )


def _earned(
    seen: Seen, by: Expected, thresholds: NDArray[np.float64]
) -> dict[str, tuple[float | None, ...]]:
    """Return the expected value per decision of each side at each threshold."""
    cells, edges = cells_of(seen), seen.decisions.edges
    if cells is None or seen.edge is None:
        return {}
    values, *lots = cells
    place = edges.index(seen.edge)
    moved = (
        replace(seen.decisions, edges=(*edges[:place], t, *edges[place + 1 :]))
        for t in thresholds.tolist()
    )
    worth = np.array([by.worth(decisions, values) for decisions in moved])
    return {
        f"value, {name}": tuple((worth @ counts / counts.sum()).tolist())
        for name, counts in zip(("train", "serve"), lots, strict=True)
    }


def _flipping(seen: Seen, thresholds: NDArray[np.float64]) -> dict[str, tuple[float | None, ...]]:
    """Return the share of pairs that would flip at each threshold.

    At the threshold in force they are counted. Elsewhere a sample of the pairs that differ says,
    those that cross the threshold in force weighed as what they are.
    """
    pairs = seen.score.pairs if seen.score else None
    if pairs is None or not pairs.counts.pairs:
        return {}
    train, serve = (side.numbers for side in (pairs.differing.train, pairs.differing.serve))
    known = np.isfinite(train) & np.isfinite(serve)
    train, serve = train[known], serve[known]
    differing = pairs.counts.mismatches / pairs.counts.pairs
    crossing = _crossing(seen)
    if not len(train):
        between = np.zeros(len(thresholds))
        if differing and not crossing:
            return {}
    else:
        weight = _weights(seen, (train, serve), differing, crossing)
        low, high = np.minimum(train, serve), np.maximum(train, serve)
        between = np.array([weight @ ((low < t) & (t <= high)) for t in thresholds.tolist()])
    if crossing is not None:
        between[thresholds == seen.edge] = crossing
    return {"flips": tuple(between.tolist())}


def _crossing(seen: Seen) -> float | None:
    """Return the share of pairs that gain or lose approval, None where pairs are not decided."""
    pairs = seen.column.pairs
    if pairs is None or pairs.confusion is None or not pairs.counts.pairs:
        return None
    return sum(directions(seen, pairs)) / pairs.counts.pairs


def _weights(
    seen: Seen,
    scores: tuple[NDArray[np.float64], NDArray[np.float64]],
    differing: float,
    crossing: float | None,
) -> NDArray[np.float64]:
    """Return the share of all pairs that each differing pair of the sample stands for."""
    approved = np.array([label in seen.decisions.approve for label in seen.decisions.labels])
    was, now = (approved[seen.decisions.codes(side)] for side in scores)
    crosses = was != now
    if crossing is None or not crosses.any() or crosses.all() or crossing > differing:
        return np.full(len(crosses), differing / len(crosses))
    own, others = crossing / crosses.sum(), (differing - crossing) / (~crosses).sum()
    weights: NDArray[np.float64] = np.where(crosses, own, others)
    return weights
