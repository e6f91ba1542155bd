"""How much of the distance between two count tables is gone once train is mapped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.distance import total_variation

Counts = NDArray[np.int64]
LEVEL = 0.0005  # at which the two sides must differ at all
REST = 0.25  # of the distance that may be left ...
STRICT = 0.12  # ... and where the mapping is one that mere drift may look like
WIDE = 3.0  # deviations that noise alone may leave


def explained(
    train: Counts, mapped: NDArray[np.float64], serve: Counts, *, rest: float = REST
) -> float:
    """Return the share of the total variation that mapping removes, 0 where it leaves too much.

    ``mapped`` are train's counts after the mapping, over the same cells. The bias that noise makes
    is taken off both distances; a difference that noise alone could make explains nothing.
    """
    if not train.sum() or not serve.sum():
        return 0.0
    before = total_variation(train, serve)
    if before.bounds(LEVEL)[0] <= 0.0:
        return 0.0
    after = total_variation(np.rint(mapped).astype(np.int64), serve)
    noise = after.bias + WIDE * after.deviation
    if after.plug_in > noise or after.value > rest * before.value:
        return 0.0
    return 1.0 - after.value / before.value


def mixed(train: Counts, mapped: Counts, serve: Counts) -> NDArray[np.float64]:
    """Return train with as large a share mapped as serve's new values ask for.

    New are values that train never held; where mapping makes none, all of train is mapped.
    """
    new = (train == 0) & (mapped > 0)
    made, seen = mapped[new].sum() / max(1, mapped.sum()), serve[new].sum() / max(1, serve.sum())
    share = min(1.0, seen / made) if made > 0 else 1.0
    result: NDArray[np.float64] = (1 - share) * train + share * mapped
    return result
