"""The same day or moment, written otherwise: ``03/07/2013`` against ``2013-07-03``.

Tested: texts of both sides are read in the usual formats (year, month and day in six orders, with
and without a time of day) and as seconds, milliseconds or microseconds since 1970; a side may hold
times. The two formats that make most rows alike are named. Day and month exchanged is the case of
two formats that look the same: ``03/07`` is 3 July here and 7 March there.

Claimed where at least 3 rows and 5 % of those that differ are the same moment, and nine in ten of
those that both formats can read. Without paired rows, where serve's new texts are read in another
format as days that are distributed as train's.

How it can be wrong: where no day is above 12, day and month cannot be told apart by the format; the
rows that agree can.

How to check: run the query; look for ``strftime`` or a locale's date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Cells, Claim, Context, Floats, GridClaim, Mask, Pair, ident
from skewcheck.causes._readings import Reader, alike, claim, read
from skewcheck.schema import Kind
from skewcheck.sides import Sides

Counts = NDArray[np.int64]

TITLE = "another date format"
COMPLEXITY = 1.5
REASON = "is a date written in another format on one side only?"
SWAPPED = "are day and month exchanged on one side only?"
DAYS = (
    "%Y-%m-%d", "%Y-%d-%m", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%Y/%m/%d", "%Y%m%d", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
)  # fmt: skip
TIMES = ("", "T%H:%M:%S", " %H:%M:%S", "T%H:%M:%SZ", " %H:%M", "T%H:%M:%S.%f", " %H:%M:%S.%f")
SCALES = {"seconds": 1.0, "milliseconds": 1e3, "microseconds": 1e6}
SOME = 24  # texts that choose the formats to be tried
FITS = 0.9  # of them that a format must read
LABELS = 4096  # texts that are read where no row is paired, the most frequent ones
KINDS = 20  # different texts at least
NEW = 0.05  # of serve's rows that must be texts which train's format does not read
NOISE = 1.63  # the Kolmogorov-Smirnov distance at 1 %
_DATE = re.compile(r"\d.*[-/.: ].*\d|\d{8}")
_EPOCH = re.compile(r"\d{9,16}(\.\d+)?")
TIME = "a time"


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that both sides are one moment in two formats."""
    texts = (pair.train.text | pair.serve.text) & pair.differs
    if not texts.any():
        return
    held_by: list[tuple[int, Mask, str, str]] = []
    for train, serve in product(_formats(pair, pair.train), _formats(pair, pair.serve)):
        if train == serve or {train, serve} <= set(SCALES):
            continue
        left, right = _read(pair.train, train), _read(pair.serve, serve)
        held = alike(pair, left, right, among=pair.train.text | pair.serve.text)
        if held is not None:
            held_by.append((-int(np.count_nonzero(held & pair.differs)), held, train, serve))
    if held_by:
        _, held, train, serve = min(held_by, key=lambda row: row[0])
        yield claim(held, *_words(train, serve), _condition(pair, train, serve))


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that serve's new texts are train's days in another format."""
    table = sides.categories
    if table is None or sides.kind is not Kind.TEXT:
        return
    labels = np.array(table.labels, object)
    old = np.flatnonzero(table.train > 0)[:LABELS]
    new = np.flatnonzero((table.train == 0) & (table.serve > 0))[:LABELS]
    for train in _written(labels[old].tolist()):
        left = _seconds_of(labels[old], train)
        odd = new[np.isnan(_seconds_of(labels[new], train))]  # train's own format does not read it
        if len(odd) < KINDS or table.serve[odd].sum() < NEW * table.serve.sum():
            continue
        for serve in _written(labels[odd].tolist()):
            right = _seconds_of(labels[odd], serve)
            n = table.train[old]
            if _exchanged(train, serve):  # a day that is a month as well is not odd
                n = np.where(_days(left) > 12, n, 0)
            apart = _apart((left, n), (right, table.serve[odd]))
            if apart is not None:
                statement, reason = _words(train, serve)
                yield GridClaim(statement, reason, 1 - apart)
                return


def _exchanged(train: str, serve: str) -> bool:
    return train.replace("%d", "%m") == serve.replace("%d", "%m")


def _seconds_of(labels: NDArray[np.object_], name: str) -> Floats:
    reader = _reader(name)
    found = (reader(label) for label in labels.tolist())
    return np.array([np.nan if value is None else value for value in found], np.float64)


def _days(seconds: Floats) -> NDArray[np.int64]:
    """Return the day of the month; 0 where there is none."""
    known = np.isfinite(seconds)
    days = np.where(known, seconds, 0).astype("datetime64[s]").astype("datetime64[D]")
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    return np.where(known, day, 0)


def _apart(train: tuple[Floats, Counts], serve: tuple[Floats, Counts]) -> float | None:
    """Return the Kolmogorov-Smirnov distance of two sides' moments; None beyond noise."""
    places = np.unique(np.concatenate([train[0], serve[0]]))
    places = places[np.isfinite(places)]
    ends, totals = [], []
    for moments, counts in (train, serve):
        rows = np.isfinite(moments) & (counts > 0)
        totals.append(int(counts[rows].sum()))
        order = np.argsort(moments[rows])
        sums = np.append(0, np.cumsum(counts[rows][order]))
        ends.append(sums[np.searchsorted(moments[rows][order], places, "right")])
    if min(totals) < KINDS or totals[1] < FITS * serve[1].sum():
        return None
    apart = float(np.abs(ends[0] / totals[0] - ends[1] / totals[1]).max())
    return apart if apart <= NOISE * np.sqrt(1 / totals[0] + 1 / totals[1]) else None


