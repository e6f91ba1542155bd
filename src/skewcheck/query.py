"""DuckDB queries that show the rows a cause speaks of; skewcheck prints them, never runs them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skewcheck.formats import Layout
from skewcheck.sources.batch import Source
from skewcheck.sql import ident, literal

if TYPE_CHECKING:
    from skewcheck.causes import Cause
    from skewcheck.run import Run

SHOWN = 20  # rows that a query shows
LISTED = 3  # files that are spelled out
READERS = {
    "parquet": "read_parquet({})",
    "csv": "read_csv({})",
    "ndjson": "read_json({}, format = 'newline_delimited', sample_size = -1, ignore_errors = true)",
}


def query(run: Run, column: str, cause: Cause) -> str:
    """Return a query for the rows of a cause, empty where none can be shown."""
    if not cause.condition:
        return ""
    name = ident(column)
    if not cause.paired:
        rows = f"SELECT s.{name} AS serve"
        return _query([_named("s", run.serve.relation)], rows, "FROM s", cause.condition)
    if run.partner is None:
        return ""
    keys = run.partner.keys
    shown = ", ".join(f"s.{ident(right)}" for _, right in keys)
    rows = f"SELECT {shown}, t.{name} AS train, s.{name} AS serve"
    tables = [_named("t", run.partner.relation), _named("s", run.serve.relation)]
    on = " AND ".join(f"t.{ident(left)} = s.{ident(right)}" for left, right in keys)
    join = "JOIN"
    if run.partner.times:
        left, right = run.partner.times
        join = "ASOF JOIN"
        on += f" AND CAST(s.{ident(right)} AS TIMESTAMP) >= CAST(t.{ident(left)} AS TIMESTAMP)"
    return _query(tables, rows, f"FROM s {join} t ON {on}", cause.condition)


def _query(tables: Sequence[str], rows: str, source: str, condition: str) -> str:
    return f"WITH {', '.join(tables)}\n{rows}\n{source}\nWHERE {condition}\nLIMIT {SHOWN}"


def _named(name: str, relation: str) -> str:
    return f"{name} AS ({relation})"


def relation(source: Source | None, fallback: str) -> str:
    """Return a DuckDB query for the rows of a source, features under their own names.

    Data in memory are called by ``fallback``: DuckDB finds a frame by its variable's name.
    """
    container = type(source.parts[0]).__module__.rpartition(".")[2] if source else ""
    if source is None or container not in READERS:
        return f"FROM {ident(fallback)}"
    rows = READERS[container].format(_files([part.name for part in source.parts]))
    layout: Layout = getattr(source.parts[0], "layout", Layout())
    if layout.encoded:
        return f"FROM {rows}"
    if layout.payload:
        inside = ".".join(map(ident, layout.payload))
        top = ident(layout.payload[0])
        return f"SELECT unnest({inside}), * EXCLUDE ({top}) FROM {rows}"  # noqa: S608 -- shown only
    if layout.prefix:
        return f"SELECT *, COLUMNS({literal(layout.prefix + '(.+)')}) AS '\\1' FROM {rows}"  # noqa: S608
    return f"FROM {rows}"


def _files(names: Sequence[str]) -> str:
    """Return files as DuckDB takes them: a path, a few, or all of one folder."""
    files = list(dict.fromkeys(names))
    if len(files) == 1:
        return literal(files[0])
    if len(files) <= LISTED:
        return f"[{', '.join(map(literal, files))}]"
    suffixes = "".join(Path(files[0]).suffixes[-2:])
    return literal(str(Path(os.path.commonpath(files)) / "**" / f"*{suffixes}"))
