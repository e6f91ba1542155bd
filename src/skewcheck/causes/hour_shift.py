"""A cyclic shift: an hour in UTC against local time, a week that starts on another day.

On paired rows serve - train must be one constant modulo 24 hours, 7 days, 12 months, 60 minutes or
1,440 minutes. The period is not guessed from the name: rows that wrap (hour 22 became 2) must be
there, else a constant was added. It is claimed for three rows of different values and 5 % of the
differing rows at least, and far more often than if serve's values were dealt at random.

Without pairs train's histogram of whole numbers is rolled. The rolled one must agree with serve's
(chi-square of the divergence at 1 %, or a twentieth of what it was), no other roll may do nearly as
well, and ten rows and 0.4 % of train must wrap: a count whose mean moved by one is no clock.

It can be wrong where few values are in use, so that two rolls look alike. Check the time zone of
the server's clock and of the training job, and the first day of the week in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import special

from skewcheck.causes import Claim, Context, Floats, GridClaim, Mask, Pair
from skewcheck.causes._numbers import Rows
from skewcheck.sides import Numbers, Sides
from skewcheck.statistics.divergence import js8

Counts = NDArray[np.int64]

TITLE = "hours, days or months shifted in a circle"
COMPLEXITY = 2.0
PERIODS = {24: "hour", 7: "weekday", 12: "month", 60: "minute", 1440: "minute of the day"}
CLOCKS = ((24, 0), (7, 0), (7, 1), (12, 1), (60, 0), (1440, 0))  # period and first value
WRAPPED = 0.01  # of the rows explained that must wrap, two at least
AHEAD = 3  # times as frequent as any other shift
ROWS = 300
FILLED = 0.75  # of a clock's values that must be in use
BEFORE = 0.05  # divergence in nats before the roll
LEFT = 0.2  # of it that may be left
TURNED = 0.004  # of train that must pass the end of the clock, ten rows at least
LITTLE = 0.05  # of it that may be left beside noise: a clock's histogram moves a little, too
ZONES = {
    1: "Berlin in winter", 2: "Berlin in summer", 3: "Moscow", 4: "New York in summer",
    5: "New York in winter", 6: "Chicago in winter", 7: "Los Angeles in summer",
    8: "Los Angeles in winter, or Shanghai", 9: "Tokyo", 10: "Sydney",
}  # fmt: skip


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the shift modulo a clock's period that most differing rows share."""
    rows = Rows.of(pair)
    if rows is None:
        return
    for period in PERIODS:
        inside = np.abs(rows.serve - rows.train)[rows.differs] < period
        if inside.mean() >= 0.05:
            yield from _claim(rows, period)


def _claim(rows: Rows, period: int) -> Iterator[Claim]:
    apart = (rows.serve - rows.train)[rows.differs]
    apart = apart[(apart == np.round(apart)) & (np.abs(apart) < period)].astype(np.int64) % period
    counts = np.bincount(apart, minlength=period)
    shift = int(counts.argmax())
    # Summer time makes two shifts, one step apart; any others are as rare as they are random.
    others = np.delete(counts, [(shift + step) % period for step in (-1, 0, 1)])
    if not shift or counts[shift] < AHEAD * others.max():
        return

    def holds(train: Floats, serve: Floats) -> Mask:
        found: Mask = ((serve - train) == shift) | ((serve - train) == shift - period)
        return found

    held, luck = holds(rows.train, rows.serve), rows.luck(holds)
    up = int(np.count_nonzero(held & rows.differs & (rows.serve > rows.train)))
    down = int(np.count_nonzero(held & rows.differs & (rows.serve < rows.train)))
    if min(up, down) < max(2, WRAPPED * (up + down)) or not _one_clock(rows, held, period):
        return
    if rows.credible(held, luck):
        condition = f"({rows.s} - {rows.t}) IN ({shift}, {shift - period})"
        yield Claim(_words(shift, period), _reason(shift, period), condition, rows.spread(held),
                    chance=luck)  # fmt: skip


def _one_clock(rows: Rows, held: Mask, period: int) -> bool:
    """Return whether the values explained lie on one turn of the clock on both sides."""
    shown = held & rows.differs
    return bool(np.ptp(rows.train[shown]) < period and np.ptp(rows.serve[shown]) < period)


def _words(shift: int, period: int) -> str:
    return f"serve = (train + {shift}) mod {period}"


def _reason(shift: int, period: int) -> str:
    if period == 24:
        place = ZONES.get(min(shift, 24 - shift))
        return f"UTC against local time{f' ({place})' if place else ''}?"
    if period == 7:
        return "a week that starts on another day?"
    return f"the {PERIODS[period]} of another clock or calendar?"


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the roll of train's histogram that makes it serve's."""
    numbers = sides.numbers
    if numbers is None or min(numbers.train.sum(), numbers.serve.sum()) < ROWS:
        return
    for period, first in CLOCKS:
        histograms = _histograms(numbers, period, first)
        if histograms is None:
            continue
        found = _rolled(*histograms)
        if found:
            shift, share = found
            yield GridClaim(_words(shift, period), _reason(shift, period), share)
        return  # the shortest circle that has room for the values


def _histograms(numbers: Numbers, period: int, first: int) -> tuple[Counts, Counts] | None:
    """Return both sides on a clock; None where other values occur or few are in use."""
    # A light cell names no value, but fractions would fill cells without a whole number in them.
    whole = np.ceil(numbers.lower)
    if (whole > numbers.upper).any() or len(np.unique(whole)) < len(whole):
        return None
    hours = whole.astype(np.int64) - first
    if hours.min() < 0 or hours.max() >= period or len(hours) < FILLED * period:
        return None
    train, serve = (np.zeros(period, np.int64) for _ in range(2))
    train[hours], serve[hours] = numbers.train, numbers.serve
    return train, serve


def _rolled(train: Counts, serve: Counts) -> tuple[int, float] | None:
    """Return the shift and the share of the divergence that it explains, or None."""
    found = [js8(np.roll(train, shift), serve) for shift in range(len(train))]
    left = np.array([d.value for d in found])
    before, shift = left[0], int(np.argmin([d.plug_in for d in found]))
    after = found[shift]
    if not shift or before < BEFORE or found[0].bounds(0.0005)[0] <= 0:
        return None
    s2 = 1 / train.sum() + 1 / serve.sum()
    noise = float(special.chdtrc(after.cells - 1, after.plug_in / s2)) >= 0.01
    alone = bool((np.delete(left, shift) >= 4 * max(left[shift], BEFORE / 4)).all())
    if not alone or not (after.value <= (LEFT if noise else LITTLE) * before):
        return None
    wraps = _least_wrapped(train, shift)
    return (shift, float(1 - left[shift] / before)) if wraps else None


def _least_wrapped(train: Counts, shift: int) -> bool:
    """Return whether enough of train passes the end of the clock, by the shorter way."""
    wrapped = train[-shift:] if 2 * shift <= len(train) else train[: len(train) - shift]
    return bool(wrapped.sum() >= max(10, TURNED * train.sum()))