def _formats(pair: Pair, cells: Cells) -> list[str]:
    """Return the formats that most of a side's differing cells are written in."""
    rows = np.flatnonzero(pair.differs & ~cells.null)
    values = cells.texts[rows[cells.text[rows]]]
    if 2 * len(values) < len(rows):
        return [TIME] if pair.kind is Kind.DATETIME or _moments(cells.numbers[rows]) else []
    return _written(values.tolist())


def _written(values: list[str]) -> list[str]:
    """Return the formats that most of these texts are written in."""
    some = list(dict.fromkeys(values))[:: max(1, len(values) // 2048)][:SOME]
    if not sum(bool(_DATE.search(v) or _EPOCH.fullmatch(v)) for v in some) >= FITS * len(some):
        return []
    names = [*(day + time for day in DAYS for time in TIMES), *SCALES]
    return [name for name in names if _fits(some, _reader(name))]


def _moments(numbers: Floats) -> bool:
    """Return whether numbers may be seconds, milliseconds or microseconds since 1970."""
    return bool(np.isfinite(numbers).any() and np.nanmin(numbers) > 1e8)


def _fits(some: list[str], reader: Reader) -> bool:
    missed = 0
    for value in some:
        missed += reader(value) is None
        if missed > (1 - FITS) * len(some):
            return False
    return True


def _reader(name: str) -> Reader:
    """Return the function from a text in this format to seconds since 1970."""
    scale = SCALES.get(name)

    def reader(text: str) -> float | None:
        if scale is not None:
            return _epoch(text, scale)
        try:
            return datetime.strptime(text, name).replace(tzinfo=UTC).timestamp()
        except ValueError:
            return None

    return reader


def _epoch(text: str, scale: float) -> float | None:
    """Return seconds since 1970, between 1973 and 2100 only: else the scale is another one."""
    value = float(text) / scale if _EPOCH.fullmatch(text) else 0.0
    return value if 1e8 < value < 4.1e9 else None


def _read(cells: Cells, name: str) -> Floats:
    """Return moments in seconds; numbers that are not seconds are scaled by their size."""
    if name != TIME:
        return np.where(cells.text, read(cells, _reader(name)), np.nan)
    return cells.numbers / _scale(cells.numbers)


def _scale(numbers: Floats) -> float:
    finite = numbers[np.isfinite(numbers)]
    middle = float(np.median(finite)) if len(finite) else 1.0
    return next((s for s in SCALES.values() if 1e8 < middle / s < 4.1e9), 1.0)


def _words(train: str, serve: str) -> tuple[str, str]:
    """Return the statement and the reason."""
    if _exchanged(train, serve):
        return f"serve = train's date with day and month exchanged ({train}, {serve})", SWAPPED
    names = [f"{n} since 1970" if n in SCALES else n for n in (train, serve)]
    return f"serve = train's date, written as {names[1]} for {names[0]}", REASON


def _condition(pair: Pair, train: str, serve: str) -> str:
    left = _seconds(pair, train, ("t", pair.train))
    right = _seconds(pair, serve, ("s", pair.serve))
    return f"abs({left} - {right}) < 0.001"


def _seconds(pair: Pair, name: str, side: tuple[str, Cells]) -> str:
    """Return a cell's seconds since 1970 in DuckDB."""
    cell = f"{side[0]}.{ident(pair.name)}"
    if name == TIME and pair.kind is Kind.DATETIME and side[0] == "t":
        return f"epoch({cell})"
    if name == TIME or name in SCALES:
        scale = SCALES.get(name) or _scale(side[1].numbers)
        return f"TRY_CAST({cell} AS DOUBLE) / {scale:.0f}"
    return f"epoch(try_strptime(CAST({cell} AS VARCHAR), '{name}'))"
