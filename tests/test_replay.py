"""A model asked again, end to end: which side is wrong, which feature moves the score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import skewcheck
from skewcheck.cli import run
from skewcheck.errors import SkewcheckError
from skewcheck.layout import Listing, Section
from skewcheck.replay.movement import permutation, with_fallback
from skewcheck.replay.rerun import Replay
from skewcheck.sections.replay import section

N = 6000


def rows(n: int, seed: int, start: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "k": [f"r{i:06}" for i in range(start, start + n)],
            "income": rng.normal(0, 1, n),
            "debt": rng.normal(0, 1, n),
            "age": rng.integers(18, 90, n).astype(float),
        }
    )


def predict(features: pa.Table) -> Any:
    """Return a score of three features, of which age counts least."""
    income, debt, age = (features[name].to_numpy() for name in ("income", "debt", "age"))
    return 1 / (1 + np.exp(-(income - 0.5 * debt + 0.001 * age)))


def scored(frame: pl.DataFrame, seen: pl.DataFrame | None = None) -> pl.DataFrame:
    features = (frame if seen is None else seen).drop("k").to_arrow()
    return frame.with_columns(score=pl.Series(np.asarray(predict(features))))


TRAIN, OFFLINE = rows(9000, 1, 0), rows(N, 2, 100_000)
CLEAN = scored(OFFLINE)
SKEWED = scored(OFFLINE.with_columns(pl.col("income") * 1.5, pl.col("age") + 1))
MISSCORED = scored(OFFLINE, OFFLINE.with_columns(pl.col("income") * 1.5))


def compared(logs: pl.DataFrame, **options: Any) -> skewcheck.Result:
    given = {"offline": OFFLINE, "key": "k", "predict": predict} | options
    return skewcheck.compare(TRAIN, logs, **given)


def replay_of(result: skewcheck.Result) -> Replay:
    found = result.run.replay
    assert isinstance(found, Replay)
    return found


def outcome(result: skewcheck.Result, column: str, check: str) -> str:
    judged = result.run.verdict.columns[column]
    return next(str(j.outcome) for j in judged if j.finding.check == check)


def section_of(result: skewcheck.Result) -> Section:
    found = section(result.run)
    assert found is not None
    return found


def sentence(result: skewcheck.Result) -> str:
    return " ".join(section_of(result).sentences)


def refused(logs: pl.DataFrame, **options: Any) -> str:
    with pytest.raises(SkewcheckError) as caught:
        compared(logs, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_clean_log_passes_and_nothing_moves() -> None:
    result = compared(CLEAN)
    assert result.passed
    found = replay_of(result)
    assert (found.parity.rows, found.parity.differing, found.ranking) == (N, 0, ())
    assert outcome(result, "score", "replay_parity") == "pass"
    assert "both right" in sentence(result)


def test_a_feature_skew_is_told_from_the_scoring_and_the_feature_that_matters_comes_first() -> None:
    result = compared(SKEWED)
    assert outcome(result, "score", "replay_parity") == "pass"
    assert outcome(result, "income", "row_parity") == "fail"
    found = replay_of(result)
    assert [m.feature for m in found.ranking] == ["income", "age"]
    assert found.ranking[0].absolute > 50 * found.ranking[1].absolute
    assert "code is right and the features are wrong" in sentence(result)


def test_the_ranking_is_what_direct_prediction_gives() -> None:
    found = replay_of(compared(SKEWED))
    features = SKEWED.select("income", "debt", "age")
    swapped = features.with_columns(OFFLINE["income"])
    change = np.asarray(predict(swapped.to_arrow()) - predict(features.to_arrow()))
    first = found.ranking[0]
    assert first.absolute == pytest.approx(np.abs(change).mean(), rel=1e-12)
    assert first.signed == pytest.approx(change.mean(), rel=1e-9)
    assert (first.rows, first.changed) == (N, N)
    assert first.error == pytest.approx(np.abs(change).std(ddof=1) / np.sqrt(N), rel=1e-9)
    assert found.together is not None and found.together.absolute > 0.95 * first.absolute


def test_a_serving_bug_is_told_from_the_features() -> None:
    result = compared(MISSCORED)
    assert outcome(result, "score", "replay_parity") == "fail"
    assert outcome(result, "income", "row_parity") == "pass"
    assert "features are right and the scoring is wrong" in sentence(result)
    assert not replay_of(result).ranking


def test_a_mistake_in_few_rows_has_an_exact_interval() -> None:
    wrong = CLEAN.with_columns(
        score=pl.when(pl.int_range(N) < 60).then(0.5).otherwise(pl.col("score"))
    )
    result = compared(wrong)
    judged = result.run.verdict.columns["score"]
    measure: Any = next(j for j in judged if j.finding.check == "replay_parity").finding.measure
    assert measure.value == 60 / N
    low, high = measure.bounds(0.05)
    assert low < 60 / N < high
    assert outcome(result, "score", "replay_parity") == "fail"


def test_scores_that_a_log_rounds_or_prints_as_float32_agree() -> None:
    for logged in (pl.col("score").round(4), pl.col("score").cast(pl.Float32)):
        result = compared(CLEAN.with_columns(logged))
        assert outcome(result, "score", "replay_parity") == "pass"
    assert replay_of(compared(CLEAN.with_columns(pl.col("score").round(4)))).parity.decimals == 4


@pytest.mark.parametrize(
    ("logged", "name"),
    [
        (1 - pl.col("score"), "1 - answer"),
        ((pl.col("score") / (1 - pl.col("score"))).log(), "the log-odds of the answer"),
        (1000 * pl.col("score"), "1000 x the answer"),
        (
            600 - 28.85 * (pl.col("score") / (1 - pl.col("score"))).log(),
            "-28.85 x the log-odds of the answer + 600",
        ),
        (pl.col("score") ** 0.3, "a rising function of the answer (a calibration?)"),
    ],
)
def test_a_logged_score_that_follows_from_the_answer_fails_and_its_link_is_named(
    logged: pl.Expr, name: str
) -> None:
    result = compared(CLEAN.with_columns(score=logged))
    found = replay_of(result).parity.link
    assert found is not None and found.name == name
    assert outcome(result, "score", "replay_parity") == "fail"
    assert name in sentence(result)


def test_a_score_of_noise_has_no_link() -> None:
    noise = pl.Series("score", np.random.default_rng(3).random(N))
    assert replay_of(compared(CLEAN.with_columns(noise))).parity.link is None


def test_rows_without_a_logged_score_are_left_out_and_counted() -> None:
    some = CLEAN.with_columns(
        score=pl.when(pl.int_range(N) % 10 == 0).then(None).otherwise(pl.col("score"))
    )
    found = replay_of(compared(some)).parity
    assert (found.rows, found.unscored, found.differing) == (N - N // 10, N // 10, 0)


def test_nothing_logged_as_a_score_is_no_pass() -> None:
    none = CLEAN.with_columns(score=pl.lit(None, pl.Float64))
    assert outcome(compared(none, score="score"), "score", "replay_parity") == "inconclusive"


def test_of_several_scores_the_nearest_is_taken_and_said() -> None:
    logs = MISSCORED.with_columns(challenger=CLEAN["score"])
    found = replay_of(compared(logs, score=["score", "challenger"]))
    assert found.parity.score == "challenger"
    assert "challenger is nearest" in found.notes[-1]


def test_a_sample_of_a_long_log_is_bounded_and_always_the_same() -> None:
    long = scored(rows(50_000, 7, 0))
    first, second = (replay_of(skewcheck.compare(TRAIN, long, predict=predict)) for _ in "12")
    assert first.parity.rows == 20_000
    assert first.rescoring.features.equals(second.rescoring.features)


def test_without_pairs_the_scores_are_still_held_against_the_model() -> None:
    result = skewcheck.compare(TRAIN, MISSCORED, predict=predict)
    assert outcome(result, "score", "replay_parity") == "fail"
    assert "another model" in sentence(result)


def test_the_cost_of_a_fallback_and_the_weight_of_a_feature_follow_from_the_replay() -> None:
    rescoring = replay_of(compared(CLEAN)).rescoring
    features = CLEAN.select("income", "debt", "age")
    change = predict(features.with_columns(income=pl.lit(0.0)).to_arrow()) - CLEAN["score"]
    fallback = with_fallback(rescoring, "income", 0)
    assert fallback.absolute == pytest.approx(np.abs(change).mean(), rel=1e-9)
    weights = {name: permutation(rescoring, name).absolute for name in features.columns}
    assert weights["income"] > weights["debt"] > weights["age"] > 0
    assert permutation(rescoring, "debt") == permutation(rescoring, "debt")
    assert with_fallback(rescoring, "debt", None).changed == N


def test_flips_are_counted_against_thresholds() -> None:
    from dataclasses import replace

    rescoring = replace(replay_of(compared(CLEAN)).rescoring, thresholds=(0.5,))
    after = predict(CLEAN.with_columns(income=pl.lit(0.0)).to_arrow())
    flipped = (np.asarray(after) >= 0.5) != (CLEAN["score"].to_numpy() >= 0.5)
    found = with_fallback(rescoring, "income", 0.0)
    assert found.flips == flipped.sum() and found.flipped is not None
    assert found.up == (flipped & (np.asarray(after) >= 0.5)).sum()


def test_the_policy_s_thresholds_part_the_decisions_of_the_ranking(tmp_path: Path) -> None:
    policy = tmp_path / "skewcheck.toml"
    policy.write_text('[decisions]\nscore = "score"\nbands = "decline < 0.5 <= approve"\n')
    first = replay_of(compared(SKEWED, policy=policy)).ranking[0]
    swapped = predict(SKEWED.drop("k", "score").with_columns(OFFLINE["income"]).to_arrow())
    flipped = (np.asarray(swapped) >= 0.5) != (SKEWED["score"].to_numpy() >= 0.5)
    assert first.flips == flipped.sum() > 0
    (table,) = section_of(compared(SKEWED, policy=policy)).parts
    assert isinstance(table, Listing) and "decisions flipped" in table.head


def test_what_a_function_does_wrong_is_said_in_one_line() -> None:
    def broken(table: pa.Table) -> Any:
        raise ValueError("no such\ncolumn")

    assert "ValueError: no such" in refused(CLEAN, predict=broken)
    assert "answers 3 numbers to" in refused(CLEAN, predict=lambda table: [1.0, 2.0, 3.0])
    assert "4 numbers per row" in refused(CLEAN, predict=lambda t: np.zeros((t.num_rows, 4)))
    assert "does not answer with numbers" in refused(CLEAN, predict=lambda t: ["a"] * t.num_rows)
    assert "write package.module:function" in refused(CLEAN, predict="nothing")
    assert "cannot be imported" in refused(CLEAN, predict="no_such_module_at_all:f")
    assert "has no function" in refused(CLEAN, predict="json:no_such_function")
    assert "give one of them" in refused(CLEAN, predict="json:dumps", model="a")


def test_a_log_without_a_score_or_without_rows_is_refused(tmp_path: Path) -> None:
    assert "--score" in refused(CLEAN.drop("score"))
    logs = skewcheck.make_profile(CLEAN)
    assert "rows that can be read again" in refused(logs, offline=None)


def test_the_command_line_and_the_policy_name_a_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own_scoring_code.py").write_text(
        "def score(table):\n    return table['income'].to_numpy() * 2\n"
    )
    (tmp_path / "skewcheck.toml").write_text('[replay]\npredict = "own_scoring_code:score"\n')
    TRAIN.write_parquet(tmp_path / "train.parquet")
    logs = OFFLINE.with_columns(score=pl.col("income") * 2)
    logs.write_ndjson(tmp_path / "logs.jsonl")
    monkeypatch.chdir(tmp_path)
    assert run(["compare", "train.parquet", "logs.jsonl"]) == 0
    assert run(["compare", "train.parquet", "logs.jsonl", "--predict", "tests.test_replay:predict"])
    capsys.readouterr()
    assert run(["compare", "train.parquet", "logs.jsonl", "--json", "-", "-q"]) == 0
    assert '"replay_parity"' in capsys.readouterr().out
