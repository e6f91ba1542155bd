"""Parquet files: one part per run of row groups, decoded by pyarrow straight into Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skewcheck.formats import Event, Layout
from skewcheck.ledger import Ledger
from skewcheck.sources.arrays import columns, plain, skeleton, with_partitions
from skewcheck.sources.batch import Batch, Lanes, Lazy, leading
from skewcheck.sources.content import opened
from skewcheck.sources.payload import unpack
from skewcheck.sources.trouble import damaged, twice
from skewcheck.sources.walk import File

ROWS = 131_072
PART = 1 << 17  # rows below which neighbouring row groups are read as one part
KEPT = 1 << 18  # rows of a first part that is decoded once, for a look and for counting
REPEATED = 4  # bytes a text may take in the file to be read as a dictionary
ERRORS = (pa.ArrowException, OSError, ValueError, MemoryError)


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file and what its footer says: schema, rows of each group, its text columns.

    ``kept`` are the columns of the first part that were decoded for a look at the first rows and
    wait to be counted, where that part is small enough to be kept.
    """

    file: File
    schema: pa.Schema
    groups: tuple[int, ...]
    texts: tuple[str, ...]
    footer: pq.FileMetaData
    kept: dict[str, pa.Array] = field(default_factory=dict, repr=False, compare=False)

    def peek(self, rows: int, names: list[str]) -> list[Event]:
        """Return the first rows as events: the named text columns' values, the rest's shape."""
        shape = skeleton(self.schema)
        if not names or not sum(self.groups):
            return [shape]
        with opened(self.file, whole=True) as stream:
            try:
                reader = pq.ParquetFile(
                    stream, metadata=self.footer, pre_buffer=False, memory_map=False
                )
                batches = reader.iter_batches(rows, columns=names, use_threads=False)
                return [{**shape, **row} for row in next(batches).to_pylist()]
            except ERRORS as error:
                raise damaged(self.file.name, "Parquet", error) from error

    def parts(
        self, layout: Layout, *, numbers: frozenset[str], threads: bool
    ) -> Iterator[ParquetPart]:
        """Yield runs of row groups: of half a million rows, or one group where that has more."""
        start, run, rows = 0, [], 0
        for group, n in enumerate(self.groups):
            run.append(group)
            rows += n
            if rows >= PART or group == len(self.groups) - 1:
                yield ParquetPart(self, tuple(run), start, layout, numbers, threads)
                start, run, rows = start + rows, [], 0


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """Some neighbouring row groups of one file; ``first`` is the number of their first row.

    ``numbers`` are the keys of the path whose values are numbers; ``threads`` lets pyarrow decode
    columns in parallel, for when there are fewer parts than cores.
    """

    source: ParquetFile
    groups: tuple[int, ...]
    first: int
    layout: Layout
    numbers: frozenset[str]
    threads: bool

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.source.file.name

    @property
    def known_rows(self) -> int:
        """Return how many rows the part has."""
        return sum(self.source.groups[group] for group in self.groups)

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows of the row groups, every row an event; decode while the part is read.

        Raises:
            InputError: the file is damaged (page checksums are verified where there are any), or
                was changed since it was listed.
        """
        ledger.files.append(self.name)
        structs = any(map(pa.types.is_struct, self.source.schema.types))
        read = self._by_row if structs or self.layout.encoded else self._by_column
        with opened(self.source.file, whole=True) as stream, _named_errors(self.name):
            reader = pq.ParquetFile(
                stream,
                metadata=self.source.footer,
                read_dictionary=list(self.source.texts),
                page_checksum_verification=True,
                pre_buffer=False,
                memory_map=False,
            )
            yield from read(reader, ledger)

    def _by_column(self, reader: pq.ParquetFile, ledger: Ledger) -> Iterator[Batch]:
        """Yield all row groups at once, each column decoded when it is counted: it is in cache."""
        inside, rows = self.source.schema.names, self.known_rows
        names = {self.layout.name((name,)): name for name in inside}
        if len(names) < len(inside):
            raise twice(_repeated([self.layout.name((name,)) for name in inside]), self.name)
        beside = with_partitions({}, self.source.file.partitions, rows, self.numbers)
        ledger.count("ok", rows)
        if rows:
            found = _Columns(reader, (self.source, self.groups), names, beside)
            yield Batch(rows, found, self.name, self.first)

    def _by_row(self, reader: pq.ParquetFile, ledger: Ledger) -> Iterator[Batch]:
        """Yield batches of all columns, structs flattened and payloads of JSON text decoded."""
        row, groups = self.first, list(self.groups)
        for batch in reader.iter_batches(ROWS, row_groups=groups, use_threads=self.threads):
            found, rows = columns(batch, self.layout), batch.num_rows
            if self.layout.encoded:
                found, rows = unpack(found, self.layout, ledger, place=(self.name, row), rows=rows)
            ledger.count("ok", rows)
            partitions = self.source.file.partitions
            yield Batch(
                rows, with_partitions(found, partitions, rows, self.numbers), self.name, row
            )
            row += batch.num_rows


class _Columns(Lazy):
    """The columns of the row groups at a place (file, groups).

    ``names`` are their names in the file, ``beside`` are those of the path.
    """

    def __init__(
        self,
        reader: pq.ParquetFile,
        place: tuple[ParquetFile, tuple[int, ...]],
        names: dict[str, str],
        beside: dict[str, pa.Array | Lanes],
    ) -> None:
        self._reader, self._names = reader, names
        self._source, self._groups = place
        self._beside = {key: values for key, values in beside.items() if key not in names}

    def __getitem__(self, name: str) -> pa.Array | Lanes:
        if name in self._beside:
            return self._beside[name]
        kept = self._source.kept.pop(name, None) if self._groups[0] == 0 else None
        return self._decoded(name) if kept is None else kept

    def __contains__(self, name: object) -> bool:
        return name in self._names or name in self._beside

    def _decoded(self, name: str) -> pa.Array | Lanes:
        with _named_errors(self._source.file.name):
            found = self._reader.read_row_groups(
                self._groups, columns=[self._names[name]], use_threads=False
            )
        return plain(_one(found.column(0)))

    def __iter__(self) -> Iterator[str]:
        yield from self._names
        yield from self._beside

    def __len__(self) -> int:
        return len(self._names) + len(self._beside)

    def first(self, name: str, rows: int) -> pa.Array | Lanes:
        if name in self._beside or (self._groups[0] == 0 and name in self._source.kept):
            kept = self._beside.get(name)
            return leading(self._source.kept[name] if kept is None else kept, rows)
        return plain(next(self._batches(rows, [self._names[name]])).column(0))

    def _batches(self, rows: int, names: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        groups = list(self._groups)
        with _named_errors(self._source.file.name):
            yield from self._reader.iter_batches(
                rows, row_groups=groups, columns=names, use_threads=False
            )

    def head(self, rows: int) -> dict[str, pa.Array | Lanes]:
        if self._groups[0] == 0 and sum(self._source.groups[: len(self._groups)]) <= KEPT:
            self._source.kept.update(self._all())
            found = {name: array.slice(0, rows) for name, array in self._source.kept.items()}
            return self._with_path(found, rows)
        batch = next(self._batches(rows))
        found = {name: plain(batch.column(inside)) for name, inside in self._names.items()}
        return self._with_path(found, rows)

    def _all(self) -> dict[str, pa.Array | Lanes]:
        """Return all columns, decoded in parallel."""
        with _named_errors(self._source.file.name):
            found = self._reader.read_row_groups(self._groups, use_threads=True)
        return {name: plain(_one(found.column(inside))) for name, inside in self._names.items()}

    def _with_path(
        self, found: dict[str, pa.Array | Lanes], rows: int
    ) -> dict[str, pa.Array | Lanes]:
        for key, values in self._beside.items():
            found[key] = values.slice(0, rows) if isinstance(values, pa.Array) else values
        return found


def _one(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    if column.num_chunks == 1:
        return column.chunk(0)
    whole = column.combine_chunks()
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def _repeated(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)


@contextmanager
def _named_errors(file: str) -> Iterator[None]:
    """Turn what pyarrow raises on damage into an InputError that names the file."""
    try:
        yield
    except ERRORS as error:
        raise damaged(file, "Parquet", error) from error


def look(file: File) -> ParquetFile:
    """Return a Parquet file with what its footer says.

    Raises:
        InputError: the footer is damaged, or two columns have one name.
    """
    with opened(file, whole=True) as stream:
        try:
            metadata = pq.read_metadata(stream)
            schema = metadata.schema.to_arrow_schema()
        except ERRORS as error:
            raise damaged(file.name, "Parquet", error) from error
    if len(set(schema.names)) < len(schema.names):
        raise twice(_repeated(schema.names), file.name)
    groups = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
    leaves = [(i, metadata.schema.column(i)) for i in range(len(metadata.schema))]
    texts = tuple(c.path for i, c in leaves if _is_text(c) and _repeats(metadata, i))
    return ParquetFile(file, schema, groups, texts, metadata)


def _is_text(column: Any) -> bool:
    """True for texts outside lists, which may be read as dictionaries."""
    textual = column.logical_type.type in ("STRING", "ENUM")
    return bool(textual and column.max_repetition_level == 0)


def _repeats(metadata: pq.FileMetaData, column: int) -> bool:
    """True where values take so few bytes that they must repeat: a dictionary is then cheapest."""
    if not metadata.num_row_groups:
        return False
    chunk = metadata.row_group(0).column(column)
    return bool(chunk.total_uncompressed_size <= REPEATED * max(1, chunk.num_values))
