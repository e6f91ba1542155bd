"""CSV and TSV files: read as text with a fixed dialect, then typed by a census over all rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import csv

from skewcheck.errors import InputError
from skewcheck.formats import Layout
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.arrays import with_partitions
from skewcheck.sources.batch import Batch
from skewcheck.sources.decompress import blocks
from skewcheck.sources.lines import without_bom
from skewcheck.sources.spelling import Census, typed
from skewcheck.sources.trouble import damaged
from skewcheck.sources.walk import File

BLOCK = 1 << 22
Malformed = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file of delimited text and its header: the names of its columns in order."""

    file: File
    delimiter: str
    names: tuple[str, ...]

    def batches(self, malformed: Malformed) -> Iterator[pa.RecordBatch]:
        """Yield all rows as columns of text, null where a cell is empty.

        ``malformed`` is called with the number of a row (the header is row 1) and the reason for
        each row that has not as many fields as the header; such a row is left out.

        Raises:
            InputError: the text is not UTF-8, a quote is never closed, or as ``blocks``.
        """

        text = _Utf8(self.file)
        batch = None
        try:
            for i, batch in enumerate(self._reader(text, malformed)):
                yield batch if i else batch.slice(1)
        except pa.ArrowException as error:
            if "straddling" in str(error):
                raise InputError(
                    "a row is longer than 4 MiB, or a quote is never closed",
                    file=self.file.name,
                    hint="shorten the row, or close the quote",
                ) from error
            raise damaged(self.file.name, "CSV", error) from error
        last = (batch.columns[-1][-1].as_py() or "") if batch else ""
        if text.quotes % 2 and (text.unclosed or "\n" in last):
            raise InputError(
                "a quote is never closed", file=self.file.name, line=text.unclosed, hint="close it"
            )

    def _reader(self, text: _Utf8, malformed: Malformed) -> csv.CSVStreamingReader:
        def wrong(row: csv.InvalidRow) -> str:
            fields = f"{row.actual_columns} fields where the header has {row.expected_columns}"
            if row.text.count('"') % 2 and "\n" in row.text:
                text.unclosed = row.number
            malformed(row.number or 0, fields)
            return "skip"

        types = {str(i): pa.string() for i in range(len(self.names))}
        return csv.open_csv(
            pa.PythonFile(text, "r"),
            csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=list(types)),
            csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=wrong
            ),
            csv.ConvertOptions(
                column_types=types, null_values=[""], strings_can_be_null=True, check_utf8=False
            ),
        )


@dataclass(frozen=True, slots=True)
class CsvPart:
    """One CSV file; ``kinds`` are the census's answer, the same for all files of the source."""

    source: CsvFile
    layout: Layout
    kinds: Mapping[str, Kind]
    numbers: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.source.file.name

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows; those with too few or too many fields are counted malformed.

        Raises:
            InputError: as ``CsvFile.batches``.
        """

        def malformed(row: int, reason: str) -> None:
            ledger.note("malformed", self.name, row, reason)

        ledger.files.append(self.name)
        row = 0
        for batch in self.source.batches(malformed):
            found: dict[str, Any] = {}
            for name, cells in zip(self.source.names, batch.columns, strict=True):
                column = self.layout.name((name,))
                found[column] = typed(cells, self.kinds.get(column, Kind.TEXT))
            rows = batch.num_rows
            ledger.count("ok", rows)
            found = with_partitions(found, self.source.file.partitions, rows, self.numbers)
            yield Batch(rows, found, self.name, row)
            row += rows


def census(files: list[CsvFile], layout: Layout, hint: Mapping[str, Kind]) -> dict[str, Kind]:
    """Return the kind of every column over all rows of all files.

    A hint decides, except that texts are taken for times only when all of them are; without one
    (or where train is empty) a column holds numbers when most of its cells are spelled as
    numbers, and texts otherwise.
    """
    counts: dict[str, Census] = {}
    names = {layout.name((name,)) for source in files for name in source.names}
    open_ = (Kind.DATETIME, Kind.EMPTY)
    settled = {n: hint[n] for n in names if hint.get(n, Kind.EMPTY) not in open_}
    if settled.keys() == names:
        return settled
    for source in files:
        wanted = [(i, layout.name((n,))) for i, n in enumerate(source.names)]
        for batch in source.batches(lambda _row, _reason: None):
            for i, name in wanted:
                if name not in settled:
                    counts.setdefault(name, Census(hint.get(name))).add(batch.column(i))
    return {n: settled.get(n) or counts.get(n, Census()).kind for n in sorted(names)}


class _Utf8(io.RawIOBase):
    """The decompressed file as pyarrow reads it, refused at the first byte that is no UTF-8."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self._file, self._blocks = file, without_bom(blocks(file))
        self._left, self._line, self._tail = b"", 1, b""
        self.quotes = 0
        self.unclosed: int | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, fewer at the end only."""
        while len(self._left) < size:
            block = next(self._blocks, None)
            self._check(block)
            if block is None:
                break
            self._left += block
            self.quotes += block.count(b'"')
        part, self._left = self._left[:size], self._left[size:]
        return part

    def _check(self, block: bytes | None) -> None:
        """Check text up to a character that the next block may end."""
        data = self._tail + (block or b"")
        try:
            data.decode()
            self._tail = b""
        except UnicodeDecodeError as error:
            cut = error.reason == "unexpected end of data" and error.end == len(data)
            if block is None or not cut:
                line = self._line + data.count(b"\n", 0, error.start)
                raise InputError(
                    "not UTF-8", file=self._file.name, line=line, hint="save it as UTF-8"
                ) from error
            self._tail = data[error.start :]
        self._line += data.count(b"\n", 0, len(data) - len(self._tail))
