"""Pairs as rows of a saved profile, and back: counts, and the values of the sampled pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.pairing.cells import Cells
from skewcheck.pairing.clusters import Clusters
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.forensics import Coverage
from skewcheck.pairing.neighbours import Neighbours
from skewcheck.pairing.pairs import Join, Pairs
from skewcheck.pairing.sample import Pairing, PairSample
from skewcheck.profile import Plan, Profile
from skewcheck.schema import Kind
from skewcheck.store import PAIRS, TABLE, Sections, encoded, filled, rows_of, summaries_of
from skewcheck.summaries.cut import Cut
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import GridSpec
from skewcheck.summaries.parity import Parity, ParityCounts, Tolerance
from skewcheck.summaries.places import Places

Header = Mapping[str, Any]
Tables = list[pa.Table]
SAMPLES = ("differing", "agreeing")


def encode(pairs: Pairs) -> tuple[dict[str, Any], Tables]:
    """Return pairs as an entry of a profile's header and sections of its table."""
    join, alone = pairs.join, pairs.unpaired
    tables = _places("", "rows", pairs.rows)
    for name, column in pairs.columns.items():
        tables += [*_column(name, column), *_places(name, "marked", pairs.marked[name])]
    for lot in pairs.neighbours:
        tables += _neighbours(lot)
    if pairs.clusters:
        for name, n in {"": pairs.clusters.rows, **pairs.clusters.marked}.items():
            tables.append(_sheet(name, "clusters", len(n), n=n))
    for name, unpaired in alone.columns.items() if alone else ():
        tables.append(encoded(name, summaries_of(unpaired, f"{PAIRS}unpaired.")))
    return {
        "join": {**asdict(join), "coverage": asdict(join.coverage)},
        "rows": _header_of_places(pairs.rows),
        "columns": {
            name: [_spec_out(c.reference), *astuple(c.tolerance), c.confusion is not None]
            for name, c in pairs.columns.items()
        },
        "marked": {name: _header_of_places(marked) for name, marked in pairs.marked.items()},
        "neighbours": [[lot.by, lot.bound, list(lot.cells)] for lot in pairs.neighbours],
        "clusters": pairs.clusters and list(pairs.clusters.marked),
        "unpaired": alone and [alone.rows, {n: _spec_out(c) for n, c in alone.columns.items()}],
    }, tables


def decode(header: Header, sections: Sections) -> Pairs:
    """Return the pairs that ``encode`` described."""
    join = header["join"]
    coverage = Coverage(**join["coverage"])
    partners = tuple(join["partners"])
    read = _Reader(sections)
    pairs = Pairs(
        Join(**{**join, "coverage": coverage, "partners": partners}),
        read.places("", "rows", header["rows"]),
    )
    for name, (spec, absolute, relative, confused) in header["columns"].items():
        empty = PairColumn(_spec_in(spec), Tolerance(absolute, relative))
        pairs.columns[name] = read.column(name, empty, confused=confused)
        pairs.marked[name] = read.places(name, "marked", header["marked"][name])
    pairs.neighbours = tuple(read.neighbours(*lot) for lot in header["neighbours"])
    if header["clusters"] is not None:
        marked = {name: read.whole(name, "clusters", "n") for name in header["clusters"]}
        pairs.clusters = Clusters(read.whole("", "clusters", "n"), marked)
    if header["unpaired"]:
        rows, specs = header["unpaired"]
        plan = Plan({name: _spec_in(spec) for name, spec in specs.items()})
        pairs.unpaired = Profile(plan, rows)
        for name in specs:
            column = filled(plan.spec(name), sections, name, f"{PAIRS}unpaired.")
            pairs.unpaired.columns[name] = column
    return pairs


def _spec_out(column: ColumnProfile) -> list[Any]:
    spec = column.spec
    return [spec.kind, astuple(spec.grid), astuple(spec.cut)]


