"""Divergence of the two distributions: 8 times the Jensen-Shannon divergence, in nats.

Locally equal to PSI, so the bankers' 0.1 and 0.25 keep their meaning, but bounded by 8 ln 2 =
5.545, without an epsilon for empty cells, and with a known noise: under no skew it is
(1/n + 1/m) times chi-square with cells - 1 degrees of freedom. The value shown has that noise
taken off. Cells: values that hold 2.5 % of a side, 20 quantile bins of train, beyond train's range,
categories, null, NaN, other types; cells too rare for this many rows are merged with neighbours
or pooled. Texts that hardly repeat (ids, free text) have no distribution to compare.

Effect: nats, 0 to 5.545. Interval: inversion of the noncentral chi-square (Steiger and Fouladi
1997) with 1/4 added to every cell. Undefined when the cells pool into a single one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Counts, Sides
from skewcheck.statistics.cells import pool
from skewcheck.statistics.divergence import js8
from skewcheck.statistics.inference import Inference

TITLE = "divergence of the distributions"
UNIT = "nats"
RULE = Rule(fail=0.10, warn=0.02)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the divergence over the pooled cells."""
    return over_cells(sides, js8)


def over_cells(sides: Sides, statistic: Callable[[Counts, Counts], Inference]) -> Measured | None:
    """Return a statistic of the pooled cells, with the cell that changed most."""
    table = sides.cells
    if table is None or not table.train.sum() or not table.serve.sum():
        return None
    n, m = int(table.train.sum()), int(table.serve.sum())
    pooled = pool(table.train, table.serve, table.ordered)
    if not pooled.comparable and 2 * np.count_nonzero(table.train == 1) > n:
        return None  # ids or free text: more rows would not help
    if not pooled.comparable:
        return Measured(Undefined("too few rows to tell any two cells apart"), n, m)
    change = pooled.serve / m - pooled.train / n
    most = int(np.abs(change).argmax())
    inside = np.flatnonzero(pooled.mapping == most)
    detail: dict[str, Any] = {
        "cells": len(pooled.train),
        "cell": table.labels[inside[0]] if len(inside) == 1 else _span(table.labels, inside),
        "train_share": float(pooled.train[most] / n),
        "serve_share": float(pooled.serve[most] / m),
    }
    return Measured(statistic(pooled.train, pooled.serve), n, m, detail)


def _span(labels: tuple[str, ...], inside: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    if len(inside) <= 3:
        return ", ".join(labels[i] for i in inside)
    first, last = labels[inside[0]].split(" … ")[0], labels[inside[-1]].split(" … ")[-1]
    return f"{len(inside)} cells, {first} … {last}"
