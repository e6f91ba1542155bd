"""Decisions that follow from scores: bands, flips, approval rates, the threshold that restores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import skewcheck
from skewcheck.config import parse
from skewcheck.decisions import Decisions, bands
from skewcheck.errors import ConfigError
from skewcheck.layout import Matrix, Sweep
from skewcheck.render.json import document
from skewcheck.statistics.netchange import net_change
from skewcheck.statistics.restoring import restoring

BANDS = "approve < 0.2 <= review < 0.5 <= decline"


def policy(text: str) -> Any:
    return parse(f"[decisions]\n{text}", "skewcheck.toml")


def test_bands_are_read_with_the_side_that_each_threshold_belongs_to() -> None:
    assert bands(BANDS) == (("approve", "review", "decline"), (0.2, 0.5), (False, False))
    assert bands("a<=1<b") == (("a", "b"), (1.0,), (True,))


@pytest.mark.parametrize(
    "text", ["", "approve", "a < b", "a < 0.5", "a < 1 < b", "a < 2 <= b < 1 <= c", "a < 1 <= a"]
)
def test_a_broken_chain_of_bands_is_an_error_in_words(text: str) -> None:
    with pytest.raises(ConfigError, match=r"'decisions.bands' is .*; expected"):
        policy(f'bands = "{text}"')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('bands = "a < 1 <= b"\nthreshold = 1', "has bands and threshold; give one of"),
        ("approve = []", "has none of them; give one of"),
        ("rate = 1.5", "expected a share between 0 and 1"),
        ("top = 0", "expected a number of requests a day"),
        ('bands = "a < 1 <= b"\napprove = "c"', "names 'c'; "),
        ("thresold = 1", "did you mean 'decisions.threshold'"),
    ],
)
def test_a_wrong_decision_layer_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        policy(text)


@given(st.lists(st.floats(), max_size=20))
def test_every_score_has_one_decision_and_nan_has_none(scores: list[float]) -> None:
    layer = policy(f'bands = "{BANDS}"').policy.decisions
    codes = layer.codes(np.array(scores, np.float64))
    expected = [-1 if s != s else 0 if s < 0.2 else 1 if s < 0.5 else 2 for s in scores]
    assert codes.tolist() == expected


#: Ten requests worked out by hand: 4 approved by train, 3 by serve; the 3rd and 4th lose approval,
#: the 9th gains it, the 6th moves between the other bands.
TRAIN = [0.05, 0.10, 0.15, 0.19, 0.20, 0.49, 0.50, 0.70, 0.21, 0.90]
SERVE = [0.05, 0.10, 0.25, 0.20, 0.20, 0.51, 0.50, 0.70, 0.19, 0.90]


def ten() -> tuple[pa.Table, pa.Table]:
    ids = [f"r{i}" for i in range(10)]
    same = {"request_id": ids, "x": [float(i) for i in range(10)]}
    return pa.table({**same, "score": TRAIN}), pa.table({**same, "score": SERVE})


def made(text: str, sides: tuple[Any, Any], **given_: Any) -> dict[str, Any]:
    result: skewcheck.Result = skewcheck.compare(
        *sides, key="request_id", policy=policy(text), **given_
    )
    found: dict[str, Any] = result.to_dict()
    return found


def test_ten_rows_worked_by_hand() -> None:
    train, serve = ten()
    found = made(f'bands = "{BANDS}"', (train, serve), offline=train)
    decisions = found["sections"]["decisions"]
    assert decisions["approval"] == {"train": 0.4, "serve": 0.3}
    flips = decisions["flips"]
    assert (flips["pairs"], flips["flips"]) == (10, 4)
    assert (flips["gained"], flips["lost"]) == (1, 2)
    assert flips["net"]["value"] == pytest.approx(-0.1)
    column = next(c for c in found["columns"] if c["name"] == "decision")
    by_check = {f["check"]: f for f in column["findings"]}
    assert by_check["flips"]["value"] == pytest.approx(0.4)
    assert by_check["approval_rate"]["value"] == pytest.approx(0.1)
    assert column["role"] == "decision"


def test_the_flip_matrix_holds_every_pair_once() -> None:
    train, serve = ten()
    result = skewcheck.compare(
        train, serve, key="request_id", offline=train, policy=policy(f'bands = "{BANDS}"')
    )
    (section,) = (s for s in result.report.sections if s.name == "decisions")
    (matrix,) = (part for part in section.parts if isinstance(part, Matrix))
    assert matrix.counts == ((2, 2, 0), (1, 1, 1), (0, 0, 3))
    (sweep,) = (part for part in section.parts if isinstance(part, Sweep))
    at = sweep.thresholds.index(0.2)
    assert sweep.chosen == 0.2
    assert sweep.series["approval rate, train"][at] == pytest.approx(0.4)
    assert sweep.series["approval rate, serve"][at] == pytest.approx(0.3)
    assert sweep.series["flips"][at] == pytest.approx(0.3)  # those across this threshold


def scores(rows: int, shift: float = 0.0, seed: int = 1) -> pa.Table:
    chance = np.random.default_rng(seed)
    logits = chance.normal(-1, 1.5, rows)
    return pa.table(
        {
            "request_id": [f"{seed}-{i}" for i in range(rows)],
            "x": chance.normal(size=rows),
            "score": 1 / (1 + np.exp(-logits - shift)),
        }
    )


def decided(text: str, train: pa.Table, serve: pa.Table, **given_: Any) -> dict[str, Any]:
    found = made(text, (train, serve), **given_)
    return next(c for c in found["columns"] if c["name"] == "decision")


def test_equal_populations_pass_and_a_shift_of_scores_fails() -> None:
    train = scores(40_000)
    calm = decided(f'bands = "{BANDS}"', train, scores(40_000, seed=2))
    assert calm["verdict"] == "pass"
    moved = decided(f'bands = "{BANDS}"', train, scores(40_000, 0.7, seed=2))
    assert moved["verdict"] == "fail"


def test_few_rows_are_inconclusive_and_say_how_many_more() -> None:
    few = decided(f'bands = "{BANDS}"', scores(40_000), scores(100, seed=2))
    (finding,) = few["findings"]
    assert few["verdict"] == "inconclusive"
    assert finding["rows_needed"]["serve"] > 100


def test_train_without_a_score_is_held_against_the_rate_that_the_policy_names() -> None:
    train = scores(20_000).drop_columns(["score"])
    text = f'bands = "{BANDS}"\napproval_rate = 0.5'
    serve = scores(20_000, seed=2)
    share = float(np.mean(np.asarray(serve["score"]) < 0.2))
    column = decided(text, train, serve)
    (finding,) = column["findings"]
    assert finding["value"] == pytest.approx(abs(share - 0.5), abs=1e-9)
    (without,) = decided(f'bands = "{BANDS}"', train, serve)["findings"]
    assert without["value"] is None and without["verdict"] == "unjudged"
    assert "train has no score" in without["reason"]


def test_the_restoring_threshold_gives_serve_the_rate_of_train() -> None:
    train, serve = scores(30_000), scores(30_000, 0.7, seed=2)
    found = made(f'bands = "{BANDS}"', (train, serve))["sections"]["decisions"]
    at = found["threshold"]["restoring"]
    rate = float(np.mean(np.asarray(serve["score"]) < at))
    assert rate == pytest.approx(found["approval"]["train"], abs=0.002)
    assert found["threshold"]["low"] < at < found["threshold"]["high"]


@pytest.mark.parametrize("text", ["rate = 0.1", "top = 100"])
def test_the_highest_scores_are_chosen_on_each_side(text: str) -> None:
    train, serve = scores(1000), scores(1000, 0.7, seed=2)
    result = skewcheck.compare(train, serve, key="request_id", policy=policy(text))
    for side in (result.run.train, result.run.serve):
        counts = side.profile.columns["decision"].categories.counts or {}
        assert counts["chosen"] == pytest.approx(100, abs=2)


def test_the_sweep_shows_the_flips_that_were_counted_at_the_threshold_in_force() -> None:
    train, other = scores(30_000), scores(30_000, seed=3)
    served = 0.7 * np.asarray(train["score"]) + 0.3 * np.asarray(other["score"])
    serve = train.set_column(2, "score", pa.array(served))
    result = skewcheck.compare(
        train, serve, key="request_id", offline=train, policy=policy("threshold = 0.2")
    )
    (section,) = (s for s in result.report.sections if s.name == "decisions")
    (sweep,) = (part for part in section.parts if isinstance(part, Sweep))
    (matrix,) = (part for part in section.parts if isinstance(part, Matrix))
    exact = (matrix.counts[0][1] + matrix.counts[1][0]) / 30_000
    flips = np.array(sweep.series["flips"])
    assert flips[sweep.thresholds.index(0.2)] == exact
    before = np.asarray(train["score"])
    for at, shown in list(zip(sweep.thresholds, flips, strict=True))[::20]:
        truth = np.mean((before >= at) != (served >= at))
        assert shown == pytest.approx(truth, abs=0.02)


def told(text: str, train: pa.Table, served: Any) -> str:
    serve = train.set_column(2, "score", pa.array(served))
    sentences = made(text, (train, serve), offline=train)["sections"]["decisions"]["sentences"]
    return " ".join(sentences)


def test_a_different_model_is_told_from_a_calibration_and_from_a_bug_on_some_rows() -> None:
    train, other = scores(5000), np.asarray(scores(5000, seed=3)["score"])
    own = np.asarray(train["score"])
    mixed = 0.6 * own + 0.4 * other
    assert "a different model" in told("threshold = 0.2", train, mixed)
    assert "a different model" not in told("threshold = 0.2", train, own / (own + (1 - own) * 2))
    assert "a different model" not in told("threshold = 0.2", train, own + 0.02 * (other - own))
    some = np.where(np.arange(5000) % 2, own, mixed)
    assert "a different model" not in told("threshold = 0.2", train, some)


def test_the_same_order_of_scores_flips_nobody_when_the_highest_are_chosen() -> None:
    train = scores(1000)
    raised = np.asarray(train["score"]) * 0.5
    serve = train.set_column(2, "score", pa.array(raised))
    found = made("rate = 0.1", (train, serve), offline=train)
    assert found["sections"]["decisions"]["flips"]["flips"] == 0


@pytest.mark.parametrize("form", ["parquet", "ndjson"])
def test_files_are_decided_as_frames_are(form: str, tmp_path: Path) -> None:
    import polars as pl

    paths = []
    for name, table in zip(("train", "serve"), ten(), strict=True):
        paths.append(str(tmp_path / f"{name}.{form}"))
        if form == "parquet":
            pq.write_table(table, paths[-1], row_group_size=3)
        else:
            frame = pl.from_arrow(table)
            assert isinstance(frame, pl.DataFrame)
            frame.write_ndjson(paths[-1])
    text = f'bands = "{BANDS}"'
    found, frames = made(text, (paths[0], paths[1])), made(text, ten())
    assert found["pairs"] is not None
    assert found["sections"]["decisions"] == frames["sections"]["decisions"]


def test_a_column_called_decision_keeps_its_name() -> None:
    train, serve = (t.append_column("decision", pa.array(["a"] * 10)) for t in ten())
    found = made(f'bands = "{BANDS}"', (train, serve))
    roles = {c["name"]: c["role"] for c in found["columns"]}
    assert roles["decision"] == "feature" and roles["decision by policy"] == "decision"


def test_flips_are_located_where_they_live() -> None:
    rows = 6000
    train = scores(rows).append_column("caller", pa.array(["ios", "web", "app"] * (rows // 3)))
    raised = np.asarray(train["score"]).copy()
    raised[::3] = np.clip(raised[::3] * 3, 0, 1)
    serve = train.set_column(2, "score", pa.array(raised))
    column = decided(f'bands = "{BANDS}"', train, serve, offline=train)
    assert column["where"]["segment"]["values"] == ["ios"]


def test_the_net_change_is_the_published_interval_of_bonett_and_price() -> None:
    """Bonett and Price (2012), section 3: f12 = 2, f21 = 13 of 32 gives 13.5 % less ... ."""
    value, low, high = net_change(13, 2, 32, level=0.025)
    p, q = 14 / 34, 3 / 34
    half = 1.959964 * np.sqrt((p + q - (p - q) ** 2) / 34)
    assert value == pytest.approx(11 / 32)
    assert (low, high) == pytest.approx((p - q - half, p - q + half), abs=1e-6)


def test_the_restoring_interval_covers_the_truth() -> None:
    chance = np.random.default_rng(0)
    missed = [0, 0]
    for _ in range(400):
        train, serve = chance.random(800), np.sort(chance.random(500) * 0.5)
        less = int((train < 0.3).sum())
        _, low, high = restoring(serve, np.ones(500, np.int64), (less, 800), level=0.05)
        missed[0] += low > 0.15
        missed[1] += high < 0.15
    assert max(missed) <= 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95)


def test_decisions_are_in_a_plain_report_only_where_the_policy_names_them() -> None:
    train, serve = ten()
    report = skewcheck.compare(train, serve, key="request_id").report
    assert "decisions" not in document(report)["sections"]
    mode = next(m for m in report.modes if m.name == "decisions")
    assert "[decisions] in the policy" in mode.evidence


def test_the_threshold_of_a_single_cut_lets_high_scores_pass() -> None:
    layer: Decisions = policy("threshold = 0.5").policy.decisions
    assert layer.approve == ("above",)
    assert policy(f'bands = "{BANDS}"').policy.decisions.approve == ("approve",)
