"""Events logged twice: found by key, told apart by content, and taken off the counts again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from threading import Lock

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.profile import Plan, Profile
from skewcheck.sources.batch import Batch, Lanes, Source, State

Hashes = NDArray[np.uint64]
ABSENT = object()


class Keys:
    """Hashes of the keys seen, 8 bytes a row; ``twice`` tells which occur more than once."""

    def __init__(self, names: Sequence[str]) -> None:
        """Watch for these key columns together."""
        self.names = tuple(names)
        self._seen: list[Hashes] = []
        self._lock = Lock()

    def watch(self, batch: Batch) -> None:
        """Remember the keys of a batch; a row without its whole key is never a duplicate."""
        hashes, whole = self._hashes(batch)
        with self._lock:
            self._seen.append(hashes[whole])

    def twice(self) -> Hashes:
        """Return the hashes that occur more than once, in order."""
        if not self._seen:
            return np.zeros(0, np.uint64)
        seen = np.sort(np.concatenate(self._seen))
        return np.unique(seen[1:][seen[1:] == seen[:-1]])

    def _hashes(self, batch: Batch) -> tuple[Hashes, NDArray[np.bool_]]:
        columns = [_column(batch, name) for name in self.names]
        frame = pl.DataFrame({str(i): column for i, column in enumerate(columns)})
        whole = ~frame.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
        return frame.hash_rows(seed=1).to_numpy(), whole

    def copies(self, source: Source, plan: Plan, skip: frozenset[str]) -> tuple[Profile, int]:
        """Return the profile of all exact copies of events but the first, and conflicting rows.

        Reads the source again, rows with a repeated key only. Copies are alike, so it does not
        matter which one counts as the first.
        """
        repeated, surplus, conflicts = self.twice(), Profile(plan), 0
        seen: set[tuple[int, int]] = set()
        keys: set[int] = set()
        for part in source.parts:
            for batch in part.batches(Profile(plan).ledger):
                hashes, whole = self._hashes(batch)
                rows = np.flatnonzero(whole & np.isin(hashes, repeated))
                if not len(rows):
                    continue
                contents = _contents(taken(batch, rows))
                copies = []
                for row, key, content in zip(
                    rows.tolist(), hashes[rows].tolist(), contents, strict=True
                ):
                    if (key, content) in seen:
                        copies.append(row)
                    elif key in keys:
                        conflicts += 1
                    seen.add((key, content))
                    keys.add(key)
                if copies:
                    surplus.add(taken(batch, np.array(copies)), skip)
        return surplus.finish(), conflicts


def taken(batch: Batch, rows: NDArray[np.int64]) -> Batch:
    """Return some rows of a batch."""
    columns: dict[str, pa.Array | Lanes] = {}
    for name in batch.columns:
        values = batch.columns[name]
        if isinstance(values, Lanes):
            columns[name] = _taken_lanes(values, rows)
        else:
            columns[name] = values.take(pa.array(rows))
    return Batch(len(rows), columns, batch.container, batch.offset)


def _taken_lanes(lanes: Lanes, rows: NDArray[np.int64]) -> Lanes:
    def places(state: State) -> NDArray[np.int64]:
        rank = np.cumsum(lanes.states == state) - 1
        return rank[rows[lanes.states[rows] == state]]

    return Lanes(
        lanes.states[rows],
        lanes.numbers[places(State.NUMBER)],
        lanes.texts.take(pa.array(places(State.TEXT))),
        lanes.booleans[places(State.BOOLEAN)],
    )


def _column(batch: Batch, name: str) -> pl.Series:
    """Return a key column as text, null where there is no value."""
    values = batch.columns.get(name)
    if values is None:
        return pl.Series([None] * batch.rows, dtype=pl.String)
    if not isinstance(values, Lanes):
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        series = pl.Series(pl.from_arrow(pa.table({"": values})).to_series())
        return series if series.dtype == pl.String else series.cast(pl.String)
    out = np.full(batch.rows, None, dtype=object)
    out[values.states == State.TEXT] = values.texts.to_pylist()
    out[values.states == State.NUMBER] = [f"{x:.17g}" for x in values.numbers.tolist()]
    return pl.Series(out.tolist(), dtype=pl.String)


def _contents(batch: Batch) -> list[int]:
    """Return a hash of everything that each row holds, however its columns came to be stored."""
    rows: list[list[object]] = [[] for _ in range(batch.rows)]
    for name in sorted(batch.columns):
        for row, value in zip(rows, _cells(batch.columns[name]), strict=True):
            if value is not ABSENT:
                row.append((name, repr(value)))
    return [hash(tuple(row)) for row in rows]


def _cells(values: pa.Array | Lanes) -> list[object]:
    """Return the values of a column, numbers as floats, ABSENT where the key is missing."""
    if not isinstance(values, Lanes):
        number = pa.types.is_integer(values.type)
        return [float(v) if number and v is not None else v for v in values.to_pylist()]
    lanes: dict[int, Iterator[object]] = {
        State.ABSENT: repeat(ABSENT),
        State.NULL: repeat(None),
        State.NUMBER: iter(values.numbers.tolist()),
        State.TEXT: iter(values.texts.to_pylist()),
        State.BOOLEAN: iter(values.booleans.tolist()),
        State.OTHER: repeat("an object or list"),
    }
    return [next(lanes[state]) for state in values.states.tolist()]
