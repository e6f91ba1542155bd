"""Nightly looks through the real code: days, customers, both views, and what cannot be known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks.looks import SCHEMA, SHIFT, World, course, limits, profiles

from skewcheck.config import parse
from skewcheck.dependence import dependence
from skewcheck.errors import ConfigError
from skewcheck.looks import LAST, ROLLING, SINCE, findings_of, merged, nightly
from skewcheck.pipeline import compare
from skewcheck.policy import Policy
from skewcheck.profiling import make_profile
from skewcheck.statistics.widened import Widened
from skewcheck.verdict import Outcome

FILE = "skewcheck.toml"


def test_the_first_night_has_one_view_and_later_ones_two() -> None:
    train, nights = profiles(World(400), [0.0] * 9, 1)
    seen = list(nights)
    first, last = nightly(train, seen[:1], SCHEMA, limits()), nightly(train, seen, SCHEMA, limits())
    assert [view.name for view in first.views] == [LAST]
    assert [view.name for view in last.views] == [LAST, ROLLING]
    assert [view.rows for view in last.views] == [400, 2800]
    assert first.views[0].level == pytest.approx(1 / 365)
    assert last.views[0].level == pytest.approx(1 / 730)
    with pytest.raises(ValueError, match="0 nights"):
        nightly(train, [], SCHEMA, limits())


def test_a_night_too_small_to_pass_passes_with_its_week_where_the_policy_says_so() -> None:
    train, nights = profiles(World(300), [0.0] * 7, 2)
    strict = nightly(train, list(nights), SCHEMA, limits())
    assert [view.verdict.outcome for view in strict.views] == [Outcome.INCONCLUSIVE, Outcome.PASS]
    assert (strict.outcome, strict.exit_code) == (Outcome.INCONCLUSIVE, 3)
    assert replace(strict, each=False).outcome is Outcome.PASS
    assert f"{ROLLING}: pass" in strict.reason


def test_a_break_last_night_fails_by_the_last_night_and_says_so() -> None:
    train, nights = profiles(World(2000), [0.0] * 6 + [1.0], 3)
    night = nightly(train, list(nights), SCHEMA, replace(limits(), each_night=False), look=7)
    assert night.outcome is Outcome.FAIL
    assert night.views[0].columns(Outcome.FAIL) == ("amount",)
    assert night.reason.startswith("last night: fail (amount)")
    assert night.since is not None
    assert (night.since.name, night.since.rows) == (SINCE, 14_000)


def test_days_and_customers_widen_what_they_make_alike() -> None:
    train, nights = profiles(World(2000, wobble=0.2), [0.0] * 2, 4)
    night = merged(list(nights))
    plain, _ = findings_of(train, night, SCHEMA, replace(limits(), design_effect=1.0))
    wide, missing = findings_of(train, night, SCHEMA, limits())
    assert missing == ()
    for before, after in zip(plain, wide, strict=True):
        if (after.check, after.subject.column) == ("ks", "amount"):
            assert isinstance(after.measure, Widened)
            assert after.detail["design_effect"] > 5
            assert after.measure.value == before.measure.value  # type: ignore[union-attr]


def test_what_cannot_be_estimated_is_said() -> None:
    rows = {"amount": np.random.default_rng(5).normal(size=500)}
    side = make_profile(pd.DataFrame(rows))
    reasons = [undefined.reason for undefined in dependence(side, side).missing]
    assert reasons == [
        "rows of one day are taken for independent: train has no time column",
        "rows of one customer are taken for independent: no column names the customer",
    ]
    day = np.datetime64("2025-01-01", "s") + np.arange(500) * np.timedelta64(300, "s")
    short = make_profile(pd.DataFrame({**rows, "event_time": day}))
    reason = dependence(short, short).missing[0].reason
    assert reason.endswith("train covers 2 days, and at least 4 are needed")


def test_a_single_comparison_estimates_where_the_policy_says_so() -> None:
    rng = np.random.default_rng(6)
    train, serve = (pd.DataFrame({"amount": rng.normal(size=n)}) for n in (900, 800))
    assert compare(train, serve).notes == ()
    config = parse("[dependence]\nestimate = true", FILE)
    assert "train has no time column" in compare(train, serve, config=config).notes[0]
    config = parse("[dependence]\ndesign_effect = 4", FILE)
    found = [j.finding for j in compare(train, serve, config=config).verdict.columns["amount"]]
    assert {f.detail.get("design_effect") for f in found if f.check == "ks"} == {4.0}


def test_the_policy_sets_looks_and_dependence() -> None:
    text = "[looks]\nfalse_alarms_per_year = 2\neach_night = false\n[dependence]\ndesign_effect = 3"
    expected = Policy(false_alarms_per_year=2.0, each_night=False, design_effect=3.0)
    assert parse(text, FILE).policy == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[looks]\nfalse_alarms_per_year = 0", "looks.false_alarms_per_year"),
        ("[looks]\nfalse_alarms_per_year = nan", "above 0 and below 365"),
        ("[looks]\neach_night = 1", "true or false"),
        ("[dependence]\ndesign_effect = 0.5", "a number from 1 on"),
        ("[dependence]\ndesign_effct = 2", "design_effect"),
    ],
)
def test_a_mistake_in_them_is_named(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        parse(text, FILE)


@pytest.mark.slow
@pytest.mark.parametrize("world", [World(2000), World(2000, wobble=0.1), World(2000, each=10)])
def test_sixty_looks_neither_fail_nor_pass_by_mistake(world: World) -> None:
    fine = course(world, [0.0] * 60, 11)
    edge = course(world, [SHIFT] * 60, 12)
    assert Outcome.FAIL not in fine.nights
    assert edge.nights.count(Outcome.FAIL) <= 1
    assert edge.nights.count(Outcome.PASS) <= 3 + 5  # 5 % of the nights, and three standard errors
    broken = course(world, [0.0] * 8 + [1.0] * 7, 13)
    assert Outcome.FAIL in broken.nights[8:]
