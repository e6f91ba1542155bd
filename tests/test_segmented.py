"""A column that drifts in one segment only is found there, and nowhere else."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck.result import Result

KINDS = ("air", "bus", "car", "dog cart")


def table(seed: int, n: int, broken: str = "") -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.choice(KINDS, n, p=[0.6, 0.3, 0.06, 0.04])
    x = rng.normal(0, 1, n) + (kind == "bus")
    grade = rng.choice(["low", "mid", "high"], n)
    if broken:
        x = np.where(kind == broken, x * 3 + 1, x)
        grade = np.where(kind == broken, "mid", grade)
    return pl.DataFrame(
        {"kind": kind, "x": x, "grade": grade, "year": rng.integers(1, 4, n), "y": rng.random(n)}
    )


def failing(result: Result) -> dict[str, str]:
    """Return the first finding of each column that fails."""
    columns = result.to_dict()["columns"]
    return {c["name"]: c["findings"][0]["reason"] for c in columns if c["verdict"] == "fail"}


@pytest.mark.parametrize("n", [8_000, 60_000])
def test_a_column_that_drifts_in_a_small_segment_fails_there(n: int) -> None:
    found = failing(skewcheck.compare(train=table(0, n), serve=table(1, n, "dog cart")))
    assert set(found) == {"x", "grade"}
    assert all("where kind = dog cart" in reason for reason in found.values())


@pytest.mark.parametrize("seed", range(10))
def test_segments_that_differ_from_each_other_but_not_over_time_are_in_order(seed: int) -> None:
    sides = table(2 * seed, 8_000), table(2 * seed + 1, 8_000)
    assert failing(skewcheck.compare(train=sides[0], serve=sides[1])) == {}


def test_the_limit_of_the_policy_holds_inside_a_segment_too(tmp_path: object) -> None:
    policy = skewcheck.config.parse("[checks.divergence]\nfail = 5.4", "p.toml")
    sides = table(0, 8_000), table(1, 8_000, "dog cart")
    result = skewcheck.compare(train=sides[0], serve=sides[1], policy=policy)
    assert failing(result) == {}


def test_a_segment_that_train_knows_nothing_of_is_not_held_against_all_of_train() -> None:
    train, serve = table(0, 8_000), table(1, 8_000)
    logged = serve.rename({"kind": "caller"})  # its kinds differ in x, and always did
    assert failing(skewcheck.compare(train=train.drop("kind"), serve=logged)) == {}
