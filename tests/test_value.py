"""What decisions are worth: by outcome or by score, per side, a day, and through flips."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import skewcheck
from skewcheck.config import parse
from skewcheck.earnings import earned
from skewcheck.errors import ConfigError
from skewcheck.finding import Undefined
from skewcheck.gains import Gain, gain
from skewcheck.layout import Sweep
from skewcheck.profiling import make_profile
from skewcheck.result import Result
from skewcheck.schema import Role
from skewcheck.sections.value import _a_day
from skewcheck.statistics.chances import Chances
from skewcheck.statistics.estimate import Mean, ends
from skewcheck.statistics.lost import Lost
from skewcheck.statistics.shortfall import Shortfall
from skewcheck.verdict import Outcome

START = datetime(2026, 3, 1)
BANDS = '[decisions]\nbands = "approve < 0.5 <= decline"\n'
AMOUNTS = (
    BANDS
    + """
[value]
unit = "EUR"
[value.decisions]
approve = { yes = "-1 * amount", no = "0.1 * amount" }
decline = 0
"""
)
GAINS = "[value.decisions]\napprove = {yes = -10, no = 1}\ndecline = 0\n"
OUTCOMES = BANDS + "[value]\ntp = 5\nfp = -20\ntn = 10\nfn = -100\n"

#: Ten requests for 100, 200 ... 1,000 worked out by hand. The 3rd, 6th and 9th do not pay back.
#: Train declines the 3rd and 6th and earns a tenth of the others but the 9th, which costs 900:
#: 10 + 20 + 40 + 50 + 70 + 80 + 100 - 900 = -530. Serve approves the 3rd too: -830.
AMOUNT = [100.0 * i for i in range(1, 11)]
BAD = [0, 0, 1, 0, 0, 1, 0, 0, 1, 0]
TRAIN = [0.1, 0.2, 0.8, 0.2, 0.1, 0.9, 0.2, 0.1, 0.3, 0.2]
SERVE = [0.1, 0.2, 0.2, 0.2, 0.1, 0.9, 0.2, 0.1, 0.3, 0.2]
TIMES = 40  # as often: a mean needs rows


def requests(scores: list[float], *, labels: bool = True) -> pl.DataFrame:
    rows = 10 * TIMES
    frame = pl.DataFrame(
        {
            "request_id": [f"r{row}" for row in range(rows)],
            "event_time": [START + timedelta(minutes=14.4 * row) for row in range(rows)],
            "amount": AMOUNT * TIMES,
            "score": scores * TIMES,
            "label": BAD * TIMES,
        }
    )
    return frame if labels else frame.drop("label")


def compared(policy: str, train: pl.DataFrame, serve: pl.DataFrame, **more: Any) -> Result:
    found: Result = skewcheck.compare(
        train,
        serve,
        key="request_id",
        label="label" if "label" in train.columns else None,
        policy=parse(policy, "skewcheck.toml"),
        **more,
    )
    return found


def value(result: Result) -> dict[str, Any]:
    section = next(s for s in result.report.sections if s.name == "value")
    return dict(section.data)


def mode(result: Result) -> Outcome:
    return next(m.outcome for m in result.run.verdict.modes if m.name == "value")


def test_ten_requests_are_worth_what_was_worked_out_by_hand() -> None:
    found = value(compared(AMOUNTS, requests(TRAIN), requests(SERVE)))
    assert found["train"]["per_decision"] == pytest.approx(-53.0)
    assert found["serve"]["per_decision"] == pytest.approx(-83.0)
    assert found["serve_less_train"]["per_decision"] == pytest.approx(-30.0)
    assert found["serve"]["decisions_a_day"] == pytest.approx(100.0)
    assert found["serve"]["a_day"] == pytest.approx(-8300.0)


def test_the_interval_is_that_of_a_mean() -> None:
    found = value(compared(AMOUNTS, requests(TRAIN), requests(SERVE)))["serve"]
    rows = np.array([10, 20, -300, 40, 50, 0, 70, 80, -900, 100] * TIMES, float)
    reach = 1.6448536 * rows.std(ddof=1) / np.sqrt(len(rows))
    assert found["low"] == pytest.approx(-83 - reach, abs=0.5)
    assert found["high"] == pytest.approx(-83 + reach, abs=0.5)


def test_true_and_false_positives_are_told_by_the_high_scores() -> None:
    found = value(compared(OUTCOMES, requests(TRAIN), requests(SERVE)))
    # Train: two true positives, one false negative, seven true negatives.
    assert found["train"]["per_decision"] == pytest.approx((2 * 5 - 100 + 7 * 10) / 10)
    assert found["serve"]["per_decision"] == pytest.approx((5 - 2 * 100 + 7 * 10) / 10)


def test_where_high_scores_are_chosen_those_are_the_positives() -> None:
    gains = parse(OUTCOMES.replace('bands = "approve < 0.5 <= decline"', "threshold = 0.5"), "x")
    assert gains.policy.gains
    assert gains.policy.gains.of["above"] == (Gain(5.0), Gain(-20.0))
    assert gains.policy.gains.of["below"] == (Gain(-100.0), Gain(10.0))


def test_without_labels_in_serve_the_score_says_it_and_train_calibrates_it() -> None:
    rng = np.random.default_rng(3)
    p = rng.uniform(0.05, 0.95, 20_000)
    true = Chances(-1.0, 0.5).of(p)  # what a score of p really means
    train = pl.DataFrame({"a": p, "score": p, "label": (rng.random(len(p)) < true).astype(int)})
    result = skewcheck.compare(
        train,
        train.drop("label").head(8_000),
        label="label",
        policy=parse(
            BANDS + "[value.decisions]\napprove = {yes = -10, no = 1}\ndecline = 0\n", "x"
        ),
    )
    found = value(result)
    worth = np.where(p < 0.5, true * -10 + (1 - true), 0.0)
    assert found["train"]["per_decision"] == pytest.approx(worth.mean(), abs=0.05)
    assert found["serve"]["per_decision"] == pytest.approx(worth[:8000].mean(), abs=0.05)
    said = next(s for s in result.report.sections if s.name == "value").sentences
    assert any("calibrated on 20,000 rows of train with label" in s for s in said)


def test_without_any_label_the_score_is_taken_at_its_word_and_that_is_said() -> None:
    train, serve = (requests(scores, labels=False) for scores in (TRAIN, SERVE))
    result = compared(OUTCOMES, train, serve)
    p = np.array(SERVE)
    worth = np.where(p >= 0.5, 5 * p - 20 * (1 - p), -100 * p + 10 * (1 - p))
    assert value(result)["serve"]["per_decision"] == pytest.approx(worth.mean())
    said = next(s for s in result.report.sections if s.name == "value").sentences
    assert any("as if it were the chance of a yes" in s for s in said)


def test_flips_are_valued_by_the_score_of_the_right_features() -> None:
    train, serve = (requests(scores, labels=False) for scores in (TRAIN, SERVE))
    found = value(compared(OUTCOMES, train, serve))["lost_to_flips"]
    # One in ten flips, from decline to approve, and its right score is 0.8.
    change = (0.8 * -100 + 0.2 * 10) - (0.8 * 5 + 0.2 * -20)
    assert found["per_decision"] == pytest.approx(change / 10)
    assert found["low"] < found["per_decision"] < found["high"] < 0


def test_where_nothing_flips_the_most_that_may_is_told() -> None:
    train = requests(TRAIN, labels=False)
    result = compared(OUTCOMES, train, train)
    assert "lost_to_flips" not in value(result)
    said = next(s for s in result.report.sections if s.name == "value").sentences
    told = "None of 400 pairs is decided otherwise in serve: at most 0.75 % of decisions are"
    assert told in said


def test_few_flips_say_how_many_more_would_tell_what_they_cost() -> None:
    train, serve = requests(TRAIN, labels=False), requests(SERVE, labels=False)
    few = pl.when(pl.int_range(pl.len()) < 100).then(serve["score"]).otherwise("score")
    result = compared(OUTCOMES, train, train.with_columns(score=few))
    assert "lost_to_flips" not in value(result)
    said = next(s for s in result.report.sections if s.name == "value").sentences
    assert any(
        s.startswith("10 of 400 pairs are decided otherwise") and "20 more" in s for s in said
    )


def test_a_few_labels_in_serve_do_not_make_it_valued_by_them() -> None:
    label = pl.when(pl.int_range(pl.len()) < 20).then("label")
    result = compared(AMOUNTS, requests(TRAIN), requests(SERVE).with_columns(label=label))
    said = next(s for s in result.report.sections if s.name == "value").sentences
    assert any("by score" in sentence for sentence in said)


def test_days_that_a_log_cuts_do_not_count() -> None:
    assert _a_day({"2026-03-01": 5, "2026-03-02": 100, "2026-03-03": 90, "2026-03-04": 5}) == 95
    assert _a_day({"2026-03-01": 5, "2026-03-02": 15}) == 10
    assert _a_day({}) is None


def test_a_stated_design_effect_widens_the_value() -> None:
    def width(policy: str) -> float:
        found = compared(AMOUNTS + policy, requests(TRAIN), requests(SERVE))
        judged = found.run.verdict.columns["value"]
        drop = next(j.finding.measure for j in judged if j.finding.check == "value_drop")
        assert not isinstance(drop, Undefined)
        return drop.bounds(0.05)[1] - drop.value

    assert width("[dependence]\ndesign_effect = 4\n") == pytest.approx(2 * width(""), rel=0.02)


def test_a_score_that_is_no_probability_values_nothing_and_says_so() -> None:
    train = requests([100 * s for s in TRAIN], labels=False)
    policy = OUTCOMES.replace("0.5", "50") + '[readiness]\ndemand = ["value"]\n'
    result = compared(policy, train, train)
    assert any("score is no probability" in note for note in result.run.notes)
    assert mode(result) is Outcome.INCONCLUSIVE
    assert result.exit_code == 3


def test_decisions_that_do_not_pay_fail_and_those_that_do_pass() -> None:
    losing = compared(AMOUNTS, requests(TRAIN), requests(SERVE))
    assert mode(losing) is Outcome.FAIL
    modest = AMOUNTS.replace('unit = "EUR"', 'unit = "EUR"\nleast = -200')
    assert mode(compared(modest, requests(TRAIN), requests(SERVE))) is Outcome.PASS


def test_a_fall_is_held_against_the_limit_of_the_policy() -> None:
    policy = AMOUNTS.replace('unit = "EUR"', 'unit = "EUR"\nleast = -1000')
    policy += "[checks.value_drop]\nfail = 300\n"
    assert mode(compared(policy, requests(TRAIN), requests(SERVE))) is Outcome.PASS
    strict = policy.replace("fail = 300", "fail = 0.01")
    rows = requests(TRAIN)
    broken = rows.with_columns(score=pl.lit(0.1))  # everybody is approved
    assert mode(compared(strict, rows, broken)) is Outcome.FAIL


def test_too_few_decisions_are_undefined_with_the_rows_needed() -> None:
    few = compared(AMOUNTS, requests(TRAIN), requests(SERVE).head(20))
    assert mode(few) is Outcome.INCONCLUSIVE
    judged = few.run.verdict.columns["value"]
    reasons = [j.finding.measure for j in judged if isinstance(j.finding.measure, Undefined)]
    assert any("30 are needed" in measure.reason for measure in reasons)


def test_few_rows_that_carry_most_of_the_value_are_no_mean() -> None:
    huge = pl.when(pl.int_range(pl.len()) == 0).then(1e9).otherwise("amount")
    frame = requests(TRAIN).with_columns(amount=huge)
    found = compared(AMOUNTS, frame, frame)
    (first, *_) = (j.finding.measure for j in found.run.verdict.columns["value"])
    assert isinstance(first, Undefined)
    assert "few of them carry most of the value" in first.reason


def test_the_threshold_sweep_tells_the_value_of_every_threshold() -> None:
    train, serve = (requests(scores, labels=False) for scores in (TRAIN, SERVE))
    result = compared(OUTCOMES, train, serve)
    section = next(s for s in result.report.sections if s.name == "decisions")
    swept = next(part for part in section.parts if isinstance(part, Sweep))
    at = swept.thresholds.index(0.5)
    assert swept.series["value, serve"][at] == pytest.approx(value(result)["serve"]["per_decision"])
    assert swept.units["value, train"] == "units a decision"


def test_nothing_is_said_of_value_without_gains() -> None:
    result = compared(BANDS, requests(TRAIN), requests(SERVE))
    assert not any(s.name == "value" for s in result.report.sections)
    assert "value" not in result.run.verdict.columns
    assert mode(result) is Outcome.UNJUDGED


def test_a_column_called_value_keeps_its_name() -> None:
    train, serve = (requests(s).rename({"amount": "value"}) for s in (TRAIN, SERVE))
    result = compared(AMOUNTS.replace("amount", "value"), train, serve)
    assert value(result)["serve"]["per_decision"] == pytest.approx(-83.0)
    assert {"value", "value by policy"} <= result.run.verdict.columns.keys()


def test_an_amount_that_a_side_lacks_leaves_its_decisions_without_value() -> None:
    found = compared(AMOUNTS, requests(TRAIN), requests(SERVE).drop("amount"))
    assert mode(found) is Outcome.INCONCLUSIVE


def test_two_halves_of_a_log_are_worth_what_the_whole_is(tmp_path: Any) -> None:
    policy = parse(AMOUNTS, "skewcheck.toml")
    train, log = requests(TRAIN), requests(SERVE)
    roles = {Role.KEY: ["request_id"], Role.LABEL: ["label"]}
    for name, part in (("a", log[:137]), ("b", log[137:]), ("whole", log)):
        profile = make_profile(part, like=train, config=policy, overrides=roles)
        profile.save(tmp_path / f"{name}.profile")
    halves, whole = (
        skewcheck.compare(
            train, [str(tmp_path / f"{n}.profile") for n in names], label="label", policy=policy
        )
        for names in (("a", "b"), ("whole",))
    )
    assert value(halves)["serve"] == value(whole)["serve"]
    assert value(whole)["serve"]["per_decision"] == pytest.approx(-83.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[value]\ntp = 1\n", r"'value' lacks fp, tn, fn"),
        ("[value]\nunit = 'EUR'\n", "needs tp, fp, tn, fn, or else the table value.decisions"),
        ("[value.decisions]\napprove = 1\n", r"'value.decisions' lacks 'decline'"),
        ("[value.decisions]\napprove = 1\nreject = 0\n", "unknown key 'value.decisions.reject'"),
        ("[value.decisions]\napprove = {yes = 1}\ndecline = 0\n", "lacks no"),
        ("[value.decisions]\napprove = '2 * '\ndecline = 0\n", r"FACTOR \* COLUMN"),
        ("[value.decisions]\napprove = nan\ndecline = 0\n", "expected a finite number"),
        ("[value.decisions]\napprove = true\ndecline = 0\n", "expected a number, a column"),
    ],
)
def test_a_wrong_table_of_gains_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse(BANDS + text, "skewcheck.toml")


def test_gains_need_decisions() -> None:
    with pytest.raises(ConfigError, match=r"set \[decisions\] too"):
        parse("[value]\ntp = 1\nfp = 1\ntn = 1\nfn = 1\n", "skewcheck.toml")


def test_an_amount_that_is_no_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'amount'"):
        compared(AMOUNTS.replace("* amount", "* amout"), requests(TRAIN), requests(SERVE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount", Gain(1.0, "amount")),
        ("-0.6 * amount", Gain(-0.6, "amount")),
        (" 1e3*the sum ", Gain(1000.0, "the sum")),
    ],
)
def test_a_gain_is_a_factor_of_a_column(text: str, expected: Gain) -> None:
    assert gain(text) == expected


@given(st.floats(-5, 5), st.floats(0.1, 3), st.floats(0.001, 0.999))
def test_chances_are_those_of_a_logistic_line(a: float, b: float, score: float) -> None:
    line = a + b * np.log(score / (1 - score))
    assert Chances(a, b).of(np.array([score]))[0] == pytest.approx(1 / (1 + np.exp(-line)))


def test_no_chance_is_read_off_a_score_beyond_0_and_1() -> None:
    assert np.isnan(Chances().of(np.array([-0.1, 1.1, np.nan]))).all()
    assert Chances().of(np.array([0.0, 1.0])) == pytest.approx([0.0, 1.0])


def test_a_shortfall_is_inside_a_limit_of_0_only_where_the_mean_is_surely_above() -> None:
    rng = np.random.default_rng(1)

    def shortfall(mean: float) -> Shortfall:
        rows = rng.normal(mean, 1, 400)
        return Shortfall(Mean(400, float(rows.sum()), float(rows @ rows)), 0.0)

    assert shortfall(0.5).p_below(0.0) < 0.001 < shortfall(0.5).p_above(0.0)
    assert shortfall(-0.5).p_above(0.0) < 0.001
    needed = shortfall(0.05).rows_needed(0.0).serve
    assert needed is not None
    assert needed > 400


@pytest.mark.slow
def test_the_interval_of_the_value_covers_it_at_its_rate() -> None:
    missed = {"low": 0, "high": 0}
    p, gains = np.array([0.7, 0.2, 0.1]), np.array([3.0, 0.0, -15.0])
    truth, runs = float(p @ gains), 4000
    rng = np.random.default_rng(11)
    for _ in range(runs):
        counts = rng.multinomial(400, p)
        low, high = ends(Mean(400, float(counts @ gains), float(counts @ gains**2)), 0.05)
        missed["low"] += truth < low
        missed["high"] += truth > high
    assert all(0.03 < n / runs < 0.075 for n in missed.values())


@pytest.mark.slow
def test_the_interval_of_flips_covers_what_they_cost_at_its_rate() -> None:
    rng, runs, pairs, rate = np.random.default_rng(12), 3000, 2000, 0.02
    missed = 0
    for _ in range(runs):
        flips = int(rng.binomial(pairs, rate))
        lost = Lost(pairs, flips, rng.normal(-4.0, 2.0, flips)[:40])
        if lost.needed:
            continue
        low, high = lost.bounds(0.05)
        missed += not low <= rate * -4.0 <= high
    assert missed / runs < 0.11


def test_a_side_without_the_column_is_undefined() -> None:
    found = earned(None, "train")
    assert isinstance(found, Undefined)
    assert "0 decisions whose value is known" in found.reason
