"""What is looked for in which column: causes only where something may be wrong."""

from __future__ import annotations

import polars as pl

import skewcheck
from tests.pairing.lending import LOGGED, OFFLINE, TRAIN, column


def test_a_column_whose_pairs_agree_has_no_cause_however_far_its_population_moved() -> None:
    moved = LOGGED.with_columns(pl.col("income") * 100)
    result = skewcheck.compare(TRAIN, moved, offline=moved, key="k")
    assert column(result, "income")["verdict"] == "fail"
    assert column(result, "income")["causes"] == []


def test_rows_that_differ_have_a_cause_before_they_are_enough_to_fail() -> None:
    few = pl.int_range(pl.len()) < 6  # of 6,000: at the limit
    served = LOGGED.with_columns(
        income=pl.when(few).then(pl.col("income") * 100).otherwise("income")
    )
    result = skewcheck.compare(TRAIN, served, offline=OFFLINE, key="k")
    assert column(result, "income")["verdict"] == "inconclusive"
    assert column(result, "income")["causes"][0]["cause"] == "factor"


def test_without_pairs_a_cause_is_sought_in_the_distributions() -> None:
    served = LOGGED.drop("k").with_columns(pl.col("income") * 100)
    result = skewcheck.compare(TRAIN.drop("k"), served)
    cause = column(result, "income")["causes"][0]
    assert (cause["cause"], cause["paired"]) == ("factor", False)
    assert set(result.run.reasons) == {"income"}


def test_two_mistakes_in_one_column_are_both_named() -> None:
    holes = pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise("income").alias("income")
    offline = OFFLINE.with_columns(holes)
    served = offline.with_columns((pl.col("income") * 100).fill_null(0.0))
    result = skewcheck.compare(TRAIN.with_columns(holes), served, offline=offline, key="k")
    found = {cause["cause"]: cause["explains"] for cause in column(result, "income")["causes"]}
    assert set(found) == {"factor", "filled"}
    assert abs(found["factor"] - 0.75) < 0.02 and abs(found["filled"] - 0.25) < 0.02
