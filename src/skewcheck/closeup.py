"""What a column's own page draws beside its chart: differences of pairs, and where they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from skewcheck import axis
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.places import MINUTE, Places

COLUMNS = 3  # columns of segments, those whose parts differ most from each other
APART = 0.05  # by which their shares of differing rows must differ to be worth a look
VALUES = 8  # values of such a column, those with the most rows
SPANS = 48  # of time, at most
LABEL = 28


@dataclass(frozen=True, slots=True)
class Spread:
    """A histogram of one kind of number on an axis from 0 to 1: shares of the pairs per bin."""

    title: str
    shares: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]
    log: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """Rows that differ, and all rows, by the value of a column or by the span of time."""

    title: str
    labels: tuple[str, ...]
    differing: tuple[int, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Closeup:
    """The pairs of one column: how far they are apart, and where those are that differ."""

    spreads: tuple[Spread, ...]
    segments: tuple[Parts, ...]
    times: Parts | None


def closeup(run: Run, name: str) -> Closeup | None:
    """Return the closeup of a column; None where no pair of it differs."""
    pairs = run.partner.pairs if run.partner else None
    column = pairs.columns.get(name) if pairs else None
    if pairs is None or column is None or not column.counts.mismatches:
        return None
    grids = (("serve - train", column.differences), ("serve ÷ train", column.ratios))
    marked = pairs.marked.get(name, Places())
    return Closeup(
        tuple(made for title, grid in grids if (made := _spread(title, grid)) is not None),
        tuple(_segments(marked, pairs.rows)),
        _times(marked, pairs.rows),
    )


def _spread(title: str, grid: Grid) -> Spread | None:
    """Return a histogram of a grid; None where all is one value, which words say better."""
    cells, counts = grid.counts()
    if len(cells) < 3:
        return None
    low, high = grid.spec.edges(cells)
    value = np.clip(
        np.where((low <= 0) & (high >= 0), 0.0, low / 2 + high / 2), grid.low, grid.high
    )
    shares = counts / counts.sum()
    laid = axis.lay(value, [shares])
    at = laid.place(value)
    bins = np.histogram(at, np.linspace(0.0, 1.0, laid.bins + 1), weights=shares)[0]
    return Spread(title, tuple(bins.tolist()), laid.ticks, laid.log)


def _segments(marked: Places, rows: Places) -> Iterator[Parts]:
    """Yield the columns whose values differ most in the share of differing rows."""
    found = []
    for name, totals in rows.segments.items():
        if not totals or len(totals) < 2:
            continue
        counts = marked.segments.get(name) or Counter()
        values = sorted(totals, key=lambda v: (-totals[v], v))[:VALUES]
        shares = [counts[v] / totals[v] for v in values]
        parts = Parts(
            safe(name, LABEL),
            tuple(safe(value, LABEL) for value in values),
            tuple(counts[value] for value in values),
            tuple(totals[value] for value in values),
        )
        if (apart := max(shares) - min(shares)) >= APART:
            found.append((apart, name, parts))
    yield from (parts for *_, parts in sorted(found, key=lambda f: (-f[0], f[1]))[:COLUMNS])


def _times(marked: Places, rows: Places) -> Parts | None:
    step = max(marked.step, rows.step)
    totals = rows.spans(step)
    if len(totals) < 2:
        return None
    first, last = min(totals), max(totals)
    while last - first >= SPANS:
        first, last, step = first >> 1, last >> 1, step + 1
    totals, counts = rows.spans(step), marked.spans(step)
    order = sorted(totals)
    return Parts(
        "time",
        tuple(_minute(span * MINUTE * 2**step) for span in order),
        tuple(counts[span] for span in order),
        tuple(totals[span] for span in order),
    )


def _minute(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
