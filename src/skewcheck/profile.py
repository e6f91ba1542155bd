"""A profile: one side of a comparison as counts, in a small Parquet file that holds no row."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.rowsample import RowSample, taken
from skewcheck.schema import Kind
from skewcheck.sources.batch import Batch
from skewcheck.summaries.gridspec import GridSpec, Row
from skewcheck.summaries.states import States

FORMAT = 1
MARK = b"skewcheck.profile"
SUMMARIES = ("states", "numbers", "atoms", "categories", "lengths")

TABLE = pa.schema(
    [
        ("column", pa.dictionary(pa.int32(), pa.string())),
        ("summary", pa.dictionary(pa.int32(), pa.string())),
        ("cell", pa.int64()),
        ("label", pa.string()),
        ("value", pa.float64()),
        ("n", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided before the pass: the spec of each column train has. Serve reuses it."""

    columns: Mapping[str, ColumnSpec] = field(default_factory=dict)

    def spec(self, name: str) -> ColumnSpec:
        """Return the spec of a column; one that train lacks gets the plain grid."""
        return self.columns.get(name, ColumnSpec())


@dataclass
class Profile:
    """All columns of one side, with the ledger of the reading; two profiles add up.

    ``labels`` are the columns taken for labels while there were rows to look at, with the reason.
    ``sample`` holds some rows as long as the run lasts; a saved profile has none.
    """

    plan: Plan
    rows: int = 0
    columns: dict[str, ColumnProfile] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    labels: dict[str, str] = field(default_factory=dict)
    sample: RowSample = field(default_factory=RowSample, repr=False, compare=False)

    def add(self, batch: Batch, skip: frozenset[str] = frozenset()) -> None:
        """Count one batch, without the columns to skip."""
        places = self.sample.places(batch.offset, batch.rows)
        some, kept = pa.array(places), {}
        for name in batch.columns:
            if name in skip:
                continue
            values = batch.columns[name]
            column = self.columns.get(name)
            if column is None:
                column = self.columns[name] = ColumnProfile(self.plan.spec(name))
            column.add(values, batch.offset)
            kept[name] = taken(values, places, some)
        self.sample.add(places + batch.offset, kept)
        self.rows += batch.rows

    def finish(self) -> Profile:
        """Return self, every row that a column was not seen in counted as absent there."""
        for column in self.columns.values():
            column.settle()
            column.states.add("absent", self.rows - column.states.rows)
        return self

    def merge(self, other: Profile) -> Profile:
        """Return the profile of both lots of rows."""
        names = dict.fromkeys([*self.columns, *other.columns])
        merged = Profile(Plan({**other.plan.columns, **self.plan.columns}), self.rows + other.rows)
        merged.ledger = self.ledger.merge(other.ledger)
        merged.labels = {**other.labels, **self.labels}
        merged.sample = self.sample.merge(other.sample)
        for name in names:
            empty = ColumnProfile(merged.plan.spec(name))
            mine, theirs = self.columns.get(name, empty), other.columns.get(name, empty)
            merged.columns[name] = mine.merge(theirs)
        return merged.finish()

    def subtract(self, other: Profile) -> Profile:
        """Return the profile without the other's rows, which must be copies of rows that stay."""
        left = Profile(self.plan, self.rows - other.rows, ledger=self.ledger)
        absent = States(Counter(absent=other.rows))
        for name, column in self.columns.items():
            copies = other.columns.get(name) or ColumnProfile(column.spec, absent)
            left.columns[name] = column.subtract(copies)
        return left

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the profile; the file is whole or absent."""
        from skewcheck.write import write_through

        table = pa.Table.from_pylist([], schema=TABLE)
        parts = [_encoded(name, column) for name, column in self.columns.items()]
        table = pa.concat_tables([table, *parts]).unify_dictionaries()
        table = table.replace_schema_metadata({MARK: json.dumps(self._header()).encode()})
        write_through(Path(path), lambda file: pq.write_table(table, file, compression="zstd"))

    def _header(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "rows": self.rows,
            "labels": self.labels,
            "columns": {
                name: [c.spec.kind, *astuple(c.spec.grid)] for name, c in self.columns.items()
            },
            "ledger": {
                "fates": dict(self.ledger.fates),
                "notes": self.ledger.notes,
                "files": self.ledger.files,
                "skipped": self.ledger.skipped,
            },
        }

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """Return the profile saved at ``path``.

        Raises:
            InputError: the file is no profile, or of a later format than this version reads.
        """
        try:
            table = pq.read_table(path, memory_map=False)
            header = json.loads((table.schema.metadata or {})[MARK])
        except (OSError, KeyError, ValueError, pa.ArrowException) as error:
            raise InputError(
                "is not a readable skewcheck profile",
                file=str(path),
                hint="make it again with: skewcheck profile DATA -o FILE",
            ) from error
        if header["format"] != FORMAT:
            raise InputError(
                f"is a profile of format {header['format']}, this version reads {FORMAT}",
                file=str(path),
                hint="make it again with: skewcheck profile DATA -o FILE",
            )
        return _decoded(header, table)


def is_profile(path: Path) -> bool:
    """Return whether a file is a saved profile, looking at its Parquet footer only."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                return False
        return MARK in (pq.read_schema(path, memory_map=False).metadata or {})
    except (OSError, pa.ArrowException):
        return False


