"""What the policy says of features, and what is measured of it: planted cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck.config import parse
from skewcheck.config.manifest import importances
from skewcheck.errors import ConfigError
from skewcheck.layout import Course, Listing, Scatter, Section
from skewcheck.result import Result
from skewcheck.verdict import Outcome

START = datetime(2026, 3, 1)
ROWS = 4000


def features(rows: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    at = [START + timedelta(minutes=3 * i) for i in range(rows)]
    columns = {"income": rng.lognormal(10, 0.5, rows), "age": rng.integers(18, 90, rows) * 1.0}
    return pl.DataFrame({"event_time": at, **columns, "velocity": rng.normal(5, 1, rows)})


TRAIN, SERVE = features(6000, 1), features(ROWS, 2)
EVERY_TENTH = pl.int_range(pl.len()) % 10 == 0


def compared(serve: pl.DataFrame, policy: str, train: pl.DataFrame = TRAIN) -> Result:
    found: Result = skewcheck.compare(train, serve, policy=parse(policy, "skewcheck.toml"))
    return found


def outcome(result: Result, column: str, check: str) -> Outcome | None:
    judged = result.run.verdict.columns.get(column, ())
    return next((j.outcome for j in judged if j.finding.check == check), None)


def section(result: Result, name: str) -> Section:
    return next(s for s in result.report.sections if s.name == name)


def statuses(result: Result) -> dict[str, str]:
    found = section(result, "availability").data["features"]
    return {feature["feature"]: feature["status"] for feature in found}


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ('[features.x]\nstatus = "planed"', "planned"),
        ("[features.x]\nimportance = -1", "a number from 0 on"),
        ("[features.x]\nimportance = true", "importance"),
        ("[features.x]\nfallback = true", "a number or a text"),
        ('[features.x]\nmax_age = "soon"', "max_age"),
        ("[features.x]\nowners = 'me'", "owner"),
        ("[manifest]\nfrozen = true", "empty list"),
    ],
)
def test_a_wrong_manifest_is_refused_by_its_place(policy: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        parse(policy, "skewcheck.toml")


def test_importances_are_read_from_json_and_from_csv_with_a_heading(tmp_path: Path) -> None:
    json, csv = tmp_path / "worth.json", tmp_path / "worth.csv"
    json.write_text('{"income": 3, "age": -1}')
    csv.write_text("feature,importance\nincome,3\nage,-1\n")
    assert importances(json) == importances(csv) == {"income": 3.0, "age": 1.0}


@pytest.mark.parametrize("text", ["income,3\nage,much\n", "", "income;3\n"])
def test_a_file_without_importances_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "worth.csv"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"worth\.csv"):
        importances(path)


def test_a_live_feature_filled_with_its_fallback_fails() -> None:
    policy = "[features.income]\nfallback = -1\nimportance = 3\n[features.age]\nimportance = 1\n"
    filled = pl.when(EVERY_TENTH).then(-1.0).otherwise("income").alias("income")
    result = compared(SERVE.with_columns(filled), policy)
    assert outcome(result, "income", "fallback_fill") is Outcome.FAIL
    assert outcome(compared(SERVE, policy), "income", "fallback_fill") is Outcome.PASS
    assert statuses(result) == {"income": "partial", "age": "live", "velocity": "live"}
    told = section(result, "availability").sentences[0]
    assert told == "2 of 3 features are live, 25.0 % of importance."


@pytest.mark.parametrize("missing", [False, True])
def test_a_planned_feature_is_coverage_and_not_skew(missing: bool) -> None:
    policy = '[features.velocity]\nstatus = "planned"\nfallback = 0\n'
    serve = SERVE.drop("velocity") if missing else SERVE.with_columns(velocity=pl.lit(0.0))
    result = compared(serve, policy)
    checks = {j.finding.check for j in result.run.verdict.columns["velocity"]}
    assert checks == {"planned_fill"}
    assert result.run.verdict.column("velocity") is Outcome.UNJUDGED
    assert result.passed
    assert statuses(result)["velocity"] == "planned"
    assert not compared(serve, "").passed  # nobody announced it


def test_a_planned_feature_that_has_values_is_compared() -> None:
    policy = '[features.velocity]\nstatus = "planned"\nfallback = 0\n'
    result = compared(SERVE.with_columns(pl.col("velocity") * 3), policy)
    assert result.run.verdict.column("velocity") is Outcome.FAIL


def test_a_partial_feature_shows_its_share_and_stays_compared() -> None:
    policy = '[features.velocity]\nstatus = "partial"\nfallback = 0\n'
    some = pl.when(EVERY_TENTH).then(0.0).otherwise("velocity").alias("velocity")
    result = compared(SERVE.with_columns(some), policy)
    assert outcome(result, "velocity", "planned_fill") is Outcome.UNJUDGED
    assert outcome(result, "velocity", "default_fill") is not None
    found = section(result, "availability").data["features"][0]
    assert (found["status"], found["fallback"]) == ("partial", pytest.approx(0.1, abs=0.001))


def test_a_feature_beyond_the_frozen_list_warns_and_the_list_holds_without_it() -> None:
    policy = "[manifest]\nfrozen = true\n[features.income]\n[features.age]\n[features.velocity]\n"
    result = compared(SERVE.with_columns(extra=pl.col("age") + 1), policy)
    assert outcome(result, "extra", "unlisted") is Outcome.WARN
    assert outcome(compared(SERVE, policy), "age", "unlisted") is Outcome.PASS


@pytest.mark.parametrize(
    ("minutes", "verdict"), [(-5, Outcome.PASS), (-300, Outcome.FAIL), (90, Outcome.FAIL)]
)
def test_values_too_old_or_from_the_future_are_stale(minutes: int, verdict: Outcome) -> None:
    policy = '[features.income]\ntime = "income_at"\nmax_age = "1h"\n'
    moved = pl.when(EVERY_TENTH).then(pl.duration(minutes=minutes))
    made = pl.col("event_time") + moved.otherwise(pl.duration(minutes=-1))
    result = compared(SERVE.with_columns(income_at=made), policy)
    assert outcome(result, "age of income", "stale_share") is verdict


@pytest.mark.parametrize(("status", "passes"), [("live", False), ("planned", True)])
def test_a_feature_that_neither_side_has_is_not_passed_over(status: str, passes: bool) -> None:
    result = compared(SERVE, f'[features.ghost]\nstatus = "{status}"\n')
    assert result.passed is passes
    assert statuses(result)["ghost"] == ("planned" if passes else "missing")


def test_importance_comes_from_logged_attributions_where_the_policy_gives_none() -> None:
    rng = np.random.default_rng(5)
    logged = SERVE.with_columns(
        shap_income=pl.Series(rng.choice([-3.0, 3.0], ROWS)), age_shap=pl.lit(-1.0)
    )
    found = section(compared(logged, ""), "availability").data["features"]
    shares = {feature["feature"]: feature["importance"] for feature in found}
    assert shares["income"] == pytest.approx(0.75, abs=0.001)
    assert shares["velocity"] is None


def test_what_to_fix_first_is_ranked_by_importance_where_the_damage_is_alike() -> None:
    policy = (
        "[features.income]\nimportance = 1\neffort = 5\n"
        '[features.age]\nimportance = 4\neffort = 1\nowner = "Ann"\n'
    )
    result = compared(SERVE.with_columns(pl.col("income", "age") * 100), policy)
    found = result.to_dict()["fix_first"]
    assert [fix["column"] for fix in found] == ["age", "income"]
    assert found[0]["owner"] == "Ann"
    assert found[0]["score"] == pytest.approx(0.8 * found[0]["damage"])
    listing, scatter = section(result, "fix_first").parts
    assert isinstance(listing, Listing)
    assert isinstance(scatter, Scatter)
    assert scatter.points[0].x == 1.0
    assert scatter.points[0].y == pytest.approx(0.8)


def test_nothing_is_to_be_fixed_where_all_is_well() -> None:
    result = compared(SERVE, "")
    assert result.to_dict()["fix_first"] == []
    assert "fix_first" not in {s.name for s in result.report.sections}


def test_rows_without_a_value_are_drawn_by_day_and_days_without_rows_are_counted() -> None:
    gone = pl.col("event_time") >= START + timedelta(days=5)
    serve = SERVE.with_columns(income=pl.when(gone).then(None).otherwise("income"))
    serve = serve.filter(pl.col("event_time").dt.day() != 3)
    serve = serve.with_columns(
        model_version=pl.when(EVERY_TENTH).then(pl.lit("b")).otherwise(pl.lit("a"))
    )
    result = compared(serve, "")
    drawn = section(result, "availability").parts[1]
    assert isinstance(drawn, Course)
    days: list[Any] = list(drawn.series["income"])
    assert [point[0] for point in days] == [0, 0, 0, 0, 1, 1, 1, 1]
    health = section(result, "health")
    assert health.data["gaps"] == 1
    assert any("Several versions" in sentence for sentence in health.sentences)
