"""In which way logged scores follow from the model's answers, where they are not the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from skewcheck.summaries.parity import Tolerance

Floats = NDArray[np.float64]
Map = Callable[[Floats], Floats]
EXPLAINED = 0.99  # share of the rows that a link must explain
ENOUGH = 10  # different values that make a link more than a coincidence
SLACK = 10.0  # times the tolerance: a link of a float32 answer keeps fewer digits
LINKS: dict[str, Map] = {
    "1 - answer": lambda x: 1 - x,
    "the log-odds of the answer": special.logit,
    "the log-odds of 1 - answer": lambda x: -special.logit(x),
    "1 / (1 + exp(-answer))": special.expit,
    "1 / (1 + exp(answer))": lambda x: special.expit(-x),
    "the logarithm of the answer": np.log,
    "the exponential of the answer": np.exp,
}
SCALED: dict[str, Map] = {
    "the answer": lambda x: x,
    "the log-odds of the answer": special.logit,
    "the logarithm of the answer": np.log,
}


@dataclass(frozen=True, slots=True)
class Link:
    """A function from the model's answer to the logged score: its name, and the share it explains.

    ``apply`` is None where it is only known to rise or to fall.
    """

    name: str
    share: float
    apply: Map | None = None


def agree(answer: Floats, logged: Floats, tolerance: Tolerance) -> NDArray[np.bool_]:
    """Return which scores are the same within the tolerance; NaN equals NaN."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(answer), np.abs(logged))
        near = np.abs(answer - logged) <= np.maximum(
            tolerance.absolute, tolerance.relative * np.where(np.isfinite(size), size, 0)
        )
    same: NDArray[np.bool_] = near | (answer == logged) | (np.isnan(answer) & np.isnan(logged))
    return same


def link(answer: Floats, logged: Floats, tolerance: Tolerance) -> Link | None:
    """Return the first link that explains nearly all rows; None where there is none."""
    finite = np.isfinite(answer) & np.isfinite(logged)
    x, y = answer[finite], logged[finite]
    if len(x) < EXPLAINED * len(answer) or min(len(np.unique(x)), len(np.unique(y))) < ENOUGH:
        return None
    wide = Tolerance(SLACK * tolerance.absolute, SLACK * tolerance.relative)
    with np.errstate(all="ignore"):
        for name, function in LINKS.items():
            if (share := _share(function(x), y, wide)) >= EXPLAINED:
                return Link(name, share, function)
        for name, function in SCALED.items():
            if (found := _scaled(name, function, (x, y), wide)) is not None:
                return found
    return _monotone(x, y, wide)


def _share(said: Floats, logged: Floats, tolerance: Tolerance) -> float:
    return float(np.mean(agree(said, logged, tolerance) & np.isfinite(said)))


def _scaled(
    name: str, function: Map, scores: tuple[Floats, Floats], tolerance: Tolerance
) -> Link | None:
    """Return ``a + b x function(answer)``, fitted by the median of slopes, if it explains."""
    x, y = function(scores[0]), scores[1]
    kept = np.isfinite(x)
    if np.mean(kept) < EXPLAINED:
        return None
    order = np.argsort(x[kept], kind="stable")
    u, v = x[kept][order], y[kept][order]
    half = len(u) // 2
    run, rise = u[half : 2 * half] - u[:half], v[half : 2 * half] - v[:half]
    if not (run > 0).any():
        return None
    slope = float(np.median(rise[run > 0] / run[run > 0]))
    start = float(np.median(v - slope * u))
    wide = Tolerance(max(tolerance.absolute, tolerance.relative * float(np.ptp(v))), 0.0)
    share = _share(start + slope * x, y, wide)
    if share < EXPLAINED or not slope:
        return None
    shift = f" {'+' if start > 0 else '-'} {abs(start):.6g}" if abs(start) > wide.absolute else ""
    return Link(f"{slope:.6g} x {name}{shift}", share, lambda z: start + slope * function(z))


def _monotone(x: Floats, y: Floats, tolerance: Tolerance) -> Link | None:
    order = np.lexsort((y, x))
    steps = np.diff(y[order])
    allowed = tolerance.absolute + tolerance.relative * np.abs(y[order][1:])
    for name, against in (("a rising", steps < -allowed), ("a falling", steps > allowed)):
        if (share := 1 - float(np.mean(against))) >= 1 - (1 - EXPLAINED) / 10:
            return Link(f"{name} function of the answer (a calibration?)", share)
    return None
