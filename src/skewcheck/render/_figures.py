"""The parts of a topic as figures: paths, words and points at places, and the same in numbers.

Figures hold no markup: the template escapes every word. Each has a summary in words and a table,
for those who do not see the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from skewcheck.layout import Bars, Course, Listing, Scatter, Sweep
from skewcheck.render import _plot
from skewcheck.render._plot import (
    BOTTOM,
    FIGURES,
    HIGH,
    LEFT,
    RIGHT,
    TOP,
    WIDE,
    Dot,
    Figure,
    Scale,
    Word,
    kinds,
    told,
)
from skewcheck.wording import count, number, percent

PLACES = 8  # words below an axis of places
LETTER, GAP = 7, 16  # width of a letter and between words


def figure(part: Bars | Course | Scatter | Sweep) -> Figure:
    """Return the figure of a part."""
    if isinstance(part, Bars):
        return _bars(part)
    if isinstance(part, Course):
        return _course(part)
    return _scatter(part) if isinstance(part, Scatter) else _sweep(part)


def _bars(part: Bars) -> Figure:
    """Return a histogram: shares of each series, as outlines over a filled one."""
    across = _plot.across(part.edges[0], part.edges[-1], log=part.log)
    totals = {name: sum(counts) for name, counts in part.series.items()}
    shares = {n: [c / totals[n] if totals[n] else 0.0 for c in s] for n, s in part.series.items()}
    peak = max((max(s, default=0.0) for s in shares.values()), default=0.0)
    upward = _plot.upward(0.0, peak or 1.0)
    names = kinds(shares)
    grid, words = _plot.grid(upward, "share")
    lines, marked = _plot.marked(part.marks, across)
    paths = [
        (kind, _outline(part.edges, values, across, upward))
        for kind, values in zip(names, shares.values(), strict=True)
    ]
    peaks = (_peak(name, s, part.edges) for name, s in shares.items() if any(s))
    named = [f"{mark.label} at {number(mark.at, FIGURES)}" for mark in part.marks]
    return Figure(
        part.title,
        f"Histogram of {part.title}: {'; '.join([*peaks, *named])}",
        (("a", grid), *sorted(paths, key=lambda p: p[0] == "t"), ("mark", lines)),
        (*words, *_plot.below(across, part.unit), *marked),
        tuple(zip(names, shares, strict=True)),
        Listing(
            part.title,
            (f"from, {part.unit}" if part.unit else "from", "to", *part.series),
            tuple(
                (
                    number(a, FIGURES),
                    number(b, FIGURES),
                    *(number(s[i]) for s in part.series.values()),
                )
                for i, (a, b) in enumerate(zip(part.edges, part.edges[1:], strict=False))
            ),
            frozenset(range(len(part.series) + 2)),
        ),
    )


def _peak(name: str, shares: Sequence[float], edges: Sequence[float]) -> str:
    at = max(range(len(shares)), key=shares.__getitem__)
    low, high = (number(edge, FIGURES) for edge in edges[at : at + 2])
    return f"{name} peaks between {low} and {high}"


def _outline(edges: Sequence[float], values: Sequence[float], across: Scale, upward: Scale) -> str:
    ground = HIGH - BOTTOM
    tops = "".join(
        f"V{upward.at(v)}H{across.at(edge)}" for v, edge in zip(values, edges[1:], strict=False)
    )
    return f"M{across.at(edges[0])} {ground}{tops}V{ground}z"


def _course(part: Course) -> Figure:
    """Return values over places with their intervals, and the limit."""
    known = [v for s in part.series.values() for v in s if v is not None]
    values = [x for v in known for x in v] + ([] if part.limit is None else [part.limit])
    low, high = min([0.0, *values]), max([0.0, *values])
    upward = _plot.upward(low, high or 1.0)
    across = _plot.across(0, max(1, len(part.places) - 1))
    names = kinds(part.series)
    grid, words = _plot.grid(upward, part.unit)
    paths: list[tuple[str, str]] = [("a", grid)]
    for kind, series in zip(names, part.series.values(), strict=True):
        paths += [
            (f"{kind} wh", _whiskers(series, across, upward)),
            (f"{kind} ln", _line(series, across, upward)),
        ]
    if part.limit is not None:
        paths.append(("limit", f"M{LEFT} {upward.at(part.limit)}H{WIDE - RIGHT}"))
        words.append(
            Word(
                "end lim",
                WIDE - RIGHT,
                upward.at(part.limit) - 4,
                f"limit {told(part.limit, part.unit)}",
            )
        )
    wide = LETTER * max((len(place) for place in part.places), default=1) + GAP
    most = max(1, min(PLACES, int((WIDE - LEFT - RIGHT) // wide)))
    step = max(1, math.ceil(len(part.places) / most))
    shown = range(0, len(part.places), step)
    words += [
        Word("c", _inside(across.at(i), part.places[i]), HIGH - 14, part.places[i]) for i in shown
    ]
    ends = (
        f"{name} from {told(s[0][0], part.unit)} to {told(s[-1][0], part.unit)}"
        for name, found in part.series.items()
        if (s := [v for v in found if v is not None])
    )
    return Figure(
        part.title,
        f"{part.title} over {len(part.places)} places: {'; '.join(ends)}",
        tuple(paths),
        tuple(words),
        tuple((f"{kind} ln", name) for kind, name in zip(names, part.series, strict=True)),
        Listing(
            part.title,
            ("at", *part.series),
            tuple(
                (place, *(_between(s[i], part.unit) for s in part.series.values()))
                for i, place in enumerate(part.places)
            ),
            frozenset(range(1, len(part.series) + 1)),
        ),
    )


def _inside(at: float, text: str) -> float:
    """Return where the middle of a word is to be, so that it does not leave the drawing."""
    half = LETTER * len(text) / 2
    return max(half, min(at, WIDE - half))


def _between(value: tuple[float, float, float] | None, unit: str) -> str:
    if value is None:
        return "not known"
    middle, low, high = (told(x, unit) for x in value)
    return f"{middle} ({low} to {high})"


def _whiskers(
    series: Iterable[tuple[float, float, float] | None], across: Scale, upward: Scale
) -> str:
    return "".join(
        f"M{across.at(i)} {upward.at(v[1])}V{upward.at(v[2])}"
        for i, v in enumerate(series)
        if v is not None and v[1] < v[2]
    )


def _line(series: Iterable[tuple[float, float, float] | None], across: Scale, upward: Scale) -> str:
    """Return a line through what is known, broken where it is not, with a point at each place."""
    path, pen = "", "M"
    for i, value in enumerate(series):
        if value is None:
            pen = "M"
            continue
        x, y = across.at(i), upward.at(value[0])
        path += f"{pen}{x} {y}m-2 0h4m-2 0"
        pen = "L"
    return path


def _scatter(part: Scatter) -> Figure:
    xs, ys = ([getattr(p, axis) for p in part.points] for axis in "xy")
    across = _plot.across(*_reach(xs, part.cut[0]))
    upward = _plot.upward(*_reach(ys, part.cut[1]))
    cut = (across.at(part.cut[0]), upward.at(part.cut[1]))
    left, right, high, low = LEFT + 8, WIDE - RIGHT - 8, TOP + 12, HIGH - BOTTOM - 8
    corners = ((left, high, "b"), (right, high, "end"), (right, low, "end"), (left, low, "b"))
    words = [
        Word(f"{kind} quad", x, y, text)
        for (x, y, kind), text in zip(corners, part.quadrants, strict=True)
        if text
    ]
    words += [Word("c", (LEFT + WIDE) / 2, HIGH - 8, f"{part.axes[0]} →"),
              Word("b", 4, TOP - 3, f"↑ {part.axes[1]}")]  # fmt: skip
    dots = tuple(Dot(across.at(p.x), upward.at(p.y), p.label, p.column) for p in part.points)
    frame = f"M{LEFT} {TOP}V{HIGH - BOTTOM}H{WIDE - RIGHT}"
    named = "; ".join(f"{p.label}: {number(p.x, 3)}, {number(p.y, 3)}" for p in part.points[:5])
    return Figure(
        part.title,
        f"{part.title}, {part.axes[0]} against {part.axes[1]}: {named}",
        (("a", frame), ("cut", f"M{cut[0]} {TOP}V{HIGH - BOTTOM}M{LEFT} {cut[1]}H{WIDE - RIGHT}")),
        (*words, *_labels(dots)),
        (),
        Listing(
            part.title,
            ("point", *part.axes),
            tuple((p.label, number(p.x, FIGURES), number(p.y, FIGURES)) for p in part.points),
            frozenset((1, 2)),
        ),
        dots,
    )


def _labels(dots: Sequence[Dot]) -> Iterator[Word]:
    """Yield the labels of points, those left out that would cover another one."""
    taken: list[tuple[float, float, float]] = []
    for dot in dots:
        text = dot.label if len(dot.label) <= 24 else f"{dot.label[:23]}…"
        end = dot.x > WIDE * 0.75
        left = dot.x - 8 - 7 * len(text) if end else dot.x + 8
        if any(abs(dot.y - y) < 13 and left < b and a < left + 7 * len(text) for a, b, y in taken):
            continue
        taken.append((left, left + 7 * len(text), dot.y))
        yield Word("end pt" if end else "b pt", dot.x + (-8 if end else 8), dot.y + 4, text)


def _reach(values: Sequence[float], cut: float) -> tuple[float, float]:
    """Return the ends of an axis that holds all values and the cut, with room around them."""
    low, high = min([*values, cut]), max([*values, cut])
    room = (high - low or abs(high) or 1.0) * 0.18
    return low - room, high + room


def _sweep(part: Sweep) -> Figure:
    """Return shares over thresholds as lines; series of other units are told, not drawn."""
    across = _plot.across(part.thresholds[0], part.thresholds[-1])
    drawn = {n: s for n, s in part.series.items() if part.units.get(n) == "share"} or dict(
        part.series
    )
    unit = (
        "share"
        if any(part.units.get(n) == "share" for n in drawn)
        else part.units.get(next(iter(drawn), ""), "")
    )
    known = [v for s in drawn.values() for v in s if v is not None]
    upward = _plot.upward(min([0.0, *known]), max([0.0, *known]) or 1.0)
    names = kinds(drawn)
    grid, words = _plot.grid(upward, unit)
    lines, marked = _plot.marked(part.marks, across)
    paths = [("a", grid), ("mark", lines)]
    for kind, series in zip(names, drawn.values(), strict=True):
        points = [(across.at(t), v) for t, v in zip(part.thresholds, series, strict=True)]
        paths.append((f"{kind} ln", _through(points, upward)))
    chosen = f", {number(part.chosen, FIGURES)} in force" if part.chosen is not None else ""
    return Figure(
        part.title,
        f"{part.title} for thresholds from {number(part.thresholds[0], FIGURES)} to "
        f"{number(part.thresholds[-1], FIGURES)}{chosen}",
        tuple(paths),
        (*words, *_plot.below(across, "threshold"), *marked),
        tuple((f"{kind} ln", name) for kind, name in zip(names, drawn, strict=True)),
        Listing(
            part.title,
            ("threshold", *part.series),
            tuple(
                (
                    number(t, FIGURES),
                    *(_maybe(s[i], part.units.get(n, "")) for n, s in part.series.items()),
                )
                for i, t in enumerate(part.thresholds)
            ),
            frozenset(range(len(part.series) + 1)),
        ),
    )


def _maybe(value: float | None, unit: str) -> str:
    return "not known" if value is None else told(value, unit)


def told_at(part: Sweep) -> list[tuple[str, str]]:
    """Return every series of a sweep with its value at the threshold in force, in words."""
    at = nearest(part)
    return [(n, _maybe(s[at], part.units.get(n, ""))) for n, s in part.series.items()]


def nearest(part: Sweep) -> int:
    """Return the place of the threshold in force, or of the middle one."""
    places = range(len(part.thresholds))
    chosen = part.chosen
    if chosen is None:
        return len(part.thresholds) // 2
    return min(places, key=lambda i: abs(part.thresholds[i] - chosen))


def _through(points: Iterable[tuple[float, float | None]], upward: Scale) -> str:
    path, pen = "", "M"
    for x, value in points:
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{x} {upward.at(value)}"
        pen = "L"
    return path


def shade(n: int, most: int) -> int:
    """Return how dark the cell of a matrix is, 0 (none) to 5 (the most)."""
    return 0 if not n else 1 + round(4 * math.log1p(n) / math.log1p(most))


def of_all(n: int, total: int) -> str:
    """Return a count with its share of all."""
    return f"{count(n)} ({percent(n / total)})" if total else count(n)
