"""Where and when marked rows live: only in some segment, only since, until or between moments.

A part of the rows is named when it holds the marks (HOLDS of them, at a share FAR above that of
the other rows) and marks thrown at random would not do that, with the search paid for: a union
bound over every part that might have been named. Half of the level goes to segments, a quarter to
steps in time, a quarter to windows.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from skewcheck.statistics.scan import evidence, far, likelihood
from skewcheck.statistics.searched import Searched
from skewcheck.summaries.places import Places
from skewcheck.window import Moment, Timeline, Window

ONLY = 0.99  # of the marks; a part that holds them is where they live, and only there
LARGEST = 0.8  # of the rows that a segment may be
SEVERAL = 8  # values of one column that a segment may name
PART = 0.05  # of the marks that each of several values must hold
ALIAS = 0.98  # of the best evidence: columns as good are aliases, the first one is named
COMPLETE = 0.9  # of its rows that are marked: such a part needs no other one beside it


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows in which ``column`` has one of ``values``, and how the marks fall inside and out.

    ``p`` is the chance that random marks name any segment at all with such evidence; ``trials``
    the number of segments among which this one was chosen.
    """

    column: str
    values: tuple[str, ...]
    marked: int
    rows: int
    marked_outside: int
    rows_outside: int
    p: float
    trials: int


@dataclass(frozen=True, slots=True)
class Location:
    """Where and when the marked rows live; no pattern where both parts are None.

    ``trials`` counts the segments and windows that might have been named.
    """

    marked: int
    rows: int
    segment: Segment | None
    window: Window | None
    trials: int

    @property
    def since(self) -> Moment | None:
        """The moment from which rows are marked."""
        return self.window.since if self.window else None

    @property
    def until(self) -> Moment | None:
        """The moment to which rows are marked."""
        return self.window.until if self.window else None


def locate(
    marked: Places, rows: Places, *, level: float = 0.05, clock: Collection[str] = ()
) -> Location:
    """Return the part of the rows in which the marked ones live.

    ``rows`` are the places of all rows, ``marked`` of some of them. Random marks are given a place
    with probability ``level`` at most. Columns come in the order of ``rows``: of two that tell the
    same the first is named. Time and segment are sought one by one, on all rows. ``clock`` names
    the columns that follow from the time (hour, weekday): one night's marks share an hour, too,
    so of a window and such a segment the likelier one is named.
    """
    timeline = Timeline.of(marked, rows)
    window = timeline.window(level) if timeline else None
    # Rows marked in one burst tell less about segments than as many spread over time.
    clump = timeline.clump(window) if timeline else 1.0
    segment = _segment(marked, rows, level=level, clump=clump)
    if segment and window and segment.column in clock:
        if _gain(segment) > _gain(window):
            window = None
        else:
            segment = _segment(marked, rows, level=level, clump=clump, without=clock)
    if segment and window and _complete(segment) != _complete(window):
        segment, window = (segment, None) if _complete(segment) else (None, window)
    trials = sum(
        math.comb(len(values), size)
        for values in _columns(marked, rows).values()
        for size in _sizes(values)
    )
    trials += timeline.trials if timeline else 0
    return Location(marked.count, rows.count, segment, window, trials)


def beyond(
    location: Location, limit: float, level: float = 0.05
) -> list[tuple[Segment | Window, Searched]]:
    """Return the parts named whose share of marked rows is above ``limit`` beyond doubt.

    Each comes with its share, whose ``p_above`` and lower bound pay for the search.
    """
    parts = [part for part in (location.segment, location.window) if part is not None]
    shares = [(part, Searched.of(part.marked, part.rows, trials=part.trials)) for part in parts]
    return [(part, share) for part, share in shares if share.p_above(limit) < level]


def only(part: Segment | Window) -> bool:
    """Return whether the marks live in this part and, but for 1 % of them, nowhere else."""
    return part.marked >= ONLY * (part.marked + part.marked_outside)


