"""Both distribution functions of a column of numbers, and serve's quantiles against train's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.axis import Axis
from skewcheck.sides import Numbers

FINE = 3  # decimals of a place: a page is a thousand dots wide
LEVELS = 33  # quantiles of either side, the least and the greatest number among them

Places = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Where on an axis from 0 to 1 the quantiles of either side lie, at LEVELS even levels.

    ``gap`` is the largest gap between the two distribution functions: where it is, and the shares
    of train's and of serve's numbers up to there. ``fit`` are (train, serve) of a function that
    turns train into serve.
    """

    train: Places
    serve: Places
    gap: tuple[float, float, float]
    fit: tuple[tuple[float, float], ...] = ()


def curves(numbers: Numbers, laid: Axis, fit: Sequence[tuple[float, float]] = ()) -> Curves:
    """Return the curves of a column on this axis; what lies beyond it is put at its end."""
    sides = (numbers.train, numbers.serve)
    shares = [np.cumsum(side) / side.sum() for side in sides]
    at = int(np.argmax(np.abs(shares[0] - shares[1])))
    place = float(_placed(laid, numbers.upper[at : at + 1])[0])
    if numbers.pure[at]:
        place = float(_placed(laid, numbers.value[at : at + 1])[0])
    ends = np.array(fit, np.float64).reshape(-1, 2)
    inside = [laid.place(ends[:, i]) for i in (0, 1)]
    shown = np.all([(x >= 0) & (x <= 1) for x in inside], axis=0)
    quantiles = [_placed(laid, _quantiles(numbers, share)).tolist() for share in shares]
    return Curves(
        tuple(quantiles[0]),
        tuple(quantiles[1]),
        gap=(round(place, FINE), float(shares[0][at]), float(shares[1][at])),
        fit=tuple(zip(*(x[shown].round(FINE).tolist() for x in inside), strict=True)),
    )


def _quantiles(numbers: Numbers, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    used = np.flatnonzero(np.diff(shares, prepend=0.0))
    ranks = np.searchsorted(shares[used], np.linspace(0, 1, LEVELS) - 1e-12)
    return np.asarray(numbers.value[used[np.minimum(ranks, len(used) - 1)]])


def _placed(laid: Axis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(laid.place(values), 0.0, 1.0).round(FINE)
