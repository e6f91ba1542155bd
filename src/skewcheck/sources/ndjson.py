"""Files of JSON objects: one a line, or in arrays, or side by side; plain, gzip or zstd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from skewcheck.errors import InputError
from skewcheck.formats import Layout
from skewcheck.ledger import Ledger
from skewcheck.sources.arrays import with_partitions
from skewcheck.sources.batch import SEVERAL, Batch
from skewcheck.sources.cells import Cells, column, stacked
from skewcheck.sources.decoder import WIDEST, Decoder, TooManyKeys, Typed
from skewcheck.sources.decompress import blocks
from skewcheck.sources.lines import Texts, by_line, by_object
from skewcheck.sources.payload import decode, joined
from skewcheck.sources.shape import Shape
from skewcheck.sources.walk import File

ROWS, CELLS = 8192, 1 << 21  # of a batch, whichever comes first
LOT, BYTES = 1024, 1 << 22  # texts decoded together
Piece = tuple[int, dict[str, Cells]]


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A file of JSON objects; ``lines`` says that each is a line of its own."""

    file: File
    lines: bool

    def texts(self) -> Iterator[Texts]:
        """Yield the file's texts in order."""
        content = blocks(self.file)
        return by_line(content) if self.lines else by_object(content, self.file.name)


@dataclass(frozen=True, slots=True)
class JsonPart:
    """One file of JSON objects, or several small ones that lie in the same partition.

    ``shapes`` are what is known of the events (and of an encoded payload) beforehand, so that the
    first ones are decoded as quickly as the rest. ``placed`` says that a row's place in the part is
    its place in its file.
    """

    files: tuple[JsonFile, ...]
    layout: Layout
    shapes: tuple[Shape, Shape] = (Shape(), Shape())
    numbers: frozenset[str] = frozenset()
    rows: int = ROWS
    lot: int = LOT
    placed: bool = True

    @property
    def name(self) -> str:
        """Return the (first) file's name."""
        return self.files[0].file.name

    @property
    def decoding(self) -> int:
        """Return how many bytes Python itself decodes, compressed ones as they are."""
        return sum(source.file.size for source in self.files)

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the events that can be read; the others are counted with file and line.

        Raises:
            InputError: compressed data is damaged or cut, a file shrank, or there are more than
                20,000 different keys.
        """
        reader = _Reader(self.layout, self.shapes, ledger)
        partitions = self.files[0].file.partitions
        row = 0
        for pieces in self._gathered(map(reader.read, self._lots(ledger))):
            rows = sum(n for n, _ in pieces)
            found = with_partitions(stacked(pieces), partitions, rows, self.numbers)
            yield Batch(rows, found, self.name, row if self.placed else SEVERAL)
            row += rows

    def _gathered(self, read: Iterator[Piece]) -> Iterator[list[Piece]]:
        """Yield pieces that make up a batch: small ones decode fast, large ones count fast."""
        pieces: list[Piece] = []
        rows = cells = 0
        for n, columns in read:
            if n:
                pieces.append((n, columns))
                rows, cells = rows + n, cells + n * len(columns)
            if rows >= self.rows or cells >= CELLS:
                yield pieces
                pieces, rows, cells = [], 0, 0
        if pieces:
            yield pieces

    def _lots(self, ledger: Ledger) -> Iterator[_Lot]:
        """Yield texts in lots that stay in the processor's cache, with their places."""
        lot = _Lot()
        for source in self.files:
            ledger.files.append(source.file.name)
            for texts in source.texts():
                lot.add(source.file.name, texts)
                if len(lot.texts) >= self.lot or lot.size >= BYTES:
                    yield from lot.split(self.lot)
                    lot = _Lot()
        yield from lot.split(self.lot)


@dataclass(slots=True)
class _Lot:
    """Texts to be decoded together, of one file or of several."""

    texts: list[bytes] = field(default_factory=list)
    size: int = 0
    places: list[tuple[int, str, Sequence[int]]] = field(default_factory=list)

    def add(self, file: str, texts: Texts) -> None:
        """Add texts with the lines on which they begin."""
        self.places.append((len(self.texts), file, texts.lines))
        self.texts += texts.texts
        self.size += sum(map(len, texts.texts))

    def place(self, number: int) -> tuple[str, int]:
        """Return the file and line of a text."""
        first, file, lines = next(p for p in reversed(self.places) if p[0] <= number)
        return file, lines[number - first]

    def split(self, rows: int) -> Iterator[_Lot]:
        """Yield the lot in pieces of at most so many texts (at least 1)."""
        for start in range(0, len(self.texts), max(rows, 1)):
            places = [(first - start, file, lines) for first, file, lines in self.places]
            yield _Lot(self.texts[start : start + rows], 0, places)


class _Reader:
    """Decodes lots one after the other."""

    def __init__(self, layout: Layout, shapes: tuple[Shape, Shape], ledger: Ledger) -> None:
        self._layout, self._ledger = layout, ledger
        self._outer = Decoder(layout, shapes[0])
        self._inner = Decoder(layout.inner(), shapes[1])

    def read(self, lot: _Lot) -> Piece:
        """Return the number of good events and their columns."""
        try:
            return self._read(lot)
        except TooManyKeys:
            raise InputError(
                f"events have more than {WIDEST:,} different keys",
                file=lot.place(0)[0],
                hint="values used as keys? write them as a list or as text",
            ) from None

    def _read(self, lot: _Lot) -> Piece:
        table = self._outer.table(lot.texts)
        bad, columns, good = table.bad, table.columns, table.good
        payload = self._layout.name(self._layout.payload)
        if self._layout.encoded and payload in columns:
            columns, wrong = self._unpacked(columns, payload)
            bad = bad | {good[i]: reason for i, reason in wrong.items()}
            good = [number for i, number in enumerate(good) if i not in wrong]
        for number in sorted(bad):
            self._ledger.note("malformed", *lot.place(number), bad[number])
        if good:
            self._ledger.count("ok", len(good))
        cells = {name: column(*typed) for name, typed in columns.items()}
        return len(good), {name: c for name, c in cells.items() if c is not None}

    def _unpacked(
        self, columns: dict[str, Typed], payload: str
    ) -> tuple[dict[str, Typed], dict[int, str]]:
        """Return the columns with those of the payload, without its malformed rows."""
        values, _ = columns[payload]
        fields, wrong = decode(values, self._inner)
        rest = {name: typed for name, typed in columns.items() if name != payload}
        merged = {**rest, **{n: joined(rest.get(n), typed) for n, typed in fields.items()}}
        return {n: _without(typed, wrong) for n, typed in merged.items()}, wrong


def _without(typed: Typed, rows: dict[int, Any]) -> Typed:
    if not rows:
        return typed
    values = [v for i, v in enumerate(typed[0]) if i not in rows]
    return values, frozenset(map(type, values))
