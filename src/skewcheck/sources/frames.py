"""Tables of Polars, pandas, pyarrow and DuckDB as sources, handed over as Arrow batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa

from skewcheck.errors import InputError, SkewcheckError, UsageError
from skewcheck.formats import Event, Layout, choose
from skewcheck.formats.nested import payload_like
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.arrays import kind_of, kinds, named, skeleton
from skewcheck.sources.batch import Batch, Lanes, Source
from skewcheck.sources.cells import Cells
from skewcheck.sources.payload import unpack
from skewcheck.sources.trouble import readable, said, twice

ROWS = 131_072
PART = 1 << 20
PEEKED = 64
HEAD = 1 << 14  # rows of a reader that are looked at before the pass, and some more


Rows = tuple[int, list[tuple[str, Cells]]]


@dataclass(frozen=True)
class FramePart:
    """Some neighbouring rows of a table; ``read`` yields them anew at each call."""

    name: str
    first: int
    layout: Layout
    read: Callable[[], Iterable[Rows]]

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows; every row is an event.

        Raises:
            InputError: the query behind the table failed.
        """
        row = self.first
        for rows, pairs in _checked(self.read, self.name):
            found, left = named(pairs, self.layout), rows
            if self.layout.encoded:
                found, left = unpack(found, self.layout, ledger, place=(self.name, row), rows=rows)
            ledger.count("ok", left)
            yield Batch(left, found, self.name, row)
            row += rows


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of any library: its schema, and readers of its parts with their first rows."""

    schema: Mapping[str, pa.DataType]
    parts: list[tuple[int, Callable[[], Iterable[Rows]]]]


def open_frame(frame: Any, hint: Mapping[str, Kind]) -> Source:
    """Return the source of a table's rows; nothing is copied that Arrow can share.

    Raises:
        InputError: a name occurs twice, or the table cannot be read.
        UsageError: the object is no table.
    """
    library = type(frame).__module__.partition(".")[0].lstrip("_")
    name = f"{library} {type(frame).__name__}"
    openers = {"polars": _polars, "pandas": _pandas, "pyarrow": _pyarrow, "duckdb": _duckdb}
    try:
        table = openers[library](frame)
    except SkewcheckError:
        raise
    except Exception as error:
        raise InputError(f"could not be read ({said(error)})", file=name) from error
    schema = pa.schema(list(table.schema.items()))
    layout = choose(_events(schema, table), hint)
    parts = tuple(FramePart(name, first, layout, read) for first, read in table.parts)
    return Source(name, parts, kinds(schema, layout), Ledger(), layout.reason)


def _events(schema: pa.Schema, table: _Table) -> list[Event]:
    """Return events for finding out the layout: those of the first rows if payloads may be text."""
    shape = skeleton(schema)
    texts = [f.name for f in schema if payload_like(f.name) and kind_of(f.type) is Kind.TEXT]
    if not texts or not table.parts:
        return [shape]
    _, pairs = next(iter(table.parts[0][1]()), (0, []))
    arrays = {n: c for n, c in pairs if n in texts and not isinstance(c, Lanes)}
    cells = {n: array.slice(0, PEEKED).to_pylist() for n, array in arrays.items()}
    rows = max(map(len, cells.values()), default=0)
    return [{**shape, **{n: v[i] for n, v in cells.items()}} for i in range(rows)] or [shape]


def _checked(read: Callable[[], Iterable[Rows]], name: str) -> Iterator[Rows]:
    """Yield what is read; whatever a library raises becomes an InputError."""
    try:
        yield from read()
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"could not be read ({said(error)})", file=name) from error


def _rows(batch: pa.RecordBatch) -> Rows:
    return batch.num_rows, list(zip(batch.schema.names, batch.columns, strict=True))


def _arrow_table(table: pa.Table) -> _Table:
    def part(first: int) -> Callable[[], Iterable[Rows]]:
        return lambda: map(_rows, table.slice(first, PART).to_batches(max_chunksize=ROWS))

    parts = [(first, part(first)) for first in range(0, table.num_rows, PART)]
    return _Table(_fields(table.schema), parts)


def _pyarrow(data: Any) -> _Table:
    if isinstance(data, pa.Table):
        return _arrow_table(data)
    if isinstance(data, pa.RecordBatch):
        return _arrow_table(pa.Table.from_batches([data]))
    if isinstance(data, pa.RecordBatchReader):
        return _Table(_fields(data.schema), [(0, _Once(data))])
    if hasattr(data, "to_batches"):
        return _Table(
            _fields(data.schema), [(0, lambda: map(_rows, data.to_batches(batch_size=ROWS)))]
        )
    raise UsageError(f"cannot read rows from a pyarrow {type(data).__name__}")


class _Once:
    """A reader that runs only once: its first rows can be looked at again, the rest cannot."""

    def __init__(self, reader: pa.RecordBatchReader) -> None:
        self._reader = reader
        self._first: list[pa.RecordBatch] = []
        self._whole = self._spent = False
        while not self._whole and sum(batch.num_rows for batch in self._first) < HEAD:
            some = list(islice(reader, 1))
            self._first += some
            self._whole = not some

    def __call__(self) -> Iterator[Rows]:
        yield from map(_rows, self._first)
        if self._whole:
            return
        if self._spent:
            raise InputError("was read before and yields its rows only once", hint="give a table")
        self._spent = True
        yield from map(_rows, self._reader)


def _duckdb(relation: Any) -> _Table:
    if not hasattr(relation, "limit"):
        raise UsageError(f"cannot read rows from a duckdb {type(relation).__name__}")
    schema = relation.limit(0).to_arrow_table().schema
    return _Table(_fields(schema), [(0, lambda: map(_rows, relation.to_arrow_reader(ROWS)))])


def _polars(frame: Any) -> _Table:
    import polars as pl

    if isinstance(frame, pl.Series):
        frame = frame.to_frame()
    lazy = frame.lazy()
    schema = lazy.collect_schema()
    bad = next((name for name in schema if "\0" in name), None)
    if bad is not None:
        raise InputError("the column's name holds a NUL character", column=readable(bad))
    wide = [n for n, kind in schema.items() if kind in (pl.Int128, pl.UInt128)]
    cast = [pl.col(wide).cast(pl.Float64)] if wide else []
    if isinstance(frame, pl.DataFrame):
        return _arrow_table(frame.with_columns(cast).to_arrow())
    empty = pl.DataFrame(schema=lazy.with_columns(cast).collect_schema()).to_arrow()

    def read() -> Iterator[Rows]:
        for batch in lazy.with_columns(cast).collect_batches(chunk_size=ROWS, maintain_order=True):
            yield from map(_rows, batch.to_arrow().to_batches())

    return _Table(_fields(empty.schema), [(0, read)])


def _fields(schema: pa.Schema) -> dict[str, pa.DataType]:
    fields: dict[str, pa.DataType] = {}
    for field in schema:
        if field.name in fields:
            raise twice(field.name)
        fields[field.name] = field.type
    return fields


def _pandas(frame: Any) -> _Table:
    from skewcheck.sources.pandas import pieces, schema

    if not hasattr(frame, "columns"):
        frame = frame.to_frame()
    fields = schema(frame)

    def part(first: int) -> Callable[[], Iterable[Rows]]:
        return lambda: pieces(frame.iloc[first : first + PART], ROWS)

    return _Table(fields, [(first, part(first)) for first in range(0, len(frame), PART)])
