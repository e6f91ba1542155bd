"""The file of a profile: sections of rows in long form, one per column and summary."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.errors import InputError
from skewcheck.summaries.gridspec import Row

FORMAT = 1
MARK = b"skewcheck.profile"
PACKED = b"zlib:"  # what a header starts with that is compressed; one of JSON with a brace
SEP = "\x1f"  # between way of grouping, group and summary
PAIRS = "pairs."  # what the names of sections start with that speak of pairs
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


Sections = Mapping[tuple[str, str], pa.Table]  # of a saved profile, by column and summary


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Sections]:
    """Return the header and the sections of a saved profile; raise InputError as ``load`` does."""
    try:
        with pq.ParquetFile(path, memory_map=False, page_checksum_verification=True) as file:
            header = unpacked((file.metadata.metadata or {})[MARK])
            groups = range(header.get("group", 0), file.num_row_groups)
            table = file.read_row_groups(groups, columns=TABLE.names, use_threads=True)
    except (OSError, KeyError, ValueError, zlib.error, pa.ArrowException) as error:
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
    return header, dict(_grouped(table))


def packed(header: Mapping[str, Any]) -> bytes:
    """Return a header as a footer that is read often holds it: a quarter as long as JSON."""
    return PACKED + base64.b64encode(zlib.compress(json.dumps(header).encode(), 9))


def unpacked(content: bytes) -> dict[str, Any]:
    """Return the header that a footer holds, packed or plain JSON.

    Raises:
        ValueError, zlib.error: it is neither.
    """
    if content.startswith(PACKED):
        content = zlib.decompress(base64.b64decode(content[len(PACKED) :], validate=True))
    header: dict[str, Any] = json.loads(content)
    return header


def is_profile(path: Path) -> bool:
    """Return whether a file is a saved profile, looking at its Parquet footer only."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                return False
        return MARK in (pq.read_metadata(path, memory_map=False).metadata or {})
    except (OSError, pa.ArrowException):
        return False


def summaries_of(column: ColumnProfile, prefix: str = "") -> list[tuple[str, Any]]:
    """Return the summaries of a column, each under its name after ``prefix``."""
    return [(prefix + summary, getattr(column, summary)) for summary in SUMMARIES]


def encoded(name: str, summaries_: list[tuple[str, Any]]) -> pa.Table:
    """Return summaries of a column, each under its name, as rows of the table."""
    rows: list[Row] = []
    summaries: list[str] = []
    for summary, content in summaries_:
        found = list(content.encode())
        rows += found
        summaries += [summary] * len(found)
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


def filled(spec: ColumnSpec, sections: Sections, name: str, prefix: str) -> ColumnProfile:
    """Return the column whose summaries have these names after ``prefix``."""
    column = ColumnProfile(spec)
    for summary in SUMMARIES:
        fill(column, summary, rows_of(sections.get((name, prefix + summary))))
    return column


def rows_of(section: pa.Table | None) -> list[Row]:
    """Return the rows of a section; none where the file has no such section."""
    if section is None:
        return []
    fields = [section.column(name).to_pylist() for name in ("cell", "label", "value", "n")]
    return list(zip(*fields, strict=True))


def fill(column: ColumnProfile, summary: str, rows: list[Row]) -> None:
    """Put a summary's rows into a column."""
    kind = type(getattr(column, summary))
    grid = getattr(getattr(column, summary), "spec", column.spec.grid)
    setattr(column, summary, kind.decode(grid, rows))


def _grouped(table: pa.Table) -> Iterator[tuple[tuple[str, str], pa.Table]]:
    """Yield the rows of each (column, summary), which lie next to each other in the file."""
    if not table.num_rows:
        return
    keys = [table.column(name).combine_chunks() for name in ("column", "summary")]
    codes = [key.indices.to_numpy() for key in keys]
    change = (np.diff(codes[0]) != 0) | (np.diff(codes[1]) != 0)
    starts = [0, *(np.flatnonzero(change) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], table.num_rows], strict=True):
        names = [k.dictionary[int(c[start])].as_py() for k, c in zip(keys, codes, strict=True)]
        yield (names[0], names[1]), table.slice(start, end - start)
