"""Skew or drift: the pairs tell a wrong pipeline from another population."""

from __future__ import annotations

import polars as pl
import pytest

import skewcheck
from skewcheck.origin import Origin, Shift
from tests.pairing.lending import TRAIN, column, loans

ROWS = loans(6000, 2, start=100_000)
MOVED = ROWS.with_columns(pl.col("income") * 1.6)
WRONG = pl.col("income") * 100
SHUFFLED = pl.col("income").shuffle(seed=1)


@pytest.mark.parametrize(
    ("offline", "served", "expected"),
    [
        (ROWS, ROWS, "fine"),
        (ROWS, ROWS.with_columns(WRONG), "pipeline bug"),
        (MOVED, MOVED, "population moved"),
        (MOVED, MOVED.with_columns(WRONG), "pipeline bug and population moved"),
        (ROWS, ROWS.with_columns(SHUFFLED), "stale or misjoined"),
    ],
)
def test_rows_and_distributions_together_tell_skew_from_drift(
    offline: pl.DataFrame, served: pl.DataFrame, expected: str
) -> None:
    result = skewcheck.compare(TRAIN, served, offline=offline, key="k")
    found = column(result, "income")
    assert found["origin"]["origin"] == expected
    if expected == "population moved":
        assert not found["causes"] and found["origin"]["explained"] < 0.1
    if expected == "pipeline bug":
        assert found["origin"]["explained"] > 0.99
    if expected == "stale or misjoined":
        assert [cause["cause"] for cause in found["causes"]] == ["permuted"]
    assert column(result, "age")["origin"]["origin"] == "fine"


def test_without_pairs_nothing_is_said_of_skew_or_drift() -> None:
    result = skewcheck.compare(TRAIN.drop("k"), MOVED.drop("k"))
    assert column(result, "income")["verdict"] == "fail"
    assert column(result, "income")["origin"] is None


def test_a_few_pairs_that_agree_do_not_decide() -> None:
    result = skewcheck.compare(TRAIN, pl.concat([TRAIN.head(20), MOVED]), key="k")
    assert column(result, "income")["verdict"] == "fail"
    assert column(result, "income")["origin"]["origin"] == "undecided"


def test_a_value_in_another_type_is_no_population_that_moved() -> None:
    flag = pl.col("age") > 40
    served = ROWS.with_columns(old=flag.cast(pl.Int64))
    result = skewcheck.compare(
        TRAIN.with_columns(old=flag), served, offline=ROWS.with_columns(old=flag), key="k"
    )
    assert column(result, "old")["parity"]["counts"] == {"retyped": len(ROWS)}
    assert column(result, "old")["verdict"] == "fail"
    assert column(result, "old")["origin"]["origin"] == "pipeline bug"


def test_unpaired_rows_of_another_kind_are_no_drift_between_train_and_serve() -> None:
    half = ROWS.sort("age")
    result = skewcheck.compare(ROWS, half, offline=half.head(3000), key="k")
    judged = {j.finding.check: j.outcome for j in result.run.verdict.columns["age"]}
    assert str(judged["unpaired_lot"]) == "warn"
    assert column(result, "age")["origin"]["origin"] == "fine"


def test_the_part_that_is_the_pipelines_lies_between_0_and_1() -> None:
    assert Shift(Origin.SKEW, 2.0, 0.5).explained == 0.75
    assert Shift(Origin.SKEW, 2.0, 3.0).explained == 0.0
    assert Shift(Origin.SKEW, 0.0, 0.0).explained is None
    assert Shift(Origin.SKEW, 2.0, None).explained is None
