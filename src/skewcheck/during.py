"""Rows of serve by the time of their event: the span they cover, and those of a period only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.engines.local import fold
from skewcheck.errors import InputError, UsageError
from skewcheck.ledger import Ledger
from skewcheck.moments import moments
from skewcheck.opened import Opened
from skewcheck.profile import Plan
from skewcheck.schema import Role, Schema
from skewcheck.sources.batch import Batch, Lanes, Lazy, Part, Source
from skewcheck.span import Period, Span

OUTSIDE = "out of window"
TIMELESS = "without a time"


@dataclass(slots=True)
class Times:
    """Watches batches for the first and the last event; several threads may call it."""

    column: str
    seen: list[Span] = field(default_factory=list)

    def watch(self, batch: Batch) -> None:
        """Take note of a batch."""
        values = batch.columns.get(self.column)
        if values is None:
            return
        if isinstance(values, pa.Array) and pa.types.is_timestamp(values.type):
            ends = pc.min_max(values)
            values = pa.array([ends["min"], ends["max"]], values.type)
        times = moments(values)
        known = times[np.isfinite(times)]
        if len(known):
            self.seen.append(Span(float(known.min()), float(known.max())))

    @property
    def span(self) -> Span | None:
        """Return the span of all events seen; None where none has a time."""
        if not self.seen:
            return None
        return Span(min(s.first for s in self.seen), max(s.last for s in self.seen))


def time_column(side: Opened, schema: Schema) -> str | None:
    """Return the column with the time of a side's events; None where it has none."""
    return next((name for name in schema.names(Role.TIME) if name in side.kinds), None)


@dataclass(frozen=True, slots=True)
class TimedPart:
    """A part without the events outside a period; the ledger says how many there were."""

    inner: Part
    column: str
    period: Period

    @property
    def name(self) -> str:
        """Return the name of the container."""
        return self.inner.name

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows of the period in order."""
        for batch in self.inner.batches(ledger):
            inside, timeless = self._chosen(batch)
            outside = batch.rows - len(inside) - timeless
            for fate, n in ((OUTSIDE, outside), (TIMELESS, timeless)):
                if n:
                    ledger.move(n, "ok", fate)
            if len(inside) == batch.rows:
                yield batch
            elif len(inside):
                yield _taken(batch, inside)

    def _chosen(self, batch: Batch) -> tuple[NDArray[np.int64], int]:
        """Return the rows inside the period, and how many have no time."""
        values = batch.columns.get(self.column)
        if values is None:
            return np.zeros(0, np.int64), batch.rows
        times, asked = moments(values), self.period
        with np.errstate(invalid="ignore"):
            inside = np.isfinite(times)
            timeless = batch.rows - int(np.count_nonzero(inside))
            if asked.since is not None:
                inside &= times >= asked.since
            if asked.until is not None:
                inside &= times < asked.until
        return np.flatnonzero(inside), timeless


class _Taken(Lazy):
    """Some rows of columns that are decoded when asked for."""

    def __init__(self, columns: Lazy, rows: NDArray[np.int64]) -> None:
        self._columns, self._rows = columns, rows

    def __getitem__(self, name: str) -> pa.Array | Lanes:
        return _some(self._columns[name], self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def head(self, rows: int) -> dict[str, pa.Array | Lanes]:
        return {name: _some(self._columns[name], self._rows[:rows]) for name in self._columns}


def _taken(batch: Batch, rows: NDArray[np.int64]) -> Batch:
    if not isinstance(batch.columns, Lazy):
        return batch.taken(rows)
    return Batch(len(rows), _Taken(batch.columns, rows), batch.container, batch.offset)


def _some(values: pa.Array | Lanes, rows: NDArray[np.int64]) -> pa.Array | Lanes:
    return values.taken(rows) if isinstance(values, Lanes) else values.take(pa.array(rows))


def within(side: Opened, period: Period, schema: Schema) -> tuple[Opened, Period]:
    """Return a side with the events of a period only, and the period with its ends known.

    Raises:
        UsageError: the side is a saved profile, which holds no row to choose.
        InputError: it has no column with times, or no event with a time.
    """
    if not period:
        return side, period
    if side.source is None:
        raise UsageError(
            "a saved profile holds no rows to choose by time; "
            "give the log itself, or the profiles of those days without --since, --until, --window"
        )
    column = time_column(side, schema)
    if column is None:
        raise InputError(
            "has no time to choose rows by", file=side.name, hint="name its column with --time"
        )
    if period.length is not None:
        period = period.ending(_latest(side, side.source, column))
    parts = tuple(TimedPart(part, column, period) for part in side.source.parts)
    return replace(side, source=replace(side.source, parts=parts)), period


def _latest(side: Opened, source: Source, column: str) -> float:
    """Return the time of the last event, from a reading of that column alone."""
    if side.once:
        raise UsageError("--window needs the rows twice; give --since and --until, or a table")
    times = Times(column)
    names = frozenset(side.kinds)
    fold(source, Plan(), skip=names, watch=times.watch)
    if times.span is None:
        raise InputError("no event has a time", file=side.name, column=column, hint="see --time")
    return times.span.last