def _spec_in(held: Sequence[Any]) -> ColumnSpec:
    kind, grid, (edges, labels) = held
    return ColumnSpec(
        Kind(kind) if kind else None, GridSpec(*grid), Cut(tuple(edges), tuple(labels))
    )


def _sheet(column: str, name: str, size: int, **cells: Any) -> pa.Table:
    """Return a section of so many rows; fields that are not given are null, ``n`` 0."""
    kinds = {"cell": pa.int64(), "label": pa.string(), "value": pa.float64(), "n": pa.int64()}
    texts = {"column": column, "summary": f"{PAIRS}{name}"}
    filled = {key: pa.repeat(text, size).dictionary_encode() for key, text in texts.items()}
    zeros = {"cell": np.zeros(size, np.int64), "n": np.zeros(size, np.int64)}
    for key, kind in kinds.items():
        values = cells.get(key, zeros.get(key))
        filled[key] = pa.nulls(size, kind) if values is None else pa.array(values, kind)
    return pa.table([filled[name] for name in TABLE.names], schema=TABLE)


def _column(name: str, column: PairColumn) -> Tables:
    counts = {parity: n for parity, n in column.counts.items() if n}
    labels, numbers = [parity.value for parity in counts], list(counts.values())
    tables = [_sheet(name, "counts", len(counts), label=labels, n=numbers)]
    for grid in ("differences", "ratios"):
        rows = list(getattr(column, grid).encode())
        cells, texts, values, n = zip(*rows, strict=True) if rows else ((),) * 4
        tables.append(_sheet(name, grid, len(rows), cell=cells, label=texts, value=values, n=n))
    confused = sorted((column.confusion or {}).items(), key=repr)
    for side in (0, 1):
        texts_ = [pair[side] for pair, _ in confused]
        n_ = [n for _, n in confused]
        tables.append(_sheet(name, f"confusion.{side}", len(confused), label=texts_, n=n_))
    for sort in SAMPLES:
        sample: PairSample = getattr(column, sort)
        sides = (sample.train, sample.serve)
        tables += [*_rows(name, sort, sample.rows), *_cells(name, sort, sides)]
    return [*tables, encoded(name, summaries_of(column.reference, f"{PAIRS}reference."))]


def _rows(column: str, name: str, rows: Pairing) -> Tables:
    hashes = rows.priority.view(np.int64)
    size = len(hashes)
    return [_sheet(column, f"{name}.rows", size, cell=hashes, value=rows.time, n=rows.order)]


def _cells(column: str, name: str, sides: Sequence[Cells]) -> Tables:
    return [
        _sheet(
            column,
            f"{name}.{side}",
            len(cells),
            cell=cells.states.astype(np.int64),
            label=cells.texts.tolist(),
            value=cells.numbers,
        )
        for side, cells in zip(("train", "serve"), sides, strict=True)
    ]


def _neighbours(lot: Neighbours) -> Tables:
    group = lot.group.view(np.int64)
    tables = [_sheet("", f"{lot.by}.group", len(group), cell=group), *_rows("", lot.by, lot.rows)]
    for name, (train, serve, differs) in lot.cells.items():
        tables += _cells(name, lot.by, (train, serve))
        tables.append(_sheet(name, f"{lot.by}.differs", len(differs), n=differs.astype(np.int64)))
    return tables


def _header_of_places(places: Places) -> list[Any]:
    known = places.count, places.step, places.first, places.last
    return [*known, {name: counts is not None for name, counts in places.segments.items()}]


def _places(column: str, name: str, places: Places) -> Tables:
    found = [
        (number, value, n)
        for number, counts in enumerate(places.segments.values())
        for value, n in sorted((counts or {}).items())
    ]
    cells, labels, n = zip(*found, strict=True) if found else ((),) * 3
    spans = sorted(places.moments)
    return [
        _sheet(column, f"{name}.segments", len(found), cell=cells, label=labels, n=n),
        _sheet(
            column,
            f"{name}.moments",
            len(spans),
            cell=spans,
            n=[places.moments[span] for span in spans],
        ),
    ]


