"""Flips of one customer come together: they are not so many pieces of evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import skewcheck
from skewcheck.config import parse
from skewcheck.pairing.clusters import buckets, per_bucket
from skewcheck.statistics.blocks import of_marked
from skewcheck.statistics.intervals import Share
from skewcheck.statistics.widened import widened

EACH = 20  # requests of a customer
POLICY = parse(
    """
    [roles]
    entity = "customer_id"
    [decisions]
    threshold = 0.5
    """,
    "skewcheck.toml",
)


def flipping(customers: int, rate: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the customer of each request and whether it flips: all of a customer's, or none."""
    who = np.repeat(np.arange(customers), EACH)
    return who, (np.random.default_rng(seed).random(customers) < rate)[who]


def hashes(who: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    chance = np.random.default_rng(seed + 10**6)
    made: NDArray[np.uint64] = chance.integers(0, 2**63, who.max() + 1).astype(np.uint64)[who]
    return made


def tables(customers: int, rate: float, seed: int) -> tuple[pa.Table, pa.Table]:
    who, flips = flipping(customers, rate, seed)
    score = np.random.default_rng(seed).random(len(who)) * 0.4
    ids = [f"r{i}" for i in range(len(who))]
    people = [f"c{seed}-{c}" for c in who]
    common = {"request_id": ids, "customer_id": people}
    serve = np.where(flips, score + 0.5, score)
    return pa.table({**common, "score": score}), pa.table({**common, "score": serve})


def flips(customers: int, rate: float, seed: int = 1, *, entity: bool = True) -> dict[str, Any]:
    train, serve = tables(customers, rate, seed)
    if not entity:
        train, serve = train.drop_columns(["customer_id"]), serve.drop_columns(["customer_id"])
    result = skewcheck.compare(train, serve, key="request_id", offline=train, policy=POLICY)
    document = result.to_dict()
    column = next(c for c in document["columns"] if c["name"] == "decision")
    finding = next(f for f in column["findings"] if f["check"] == "flips" and not f.get("segment"))
    return {**finding, "section": document["sections"]["decisions"]}


def test_requests_of_one_customer_that_flip_together_count_as_one() -> None:
    clustered, alone = flips(800, 0.05), flips(800, 0.05, entity=False)
    assert clustered["value"] == alone["value"]
    effect = clustered["detail"]["design_effect"]
    assert EACH / 2 < effect < EACH * 2
    assert "design_effect" not in alone["detail"]
    assert clustered["low"] < alone["low"] < alone["high"] < clustered["high"]
    told = clustered["section"]
    assert told["flips"]["low"] == pytest.approx(clustered["low"])
    assert "rows of one customer flip together" in " ".join(told["sentences"])
    wide, narrow = (f["section"]["flips"]["net"] for f in (clustered, alone))
    assert wide["high"] - wide["low"] > 2 * (narrow["high"] - narrow["low"])


def test_independent_flips_keep_their_interval_nearly() -> None:
    draw, found = np.random.default_rng(1), []
    for seed in range(200):
        who = np.repeat(np.arange(500), EACH)
        rows = buckets(hashes(who, seed), np.ones(len(who), np.bool_), who.astype(np.uint64))
        marked = draw.random(len(who)) < 0.05
        found.append(of_marked(per_bucket(rows[marked]), per_bucket(rows)).deff)
    assert np.mean(found) < 1.15


def test_nothing_or_all_marked_has_no_design_effect() -> None:
    rows = np.full(64, 10)
    for marked in (rows * 0, rows):
        assert of_marked(marked, rows).deff == 1.0
    assert of_marked(np.array([1, 0, 0]), np.array([2, 2, 2])).deff == 1.0


def test_requests_without_a_customer_stand_each_for_itself() -> None:
    own = np.random.default_rng(1).integers(0, 2**63, 10_000).astype(np.uint64)
    found = buckets(np.zeros(10_000, np.uint64), np.zeros(10_000, np.bool_), own)
    assert per_bucket(found).min() > 100


def test_false_alarms_are_back_at_their_level() -> None:
    limit, level, runs = 0.01, 0.05, 1000
    plain = wide = 0
    for seed in range(runs):
        who, marked = flipping(600, limit, seed)
        rows = buckets(hashes(who, seed), np.ones(len(who), np.bool_), who.astype(np.uint64))
        share = Share(int(marked.sum()), len(who))
        factor = of_marked(per_bucket(rows[marked]), per_bucket(rows))
        plain += share.bounds(level)[0] > limit
        wide += widened(share, factor).bounds(level)[0] > limit
    assert plain > 0.25 * runs
    assert wide <= level * runs + 3 * np.sqrt(level * (1 - level) * runs)


@pytest.mark.slow
def test_whole_runs_fail_no_more_often_than_they_may() -> None:
    runs = 100
    failed = sum(flips(300, 0.01, seed)["verdict"] == "fail" for seed in range(runs))
    alone = sum(flips(300, 0.01, seed, entity=False)["verdict"] == "fail" for seed in range(runs))
    assert alone > 0.12 * runs
    assert failed <= 0.05 * runs + 3 * np.sqrt(0.05 * 0.95 * runs)
