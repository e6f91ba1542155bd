"""The section on performance: the figures, the bins, and the sentences."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

import skewcheck
from skewcheck.config import parse
from skewcheck.labelled import NUMERIC
from skewcheck.layout import Course, Listing, Section
from skewcheck.sections.performance import section
from skewcheck.verdict import Outcome
from tests.labelled import side

ROWS = 8000
TRAIN = side(ROWS, 1)


def made(serve: pl.DataFrame, train: pl.DataFrame = TRAIN) -> Section:
    found = section(skewcheck.compare(train, serve).run)
    assert found is not None
    return found


def figures(found: Section) -> dict[str, dict[str, tuple[float, ...]]]:
    return {f["name"]: f for f in found.data["figures"]}


def test_the_figures_are_those_of_scikit_learn() -> None:
    serve = side(ROWS, 2, labelled=0.5)
    known = serve.drop_nulls("label")
    found = figures(made(serve))
    y, p = known["label"], known["score"]
    assert found["auc"]["serve"][0] == pytest.approx(metrics.roc_auc_score(y, p), abs=1e-3)
    assert found["log_loss"]["serve"][0] == pytest.approx(metrics.log_loss(y, p), abs=1e-3)
    assert found["brier"]["serve"][0] == pytest.approx(metrics.brier_score_loss(y, p), abs=1e-3)
    assert found["positive_share"]["serve"][0] == pytest.approx(y.mean())


def test_every_figure_has_both_sides_and_the_change_between_them() -> None:
    found = made(side(ROWS, 2))
    table = found.parts[0]
    assert isinstance(table, Listing)
    assert table.head == ("", "train", "serve", "serve less train")
    auc = figures(found)["auc"]
    value, low, high = auc["change"]
    assert value == pytest.approx(auc["serve"][0] - auc["train"][0])
    assert low < value < high
    row = next(row for row in table.rows if row[0] == "AUC")
    assert row[1].startswith("0.7") and row[3][0] in "+-"


def test_the_bins_hold_what_came_against_what_was_promised() -> None:
    course = made(side(ROWS, 2, "halved")).parts[1]
    assert isinstance(course, Course)
    assert set(course.series) == {"train", "serve", "promised"}
    assert {len(values) for values in course.series.values()} == {len(course.places)} == {10}
    for came, promised in zip(course.series["serve"], course.series["promised"], strict=True):
        assert came and promised and came[1] <= came[0] <= came[2]
    last = course.series["serve"][-1], course.series["promised"][-1]
    assert last[0] and last[1] and last[0][0] > 1.5 * last[1][0]


def test_it_says_how_many_labels_there_are_and_until_when() -> None:
    serve = side(ROWS, 2)
    early = pl.when(pl.col("event_time") < pl.datetime(2026, 3, 6)).then("label")
    found = made(serve.with_columns(label=early))
    assert "labels exist up to 2026-03-05. The others are left out" in found.sentences[0]
    assert found.data["until"] == "2026-03-05"
    assert found.data["rows"]["serve"]["rows"] == ROWS > found.data["rows"]["serve"]["labelled"]
    json.dumps(found.data, allow_nan=False)


def test_it_has_the_outcome_of_its_mode() -> None:
    assert made(side(ROWS, 2)).outcome is Outcome.PASS
    assert made(side(ROWS, 2, "shuffled")).outcome is Outcome.FAIL
    assert made(side(ROWS, 2, labelled=0.004)).outcome is None


def test_it_says_that_a_score_was_turned_around_and_draws_no_calibration() -> None:
    found = made(side(ROWS, 2, "turned"), side(ROWS, 1, "turned"))
    assert any("A low score stands for yes" in sentence for sentence in found.sentences)
    assert len(found.parts) == 1 and "brier" not in figures(found)


def test_it_names_the_score_and_the_label_that_it_uses_of_several() -> None:
    both = [
        s.with_columns(prediction=s["score"] / 2, true_label=s["label"])
        for s in (TRAIN, side(ROWS, 2))
    ]
    run = skewcheck.compare(*both, label=["label", "true_label"]).run
    found = section(run)
    assert found is not None
    assert "Of 2 scores the first is measured: score." in found.sentences
    assert "The label used is label, not true_label." in found.sentences


def test_a_score_beyond_0_and_1_is_ranked_only() -> None:
    train, serve = (s.with_columns(score=600 * s["score"]) for s in (TRAIN, side(ROWS, 2)))
    found = made(serve, train)
    assert "auc" in figures(found) and "brier" not in figures(found)
    assert any("not between 0 and 1" in sentence for sentence in found.sentences)


def test_train_without_a_score_leaves_its_figures_open() -> None:
    found = made(side(ROWS, 2), TRAIN.drop("score"))
    assert any(s.startswith("Not measured in train: there is no score") for s in found.sentences)
    assert figures(found)["auc"]["train"] is None


def test_without_labels_of_requests_there_is_no_section() -> None:
    assert section(skewcheck.compare(TRAIN, side(ROWS, 2).drop("label")).run) is None


def test_a_label_that_is_a_number_is_said_to_be_unmeasured_and_never_passes() -> None:
    rng = np.random.default_rng(1)
    score = rng.random(2000)
    made = pl.DataFrame({"x": score * 2, "score": score, "label": 1000 * score + rng.random(2000)})
    policy = parse('[readiness]\ndemand = ["performance"]\n', "skewcheck.toml")
    result = skewcheck.compare(made, made, label="label", score="score", policy=policy)
    mode = next(m for m in result.report.modes if m.name == "performance")
    assert mode.outcome is Outcome.INCONCLUSIVE
    assert mode.evidence == f"{NUMERIC}; the policy demands it"
    section = next(s for s in result.report.sections if s.name == "performance")
    assert any(NUMERIC in sentence for sentence in section.sentences)
    assert not result.passed
