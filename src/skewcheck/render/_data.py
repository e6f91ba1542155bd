"""The drawings of columns as data that the page's script draws when a column is opened.

Whole numbers in short lists: a page may hold thousands of columns. Shares are counted in PEAK of
the highest one, places in WIDE of the axis.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from skewcheck.charts import Bar, Body, Chart
from skewcheck.closeup import Closeup, Parts, Spread
from skewcheck.curves import Curves
from skewcheck.layout import Section, Sweep
from skewcheck.report import Report
from skewcheck.views import ColumnView
from skewcheck.wording import percent

PEAK, WIDE = 250, 999
ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def embedded(data: object) -> str:
    """Return data as JSON that no string in it can end or turn into markup."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).translate(ESCAPES)


def columns(report: Report, shown: Iterable[ColumnView]) -> list[dict[str, Any]]:
    """Return what the script needs of each column: role, causes, damage rank and drawings."""
    rank = {c.name: i for i, c in enumerate(sorted(report.columns, key=lambda c: -c.damage))}
    return [
        {
            "r": str(column.role),
            "o": rank[column.name],
            **({"c": [cause.title for cause in column.causes]} if column.causes else {}),
            **_chart(report.charts.get(column.name)),
            **_closeup(report.closeups.get(column.name)),
        }
        for column in shown
    ]


def sweeps(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Return the thresholds of every Sweep, in the order in which they are on the page."""
    parts = (part for section in sections for part in section.parts)
    return [
        {
            "t": [_figures(x) for x in part.thresholds],
            "s": [
                [
                    name,
                    part.units.get(name, ""),
                    [None if x is None else _figures(x) for x in values],
                ]
                for name, values in part.series.items()
            ],
        }
        for part in parts
        if isinstance(part, Sweep)
    ]


def _chart(chart: Chart | None) -> dict[str, Any]:
    if chart is None:
        return {}
    bodies = [_body(body) for body in (chart.body, chart.other) if body is not None]
    parts = {"b": bodies, "v": [_bar(bar) for bar in chart.bars], "n": list(chart.notes)}
    return {key: value for key, value in parts.items() if value}


def _body(body: Body) -> dict[str, Any]:
    return {
        "t": _heights(body.train, body.peak),
        "s": _heights(body.serve, body.peak),
        "x": _ticks(body.ticks),
        "w": body.scale,
        **({"l": 1} if body.log else {}),
        **({"q": _curves(body.curves)} if body.curves else {}),
    }


def _curves(curves: Curves) -> list[list[Any]]:
    at, train, serve = curves.gap
    gap = [_place(at), _place(train), _place(serve), percent(train), percent(serve)]
    found: list[list[Any]] = [_places(curves.train), _places(curves.serve), gap]
    return [*found, [_places(point) for point in curves.fit]] if curves.fit else found


def _bar(bar: Bar) -> list[Any]:
    return [bar.label, _short(bar.train), _short(bar.serve), *bar.told, *([1] if bar.gap else [])]


def _closeup(found: Closeup | None) -> dict[str, Any]:
    if found is None:
        return {}
    parts = {
        "d": [_spread(spread) for spread in found.spreads],
        "g": [_parts(parts) for parts in found.segments],
        "h": _parts(found.times) if found.times else [],
    }
    return {key: value for key, value in parts.items() if value}


def _spread(spread: Spread) -> list[Any]:
    top = max(spread.shares)
    return [spread.title, _heights(spread.shares, top), _ticks(spread.ticks), percent(top)]


def _parts(parts: Parts) -> list[Any]:
    return [parts.title, list(parts.labels), list(parts.differing), list(parts.rows)]


def _heights(shares: Sequence[float], top: float) -> list[int]:
    """Return shares in whole numbers; a share above none is never 0."""
    return [max(1, round(PEAK * share / top)) if share else 0 for share in shares]


def _ticks(ticks: Iterable[tuple[float, str]]) -> list[list[Any]]:
    return [[_place(at), text] for at, text in ticks]


def _places(places: Iterable[float]) -> list[int]:
    return [_place(place) for place in places]


def _place(place: float) -> int:
    return round(WIDE * place)


def _figures(x: float | None) -> float | None:
    return None if x is None else float(f"{x:.8g}")


def _short(share: float) -> float:
    return float(f"{share:.3g}")
