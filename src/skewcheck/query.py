"""DuckDB queries that show the rows a cause speaks of; skewcheck prints them, never runs them."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from skewcheck.during import TimedPart
from skewcheck.formats import Layout
from skewcheck.sources.batch import Source
from skewcheck.sources.derived import inner
from skewcheck.span import Period
from skewcheck.sql import ident, literal

if TYPE_CHECKING:
    from skewcheck.causes import Cause
    from skewcheck.run import Run

SHOWN = 20  # rows that a query shows
LISTED = 3  # files that are spelled out
READERS = {
    "parquet": "read_parquet({})",
    "csv": "read_csv({})",
    "ndjson": "read_json({}, format = 'newline_delimited', sample_size = -1, "
    "map_inference_threshold = -1, ignore_errors = true)",
}
COMPRESSED = (".gz", ".zst")
ZEROS = r"^(-?[0-9]+)\.0+$"
HEX = "-?".join(f"([0-9a-f]{{{n}}})" for n in (8, 4, 4, 4, 12))
UUID = rf"^(?:urn:uuid:)?\{{?{HEX}\}}?$"
REPAIRED = {  # in the order in which keys are repaired
    "space": "trim({})",
    "uuid": f"regexp_replace({{}}, {literal(UUID)}, '\\1\\2\\3\\4\\5', 'i')",
    "case": "lower({})",
    "type": f"regexp_replace({{}}, {literal(ZEROS)}, '\\1')",
    "padding": "regexp_replace({}, '^0+(.)', '\\1')",
}
TIME = (
    "coalesce(TRY_CAST(CAST({0} AS VARCHAR) AS TIMESTAMP), "
    "make_timestamp(CAST(1e6 * {1} AS BIGINT)))"
)
EPOCH = (
    "CASE WHEN {0} > 1e17 THEN {0} / 1e9 WHEN {0} > 1e14 THEN {0} / 1e6 "
    "WHEN {0} > 1e11 THEN {0} / 1e3 ELSE {0} END"
)


def query(run: Run, column: str, cause: Cause) -> str:
    """Return a query for the rows of a cause, empty where none can be shown."""
    if not cause.condition:
        return ""
    name = ident(column)
    if not run.serve.relation:
        return ""
    if not cause.paired:
        rows = f"SELECT s.{name} AS serve"
        return _query([_named("s", run.serve.relation)], rows, "FROM s", cause.condition)
    if run.partner is None or not run.partner.relation:
        return ""
    keys = run.partner.keys
    shown = ", ".join(f"s.{ident(right)}" for _, right in keys)
    rows = f"SELECT {shown}, t.{name} AS train, s.{name} AS serve"
    tables = [_named("t", run.partner.relation), _named("s", run.serve.relation)]
    repairs = run.partner.request.repairs
    on = " AND ".join(
        f"{_key('t', left, repairs)} = {_key('s', right, repairs)}" for left, right in keys
    )
    join, where = "JOIN", cause.condition
    if run.partner.times:
        old, new = (_time(*of) for of in zip("ts", run.partner.times, strict=True))
        join, on = "ASOF JOIN", f"{on} AND {new} >= {old}"
        oldest = run.partner.request.tolerance
        if oldest is not None:
            where = f"({where}) AND {new} - {old} <= INTERVAL {literal(f'{oldest:g} seconds')}"
    return _query(tables, rows, f"FROM s {join} t ON {on}", where)


def _key(table: str, column: str, repairs: Sequence[str]) -> str:
    """Return a key as it is compared: repaired as it was for the pairs."""
    key = f"{table}.{ident(column)}"
    asked = {part for name in repairs for part in name.split("+")}
    if asked:
        key = f"CAST({key} AS VARCHAR)"
    for name, repaired in REPAIRED.items():
        key = repaired.replace("{}", key) if name in asked else key
    return key


def _time(table: str, column: str) -> str:
    """Return a time, however it is spelled: an epoch is told by its size."""
    cell = f"{table}.{ident(column)}"
    number = f"TRY_CAST(CAST({cell} AS VARCHAR) AS DOUBLE)"
    epoch = EPOCH.replace("{0}", number)
    return TIME.replace("{0}", cell).replace("{1}", f"({epoch})")


def _query(tables: Sequence[str], rows: str, source: str, condition: str) -> str:
    return f"WITH {', '.join(tables)}\n{rows}\n{source}\nWHERE {condition}\nLIMIT {SHOWN}"


def _named(name: str, relation: str) -> str:
    return f"{name} AS ({relation})"


def relation(source: Source | None, fallback: str) -> str:
    """Return a DuckDB query for the rows of a source, features under their own names.

    Data in memory are called by ``fallback``: DuckDB finds a frame by its variable's name. Empty
    for features in JSON text, which no short query opens.
    """
    if source:
        source = replace(source, parts=tuple(map(inner, source.parts)))
    first = source.parts[0] if source and source.parts else None
    if source and isinstance(first, TimedPart):
        under = tuple(part.inner for part in source.parts if isinstance(part, TimedPart))
        rows = relation(replace(source, parts=under), fallback)
        return rows and _during(rows, first.column, first.period)
    parts = source.parts if source else ()
    container = type(parts[0]).__module__.rpartition(".")[2] if parts else ""
    if source is None or container not in READERS:
        return f"FROM {ident(fallback)}"
    rows = READERS[container].format(_files([part.name for part in parts]))
    layout: Layout = getattr(parts[0], "layout", Layout())
    if layout.encoded:
        return ""
    if layout.payload:
        inside = ".".join(map(ident, layout.payload))
        top = ident(layout.payload[0])
        return f"SELECT unnest({inside}), * EXCLUDE ({top}) FROM {rows}"  # noqa: S608 -- shown only
    if layout.prefix:
        return f"SELECT *, COLUMNS({literal(layout.prefix + '(.+)')}) AS '\\1' FROM {rows}"  # noqa: S608
    return f"FROM {rows}"


def _during(rows: str, column: str, period: Period) -> str:
    """Return the rows of a query that lie in a period."""
    ends = ((">=", period.since), ("<", period.until))
    time = _time("t", column)
    moments = ((than, math.floor(1e6 * at)) for than, at in ends if at is not None)
    asked = [f"{time} {than} make_timestamp({micros})" for than, micros in moments]
    return f"SELECT * FROM ({rows}) AS t WHERE {' AND '.join(asked)}"  # noqa: S608 -- shown only


def _files(names: Sequence[str]) -> str:
    """Return files as DuckDB takes them: a path, a few, or all of one folder."""
    files = list(dict.fromkeys(names))
    if len(files) == 1:
        return literal(files[0])
    if len(files) <= LISTED:
        return f"[{', '.join(map(literal, files))}]"
    folder = Path(os.path.commonpath(files)) / "**"
    found = [literal(str(folder / f"*{suffix}")) for suffix in dict.fromkeys(map(_suffix, files))]
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"


def _suffix(name: str) -> str:
    """Return the end of a file's name by which its kind is known: ``.jsonl.gz``."""
    path = Path(name)
    inner = Path(path.stem).suffix if path.suffix in COMPRESSED else ""
    return inner + path.suffix
