"""New values without pairs: which rows are meant, where they are, and when."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

import skewcheck
from tests.pairing.lending import column, loans

N = 40_000
TRAIN, ROWS = (loans(N, seed).drop("k") for seed in (1, 2))
PLACE = pl.int_range(pl.len())
IOS = pl.when(PLACE < 60).then(pl.lit("ios")).otherwise("caller").alias("caller")


def in_ios(result: skewcheck.Result, name: str) -> bool:
    where = column(result, name)["where"]
    return bool(where) and where["segment"]["values"] == ["ios"]


def test_nulls_from_one_caller_alone_fail() -> None:
    served = ROWS.with_columns(IOS, rate=pl.when(PLACE >= 30).then("rate"))
    result = skewcheck.compare(TRAIN.with_columns(IOS), served)
    assert column(result, "rate")["verdict"] == "fail" and in_ios(result, "rate")


def test_texts_for_numbers_from_one_caller_alone_fail(tmp_path: Path) -> None:
    rows = ROWS.with_columns(IOS).iter_rows(named=True)
    events = [{**row, "age": "many"} if i < 30 else row for i, row in enumerate(rows)]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(event) + "\n" for event in events))
    result = skewcheck.compare(TRAIN.with_columns(IOS), log)
    assert column(result, "age")["verdict"] == "fail" and in_ios(result, "age")


def test_a_new_category_in_an_hour_alone_fails() -> None:
    at = (1.7e9 + 60.0 * PLACE).alias("ts")
    odd = (PLACE >= 20_000) & (PLACE < 20_060)
    served = ROWS.with_columns(at, purpose=pl.when(odd).then(pl.lit("boat")).otherwise("purpose"))
    result = skewcheck.compare(TRAIN, served, time="ts")
    found = column(result, "purpose")
    assert found["verdict"] == "fail"
    assert abs(found["where"]["since"]["at"] - (1.7e9 + 60 * 20_000)) < 3600


def test_a_handful_of_new_values_is_no_pattern() -> None:
    served = ROWS.with_columns(purpose=pl.when(PLACE < 5).then(pl.lit("boat")).otherwise("purpose"))
    result = skewcheck.compare(TRAIN, served)
    assert result.passed and column(result, "purpose")["where"] is None


def test_new_values_thrown_over_all_rows_have_no_place() -> None:
    served = ROWS.with_columns(
        purpose=pl.when(PLACE % 40 == 3).then(pl.lit("boat")).otherwise("purpose")
    )
    result = skewcheck.compare(TRAIN, served)
    where = column(result, "purpose")["where"]
    assert column(result, "purpose")["verdict"] == "fail"
    assert where["differing"] == N // 40
    assert where["segment"] is None and where["since"] is None
