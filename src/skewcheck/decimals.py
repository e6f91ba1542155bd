"""Rows of short decimal numbers in few bytes: differences of whole numbers, their bytes sorted.

The heights of a histogram, the quantiles of a column: numbers of two or three digits that follow
each other closely. A report holds tens of thousands of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FEWEST = 8  # numbers that are worth it
PLACES = 9  # decimals, at most
LARGEST = 1 << 40


def squeezed(values: Sequence[float]) -> tuple[int, int, bytes] | None:
    """Return decimals, bytes a number and the bytes; None where that would not be exact."""
    if len(values) < FEWEST or set(map(type, values)) != {float}:
        return None
    given = np.array(values)
    if (
        not np.isfinite(given).all()
        or np.abs(given).max() > 1e6
        or np.signbit(given[given == 0]).any()
    ):
        return None
    for places in range(PLACES + 1):
        whole = np.round(given * 10.0**places)
        if (whole / 10.0**places == given).all():
            return places, *_split(whole.astype(np.int64))
    return None


def _split(whole: np.ndarray) -> tuple[int, bytes]:
    steps = np.diff(whole, prepend=0)
    plain = ((steps << 1) ^ (steps >> 63)).astype("<u8")  # small ones are small, below 0 too
    width = max(1, (int(plain.max()).bit_length() + 7) // 8)
    return width, plain.view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()


def restored(places: int, width: int, content: bytes) -> tuple[float, ...]:
    """Return the numbers; raises ValueError where the bytes are none.

    Dividing whole numbers by a power of ten gives the double next to the decimal, so what was
    exact stays so.
    """
    if not (0 <= places <= PLACES and 1 <= width <= 8):
        raise ValueError(f"{places} decimals of {width} bytes")
    sorted_ = np.frombuffer(content, np.uint8).reshape(width, -1).T
    plain = np.zeros((len(sorted_), 8), np.uint8)
    plain[:, :width] = sorted_
    found = plain.view("<u8").ravel()
    steps = (found >> np.uint64(1)).astype(np.int64) ^ -(found & np.uint64(1)).astype(np.int64)
    return tuple((np.cumsum(steps) / 10.0**places).tolist())
