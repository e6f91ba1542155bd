"""Logged attributions: set apart from features, and their own shift compared where both have it."""

from __future__ import annotations

import numpy as np
import polars as pl

import skewcheck
from skewcheck.config import parse
from skewcheck.render import html, terminal
from skewcheck.schema import Role
from skewcheck.verdict import Outcome

ROWS = 4000


def scored(seed: int, slope: float = 1.0) -> pl.DataFrame:
    """Return features, their attributions to a line of this slope, and its score."""
    rng = np.random.default_rng(seed)
    income, age = rng.normal(0, 1, ROWS), rng.normal(0, 1, ROWS)
    columns = {"income": income, "age": age, "shap_income": slope * income, "age_shap": 0.5 * age}
    return pl.DataFrame({**columns, "score": slope * income + 0.5 * age})


TRAIN, CLEAN, OTHER = scored(1), scored(2), scored(2, slope=2.0)


def outcomes(result: skewcheck.Result) -> dict[str, Outcome]:
    return {name: result.run.verdict.column(name) for name in TRAIN.columns}


def test_attributions_of_both_sides_are_compared_apart_from_features() -> None:
    result = skewcheck.compare(TRAIN, CLEAN, score="score")
    schema = result.run.schema
    assert schema.names(Role.ATTRIBUTION) == ["shap_income", "age_shap"]
    assert {c.name for c in result.report.features} == {"income", "age"}
    assert {c.name for c in result.report.services} == {"shap_income", "age_shap"}
    assert set(outcomes(result).values()) == {Outcome.PASS}
    assert "shap_income is taken as attribution: the attribution of income" in result.report.guesses


def test_a_model_that_weighs_a_feature_otherwise_shows_in_its_attribution_alone() -> None:
    result = skewcheck.compare(TRAIN, OTHER, score="score")
    found = outcomes(result)
    assert found["shap_income"] is found["score"] is Outcome.FAIL
    assert found["income"] is found["age"] is found["age_shap"] is Outcome.PASS
    (document,) = (c for c in result.to_dict()["columns"] if c["name"] == "shap_income")
    assert document["role"] == "attribution"
    for text in (html.render(result.report), terminal.render(result.report)):
        assert "shap_income" in text


def test_attributions_that_train_lacks_are_no_new_features() -> None:
    policy = "[manifest]\nfrozen = true\n[features.income]\n[features.age]\n"
    result = skewcheck.compare(
        TRAIN.drop("shap_income", "age_shap"), CLEAN, policy=parse(policy, "skewcheck.toml")
    )
    creep = next(mode for mode in result.run.verdict.modes if mode.name == "creep")
    assert creep.outcome is Outcome.PASS
    assert outcomes(result)["shap_income"] is Outcome.UNJUDGED


def test_what_serve_lacks_and_what_is_named_after_no_feature_stay_features() -> None:
    train = TRAIN.with_columns(shap_other=pl.col("age") + 1)
    result = skewcheck.compare(train, CLEAN.drop("shap_income"), score="score")
    assert result.run.schema.names(Role.FEATURE) == ["income", "age", "shap_income", "shap_other"]
    assert outcomes(result)["shap_income"] is Outcome.FAIL


def test_pairs_of_attributions_are_compared_row_by_row() -> None:
    ids = pl.Series("request_id", [f"r{i}" for i in range(ROWS)])
    train, serve = (side.with_columns(ids) for side in (CLEAN, OTHER))
    result = skewcheck.compare(train, serve, key="request_id", score="score")
    judged = {j.finding.check: j.outcome for j in result.run.verdict.columns["shap_income"]}
    assert judged["row_parity"] is Outcome.FAIL
    assert result.run.verdict.column("income") is Outcome.PASS
