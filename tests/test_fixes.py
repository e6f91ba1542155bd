"""What to fix first, by known answers: damage from a replay, shares of importance, quadrants."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import skewcheck
from skewcheck.config import parse
from skewcheck.fixes import Fix, fixes
from skewcheck.render import html, terminal

ROWS = 4000
RNG = np.random.default_rng(4)
OFFLINE = pl.DataFrame(
    {
        "k": [f"r{i:05}" for i in range(ROWS)],
        **{name: RNG.normal(0, 1, ROWS) for name in ("income", "debt", "age", "visits")},
    }
)
WEIGHTS = {"income": 1.0, "debt": 0.25, "age": 0.0, "visits": 0.0}


def predict(features: pa.Table) -> Any:
    return sum(weight * features[name].to_numpy() for name, weight in WEIGHTS.items())


HALF = pl.int_range(pl.len()) % 2 == 0
SKEWED = OFFLINE.with_columns(
    pl.when(HALF).then(pl.col("income") + 1).otherwise("income").alias("income"),
    pl.col("debt") + 1,
    pl.col("age") + 1,
)
LOGGED = SKEWED.with_columns(score=pl.Series(np.asarray(predict(SKEWED.drop("k").to_arrow()))))
TRAIN = OFFLINE.with_columns(pl.col("k") + "-train")


def ranked(policy: str = "", **options: Any) -> dict[str, Fix]:
    return {fix.column: fix for fix in fixes(compared(policy, **options).run)}


def compared(policy: str = "", logs: pl.DataFrame = LOGGED, **options: Any) -> skewcheck.Result:
    found: skewcheck.Result = skewcheck.compare(
        TRAIN, logs, offline=OFFLINE, key="k", policy=parse(policy, "skewcheck.toml"), **options
    )
    return found


def test_the_damage_of_a_feature_is_its_part_of_the_greatest_movement() -> None:
    found = ranked(predict=predict)
    assert all(found[name].measured for name in ("income", "debt", "age"))
    assert found["income"].damage == 1.0  # half the rows by 1
    assert found["debt"].damage == pytest.approx(0.5)  # all rows by 0.25
    assert found["age"].damage == found["age"].score == 0.0  # the model does not use it
    assert [name for name in found if name in WEIGHTS] == ["income", "debt", "age"]


def test_with_thresholds_the_damage_is_the_share_of_decisions_that_flip() -> None:
    policy = '[decisions]\nscore = "score"\nbands = "approve < 0.0 <= decline"\n'
    found = ranked(policy, predict=predict)["debt"]
    score = LOGGED["score"].to_numpy()
    flipped = (score >= 0) != (score - 0.25 >= 0)
    assert found.damage == pytest.approx(flipped.mean(), abs=1e-12)
    assert found.measured


def test_the_score_of_a_fix_is_importance_times_damage_times_share() -> None:
    policy = "[features.income]\nimportance = 3\n[features.debt]\nimportance = 1\n"
    found = ranked(policy)
    assert found["income"].importance == 0.75
    assert found["income"].share == pytest.approx(0.5)
    assert found["debt"].share == 1.0
    income, debt = found["income"], found["debt"]
    assert income.score == pytest.approx(0.75 * income.damage * 0.5)
    assert debt.score == pytest.approx(0.25 * debt.damage)
    assert found["age"].importance is None
    assert found["age"].score == pytest.approx(0.75 * found["age"].damage)  # the upper median


def test_the_share_of_a_column_that_drifted_is_not_made_up() -> None:
    """Pairs agree on every row: the population moved, and no share of rows is wrong."""
    moved = OFFLINE.with_columns(pl.col("income") + 2)
    result = skewcheck.compare(TRAIN, moved, offline=moved, key="k")
    (fix,) = fixes(result.run)
    assert (fix.column, fix.share, fix.bug) == ("income", None, False)
    assert fix.score == fix.damage > 0
    assert result.to_dict()["fix_first"][0]["share"] is None


EFFORTS = """
[features.income]
importance = 6
effort = 1
[features.debt]
importance = 5
effort = 9
[features.age]
importance = 1
effort = 8
[features.visits]
importance = 1
effort = 2
"""


def test_four_columns_stand_in_four_quadrants_in_every_output() -> None:
    result = compared(EFFORTS, LOGGED.with_columns(pl.col("visits") + 1))
    known = {
        "income": "quick win",
        "debt": "plan it",
        "age": "think twice",
        "visits": "when there is time",
    }
    documents = result.to_dict()["fix_first"]
    assert {d["column"]: d["quadrant"] for d in documents if d["quadrant"]} == known
    for text in (html.render(result.report), terminal.render(result.report)):
        assert all(word in text.replace("\n", " ") for word in ("quick win", "plan it"))
    assert all(word in html.render(result.report) for word in known.values())


def test_without_effort_there_is_no_quadrant() -> None:
    assert {fix.quadrant for fix in ranked().values()} == {""}


SCORED = OFFLINE.with_columns(score=1 / (1 + (-pl.col("income")).exp()))
LAYER = '[decisions]\nbands = "approve < 0.5 <= decline"\n'


def launched(income: pl.Expr, score: pl.Expr) -> dict[str, Fix]:
    logs = SCORED.with_columns(income=income, score=score)
    train = SCORED.with_columns(pl.col("k") + "-train")
    policy = parse(LAYER, "skewcheck.toml")
    run = skewcheck.compare(train, logs, offline=SCORED, key="k", policy=policy).run
    return {fix.column: fix for fix in fixes(run)}


def test_a_score_moved_by_a_wrong_feature_comes_after_it_and_so_do_decisions() -> None:
    noise = pl.Series(RNG.normal(0, 1.5, ROWS))
    found = launched(pl.col("income") * 2, 1 / (1 + (-pl.col("income") - noise).exp()))
    assert next(iter(found)) == "income"
    assert not found["income"].follows
    assert found["score"].follows and found["decision"].follows


def test_a_score_that_is_wrong_by_itself_comes_first_and_decisions_after_it() -> None:
    found = launched(pl.col("income"), pl.col("score") + 0.2)
    assert list(found) == ["score", "decision"]
    assert not found["score"].follows
    assert found["decision"].follows
