"""Files of one side, whatever their containers, as one source."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, islice
from typing import TypeVar

from skewcheck.errors import InputError
from skewcheck.formats import Event, Layout, choose
from skewcheck.formats.nested import at, payload_like
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.arrays import kind_of, kinds
from skewcheck.sources.arrow import ArrowFile, ArrowPart
from skewcheck.sources.batch import Part, Source
from skewcheck.sources.csv import CsvFile, CsvPart, census
from skewcheck.sources.ndjson import JsonFile, JsonPart
from skewcheck.sources.parquet import ParquetFile
from skewcheck.sources.shape import Shape
from skewcheck.sources.sniff import Container, sniff
from skewcheck.sources.spelling import canonical
from skewcheck.sources.trouble import shown
from skewcheck.sources.walk import find

PEEKED, EVENTS = 8, 64  # files, spread over the folder, and events of each that layouts are from
SMALL, TOGETHER = 1 << 16, 1 << 22  # bytes of a small file, and of small files read as one part

Some = TypeVar("Some")


def open_files(paths: Sequence[str], hint: Mapping[str, Kind]) -> Source:
    """Return the source of the rows in files and folders; ``hint`` are train's kinds by column.

    Raises:
        InputError: nothing can be read, or a file is damaged.
    """
    ledger = Ledger()
    found: list[Container] = []
    for file in find(paths, ledger):
        container = sniff(file)
        if isinstance(container, str):
            ledger.skipped[file.name] = container
        else:
            found.append(container)
    name = ", ".join(map(shown, paths))
    if not found:
        raise InputError("no file with rows was found", file=name, hint=_nearest(ledger))
    return _Opening(name, found, hint, ledger).source()


class _Opening:
    """What is found out about the files before they are read."""

    def __init__(
        self, name: str, found: list[Container], hint: Mapping[str, Kind], ledger: Ledger
    ) -> None:
        self._name, self._hint, self._ledger = name, hint, ledger
        self._found = found
        self._tables = [c for c in found if isinstance(c, ParquetFile | ArrowFile)]
        self._texts = [c for c in found if isinstance(c, JsonFile)]
        self._csvs = [c for c in found if isinstance(c, CsvFile)]
        self._numbers = _numbers(found, hint)
        self._layouts: list[Layout] = []
        self._parts: list[Part] = []
        self._declared: dict[str, Kind] = {}

    def source(self) -> Source:
        """Return the source: a layout for each kind of container, parts in the order of files."""
        if self._tables:
            self._add_tables(self._layout(self._table_events()))
        if self._csvs:
            self._add_csvs(self._layout([dict.fromkeys(c.names) for c in self._csvs]))
        if self._texts:
            self._add_texts(self._json_events())
        for key in dict.fromkeys(k for c in self._found for k, _ in c.file.partitions):
            self._declared.setdefault(key, Kind.NUMBER if key in self._numbers else Kind.TEXT)
        self._parts.sort(key=lambda part: os.fsencode(part.name))
        reason = "; ".join(dict.fromkeys(layout.reason for layout in self._layouts))
        return Source(self._name, tuple(self._parts), self._declared, self._ledger, reason)

    def _layout(self, events: Sequence[Event]) -> Layout:
        self._layouts.append(choose(events, self._hint))
        return self._layouts[-1]

    def _add_tables(self, layout: Layout) -> None:
        for container in self._tables:
            for column, kind in kinds(container.schema, layout, container.file.name).items():
                self._declared.setdefault(column, kind)
        self._parts += self._table_parts(layout)

    def _add_csvs(self, layout: Layout) -> None:
        counted = census(self._csvs, layout, self._hint)
        for column in (layout.name((n,)) for c in self._csvs for n in c.names):
            self._declared.setdefault(column, counted[column])
        self._parts += [CsvPart(c, layout, counted, self._numbers) for c in self._csvs]

    def _add_texts(self, events: list[Event]) -> None:
        layout = self._layout(events)
        self._parts += self._json_parts(layout, _shapes(events, layout))

    def _table_events(self) -> list[Event]:
        events: list[Event] = []
        for container in _spread(self._tables):
            fields = [f for f in container.schema if payload_like(f.name)]
            texts = [f.name for f in fields if kind_of(f.type) is Kind.TEXT]
            events += container.peek(EVENTS, texts)
        return events

    def _table_parts(self, layout: Layout) -> Iterable[Part]:
        groups = sum(len(c.groups) for c in self._tables if isinstance(c, ParquetFile))
        threads = groups < (os.cpu_count() or 1)
        for container in self._tables:
            if isinstance(container, ArrowFile):
                yield ArrowPart(container, layout, self._numbers)
            else:
                yield from container.parts(layout, numbers=self._numbers, threads=threads)

    def _json_events(self) -> list[Event]:
        """Return the first events of some files; of the first file that has any, if need be."""
        events = [e for container in _spread(self._texts) for e in _events(container)]
        if events:
            return events
        later = (events for container in self._texts if (events := _events(container)))
        found = next(later, [])
        if not found and len(self._texts) == len(self._found):
            raise InputError(
                "nothing in it is a JSON object",
                file=self._texts[0].file.name,
                hint="write one JSON object a line",
            )
        return found

    def _json_parts(self, layout: Layout, shapes: tuple[Shape, Shape]) -> Iterable[Part]:
        for files in _together(self._texts):
            placed = files[0].file.size > SMALL
            yield JsonPart(files, layout, shapes, self._numbers, placed=placed)


def _events(container: JsonFile) -> list[Event]:
    """Return the first events of a file."""
    texts = (text for part in container.texts() for text in part.texts if text.strip())
    return list(islice((e for e in map(_event, texts) if e is not None), EVENTS))


def _event(text: bytes) -> Event | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _shapes(events: list[Event], layout: Layout) -> tuple[Shape, Shape]:
    """Return the shape of the events, and that of their encoded payloads."""
    payloads = [at(e, layout.payload) for e in events] if layout.encoded else []
    inner = [p for p in payloads if p is not None]
    return Shape().learn(events, len(events)), Shape().learn(inner, len(inner))


def _spread(files: Sequence[Some]) -> list[Some]:
    """Return some files from first to last, evenly spread."""
    step = max(1, -(-(len(files) - 1) // (PEEKED - 1)))
    return [*files[:-1:step], *files[-1:]]


def _together(files: Sequence[JsonFile]) -> Iterable[tuple[JsonFile, ...]]:
    """Yield files one by one, neighbouring small ones of one partition together."""
    lots = groupby(files, key=lambda f: (f.file.partitions, f.file.size > SMALL))
    for (_, large), lot in lots:
        run: list[JsonFile] = []
        for file in lot:
            run.append(file)
            if large or sum(f.file.size for f in run) > TOGETHER:
                yield tuple(run)
                run = []
        if run:
            yield tuple(run)


def _numbers(found: Iterable[Container], hint: Mapping[str, Kind]) -> frozenset[str]:
    """Return the keys in paths that are numbers in train and in every path."""
    values: dict[str, set[str | None]] = {}
    for container in found:
        for key, value in container.file.partitions:
            values.setdefault(key, set()).add(value)
    return frozenset(
        key
        for key, all_of in values.items()
        if hint.get(key) is Kind.NUMBER and all(v is None or canonical(v) for v in all_of)
    )


def _nearest(ledger: Ledger) -> str:
    """Return a hint from the first file that was passed over."""
    first = next(iter(ledger.skipped.items()), None)
    return f"passed over {first[0]}: {first[1]}" if first else "name a folder that holds data"
