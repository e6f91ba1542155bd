"""The failure modes one by one: a clean launch passes them all, a broken one fails its own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck import policy as policies
from skewcheck.config import parse
from skewcheck.result import Result
from skewcheck.verdict import Outcome

START = datetime(2026, 3, 1)
ROWS = 12_000
MODES = ("skew", "availability", "latency", "decisions", "value", "performance", "creep", "health")
POLICY = f"""
[readiness]
demand = {list(MODES)}
[decisions]
score = "score"
bands = "approve < 0.2 <= review < 0.5 <= decline"
[value]
unit = "EUR"
[value.decisions]
approve = {{ yes = -13, no = 3 }}
review = 2
decline = 0
[latency]
budget = "150ms"
share = 0.99
[manifest]
frozen = true
[features.income]
importance = 3
[features.visits]
importance = 1
fallback = -1
"""


def offline(rows: int = ROWS, seed: int = 1) -> pl.DataFrame:
    """Return requests with their features, the score that they deserve, and what came of them."""
    rng = np.random.default_rng(seed)
    income, visits = rng.lognormal(10, 0.5, rows), rng.integers(0, 50, rows)
    promised = 1 / (1 + np.exp(1.5 + 1.6 * (np.log(income) - 10) - 0.03 * (visits - 25)))
    return pl.DataFrame(
        {
            "request_id": [f"{seed}-{row}" for row in range(rows)],
            "event_time": [START + timedelta(minutes=row) for row in range(rows)],
            "income": income,
            "visits": visits.astype(float),
            "score": promised,
            "label": (rng.random(rows) < promised).astype(int),
        }
    )


def logged(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the log of a clean launch."""
    rng = np.random.default_rng(9)
    return rows.with_columns(latency_ms=pl.Series(rng.uniform(20, 140, len(rows)).round(2)))


TRAIN, REQUESTS = offline(), offline(seed=2)
CLEAN = logged(REQUESTS)
TENTH = pl.int_range(pl.len()) % 10 == 0


def compared(log: pl.DataFrame) -> Result:
    policy = parse(POLICY, "skewcheck.toml")
    found: Result = skewcheck.compare(
        TRAIN, log, offline=REQUESTS, key="request_id", label="label", policy=policy
    )
    return found


@cache
def clean() -> Result:
    return compared(CLEAN)


def modes(result: Result) -> dict[str, Outcome]:
    return {mode.name: mode.outcome for mode in result.run.verdict.modes}


def test_a_clean_launch_passes_every_failure_mode_that_the_policy_demands() -> None:
    found = modes(clean())
    assert {name: found[name] for name in MODES} == dict.fromkeys(MODES, Outcome.PASS)
    assert clean().exit_code == 0


BROKEN = {
    "skew": CLEAN.with_columns(
        income=pl.when(TENTH).then(pl.col("income") / 2).otherwise("income")
    ),
    "availability": CLEAN.drop("visits"),
    "latency": CLEAN.with_columns(pl.col("latency_ms") * 2),
    "decisions": CLEAN.with_columns(pl.col("score") ** 0.5),
    "value": CLEAN.with_columns(pl.col("score") * 0.15),  # everybody is approved
    "performance": CLEAN.with_columns(pl.col("label").shuffle(seed=1)),
    "creep": CLEAN.with_columns(extra=pl.col("income") + 1),
    "health": CLEAN.with_columns(
        request_id=pl.when(TENTH)
        .then(pl.lit("other-") + pl.col("request_id"))
        .otherwise("request_id")
    ),
}


# Decisions follow from the score: where they are wrong, the score is, and what it promises.
FOLLOWS = {
    "decisions": {"skew", "performance"},
    "value": {"skew", "decisions", "performance"},
}


@pytest.mark.parametrize("mode", BROKEN)
def test_a_broken_launch_is_caught_by_its_failure_mode_and_by_no_other(mode: str) -> None:
    found = modes(compared(BROKEN[mode]))
    caught = {name for name in MODES if found[name] is not Outcome.PASS}
    assert found[mode] is (Outcome.WARN if mode == "creep" else Outcome.FAIL)
    assert caught == {mode} | FOLLOWS.get(mode, set())


def test_a_log_that_nothing_was_paired_with_says_what_was_counted() -> None:
    found = skewcheck.compare(TRAIN.drop("request_id"), CLEAN.drop("request_id"))
    health = next(mode for mode in found.report.modes if mode.name == "health")
    assert health.outcome is Outcome.UNJUDGED
    assert health.evidence.startswith("12,000 events in serve: 12,000 ok")


def launched(rows: int) -> Result:
    """Return the comparison of so many requests of a clean launch, paired and with labels."""
    requests = offline(rows, seed=2)
    policy = parse(POLICY, "skewcheck.toml")
    found: Result = skewcheck.compare(
        offline(100_000),
        logged(requests),
        offline=requests,
        key="request_id",
        label="label",
        policy=policy,
    )
    return found


def lacking(result: Result) -> int:
    """Return the most rows of serve that a finding still needs; 0 where none does."""
    judged = (j for mode in result.run.verdict.modes for j in mode.judgements)
    return max((j.needed.serve or 0 for j in judged if j.needed), default=0)


def test_too_few_rows_are_inconclusive_with_the_number_needed_and_pass_when_they_are_added() -> (
    None
):
    rows = 150
    few = launched(rows)
    assert few.exit_code == 3
    assert Outcome.FAIL not in modes(few).values()
    told = re.search(r"about ([\d,]+) more serve rows would decide", few.report.headline)
    assert told
    needed = int(told[1].replace(",", ""))
    assert needed >= lacking(few) > 0
    enough = launched(rows + needed)
    assert {name: modes(enough)[name] for name in MODES} == dict.fromkeys(MODES, Outcome.PASS)
    assert enough.exit_code == 0


DEMANDED = {
    "performance": CLEAN.drop("label"),
    "decisions": CLEAN.drop("score"),
}


@pytest.mark.parametrize("mode", DEMANDED)
def test_a_mode_without_evidence_is_inconclusive_where_the_policy_demands_it(mode: str) -> None:
    found = next(m for m in compared(DEMANDED[mode]).report.modes if m.name == mode)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.evidence
    free = skewcheck.compare(TRAIN, DEMANDED[mode], offline=REQUESTS, key="request_id")
    assert modes(free)[mode] in (Outcome.UNJUDGED, Outcome.INCONCLUSIVE)


def test_every_failure_mode_has_a_planted_case() -> None:
    assert set(BROKEN) == set(MODES) == set(policies.MODES)
