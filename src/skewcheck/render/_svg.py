"""Charts as SVG path data: numbers and labels only, no markup, so that a template escapes it.

One path a side serves the small drawing and the large one; coordinates are whole numbers, since
a page may hold a thousand columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from skewcheck.charts import Bar, Body, Chart

WIDE, HIGH = 600, 128
TOP = HIGH - 4
SLOT, BAR = 46, 32  # width of a bar beside a histogram, with and without its margin
ROW, THICK = 20, 12  # height of a lying bar, with and without its margin
LEFT, LONG = 170, 290  # where lying bars begin, and the length of the longest
TOO_LONG = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text at a place."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The path of either side, and the words around them.

    A histogram has ``below`` its axis the tick marks and the names of the bars beside it, which
    begin at ``divider`` and whose shares are ``told``. ``turn`` is the matrix that stands lying
    bars upright for the small drawing; they have ``names`` at the left, ``shares`` at the right.
    """

    train: str
    serve: str
    height: int
    below: tuple[Word, ...] = ()
    told: tuple[tuple[str, str, str], ...] = ()
    divider: int | None = None
    turn: str = ""
    names: tuple[Word, ...] = ()
    shares: tuple[Word, ...] = ()


def draw(chart: Chart) -> Drawing:
    """Return the drawing of a chart."""
    return _lying(chart.bars) if chart.body is None else _upright(chart.body, chart.bars)


def _upright(body: Body, bars: Sequence[Bar]) -> Drawing:
    """Return a histogram with bars at its right, each with a scale of its own."""
    end = WIDE - SLOT * len(bars)
    places = [end + SLOT * i + (SLOT - BAR) for i in range(len(bars))]
    marks = [Word(round(place * end), HIGH + 20, text) for place, text in body.ticks]
    names = [
        Word(x + BAR // 2, HIGH + 20, _short(bar.label))
        for bar, x in zip(bars, places, strict=True)
    ]
    return Drawing(
        train=_steps(body.train, body.peak, end) + _columns(places, (b.train for b in bars)),
        serve=_steps(body.serve, body.peak, end) + _columns(places, (b.serve for b in bars)),
        height=HIGH + 28,
        below=(*marks, *names),
        told=tuple((bar.label, *bar.told) for bar in bars),
        divider=end + (SLOT - BAR) // 2 if bars else None,
    )


def _lying(bars: Sequence[Bar]) -> Drawing:
    """Return bars that lie below each other, from x = 0 on."""
    top = max(max(b.train, b.serve) for b in bars) or 1.0
    height = ROW * len(bars)
    lines = [ROW * i + 14 for i in range(len(bars))]
    return Drawing(
        train=_rows([b.train for b in bars], top),
        serve=_rows([b.serve for b in bars], top),
        height=height,
        turn=f"matrix(0 {-TOP / LONG:.3f} {WIDE / max(height, 8 * ROW):.3f} 0 0 {HIGH})",
        names=tuple(Word(LEFT - 10, y, b.label) for b, y in zip(bars, lines, strict=True)),
        shares=tuple(
            Word(LEFT + LONG + 10, y, " → ".join(b.told)) for b, y in zip(bars, lines, strict=True)
        ),
    )


def _steps(shares: Sequence[float], top: float, width: int) -> str:
    """Return the outline of a histogram, from the ground and back to it."""
    edges = [round(width * i / len(shares)) for i in range(len(shares) + 1)]
    path, at, before = f"M0 {HIGH}", 0, 0
    for height, run in groupby(round(TOP * share / (top or 1.0)) for share in shares):
        end = at + len(list(run))
        path += f"v{before - height}" if height != before else ""
        path += f"h{edges[end] - edges[at]}"
        at, before = end, height
    return f"{path}V{HIGH}z"


def _columns(places: Iterable[int], shares: Iterable[float]) -> str:
    """Return upright bars of shares of 1; a share above none is never too low to be seen."""
    heights = [(x, max(2, round(TOP * s))) for x, s in zip(places, shares, strict=True) if s]
    return "".join(f"M{x} {HIGH}v{-h}h{BAR}v{h}z" for x, h in heights)


def _rows(shares: Sequence[float], top: float) -> str:
    lengths = [(i, max(2, round(LONG * s / top))) for i, s in enumerate(shares) if s]
    return "".join(f"M0 {ROW * i + 4}h{n}v{THICK}H0z" for i, n in lengths)


def _short(label: str) -> str:
    return label if len(label) <= TOO_LONG else label[: TOO_LONG - 1] + "…"
