"""Kolmogorov-Smirnov distance of the lengths of texts and lists.

What can be compared of ids, free text and embeddings, whose values never repeat: characters of a
text, items of a list. Catches truncation, padding and another kind of id.

Effect: 0 to 1. Interval: as ``ks``. Undefined when a side has no text or list.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.schema import Kind
from skewcheck.sides import Sides, spread_out, union
from skewcheck.statistics.ks import ks

TITLE = "lengths of texts or lists"
UNIT = ""
RULE = Rule(fail=0.10, warn=0.05)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the KS distance of the lengths."""
    if not sides.both or sides.kind not in (Kind.TEXT, Kind.LIST):
        return None
    (cells_t, n_t), (cells_s, n_s) = (side.lengths.counts() for side in sides.both)
    n, m = int(n_t.sum()), int(n_s.sum())
    if not n or not m:
        return Measured(Undefined(f"{'serve' if n else 'train'} has no text or list"), n, m)
    cells = union(cells_t, cells_s)
    lower, upper = sides.both[0].lengths.spec.edges(cells)
    counts = spread_out(cells, cells_t, n_t), spread_out(cells, cells_s, n_s)
    distance = ks(*counts, pure=upper - lower <= 1)
    return Measured(distance, n, m, {"at": float(np.floor(lower[distance.location]))})
