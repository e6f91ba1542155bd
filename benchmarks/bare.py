"""What a comparison cannot do without: reading the same data, and nothing else. The yardstick.

python benchmarks/bare.py parquet FILE...        decode every column with Polars
python benchmarks/bare.py pairs TRAIN SERVE      DuckDB: join on the key, read all columns
python benchmarks/bare.py nested SNAPSHOT LOGS   DuckDB: a census of keys, then an explicit read
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

BATCH = 65_536
KEY = "request_id"
CENSUS = """
    select key, count(*)
    from (select unnest(json_keys(features)) as key
          from read_json(?, format = 'newline_delimited', columns = {features: 'JSON'}))
    group by key
"""
READ = """
    select request_id, timestamp, model_version, score, latency_ms, unnest(features)
    from read_json(?, format = 'newline_delimited', columns = {{
        request_id: 'VARCHAR', timestamp: 'VARCHAR', model_version: 'VARCHAR',
        features: 'STRUCT({features})', score: 'DOUBLE', latency_ms: 'DOUBLE'}})
"""


def parquet(files: Sequence[str]) -> None:
    """Decode all columns of each file, one file after the other."""
    import polars as pl

    for file in files:
        pl.read_parquet(file)


def census(logs: str) -> None:
    """Count the keys of all events: what must be known before a schema can be given."""
    import duckdb

    duckdb.connect().execute(CENSUS, [logs]).fetchall()


def read(snapshot: str, logs: str) -> None:
    """Read the features of all events with the snapshot's types, into Arrow."""
    import duckdb
    import pyarrow.parquet as pq

    schema = pq.read_schema(snapshot)
    features = ", ".join(f"{name} {_sql(str(schema.field(name).type))}" for name in schema.names)
    events = duckdb.connect().sql(READ.format(features=features), params=[logs])
    for _ in events.to_arrow_reader(BATCH):
        pass


def pairs(train: str, serve: str) -> None:
    """Join two files on their key and read all columns of both, into Arrow."""
    import duckdb
    import pyarrow.parquet as pq

    shared = [name for name in pq.read_schema(train).names if name != KEY]
    columns = ", ".join(f"t.{name} AS t_{name}, s.{name} AS s_{name}" for name in shared)
    tables = f"read_parquet('{train}') t JOIN read_parquet('{serve}') s USING ({KEY})"
    database = duckdb.connect(config={"memory_limit": "2GiB"})
    for _ in database.sql(f"SELECT {columns} FROM {tables}").to_arrow_reader(BATCH):
        pass


def _sql(arrow: str) -> str:
    return {"double": "DOUBLE", "int64": "DOUBLE", "bool": "BOOLEAN"}.get(arrow, "VARCHAR")


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    if what == "parquet":
        parquet(paths)
    if what == "nested":
        census(paths[1])
    if what == "pairs":
        pairs(*paths)
    if what in ("nested", "read"):
        read(*paths)