def _encoded(name: str, column: ColumnProfile) -> pa.Table:
    rows: list[Row] = []
    summaries: list[str] = []
    for summary in SUMMARIES:
        encoded = list(getattr(column, summary).encode())
        rows += encoded
        summaries += [summary] * len(encoded)
    cells, labels, values, counts = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        [
            pa.array([name] * len(rows), pa.string()).dictionary_encode(),
            pa.array(summaries, pa.string()).dictionary_encode(),
            pa.array(cells, pa.int64()),
            pa.array(labels, pa.string()),
            pa.array(values, pa.float64()),
            pa.array(counts, pa.int64()),
        ],
        schema=TABLE,
    )


def _decoded(header: Mapping[str, Any], table: pa.Table) -> Profile:
    specs = {
        name: ColumnSpec(Kind(kind) if kind else None, GridSpec(*grid))
        for name, (kind, *grid) in header["columns"].items()
    }
    ledger = Ledger()
    ledger.fates.update(header["ledger"]["fates"])
    ledger.notes = {k: [tuple(n) for n in v] for k, v in header["ledger"]["notes"].items()}
    ledger.files, ledger.skipped = header["ledger"]["files"], header["ledger"]["skipped"]
    profile = Profile(Plan(specs), header["rows"], ledger=ledger, labels=header.get("labels", {}))
    groups = dict(_grouped(table))
    for name, spec in specs.items():
        column = profile.columns[name] = ColumnProfile(spec)
        for summary in SUMMARIES:
            kind = type(getattr(column, summary))
            grid = getattr(getattr(column, summary), "spec", spec.grid)
            setattr(column, summary, kind.decode(grid, groups.get((name, summary), [])))
    return profile


def _grouped(table: pa.Table) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Yield the rows of each (column, summary), which lie next to each other in the file."""
    if not table.num_rows:
        return
    keys = [table.column(name).combine_chunks() for name in ("column", "summary")]
    codes = [key.indices.to_numpy() for key in keys]
    change = (np.diff(codes[0]) != 0) | (np.diff(codes[1]) != 0)
    starts = [0, *(np.flatnonzero(change) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], table.num_rows], strict=True):
        names = [k.dictionary[int(c[start])].as_py() for k, c in zip(keys, codes, strict=True)]
        part = table.slice(start, end - start)
        rest = [part.column(name).to_pylist() for name in ("cell", "label", "value", "n")]
        yield (names[0], names[1]), list(zip(*rest, strict=True))
