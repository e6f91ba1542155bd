"""Effects under test, all made from two count tables, and tables to try them on."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from skewcheck.statistics.blocks import Factor, Noise
from skewcheck.statistics.cells import Counts
from skewcheck.statistics.distance import total_variation, wasserstein
from skewcheck.statistics.divergence import js8, js_distance, psi
from skewcheck.statistics.increase import ShareIncrease
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.intervals import Share, ShareDifference
from skewcheck.statistics.ks import ks
from skewcheck.statistics.linfinity import l_infinity
from skewcheck.statistics.quantiles import quantile_shift
from skewcheck.statistics.sequential import IncreaseSequence, ShareSequence
from skewcheck.statistics.widened import widened

Effect = Callable[[Counts, Counts], Inference]


def counts(*rows: int) -> Counts:
    """Return a count table."""
    return np.array(rows, dtype=np.int64)


def _radius(table: Counts) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.full(len(table), 0.5)


def _places(table: Counts) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(len(table), dtype=np.float64)


def _total_variation(train: Counts, serve: Counts) -> Inference:
    return widened(total_variation(train, serve), Factor(2.0, 30.0))


def _js8(train: Counts, serve: Counts) -> Inference:
    noise = Noise(3.0 * max(1, int(np.count_nonzero(train + serve)) - 1), 5.0, 12.0)
    return widened(js8(train, serve), Factor(3.0, 12.0), noise)


EFFECTS: dict[str, Effect] = {
    "js8": js8,
    "psi": psi,
    "js_distance": js_distance,
    "ks of pure cells": lambda a, b: ks(a, b, pure=True),
    "ks of mixed cells": ks,
    "total variation": total_variation,
    "wasserstein": lambda a, b: wasserstein(a, b, _places(a), scale=2.0),
    "wasserstein of wide cells": lambda a, b: wasserstein(
        a, b, _places(a), scale=2.0, radius=_radius(a)
    ),
    "l_infinity": l_infinity,
    "quantile shift": lambda a, b: quantile_shift(a, b, _places(a), scale=2.0, radius=_radius(a)),
    "share difference": lambda a, b: ShareDifference(
        int(a[0]), int(a.sum()), int(b[0]), int(b.sum())
    ),
    "ks of dependent rows": lambda a, b: widened(ks(a, b), Factor(4.0, 20.0)),
    "l_infinity of dependent rows": lambda a, b: widened(l_infinity(a, b), Factor(4.0, 20.0)),
    "total variation of dependent rows": _total_variation,
    "js8 of dependent rows": _js8,
    "share of dependent rows": lambda _, b: widened(
        Share(int(b[0]), int(b.sum())), Factor(2.5, 8.0)
    ),
    "share difference of dependent rows": lambda a, b: widened(
        ShareDifference(int(a[0]), int(a.sum()), int(b[0]), int(b.sum())), Factor(7.0, 60.0)
    ),
    "share at every look": lambda a, b: ShareSequence(
        int(b[0]), int(b.sum()), float(a[0] / a.sum()), 100.0
    ),
    "increase at every look": lambda a, b: IncreaseSequence(
        ShareIncrease.of(int(a[0]), int(a.sum()), int(b[0]), int(b.sum())), 100.0
    ),
    "share": lambda _, b: Share(int(b[0]), int(b.sum())),
}

#: Tables that have broken something once, or would: each is (train, serve).
EXTREMES: dict[str, tuple[Counts, Counts]] = {
    "one row in one cell": (counts(1), counts(1)),
    "one row each, same of two cells": (counts(1, 0), counts(1, 0)),
    "one row each, apart": (counts(1, 0), counts(0, 1)),
    "one cell, many rows": (counts(10**9), counts(10**9)),
    "all mass in one cell": (counts(0, 10**6, 0), counts(0, 500, 0)),
    "identical": (counts(100, 200, 300), counts(100, 200, 300)),
    "disjoint": (counts(500, 500, 0, 0), counts(0, 0, 500, 500)),
    "disjoint and huge": (counts(10**9, 0), counts(0, 10**9)),
    "huge and nearly alike": (counts(10**9, 10**9), counts(10**9 + 10**5, 10**9 - 10**5)),
    "huge against one": (counts(10**9, 10**9, 7), counts(0, 0, 1)),
    "one against huge": (counts(0, 0, 1), counts(10**9, 10**9, 7)),
    "many empty cells": (counts(*[0] * 50, 3, *[0] * 50), counts(*[0] * 99, 2, 0)),
}


@st.composite
def tables(draw: st.DrawFn, cells: int = 8, rows: int = 3000) -> tuple[Counts, Counts]:
    """Two count tables over the same cells, each with a row at least."""
    size = draw(st.integers(1, cells))
    side = st.lists(st.integers(0, rows), min_size=size, max_size=size).filter(any)
    return counts(*draw(side)), counts(*draw(side))
