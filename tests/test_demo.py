"""The synthetic credit case: the same seed gives the same data, and the planted truth holds."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy import stats

from skewcheck import demo
from skewcheck.errors import OutputError, UsageError

ROWS = 6_000
# Above this a two-sample KS test of clean columns fails about once in a thousand runs.
CHANCE = 1.95 * (2 / ROWS) ** 0.5


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> demo.Truth:
    return demo.make(tmp_path_factory.mktemp("demo"), rows=ROWS)


@pytest.fixture(scope="module")
def train(truth: demo.Truth) -> pl.DataFrame:
    return pl.read_parquet(truth.train)


@pytest.fixture(scope="module")
def events(truth: demo.Truth) -> list[dict[str, Any]]:
    files = sorted(truth.serve.iterdir())
    return [json.loads(line) for file in files for line in gzip.open(file, "rt", encoding="utf-8")]


@pytest.fixture(scope="module")
def served(events: list[dict[str, Any]]) -> pl.DataFrame:
    rows = pl.DataFrame([event["features"] for event in events], infer_schema_length=None)
    return rows.with_columns(score=pl.Series([event["score"] for event in events]))


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def distance(one: pl.Series, other: pl.Series) -> float:
    """The larger of the gap in null share and KS, or the largest gap in a share for texts."""
    nulls = abs(one.null_count() / len(one) - other.null_count() / len(other))
    if one.dtype.is_numeric():
        gap = stats.ks_2samp(one.drop_nulls().to_numpy(), other.drop_nulls().to_numpy()).statistic
        return max(nulls, float(gap))
    values = set(one.unique()) | set(other.unique())
    gaps = [abs((one == v).sum() / len(one) - (other == v).sum() / len(other)) for v in values]
    return float(max(gaps))


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        demo.make(tmp_path / name, rows=500, seed=3)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_another_seed_writes_other_data(tmp_path: Path) -> None:
    for seed in (1, 2):
        demo.make(tmp_path / str(seed), rows=500, seed=seed)
    one, two = digest(tmp_path / "1"), digest(tmp_path / "2")
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())


def test_a_second_call_replaces_the_first_one(tmp_path: Path) -> None:
    demo.make(tmp_path / "twice", rows=900, seed=1)
    demo.make(tmp_path / "twice", rows=500, seed=2)
    demo.make(tmp_path / "once", rows=500, seed=2)
    assert digest(tmp_path / "twice") == digest(tmp_path / "once")


@pytest.mark.parametrize("rows", [100, 101, 1_000])
def test_both_sides_have_the_rows_asked_for(tmp_path: Path, rows: int) -> None:
    truth = demo.make(tmp_path, rows=rows)
    logged = [len(gzip.decompress(f.read_bytes()).splitlines()) for f in truth.serve.iterdir()]
    assert pl.read_parquet(truth.train).height == sum(logged) == truth.rows == rows
    assert len(logged) == 7


def test_blocks_join_without_repeating_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "BLOCK_ROWS", 64)
    written = pl.read_parquet(demo.make(tmp_path, rows=1_000).train)
    assert written.height == written["application_id"].n_unique() == 1_000


def test_too_few_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ask for 100 or more"):
        demo.make(tmp_path / "none", rows=99)
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_a_file_is_a_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match=r"taken: .*; name a folder") as raised:
        demo.make(tmp_path / "taken")
    assert "\n" not in str(raised.value)


def test_the_truth_covers_every_feature_and_the_score(
    truth: demo.Truth, train: pl.DataFrame, events: list[dict[str, Any]]
) -> None:
    outside = {"application_id", "application_time", "defaulted"}
    assert set(truth.columns) == set(train.columns) - outside
    assert all({*event["features"], "score"} == set(truth.columns) for event in events)
    assert all(expected.sentence for expected in truth.columns.values())


def test_clean_columns_differ_by_no_more_than_chance(
    truth: demo.Truth, train: pl.DataFrame, served: pl.DataFrame
) -> None:
    clean = [name for name, expected in truth.columns.items() if expected.outcome == "pass"]
    far = {name: distance(train[name], served[name]) for name in clean}
    assert len(clean) >= 12
    assert {name for name, gap in far.items() if gap > CHANCE} == set()


def test_planted_columns_differ_by_far_more_than_chance(
    truth: demo.Truth, train: pl.DataFrame, served: pl.DataFrame
) -> None:
    planted = [name for name, expected in truth.columns.items() if expected.outcome != "pass"]
    near = {name for name in planted if distance(train[name], served[name]) < 2.5 * CHANCE}
    assert len(planted) == 7
    assert near == set()


def test_income_is_served_in_cents(train: pl.DataFrame, served: pl.DataFrame) -> None:
    assert distance(train["income"], served["income"] / 100) < CHANCE
    assert (served["income"] == served["income"].round()).all()


def test_no_utilisation_is_null_in_the_log_and_the_nulls_became_zeros(
    train: pl.DataFrame, served: pl.DataFrame
) -> None:
    zeros = (served["utilisation"] == 0).mean()
    assert served["utilisation"].null_count() == 0
    assert zeros == pytest.approx(train["utilisation"].null_count() / ROWS, abs=CHANCE)


def test_purposes_are_the_trained_ones_in_lower_case(
    train: pl.DataFrame, served: pl.DataFrame
) -> None:
    assert set(served["purpose"]) == {text.lower() for text in train["purpose"]}


def test_debt_to_income_is_the_fallback_in_every_row(served: pl.DataFrame) -> None:
    assert served["debt_to_income"].unique().to_list() == [-1.0]


def test_the_served_hour_is_the_hour_of_the_utc_timestamp(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert event["features"]["application_hour"] == int(event["timestamp"][11:13])


def test_the_trained_hour_is_local(train: pl.DataFrame) -> None:
    local = train["application_time"].dt.convert_time_zone("Europe/Berlin")
    assert (local.dt.hour() == train["application_hour"]).all()
    assert (local.dt.weekday() == train["application_weekday"]).all()


def test_loans_grew_and_only_in_size(train: pl.DataFrame, served: pl.DataFrame) -> None:
    """Grown by the factor, the training loans are the served ones up to rounding and chance."""
    grown = (train["loan_amount"] * demo.LOAN_GROWTH / 100).round() * 100
    assert distance(grown, served["loan_amount"]) < CHANCE + 0.005


def test_the_logged_score_is_the_model_of_the_served_features(served: pl.DataFrame) -> None:
    again = served.select(demo._score()).to_series()
    assert (again - served["score"]).abs().max() == 0


def test_each_file_holds_the_events_of_the_utc_day_in_its_name(truth: demo.Truth) -> None:
    for file in truth.serve.iterdir():
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            stamps = [json.loads(line)["timestamp"] for line in lines]
        assert {stamp[:10] for stamp in stamps} == {file.name[4:14]}
        assert stamps == sorted(stamps)
