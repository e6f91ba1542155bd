"""An integer that wrapped around: stored in 8, 16 or 32 bits, signed or not.

On paired rows train, cut to a whole number, must lie beyond the range of the type, and serve must
be what is left of it in that type, in at least three differing rows of different values and 5 % of
all differing rows, and far more often than if serve's values were dealt at random. Rows within the
range agree and do not count against it.

Check the type of the column in the table, message or struct that serve is read from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Mask, Pair
from skewcheck.causes._numbers import Rows

TITLE = "integer overflow"
COMPLEXITY = 1.5
BITS = (8, 16, 32)
WHOLE = 2.0**53  # beyond this a float is no exact integer


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the integer types into which train's numbers were forced."""
    rows = Rows.of(pair)
    if rows is None:
        return
    for bits in BITS:
        for signed in (True, False):
            claim = _claim(rows, bits, signed=signed)
            if claim:
                yield claim


def _claim(rows: Rows, bits: int, *, signed: bool) -> Claim | None:
    size = 2.0**bits
    low = -size / 2 if signed else 0.0
    name = f"{'' if signed else 'u'}int{bits}"

    def holds(train: Floats, serve: Floats) -> Mask:
        whole = np.trunc(train)
        beyond = ((whole < low) | (whole >= low + size)) & (np.abs(whole) < WHOLE)
        left: Mask = (np.mod(whole - low, size) + low == serve) & beyond
        return left

    held = holds(rows.train, rows.serve)
    if not held.any():
        return None
    luck = rows.luck(holds)
    if not rows.credible(held, luck):
        return None
    whole = f"trunc({rows.t})"
    wrapped = f"{whole} - floor(({whole} - {low!r}) / {size!r}) * {size!r}"
    return Claim(
        f"serve = {name}(train), wrapped around",
        f"a column too narrow: {name}?",
        f"{rows.s} = {wrapped} AND {rows.s} <> {rows.t}",
        rows.spread(held),
        chance=luck,
    )
