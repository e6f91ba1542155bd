"""A constant added on one side: off by one, another base year, another clock.

On paired rows the difference serve - train is taken as the one that most differing rows share,
exactly. It must hold in at least five differing rows of different values and in 5 % of all
differing rows, twenty times as often as the next difference (counts that differ by one or two at
random have no constant), and far more often than if serve's values were dealt at random.

Without pairs only a shift by one of whole numbers is claimed, and only where train's least value
is missing in serve, as counting from 1 instead of from 0 leaves it: a population whose mean moved
is no mistake.

It can be wrong on a counter that lags by one. Check where each side starts to count, and the
epoch or base year of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from skewcheck.causes import Claim, Context, Floats, GridClaim, Mask, Pair, literal
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows, spelled
from skewcheck.sides import Sides
from skewcheck.statistics.agreement import common

TITLE = "a constant added"
COMPLEXITY = 2.0
DISTINCT = 5
SECOND = 20  # times as common as the next difference
BLURRED = 0.01  # of the constant, at most, that the rounding of the numbers may be
BASES = {2000.0: "years counted from 2000?", 1900.0: "years counted from 1900?"}
SEEN = 0.98  # of the rows seen to be whole: rare values are not known exactly
AT_THE_END = 0.02  # share of train's least (greatest) value, or its absence says nothing


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the difference that most differing rows share."""
    rows = Rows.of(pair)
    if rows is None:
        return
    train, serve = rows.train[rows.differs], rows.serve[rows.differs]
    for part in (1e-12, 2e-7):
        blur = part * np.maximum(np.abs(train), np.abs(serve))
        found = common(serve - train - blur, serve - train + blur)
        if found is None or found.rows < max(DISTINCT, 0.05 * rows.total, SECOND * found.second):
            continue
        claim = _claim(rows, found.value, part)
        if claim:
            yield claim
            return


def _claim(rows: Rows, constant: float, part: float) -> Claim | None:
    if not constant:
        return None

    def holds(train: Floats, serve: Floats) -> Mask:
        blur = part * np.maximum(np.abs(train), np.abs(serve)) + 1e-9 * abs(constant)
        near: Mask = np.abs(serve - train - constant) <= 2 * blur
        return near & (blur <= BLURRED * abs(constant))

    held, luck = holds(rows.train, rows.serve), rows.luck(holds)
    if not rows.credible(held, luck, distinct=DISTINCT):
        return None
    condition = f"abs({rows.s} - {rows.t} - {literal(constant)}) <= {literal(1e-3 * abs(constant))}"
    return Claim(
        _words(constant),
        _reason(constant),
        condition,
        rows.spread(held),
        chance=luck,
        function=lambda t: t + constant,
    )


def _words(constant: float) -> str:
    return f"serve = train {'+' if constant > 0 else '-'} {spelled(abs(constant))}"


def _reason(constant: float) -> str:
    if abs(constant) == 1:
        return "off by one: counted from 0 on one side and from 1 on the other?"
    if abs(constant) >= 900 and constant % 900 == 0 and abs(constant) <= 14 * 3600:
        return "seconds of another time zone?"
    return BASES.get(abs(constant), "a constant added on one side only?")


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield a shift by one of whole numbers that leaves train's end empty."""
    grids = Grids.of(sides)
    if grids is None or not _whole(grids):
        return
    for step in (1.0, -1.0):
        function = partial(np.add, step)
        share = grids.explained(function)
        if share is not None and _end_empty(grids, step):
            yield GridClaim(_words(step), _reason(step), share, function=function)


def _whole(grids: Grids) -> bool:
    numbers = grids.numbers
    whole = numbers.pure & (numbers.value == np.round(numbers.value))
    rows = numbers.train + numbers.serve
    return bool(rows[whole].sum() >= SEEN * rows.sum())


def _end_empty(grids: Grids, step: float) -> bool:
    """Return whether train's value at the end that was left is common there and gone in serve."""
    end = int(np.argmin(step * grids.train.value))
    share = grids.train.counts[end] / grids.train.total
    left = step * grids.serve.value <= step * grids.train.value[end]
    return bool(share >= AT_THE_END and not left.any())
