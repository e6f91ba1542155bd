"""A short float: one side is the other as float16 or bfloat16.

float32 is no skew (parity says so); a float16 keeps three digits and a bfloat16 two. On paired
rows one side must be exactly the other in that format, in at least three differing rows of
different values and 5 % of all differing rows, and far more often than if the values were dealt at
random. Numbers beyond 65504 are infinite as float16.

Check the type in which the feature store or the tensor of the model holds the column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Mask, Pair
from skewcheck.causes._numbers import Rows

TITLE = "half precision"
COMPLEXITY = 2.0
ALL = 0.95  # of the differing rows as close as the format's steps


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the short format in which one side holds the other's numbers."""
    rows = Rows.of(pair)
    if rows is None:
        return
    for name, formats in FORMATS.items():
        for source, words in ((rows, f"serve = {name}(train)"),
                              (rows.reversed(), f"train = {name}(serve)")):  # fmt: skip
            claim = _claim(source, formats, words, STEPS[name])
            if claim:
                yield claim


def _claim(rows: Rows, formats: tuple[Format, ...], words: str, step: float) -> Claim | None:
    def holds(train: Floats, serve: Floats) -> Mask:
        found = np.zeros(len(train), np.bool_)
        for short in formats:
            found |= short(train) == serve
        return found

    held = holds(rows.train, rows.serve)
    close = rows.differs & (np.abs(rows.serve - rows.train) <= np.abs(rows.train) * step)
    if not held.any() or np.count_nonzero(held & close) < ALL * np.count_nonzero(close):
        return None  # small differences of any other kind meet a short float now and then
    luck = rows.luck(holds)
    if not rows.credible(held, luck):
        return None
    near = f"abs({rows.s} - {rows.t}) <= abs({rows.t}) / 128 AND {rows.s} <> {rows.t}"
    return Claim(words, "a feature held in half precision?", near, rows.spread(held), chance=luck)


def _float16(values: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return values.astype(np.float16).astype(np.float64)


def _cut(values: Floats) -> Floats:
    """Return float32 numbers without their last 16 bits."""
    return _upper(values, 0)


def _rounded(values: Floats) -> Floats:
    """Return float32 numbers rounded to their first 16 bits, half to even."""
    return _upper(values, 0x7FFF)


def _upper(values: Floats, add: int) -> Floats:
    with np.errstate(over="ignore"):
        bits = values.astype(np.float32).view(np.uint32).astype(np.uint64)
    even = (bits >> 16) & 1 if add else 0
    kept = (((bits + add + even) >> 16) << 16).astype(np.uint32)
    return kept.view(np.float32).astype(np.float64)


STEPS = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
Format = Callable[[Floats], Floats]
FORMATS: dict[str, tuple[Format, ...]] = {
    "float16": (_float16,),
    "bfloat16": (_rounded, _cut),
}
