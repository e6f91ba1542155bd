"""Parquet files: one part per run of row groups, decoded by pyarrow straight into Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skewcheck.formats import Event, Layout
from skewcheck.ledger import Ledger
from skewcheck.sources.arrays import columns, skeleton, with_partitions
from skewcheck.sources.batch import Batch
from skewcheck.sources.content import opened
from skewcheck.sources.payload import unpack
from skewcheck.sources.trouble import damaged, twice
from skewcheck.sources.walk import File

ROWS = 131_072
PART = 1 << 19  # rows below which neighbouring row groups are read as one part
ERRORS = (pa.ArrowException, OSError, ValueError, MemoryError)


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file and what its footer says: schema, rows of each group, its text columns."""

    file: File
    schema: pa.Schema
    groups: tuple[int, ...]
    texts: tuple[str, ...]

    def peek(self, rows: int, names: list[str]) -> list[Event]:
        """Return the first rows as events: the named text columns' values, the rest's shape."""
        shape = skeleton(self.schema)
        if not names or not sum(self.groups):
            return [shape]
        with opened(self.file, whole=True) as stream:
            try:
                reader = pq.ParquetFile(stream, pre_buffer=False, memory_map=False)
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

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows of the row groups; every row is an event.

        Raises:
            InputError: the file is damaged (page checksums are verified where there are any), or
                was changed since it was listed.
        """
        ledger.files.append(self.name)
        row = self.first
        for batch in self._decoded():
            found, rows = columns(batch, self.layout), batch.num_rows
            if self.layout.encoded:
                found, rows = unpack(found, self.layout, ledger, place=(self.name, row), rows=rows)
            ledger.count("ok", rows)
            partitions = self.source.file.partitions
            yield Batch(
                rows, with_partitions(found, partitions, rows, self.numbers), self.name, row
            )
            row += batch.num_rows

    def _decoded(self) -> Iterator[pa.RecordBatch]:
        with opened(self.source.file, whole=True) as stream:
            try:
                reader = pq.ParquetFile(
                    stream,
                    read_dictionary=list(self.source.texts),
                    page_checksum_verification=True,
                    pre_buffer=False,
                    memory_map=False,
                )
                yield from reader.iter_batches(
                    ROWS, row_groups=list(self.groups), use_threads=self.threads
                )
            except ERRORS as error:
                raise damaged(self.name, "Parquet", error) from error


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
        raise twice(next(n for n in schema.names if schema.names.count(n) > 1), file.name)
    groups = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
    leaves = (metadata.schema.column(i) for i in range(len(metadata.schema)))
    return ParquetFile(file, schema, groups, tuple(c.path for c in leaves if _is_text(c)))


def _is_text(column: Any) -> bool:
    """True for texts outside lists, which are cheapest to read and count as dictionaries."""
    textual = column.logical_type.type in ("STRING", "ENUM")
    return bool(textual and column.max_repetition_level == 0)
