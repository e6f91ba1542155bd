"""The queries printed for causes show the rows they speak of, run by DuckDB as they are printed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

import skewcheck
from skewcheck.query import relation
from tests.pairing.lending import TRAIN, loans

ROWS = loans(4000, 2, start=100_000)
BAD = ROWS.with_columns(pl.col("income") * 100, pl.col("purpose").str.to_uppercase())
PLAIN = {name: name for name in ROWS.columns}
HOSTILE = PLAIN | {
    "income": "in\"co'me; DROP TABLE t; --",
    "k": "the 'key\"",
    "purpose": "pur pose",
}


def write(frame: pl.DataFrame, path: Path, key: str) -> None:
    """Write rows in the container that the path's end names; JSON with nested features."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    elif path.suffix == ".csv":
        frame.write_csv(path)
    else:
        events = [
            {key: row.pop(key), "payload": {"features": row}, "status": 200}
            for row in frame.iter_rows(named=True)
        ]
        text = "".join(json.dumps(event) + "\n" for event in events).encode()
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def shown(result: skewcheck.Result, **frames: pl.DataFrame) -> dict[str, int]:
    """Return how many rows the query of each column's first cause shows."""
    with duckdb.connect() as db:
        for name, frame in frames.items():
            db.register(name, frame)
        return {
            column["name"]: len(db.execute(column["causes"][0]["query"]).fetchall())
            for column in result.to_dict()["columns"]
            if column["causes"]
        }


@pytest.mark.parametrize("end", [".parquet", ".csv", ".jsonl", ".jsonl.gz"])
@pytest.mark.parametrize("names", [PLAIN, HOSTILE], ids=["plain", "hostile"])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_query_shows_the_rows_of_its_cause(
    end: str,
    names: dict[str, str],
    absolute: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path if absolute else Path()
    train, offline = home / "train.parquet", home / "it's off.parquet"
    log = home / f"logs [1]{end}"
    write(TRAIN.rename(names), train, names["k"])
    write(ROWS.rename(names), offline, names["k"])
    write(BAD.rename(names), log, names["k"])
    result = skewcheck.compare(train, log, offline=offline, key=names["k"])
    assert shown(result) == {names["income"]: 20, names["purpose"]: 20}


def test_a_query_without_pairs_shows_rows_of_serve(tmp_path: Path) -> None:
    served = ROWS.drop("k").with_columns(rate=pl.lit(0.0))
    served.write_parquet(tmp_path / "log.parquet")
    result = skewcheck.compare(TRAIN.drop("k"), tmp_path / "log.parquet")
    assert shown(result) == {"rate": 20}


def test_frames_are_called_by_their_side() -> None:
    result = skewcheck.compare(TRAIN, BAD, offline=ROWS, key="k")
    assert shown(result, serve=BAD, offline=ROWS) == {"income": 20, "purpose": 20}


def test_all_files_of_a_folder_are_read_whatever_is_in_their_names(tmp_path: Path) -> None:
    for i in range(5):
        part = BAD[i * 800 : (i + 1) * 800]
        write(part, tmp_path / "logs" / f"day={i}" / f"part.2024.{i}.jsonl{'.gz' * (i % 2)}", "k")
    write(ROWS, tmp_path / "offline.parquet", "k")
    result = skewcheck.compare(
        TRAIN, tmp_path / "logs", offline=tmp_path / "offline.parquet", key="k"
    )
    keys = duckdb.execute(f"SELECT k FROM ({result.run.serve.relation}) ORDER BY k").fetchall()
    assert [key for (key,) in keys] == BAD["k"].to_list()
    assert shown(result) == {"income": 20, "purpose": 20}


def test_a_key_is_repaired_in_the_query_as_it_was_for_the_pairs() -> None:
    number = pl.int_range(pl.len()) + 500
    offline = ROWS.with_columns(k=pl.format("r{}x", number))
    served = BAD.with_columns(k=pl.format(" R{}X ", number))
    result = skewcheck.compare(TRAIN, served, offline=offline, key="k", repair_key="case+space")
    assert shown(result, serve=served, offline=offline) == {"income": 20, "purpose": 20}
    offline, served = ROWS.with_columns(k=number), BAD.with_columns(k=pl.format("00{}", number))
    result = skewcheck.compare(
        TRAIN, served, offline=offline, key="k", repair_key=["type", "padding"]
    )
    assert shown(result, serve=served, offline=offline) == {"income": 20, "purpose": 20}


@pytest.mark.parametrize("spelling", ["seconds", "milliseconds", "texts", "timestamps"])
def test_as_of_a_time_the_query_shows_the_same_pairs(spelling: str) -> None:
    seconds = 1_700_000_000 + 60 * pl.int_range(pl.len())
    who = pl.format("c{}", pl.int_range(pl.len()) % 100)
    when = pl.from_epoch("ts", "s")
    spelled = {
        "seconds": pl.col("ts"),
        "milliseconds": pl.col("ts") * 1000,
        "texts": when.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timestamps": when,
    }[spelling]
    train = ROWS.with_columns(k=who, at=seconds - 30)
    serve = BAD.with_columns(k=who, ts=seconds).with_columns(ts=spelled)
    result = skewcheck.compare(train, serve, key="k", time="ts", as_of="at", tolerance="5m")
    assert shown(result, train=train, serve=serve) == {"income": 20, "purpose": 20}
    query = next(
        c["query"]
        for x in result.to_dict()["columns"]
        for c in x["causes"]
        if x["name"] == "income"
    )
    with duckdb.connect() as db:
        db.register("train", train)
        db.register("serve", serve)
        assert len(db.execute(query.replace("LIMIT 20", "")).fetchall()) == len(serve)


def test_features_in_json_text_have_no_query(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    features = ROWS.drop("k").with_columns(rate=pl.lit(0.0)).iter_rows(named=True)
    events = ({"request_id": i, "features": json.dumps(row)} for i, row in enumerate(features))
    log.write_text("".join(json.dumps(event) + "\n" for event in events))
    result = skewcheck.compare(TRAIN.drop("k"), log)
    found = next(c for c in result.to_dict()["columns"] if c["name"] == "rate")
    assert found["causes"] and not found["causes"][0]["query"]


def test_a_side_without_rows_of_its_own_is_called_by_its_name() -> None:
    assert relation(None, "train") == 'FROM "train"'