def worst(marked: Places, rows: Places, limit: float) -> tuple[Segment, Searched] | None:
    """Return the one value of a column whose share of marked rows is most surely above ``limit``.

    It need not hold many of the marks: a column may fail in a small segment while marks all over
    the place outnumber those inside. None when no share is above the limit. The share pays for
    the choice among all values of all columns.
    """
    columns = _columns(marked, rows)
    trials = sum(map(len, columns.values()))
    best: tuple[Segment, Searched] | None = None
    for column, values in columns.items():
        every = (sum(x for _, x, _ in values), sum(n for _, _, n in values))
        for value, x, n in values:
            share = Searched.of(x, n, trials=trials)
            p = share.p_above(limit)
            if share.value > limit and (best is None or p < best[0].p):
                outside = (every[0] - x, every[1] - n)
                best = Segment(column, (value,), x, n, *outside, p, trials), share
    return best


def _gain(part: Segment | Window) -> float:
    marked, rows = part.marked + part.marked_outside, part.rows + part.rows_outside
    return float(likelihood(np.array([part.marked]), np.array([part.rows]), marked, rows)[0])


def _complete(part: Segment | Window) -> bool:
    """Return whether nearly every row of a part is marked: nothing is left for another one."""
    return only(part) and part.marked >= COMPLETE * part.rows


def _columns(marked: Places, rows: Places) -> dict[str, list[tuple[str, int, int]]]:
    """Return (value, marked, rows) of the values of every column that can be a segment.

    Raises ValueError when a value holds more marked rows than rows.
    """
    columns = {}
    for name, totals in rows.segments.items():
        counts = marked.segments.get(name)
        if counts and totals is not None and not counts <= totals:
            raise ValueError(f"more marked rows than rows in {name}: expected a part of them")
        if counts and totals and len(totals) > 1:
            columns[name] = [(value, counts[value], n) for value, n in sorted(totals.items())]
    return columns


def _sizes(values: list[tuple[str, int, int]]) -> range:
    return range(1, min(SEVERAL, len(values) - 1) + 1)


def _segment(
    marked: Places,
    rows: Places,
    *,
    level: float,
    clump: float,
    without: Collection[str] = (),
) -> Segment | None:
    """Return the segment of the best evidence, the first of those that are as good."""
    columns = _columns(marked, rows)
    found = [
        _richest(name, values, marked.count, clump=clump, columns=len(columns))
        for name, values in columns.items()
        if name not in without
    ]
    named = [segment for segment in found if segment and segment.p < level]
    most = max(map(_gain, named), default=0.0)
    return next((segment for segment in named if _gain(segment) >= ALIAS * most), None)


def _richest(
    column: str,
    values: list[tuple[str, int, int]],
    total: int,
    *,
    clump: float,
    columns: int,
) -> Segment | None:
    """Return the values of one column that hold the marks, of the least p."""
    marked, rows = sum(x for _, x, _ in values), sum(n for _, _, n in values)
    rich = [v for v in values if v[1] >= PART * total]
    rich = sorted(rich, key=lambda v: (-v[1] / v[2], v[0]))[: max(_sizes(values))]
    x, n = (np.cumsum([v[i] for v in rich], dtype=np.int64) for i in (1, 2))
    trials = [
        2 * columns * len(_sizes(values)) * math.comb(len(values), size + 1)
        for size in range(len(rich))
    ]
    nats = evidence(x, n, marked, rows) / clump - [math.log(t) for t in trials]
    named = far(x, n, total, (marked, rows)) & (n <= LARGEST * rows)
    if not named.any():
        return None
    size = int(np.where(named, nats, -np.inf).argmax())
    inside, part = int(x[size]), int(n[size])
    p = min(1.0, math.exp(-max(0.0, nats[size])))
    names = tuple(v[0] for v in rich[: size + 1])
    outside = (marked - inside, rows - part)
    return Segment(column, names, inside, part, *outside, p, trials[size])
