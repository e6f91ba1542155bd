"""What is judged where labels exist: planted faults, a clean case, and too few labels."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sklearn import metrics

import skewcheck
from skewcheck import Result
from skewcheck.config import parse
from skewcheck.finding import Undefined
from skewcheck.labelled import Classes, classes
from skewcheck.verdict import Judgement, Outcome
from tests.labelled import side

ROWS = 12_000
CHECKS = ("auc_drop", "calibration", "unlabelled_rows")
DEMAND = parse('[readiness]\ndemand = ["performance"]', "skewcheck.toml")


def judged(result: Result) -> dict[str, Judgement]:
    """Return the judgements of performance by check."""
    found = [j for js in result.run.verdict.columns.values() for j in js]
    return {j.finding.check: j for j in found if j.finding.check in CHECKS}


def outcomes(result: Result) -> dict[str, Outcome]:
    return {check: judgement.outcome for check, judgement in judged(result).items()}


def mode(result: Result) -> Outcome:
    modes = result.run.verdict.modes
    found: Outcome = next(m.outcome for m in modes if m.name == "performance")
    return found


@pytest.fixture(scope="module")
def train() -> pl.DataFrame:
    return side(ROWS, 1)


def test_a_score_that_does_as_well_as_in_train_passes(train: pl.DataFrame) -> None:
    result = skewcheck.compare(train, side(ROWS, 2))
    assert outcomes(result) == {
        "auc_drop": Outcome.PASS,
        "calibration": Outcome.PASS,
        "unlabelled_rows": Outcome.UNJUDGED,
    }
    assert mode(result) is Outcome.PASS and result.report.exit_code == 0


def test_shuffled_scores_have_lost_their_auc_and_kept_their_sum(train: pl.DataFrame) -> None:
    serve = side(ROWS, 2, "shuffled")
    result = skewcheck.compare(train, serve)
    assert outcomes(result)["auc_drop"] is Outcome.FAIL
    assert outcomes(result)["calibration"] is Outcome.PASS
    detail = judged(result)["auc_drop"].finding.detail
    expected = metrics.roc_auc_score(serve["label"], serve["score"])
    assert detail["serve_auc"] == pytest.approx(expected, abs=1e-3)
    assert result.report.exit_code == 1


def test_halved_scores_rank_as_before_and_promise_half(train: pl.DataFrame) -> None:
    result = skewcheck.compare(train, side(ROWS, 2, "halved"))
    assert outcomes(result)["auc_drop"] is Outcome.PASS
    assert outcomes(result)["calibration"] is Outcome.FAIL
    assert judged(result)["calibration"].finding.detail["serve_ratio"] == pytest.approx(2, abs=0.1)


def test_a_score_that_was_never_calibrated_has_not_lost_it() -> None:
    result = skewcheck.compare(side(ROWS, 1, "halved"), side(ROWS, 2, "halved"))
    assert outcomes(result)["calibration"] is Outcome.PASS


def test_a_score_that_falls_with_the_chance_is_turned_around() -> None:
    """It is ranked as well as ever, and is no probability of a yes."""
    result = skewcheck.compare(side(ROWS, 1, "turned"), side(ROWS, 2, "turned"))
    assert outcomes(result)["auc_drop"] is Outcome.PASS
    assert judged(result)["auc_drop"].finding.detail["train_auc"] > 0.7
    assert "calibration" not in outcomes(result)


class TestFewLabels:
    """Fifty labels decide nothing: that holds up a pass only where the policy demands evidence."""

    def test_they_are_unjudged(self, train: pl.DataFrame) -> None:
        result = skewcheck.compare(train, side(ROWS, 2, labelled=50 / ROWS))
        assert set(outcomes(result).values()) == {Outcome.UNJUDGED}
        assert result.report.exit_code == 0

    def test_they_are_inconclusive_where_performance_is_demanded(self, train: pl.DataFrame) -> None:
        result = skewcheck.compare(train, side(ROWS, 2, labelled=50 / ROWS), policy=DEMAND)
        assert mode(result) is Outcome.INCONCLUSIVE and result.report.exit_code == 3
        evidence = next(m.evidence for m in result.report.modes if m.name == "performance")
        assert evidence == "too few requests have a label yet; the policy demands it"

    def test_no_labels_are_inconclusive_where_performance_is_demanded(
        self, train: pl.DataFrame
    ) -> None:
        result = skewcheck.compare(train, side(ROWS, 2).drop("label"), policy=DEMAND)
        assert judged(result) == {} and mode(result) is Outcome.INCONCLUSIVE

    def test_a_handful_has_no_auc(self, train: pl.DataFrame) -> None:
        found = judged(skewcheck.compare(train, side(ROWS, 2, labelled=8 / ROWS)))
        measure = found["auc_drop"].finding.measure
        assert isinstance(measure, Undefined) and "10 of each are needed" in measure.reason


def test_rows_without_a_label_are_not_negatives(train: pl.DataFrame) -> None:
    """A fifth of the labels, of positives and negatives alike, moves neither figure."""
    found = judged(skewcheck.compare(train, side(ROWS, 2, labelled=0.2)))
    assert 0.15 < found["auc_drop"].finding.n_serve / ROWS < 0.25
    assert found["calibration"].finding.detail["serve_ratio"] == pytest.approx(1, abs=0.1)
    assert found["unlabelled_rows"].finding.measure.value == pytest.approx(0.8, abs=0.02)  # type: ignore[union-attr]


def test_a_policy_can_demand_a_share_of_labels(train: pl.DataFrame) -> None:
    policy = parse("[checks.unlabelled_rows]\nfail = 0.5", "skewcheck.toml")
    result = skewcheck.compare(train, side(ROWS, 2, labelled=0.2), policy=policy)
    assert outcomes(result)["unlabelled_rows"] is Outcome.FAIL


def test_a_score_that_train_lacks_is_held_against_what_it_promises(train: pl.DataFrame) -> None:
    result = skewcheck.compare(train.drop("score"), side(ROWS, 2, "halved"))
    assert outcomes(result)["calibration"] is Outcome.FAIL and "auc_drop" not in outcomes(result)


def test_of_two_scores_the_first_is_measured(train: pl.DataFrame) -> None:
    both = [
        s.with_columns(prediction=s["score"].shuffle(3)) for s in (train, side(ROWS, 2, labelled=1))
    ]
    result = skewcheck.compare(*both)
    names = {j.finding.subject.column for j in judged(result).values()}
    assert names == {"score"}


def test_labels_in_words_and_booleans_are_one(train: pl.DataFrame) -> None:
    serve = side(ROWS, 2)
    words = serve.with_columns(
        label=serve["label"].replace_strict({1: "Yes", 0: "No"}, return_dtype=pl.String)
    )
    truth = train.with_columns(label=train["label"].cast(pl.Boolean))
    assert outcomes(skewcheck.compare(truth, words))["auc_drop"] is Outcome.PASS


def test_labels_of_three_classes_are_not_measured_and_named(train: pl.DataFrame) -> None:
    serve = side(ROWS, 2)
    kinds = serve.with_columns(label=pl.Series(["low", "middle", "high"] * (ROWS // 3)))
    found = judged(skewcheck.compare(train, kinds))
    measure = found["auc_drop"].finding.measure
    assert isinstance(measure, Undefined)
    assert "there are high, low, middle" in measure.reason


@pytest.mark.parametrize(
    ("labels", "positive"),
    [(["0", "1"], {"1"}), (["-1", "1"], {"1"}), (["No", "YES", "1"], {"YES", "1"}), (["0"], set())],
)
def test_which_labels_say_yes(labels: list[str], positive: set[str]) -> None:
    found = classes(labels)
    assert isinstance(found, Classes) and found.positive == positive


@pytest.mark.parametrize("labels", [[], ["2"], ["a", "b"], ["0", "1", "2"]])
def test_which_labels_say_neither(labels: list[str]) -> None:
    assert isinstance(classes(labels), Undefined)


def test_saved_profiles_keep_what_performance_needs(tmp_path: Path, train: pl.DataFrame) -> None:
    serve = side(ROWS, 2, "shuffled", labelled=0.5)
    for name, frame in (("train", train), ("serve", serve)):
        frame.write_parquet(tmp_path / f"{name}.parquet")
    whole = skewcheck.compare(str(tmp_path / "train.parquet"), str(tmp_path / "serve.parquet"))
    pack = whole.run
    pack.serve.profile.save(tmp_path / "saved")
    again = skewcheck.compare(
        str(tmp_path / "train.parquet"), str(tmp_path / "saved"), label="label", score="score"
    )
    assert outcomes(again) == outcomes(whole)
