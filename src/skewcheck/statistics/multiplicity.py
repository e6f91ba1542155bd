"""Adjusted p-values over many comparisons, in the order given."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

P = NDArray[np.float64]


def holm(p: ArrayLike) -> P:
    """Return Holm's adjusted p-values, in [0, 1]: those below a keep the chance of any error < a.

    Valid under any dependence (Holm 1979). Raises ValueError for a NaN or a p outside [0, 1].
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    factors = np.arange(len(values), 0, -1)
    return _back(np.maximum.accumulate(values[order] * factors), order)


def benjamini_hochberg(p: ArrayLike) -> P:
    """Return Benjamini and Hochberg's adjusted p-values: those below q have a false share < q.

    Valid under independence and positive dependence (1995). Raises ValueError as `holm` does.
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * len(values) / np.arange(1, len(values) + 1)
    return _back(np.minimum.accumulate(scaled[::-1])[::-1], order)


def _checked(p: ArrayLike) -> P:
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0.0) & (values <= 1.0)).all():
        raise ValueError("p-values: expected one dimension, each in [0, 1] and none NaN")
    return values


def _back(adjusted: P, order: NDArray[np.intp]) -> P:
    result = np.empty_like(adjusted)
    result[order] = np.minimum(adjusted, 1.0)
    return result
