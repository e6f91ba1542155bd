"""The straight line that most differing rows lie on."""

from __future__ import annotations

import numpy as np

from skewcheck.causes import Floats
from skewcheck.statistics.agreement import common, exactly

DISTINCT = 8
SECOND = 4  # times as common as the next intercept
TURNS = (2, 3, 7)  # partners this part of the rows away give the slope


def line(train: Floats, serve: Floats, reach: Floats, total: int) -> tuple[float, float] | None:
    """Return the slope and intercept that most rows share, or None.

    ``reach`` is how far each serve may be off; ``total`` the differing rows there are.
    """
    slope = _slope(train, serve, reach)
    if slope is None:
        return None
    offsets = serve - slope[0] * train
    allowed = reach + slope[1] * np.abs(train)
    found = common(offsets - allowed, offsets + allowed)
    if found is None or found.rows < max(DISTINCT, 0.05 * total, SECOND * found.second):
        return None
    on = np.abs(offsets - (found.low + found.high) / 2) <= 2 * allowed + 1e-12
    if len(np.unique(train[on])) < DISTINCT:
        return None
    return _best(train[on], serve[on], reach[on], slope[0], found.value)


def _slope(train: Floats, serve: Floats, reach: Floats) -> tuple[float, float] | None:
    """Return the slope that most pairs of rows share, and how far it may be off."""
    order = np.argsort(train, kind="stable")
    first = np.tile(order, len(TURNS))
    second = np.concatenate([np.roll(order, len(order) // part) for part in TURNS])
    run, rise = train[second] - train[first], serve[second] - serve[first]
    apart = run != 0
    either = (reach[first] + reach[second])[apart]
    ends = (rise[apart] - either) / run[apart], (rise[apart] + either) / run[apart]
    found = common(np.minimum(*ends), np.maximum(*ends))
    if found is None or found.rows < DISTINCT or found.low <= 0 <= found.high:
        return None
    return found.value, (found.high - found.low) / 2


def _best(
    train: Floats, serve: Floats, reach: Floats, slope: float, offset: float
) -> tuple[float, float]:
    """Return the line through these rows, in few digits where these do."""
    off = np.abs(slope * train + offset - serve)
    if np.mean((off <= reach * (1 + 1e-6)) | exactly(slope * train + offset, serve)) >= 0.98:
        return slope, offset
    middle = float(train.mean())
    size = float(np.dot(train - middle, train - middle))
    fitted = float(np.dot(train - middle, serve)) / size
    return fitted, float(serve.mean()) - fitted * middle
