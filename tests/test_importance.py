"""What features are worth, from every place it may come from, end to end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import xgboost

import skewcheck
from skewcheck.config import parse
from skewcheck.errors import ConfigError, UsageError
from skewcheck.replay.rerun import PERMUTED
from skewcheck.worth import worth

N = 6000
WEIGHTS = {"monthly income": 3.0, "debt": 1.0, "age": 0.0}


def rows(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    features = {name: rng.normal(0, 1, N) for name in WEIGHTS}
    return pl.DataFrame({"k": [f"r{i:06}" for i in range(N)], **features})


def linear(features: pa.Table) -> Any:
    return sum(weight * features[name].to_numpy() for name, weight in WEIGHTS.items())


REQUESTS = rows(1)
FEATURES = REQUESTS.select(list(WEIGHTS))
SCORED = REQUESTS.with_columns(score=pl.Series(np.asarray(linear(FEATURES.to_arrow()))))
FRAME = FEATURES.to_pandas()
LABEL = (SCORED["score"].to_numpy() > 0).astype(int)


def compared(policy: str = "", logs: pl.DataFrame = SCORED, **options: Any) -> skewcheck.Result:
    found: skewcheck.Result = skewcheck.compare(
        REQUESTS, logs, key="k", policy=parse(policy, "skewcheck.toml"), **options
    )
    return found


def shares(result: skewcheck.Result) -> dict[str, float | None]:
    section = next(s for s in result.report.sections if s.name == "availability")
    return {f["feature"]: f["importance"] for f in section.data["features"]}


def first(result: skewcheck.Result) -> list[str]:
    return list(next(s for s in result.report.sections if s.name == "fix_first").sentences)


PERMUTATION = '[manifest]\nimportance = "permutation"\n'
# A shuffle changes a normal feature by the difference of two: its mean size is 2 / sqrt(pi).
MOVED = 2 / np.sqrt(np.pi)


@pytest.mark.parametrize("policy", ["", PERMUTATION])
def test_a_permutation_measures_what_a_linear_model_is_known_to_weigh(policy: str) -> None:
    result = compared(policy, predict=linear)
    found = worth(result.run)
    assert found.origin == "a permutation, the model asked again"
    for name, weight in WEIGHTS.items():
        assert found.of[name] == pytest.approx(weight * MOVED, rel=0.03)
    assert shares(result)["monthly income"] == pytest.approx(0.75, abs=0.01)
    assert shares(result)["age"] == 0.0


def test_what_is_live_and_what_to_fix_first_follow_from_a_permutation() -> None:
    """A feature that serve fills with one value is worth what it does in train."""
    logs = SCORED.with_columns(debt=pl.lit(-9.0))
    result = compared(
        f"{PERMUTATION}[features.debt]\nowner = 'Ann'\nfallback = -9\n", logs, predict=linear
    )
    section = next(s for s in result.report.sections if s.name == "availability")
    told = section.sentences[0]
    assert told.startswith("2 of 3 features are live, 7")
    assert shares(result)["debt"] == pytest.approx(0.25, abs=0.01)
    (fix,) = (f for f in result.to_dict()["fix_first"] if f["column"] == "debt")
    assert fix["owner"] == "Ann"
    assert fix["importance"] == shares(result)["debt"]
    assert "a permutation, the model asked again" in first(result)[0]


def test_a_shuffle_is_of_some_thousand_rows_and_always_the_same() -> None:
    asked: list[int] = []

    def counting(features: pa.Table) -> Any:
        asked.append(features.num_rows)
        return linear(features)

    one, other = compared(predict=counting), compared(predict=linear)
    assert worth(one.run).of == worth(other.run).of
    assert max(asked) == N
    assert asked.count(N) == 2  # all logged rows, and the features of all pairs
    assert sum(n <= PERMUTED for n in asked) == 1 + len(WEIGHTS)


def test_importance_from_a_lightgbm_model_is_its_total_gain(tmp_path: Path) -> None:
    options = {"objective": "binary", "verbose": -1, "num_leaves": 7}
    frame = FRAME.rename(columns={"monthly income": "monthly_income"})
    model = lightgbm.train(options, lightgbm.Dataset(frame, LABEL), 20)
    model.save_model(tmp_path / "model.txt")
    result = compared(model=tmp_path / "model.txt")
    gains = dict(zip(WEIGHTS, model.feature_importance("gain"), strict=True))
    assert worth(result.run).origin == "the model's own gains"
    assert worth(result.run).of == pytest.approx(gains)
    assert worth(compared(PERMUTATION, model=tmp_path / "model.txt").run).of != gains


def test_importance_from_an_xgboost_model_is_its_total_gain(tmp_path: Path) -> None:
    matrix = xgboost.DMatrix(FRAME, LABEL)
    model = xgboost.train({"objective": "binary:logistic"}, matrix, 20)
    model.save_model(tmp_path / "model.json")
    policy = '[manifest]\nimportance = "model"\n'
    found = worth(compared(policy, model=tmp_path / "model.json").run)
    known = model.get_score(importance_type="total_gain")
    assert found.of == pytest.approx({name: known.get(name, 0.0) for name in WEIGHTS})


def test_a_linear_xgboost_model_has_no_gains_and_is_permuted(tmp_path: Path) -> None:
    options = {"objective": "binary:logistic", "booster": "gblinear"}
    model = xgboost.train(options, xgboost.DMatrix(FRAME, LABEL), 20)
    model.save_model(tmp_path / "model.json")
    assert worth(compared(model=tmp_path / "model.json").run).origin.startswith("a permutation")


def test_importance_from_a_file_goes_before_all_that_is_measured(tmp_path: Path) -> None:
    (tmp_path / "worth.csv").write_text("feature,importance\nmonthly income,1\ndebt,4\n")
    policy = parse('[manifest]\nimportance = "worth.csv"\n', "skewcheck.toml", tmp_path)
    result = skewcheck.compare(REQUESTS, SCORED, key="k", policy=policy, predict=linear)
    assert worth(result.run).origin == "the policy"
    assert shares(result) == {"monthly income": 0.2, "debt": 0.8, "age": None}
    assert not result.run.replay.importance


def test_importance_from_logged_attributions_goes_before_the_model() -> None:
    logs = SCORED.with_columns(shap_debt=pl.col("debt"), shap_age=pl.col("age") * 3)
    result = compared(logs=logs, predict=linear)
    assert worth(result.run).origin == "logged attributions"
    assert shares(result)["age"] == pytest.approx(0.75, abs=0.01)
    assert worth(compared(PERMUTATION, logs, predict=linear).run).of["age"] == 0


@pytest.mark.parametrize("word", ["permutation", "model"])
def test_importance_by_a_model_that_nobody_named_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="needs a model; name one with --model or --predict"):
        compared(f'[manifest]\nimportance = "{word}"\n')


def test_a_function_does_not_say_what_its_features_are_worth() -> None:
    with pytest.raises(UsageError, match='importance = "permutation" measures it'):
        compared('[manifest]\nimportance = "model"\n', predict=linear)


def test_numbers_beside_a_measured_importance_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"\[features\.debt\] gives a number; keep one"):
        parse(f"{PERMUTATION}[features.debt]\nimportance = 2\n", "skewcheck.toml")
