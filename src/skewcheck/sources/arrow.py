"""Arrow IPC, files and streams: every batch is validated in full before a value is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from skewcheck.formats import Event, Layout
from skewcheck.ledger import Ledger
from skewcheck.sources.arrays import columns, skeleton, with_partitions
from skewcheck.sources.batch import Batch
from skewcheck.sources.content import opened
from skewcheck.sources.payload import unpack
from skewcheck.sources.trouble import damaged
from skewcheck.sources.walk import File

ERRORS = (pa.ArrowException, OSError, ValueError, MemoryError)
END = b"\xff\xff\xff\xff\0\0\0\0"  # of a stream; without it a cut may look like an end


@dataclass(frozen=True, slots=True)
class ArrowFile:
    """An Arrow IPC file or stream and its schema."""

    file: File
    stream: bool
    schema: pa.Schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches, each validated: pyarrow trusts offsets that a damaged file has wrong.

        Raises:
            InputError: the file is damaged or cut, or was changed since it was listed.
        """
        with opened(self.file, whole=True) as source:
            try:
                if self.stream:
                    _check_end(source)
                for batch in _batches(source, stream=self.stream):
                    batch.validate(full=True)
                    yield batch
            except ERRORS as error:
                raise damaged(self.file.name, "Arrow", error) from error

    def peek(self, rows: int, names: list[str]) -> list[Event]:
        """Return the first rows as events: the named text columns' values, the rest's shape."""
        shape = skeleton(self.schema)
        if not names:
            return [shape]
        batch = next(self.batches(), None)
        rows_of = batch.select(names).slice(0, rows).to_pylist() if batch else []
        return [{**shape, **row} for row in rows_of] or [shape]


@dataclass(frozen=True, slots=True)
class ArrowPart:
    """One Arrow file."""

    source: ArrowFile
    layout: Layout
    numbers: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.source.file.name

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows; every row is an event.

        Raises:
            InputError: as ``ArrowFile.batches``.
        """
        ledger.files.append(self.name)
        row = 0
        for batch in self.source.batches():
            found, rows = columns(batch, self.layout), batch.num_rows
            if self.layout.encoded:
                found, rows = unpack(found, self.layout, ledger, place=(self.name, row), rows=rows)
            ledger.count("ok", rows)
            found = with_partitions(found, self.source.file.partitions, rows, self.numbers)
            yield Batch(rows, found, self.name, row)
            row += batch.num_rows


def look(file: File, *, stream: bool) -> ArrowFile:
    """Return an Arrow file with its schema.

    Raises:
        InputError: it is damaged.
    """
    with opened(file, whole=True) as source:
        try:
            reader = pa.ipc.open_stream(source) if stream else pa.ipc.open_file(source)
            return ArrowFile(file, stream, reader.schema)
        except ERRORS as error:
            raise damaged(file.name, "Arrow", error) from error


def _check_end(source: BinaryIO) -> None:
    source.seek(-len(END), 2)
    if source.read(len(END)) != END:
        raise ValueError("the stream has no end mark, it may have been cut")
    source.seek(0)


def _batches(source: BinaryIO, *, stream: bool) -> Iterator[pa.RecordBatch]:
    if stream:
        yield from pa.ipc.open_stream(source)
        return
    reader = pa.ipc.open_file(source)
    for number in range(reader.num_record_batches):
        yield reader.get_batch(number)