class _Reader:
    """Reads the sections of one file."""

    def __init__(self, sections: Sections) -> None:
        self._sections = sections

    def _field(self, column: str, name: str, field: str) -> pa.Array:
        table = self._sections.get((column, f"{PAIRS}{name}"))
        return table.column(field).combine_chunks() if table is not None else pa.nulls(0)

    def _list(self, column: str, name: str, field: str) -> list[Any]:
        found: list[Any] = self._field(column, name, field).to_pylist()
        return found

    def whole(self, column: str, name: str, field: str = "cell") -> NDArray[np.int64]:
        """Return a field of whole numbers."""
        values = self._field(column, name, field).cast(pa.int64())
        return np.array(values.to_numpy(zero_copy_only=False), np.int64)

    def _floats(self, column: str, name: str) -> NDArray[np.float64]:
        values = self._field(column, name, "value").cast(pa.float64())
        return np.array(values.to_numpy(zero_copy_only=False), np.float64)

    def column(self, name: str, empty: PairColumn, *, confused: bool) -> PairColumn:
        """Return a column that was ``empty``, filled."""
        labels, numbers = self._list(name, "counts", "label"), self._list(name, "counts", "n")
        empty.counts = ParityCounts(dict(zip(map(Parity, labels), numbers, strict=True)))
        for grid in ("differences", "ratios"):
            table = self._sections.get((name, f"{PAIRS}{grid}"))
            setattr(empty, grid, Grid.decode(GridSpec(), rows_of(table)))
        pairs = zip(*(self._list(name, f"confusion.{i}", "label") for i in (0, 1)), strict=True)
        for pair, n in zip(pairs, self._list(name, "confusion.0", "n"), strict=True):
            assert empty.confusion is not None
            empty.confusion[pair] = n
        empty.confusion = empty.confusion if confused else None
        for sort in SAMPLES:
            getattr(empty, sort).add(self._rows(name, sort), *self._cells(name, sort))
        prefix = f"{PAIRS}reference."
        empty.reference = filled(empty.reference.spec, self._sections, name, prefix)
        return empty

    def _rows(self, column: str, name: str) -> Pairing:
        of = column, f"{name}.rows"
        return Pairing(self.whole(*of).view(np.uint64), self._floats(*of), self.whole(*of, "n"))

    def _cells(self, column: str, name: str) -> tuple[Cells, Cells]:
        return self._side(column, f"{name}.train"), self._side(column, f"{name}.serve")

    def _side(self, column: str, name: str) -> Cells:
        texts = np.array([*self._list(column, name, "label"), None], np.object_)[:-1]
        states = self.whole(column, name).astype(np.uint8)
        return Cells(states, self._floats(column, name), texts)

    def neighbours(self, by: str, bound: int, names: Sequence[str]) -> Neighbours:
        """Return the neighbours of one sort."""
        group = self.whole("", f"{by}.group").view(np.uint64)
        cells = {
            name: (*self._cells(name, by), self.whole(name, f"{by}.differs", "n") > 0)
            for name in names
        }
        return Neighbours(by, group, self._rows("", by), bound, cells)

    def places(self, column: str, name: str, header: Sequence[Any]) -> Places:
        """Return the places that a header and sections describe."""
        places = Places()
        places.count, places.step, places.first, places.last, known = header
        for segment, there in known.items():
            places.segments[segment] = Counter() if there else None
        names = list(known)
        fields = (self._list(column, f"{name}.segments", f) for f in ("cell", "label", "n"))
        for number, value, n in zip(*fields, strict=True):
            counts = places.segments[names[number]]
            assert counts is not None
            counts[value] = n
        spans = (self._list(column, f"{name}.moments", field) for field in ("cell", "n"))
        places.moments.update(dict(zip(*spans, strict=True)))
        return places
