"""Whether numbers are what a formula makes them, exactly: a fit that is merely close is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

RELATIVE = 1e-6
CANCELLED = 2e-7  # of a column's usual size: what float32 loses where two numbers cancel
DIGITS = 6  # significant digits of a common print
MOST = 4  # decimals at most that count as a rounding of the whole column
BESIDE = 0.02  # rows just outside the reach of a rounding, of those inside


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which numbers agree; ``note`` says what was done to them after the formula, or nothing.

    ``reach`` is the largest absolute error that a rounding after the formula may leave, else 0.
    """

    held: Mask
    note: str = ""
    reach: float = 0.0


def slack(expected: Values, seen: Values) -> Values:
    """Return how far a number may be from the expected one and still be it."""
    size = np.abs(expected)
    usual = min(_middle(size), _middle(np.abs(seen)))  # of 10 ^ train everything would be near
    return RELATIVE * size + CANCELLED * usual


def _middle(size: Values) -> float:
    finite = size[np.isfinite(size)]
    return float(np.median(finite)) if len(finite) else 0.0


def exactly(expected: Values, seen: Values) -> Mask:
    """Return which numbers are the expected ones, as float32 or printed to 6 digits at worst."""
    with np.errstate(all="ignore"):
        error = np.abs(seen - expected)
        near: Mask = (error <= slack(expected, seen)) & np.isfinite(expected)
        if near.all():
            return near
        unit = 10.0 ** (np.floor(np.log10(np.abs(expected))) - DIGITS + 1)
        short = np.abs(seen / unit - np.round(seen / unit)) <= 1e-4
        short &= np.isfinite(expected)
        return near | (short & (error <= unit * (0.5 + 1e-6)))


def agreement(expected: Values, seen: Values, decimals: int | None = None) -> Agreement:
    """Return where the numbers agree, after a rounding to ``decimals`` if that takes more in.

    A rounding counts only where the rows just beyond its reach are few: a formula that is merely
    close leaves many there.
    """
    best = Agreement(exactly(expected, seen))
    if decimals is None or best.held.all():
        return best
    unit = 10.0**-decimals
    with np.errstate(all="ignore"):
        lattice = np.abs(seen / unit - np.round(seen / unit)) <= 1e-6
        steps = (seen - expected) / unit
        toward = np.where(expected < 0, -steps, steps)
    for note, low, high, reach in (("rounded", -0.5, 0.5, 0.5), ("truncated", -1.0, 0.0, 1.0)):
        offset = steps if note == "rounded" else toward
        inside = lattice & (offset >= low - 1e-6) & (offset <= high + 1e-6)
        wide = lattice & (offset >= low - 1) & (offset <= high + 1)
        beside = np.count_nonzero(wide) - np.count_nonzero(inside)
        held = best.held | inside
        more = np.count_nonzero(held) > 1.05 * np.count_nonzero(best.held)
        if more and beside <= BESIDE * np.count_nonzero(inside):
            to = f" to {decimals} decimals" if decimals else " to a whole number"
            best = Agreement(held, note + to, reach * unit)
    return best


def decimals_of(values: Values) -> int | None:
    """Return the decimals, 0 to 4, in which 95 % of numbers are spelled out; None beyond."""
    for decimals in range(MOST + 1):
        with np.errstate(all="ignore"):
            steps = values * 10.0**decimals
            whole = np.abs(steps - np.round(steps)) <= 1e-6 + 1e-9 * np.abs(steps)
        if len(values) and np.mean(whole) >= 0.95:
            return decimals
    return None


@dataclass(frozen=True, slots=True)
class Common:
    """A constant that many rows share: between ``low`` and ``high``, in so many ``rows``.

    ``second`` is the number of rows of the most common other constant.
    """

    low: float
    high: float
    rows: int
    second: int

    @property
    def value(self) -> float:
        """Return the constant, in the fewest digits that the rows allow."""
        return shortest(self.low, self.high)


def common(low: Values, high: Values) -> Common | None:
    """Return the constant that lies in the most of these intervals; None without any."""
    finite = np.isfinite(low) & np.isfinite(high)
    low, high = low[finite], high[finite]
    if not len(low):
        return None
    first = _deepest(low, high)
    through = (low <= first[1]) & (high >= first[0])
    rest = _deepest(low[~through], high[~through]) if not through.all() else (0.0, 0.0, 0)
    return Common(*first, rest[2])


def _deepest(low: Values, high: Values) -> tuple[float, float, int]:
    """Return the stretch that most intervals cover, and how many do."""
    places = np.concatenate([low, high])
    steps = np.concatenate([np.ones(len(low), np.int64), -np.ones(len(high), np.int64)])
    order = np.lexsort((-steps, places))  # intervals are closed: one begins before another ends
    depth = np.cumsum(steps[order])
    at = int(depth.argmax())
    return float(places[order[at]]), float(places[order[at + 1]]), int(depth[at])


def shortest(low: float, high: float) -> float:
    """Return the number from low to high with the fewest significant digits."""
    middle = low / 2 + high / 2
    for spelled in _spellings(middle):
        if low <= spelled <= high:
            return spelled
    return middle


def _spellings(value: float) -> Iterator[float]:
    for digits in range(1, 17):
        yield float(f"{value:.{digits}g}")
