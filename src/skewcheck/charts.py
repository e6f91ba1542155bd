"""What a chart of two distributions shows: shares of rows in bins, and values of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skewcheck import axis
from skewcheck.axis import Axis, Values
from skewcheck.column import ColumnProfile
from skewcheck.curves import Curves, curves
from skewcheck.sanitize import safe
from skewcheck.sides import Numbers, Sides, Table
from skewcheck.wording import count, number, percent

FEW = 12  # values or categories that get a bar each
NAMED = 4  # values that are lifted out of a histogram, at most
HEAVY = 0.025  # share of rows of such a value on one side
STANDS_OUT = 4.0  # times the share of its neighbours
MISSING = ("absent", "null", "nan", "-inf", "+inf")
LABEL = 24
FINE = 3  # figures of the highest bar: the page has 250 steps for it
EXACT, NEAR = 6, 3  # figures of a value that is known, and of the middle of a cell

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Bar:
    """A value, category or kind of gap with its share of all rows on either side.

    ``gap`` marks what is no value of its own: missing, not a number, many small ones as one.
    """

    label: str
    train: float
    serve: float
    gap: bool = False

    @property
    def told(self) -> tuple[str, str]:
        """Return both shares in words."""
        return percent(self.train), percent(self.serve)


@dataclass(frozen=True, slots=True)
class Body:
    """A histogram on an axis from 0 to 1: shares of all rows per bin, all bins equally wide."""

    train: tuple[float, ...]
    serve: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]
    log: bool
    curves: Curves | None = None

    @property
    def peak(self) -> float:
        """Return the share of rows in the highest bin of either side."""
        return max(*self.train, *self.serve)

    @property
    def scale(self) -> str:
        """Return in words what the height and the axis mean."""
        bend = ", logarithmic axis" if self.log else ""
        return f"highest bar {percent(self.peak)} of rows{bend}"


@dataclass(frozen=True, slots=True)
class Chart:
    """The two sides of one column: a histogram where it has many numbers, and bars.

    ``notes`` say what is not drawn; ``other`` is the histogram on the other kind of axis, linear
    or logarithmic, where that shows more.
    """

    body: Body | None
    bars: tuple[Bar, ...]
    notes: tuple[str, ...] = ()
    other: Body | None = None


def chart(sides: Sides, fit: Sequence[tuple[float, float]] = ()) -> Chart | None:
    """Return the chart of a column, or None when nothing about it can be drawn.

    ``fit`` are (train, serve) of a function that turns train into serve, to be drawn with it.
    """
    if not (sides.rows_train and sides.rows_serve):
        return None
    table = sides.categories
    if table is not None and len(table.labels):
        return _with_gaps(Chart(None, _categories(table, sides)), sides)
    numbers = sides.numbers
    if numbers is not None:
        return _with_gaps(_numbers(numbers, sides, fit), sides)
    drawn = _with_gaps(Chart(None, ()), sides)
    return drawn if drawn.bars else None


def unnamed(drawn: Chart) -> Chart:
    """Return the chart of a private column: its shape, without the values."""
    bars = tuple(
        bar if bar.gap else replace(bar, label=f"value {i}") for i, bar in enumerate(drawn.bars, 1)
    )
    bodies = [body and replace(body, ticks=()) for body in (drawn.body, drawn.other)]
    return replace(drawn, body=bodies[0], bars=bars, other=bodies[1])


def _with_gaps(drawn: Chart, sides: Sides) -> Chart:
    """Return the chart with a bar for each kind of gap that either side has."""
    return replace(drawn, bars=(*drawn.bars, *_gaps(sides)))


def _gaps(sides: Sides) -> Iterator[Bar]:
    for state in MISSING:
        train = _share(sides.train, state, sides.rows_train)
        serve = _share(sides.serve, state, sides.rows_serve)
        if train or serve:
            yield Bar("NaN" if state == "nan" else state, train, serve, gap=True)


def _share(side: ColumnProfile | None, state: str, rows: int) -> float:
    """Return the share of rows in this state; a column that a side lacks is absent in all."""
    return side.states[state] / rows if side else float(state == "absent")


def _categories(table: Table, sides: Sides) -> tuple[Bar, ...]:
    """Return the heaviest categories, and the rest as one bar."""
    train, serve = table.train / sides.rows_train, table.serve / sides.rows_serve
    order = np.argsort(-np.maximum(train, serve), kind="stable")
    named, rest = order[:FEW], order[FEW:]
    bars = [Bar(safe(table.labels[i], LABEL), float(train[i]), float(serve[i])) for i in named]
    if len(rest):
        label = f"{count(len(rest))} others"
        shares = (float(train[rest].sum()), float(serve[rest].sum()))
        bars.append(Bar(label, *shares, gap=True))
    return tuple(bars)


def _numbers(numbers: Numbers, sides: Sides, fit: Sequence[tuple[float, float]]) -> Chart:
    """Return few values as bars; more as a histogram, with values that stand out as bars."""
    shares = (numbers.train / sides.rows_train, numbers.serve / sides.rows_serve)
    places = np.arange(len(numbers.value))
    if len(places) <= FEW:
        return Chart(None, tuple(_bars(numbers, shares, places)))
    lifted = _stand_out(numbers, np.maximum(*shares))
    rest = np.setdiff1d(places, lifted)
    values, some = numbers.value[rest], [s[rest] for s in shares]
    laid = axis.lay(values, some)
    other = axis.other(laid, values, some)
    bodies = [None if on is None else _body(numbers, shares, rest, on, fit) for on in (laid, other)]
    bars = tuple(_bars(numbers, shares, lifted))
    return Chart(bodies[0], bars, tuple(_outside(numbers, shares, rest, laid)), bodies[1])


def _body(
    numbers: Numbers,
    shares: Sequence[Values],
    places: Places,
    laid: Axis,
    fit: Sequence[tuple[float, float]],
) -> Body:
    train, serve = _fine(*(_histogram(numbers, s, places, laid) for s in shares))
    return Body(train, serve, laid.ticks, laid.log, curves(numbers, laid, fit))


def _fine(*shares: tuple[float, ...]) -> Iterator[tuple[float, ...]]:
    """Yield shares in FINE figures of the highest one; none becomes 0 or 1 that is not so."""
    peak = max(max(side, default=0.0) for side in shares) or 1.0
    places = FINE - 1 - math.floor(math.log10(peak))
    least = round(10.0**-places, places)
    for side in shares:
        rounded = (round(share, places) for share in side)
        yield tuple(
            x if share in (0.0, 1.0) else min(max(x, least), 1 - least)
            for x, share in zip(rounded, side, strict=True)
        )


def _bars(numbers: Numbers, shares: Sequence[Values], places: Places) -> Iterator[Bar]:
    for i in places:
        label = number(numbers.value[i], EXACT if numbers.pure[i] else NEAR)
        yield Bar(label, float(shares[0][i]), float(shares[1][i]))


def _stand_out(numbers: Numbers, peak: Values) -> Places:
    """Return the cells that are one value each and far heavier, or far away, from their like."""
    heavy = [i for i in np.flatnonzero(numbers.pure & (peak >= HEAVY)) if _towers(peak, int(i))]
    far = [i for i in (0, len(peak) - 1) if numbers.pure[i] and _lonely(numbers.value, i)]
    found = sorted({*map(int, heavy), *far}, key=lambda i: -peak[i])[:NAMED]
    return np.array(sorted(found), np.intp)


def _towers(peak: Values, i: int) -> bool:
    near = np.concatenate([peak[max(0, i - 3) : i], peak[i + 1 : i + 4]])
    return bool(peak[i] > STANDS_OUT * np.median(near))


def _lonely(value: Values, i: int) -> bool:
    """Return whether the first or last value is farther from the others than they are wide."""
    others = np.delete(value, i)
    gap = abs(value[i] - (others[0] if i == 0 else others[-1]))
    return bool(gap > 2 * (others[-1] - others[0]))


def _histogram(numbers: Numbers, shares: Values, places: Places, laid: Axis) -> tuple[float, ...]:
    """Return the share of rows in each bin; a cell that crosses an edge is split by its width."""
    at = laid.place(numbers.value[places])
    kept = (at >= 0) & (at <= 1)
    at, places = at[kept], places[kept]
    low, high = (laid.place(ends[places]).clip(0, 1) for ends in (numbers.lower, numbers.upper))
    edges = np.linspace(0.0, 1.0, laid.bins + 1)
    whole = numbers.pure[places] | (high <= low) | laid.lattice
    weight = shares[places]
    bins = np.histogram(at[whole], edges, weights=weight[whole])[0]
    bins = bins + _split(low[~whole], high[~whole], weight[~whole], edges)
    return tuple(bins.tolist())


def _split(low: Values, high: Values, weight: Values, edges: Values) -> Values:
    """Return the weight between edges of ordered cells that are evenly filled."""
    if not len(weight):
        return np.zeros(len(edges) - 1)
    low = np.maximum(low, np.append(low[0], high[:-1]))
    after = np.cumsum(weight)
    points = np.column_stack([low, high]).ravel()
    total = np.column_stack([np.append(0.0, after[:-1]), after]).ravel()
    return np.diff(np.interp(edges, points, total))


def _outside(
    numbers: Numbers, shares: Sequence[Values], places: Places, laid: Axis
) -> Iterator[str]:
    """Return a note on the rows beyond the ends of the axis."""
    at = laid.place(numbers.value[places])
    beyond = (at < 0) | (at > 1)
    train, serve = (float(s[places][beyond].sum()) for s in shares)
    if train or serve:
        yield f"{percent(train)} of train and {percent(serve)} of serve lie outside the axis"
