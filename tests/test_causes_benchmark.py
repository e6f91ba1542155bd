"""The planted suite of benchmarks/causes plants what it says, and finds it on the flights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from benchmarks.causes.cases import PLANTS, Case, cases, clean, run
from benchmarks.causes.datasets import SETS, Dataset, Halves, found, halves
from benchmarks.causes.plants import (
    Ground,
    Plant,
    differing,
    distance,
    hit,
    identifiable,
    outside,
    single,
)
from benchmarks.causes.table import Clean, document

from skewcheck.discovery import discover

FLIGHTS = Path(__file__).parent.parent / "fixtures" / "flights"


@pytest.fixture(scope="module")
def sides() -> Halves:
    """Return two small clean halves of the flights."""
    return halves(found(FLIGHTS)[0], FLIGHTS, 1500)


def ground(values: pl.Series, train: pl.Series | None = None, **known: object) -> Ground:
    """Return ground of one column."""
    frame = pl.DataFrame({"x": values})
    made = Ground(
        "x",
        values,
        values if train is None else train,
        frame,
        None,
        None,
        None,
        np.random.default_rng(1),
    )
    return replace(made, **known)  # type: ignore[arg-type]


def plant(name: str) -> Plant:
    """Return the plant of a name."""
    return next(plant for plant in PLANTS if plant.name == name)


def test_every_cause_that_a_plant_expects_exists_and_every_cause_is_planted() -> None:
    expected = {cause for one in PLANTS for cause in one.causes}
    assert expected == set(discover("skewcheck.causes"))


def test_plants_have_names_of_their_own() -> None:
    assert len({one.name for one in PLANTS}) == len(PLANTS)


def test_every_data_set_says_where_it_is_from_and_under_which_licence() -> None:
    assert all(one.files and one.source.startswith("https://") and one.licence for one in SETS)
    assert len(SETS) > 8


def test_halves_share_no_row_and_are_in_order_of_time(sides: Halves) -> None:
    assert len(sides.train) == len(sides.serve) == 1500
    assert not set(sides.train["request_id"]) & set(sides.serve["request_id"])
    assert sides.serve["moment"].is_sorted()


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"datasets\.py"):
        found(tmp_path)
    with pytest.raises(SystemExit, match="no data set penguins"):
        found(FLIGHTS, ("penguins",))


def test_a_strength_is_the_share_of_rows_that_is_hit() -> None:
    values = pl.Series("x", np.arange(1.0, 10_001.0))
    served = hit(ground(values), values * 100, 0.1)
    assert differing(values, served).mean() == pytest.approx(0.1, abs=0.01)
    assert differing(values, hit(ground(values), values * 100, 1.0)).all()


def test_a_column_that_is_hit_in_part_by_another_type_holds_both() -> None:
    values = pl.Series("x", [1.5, 2.5, 3.5] * 100)
    served = hit(ground(values), values.cast(pl.String), 0.5)
    assert isinstance(served, list)
    assert {type(value) for value in served} == {str, float}


def test_a_float32_is_no_difference_and_a_lost_null_is_one() -> None:
    values = pl.Series("x", [0.1, 1 / 3, None])
    assert not differing(values, values.cast(pl.Float32).cast(pl.Float64)).any()
    assert differing(values, values.fill_null(0.0)).tolist() == [False, False, True]


def test_the_distance_is_that_of_the_shares_of_values() -> None:
    texts = pl.Series("x", ["a", "a", "b", "b"])
    assert distance(texts, pl.Series("x", ["a", "a", "a", "b"])) == pytest.approx(0.25)
    numbers = pl.Series("x", [1.0, 2.0, 3.0, 4.0])
    assert distance(numbers, numbers + 2) == pytest.approx(0.5)
    assert distance(numbers, numbers.set(pl.Series([True, False, False, False]), None)) > 0


def test_values_outside_are_those_beyond_train() -> None:
    train = pl.Series("x", [1.0, 5.0])
    served = pl.Series("x", [0.0, 2.0, 9.0, 3.0])
    assert outside(train, served, np.array([True, True, True, False])) == pytest.approx(2 / 3)


def test_rows_that_hold_one_value_are_told() -> None:
    served = pl.Series("x", [7.0] * 8 + [1.0, 2.0])
    assert single(served, np.ones(10, bool))
    assert not single(served, np.arange(10) > 5)


def test_few_rows_and_near_distributions_are_not_identifiable() -> None:
    values = pl.Series("x", np.random.default_rng(0).normal(50, 9, 2000))
    there, times = ground(values), plant("x 100")
    assert identifiable(times, there, values * 100, keyed=False, strength=1.0)
    few = (
        values.to_frame()
        .with_row_index()
        .select(pl.when(pl.col("index") < 19).then(pl.col("x") * 100).otherwise("x"))["x"]
    )
    assert not identifiable(times, there, few, keyed=True, strength=0.01)
    near = plant("x 1.0847 (a rate)")
    assert identifiable(near, there, values * 1.0847, keyed=True, strength=1.0)
    assert not identifiable(near, there, values * 1.0847, keyed=False, strength=1.0)


def test_every_plant_finds_a_column_or_says_that_there_is_none(sides: Halves) -> None:
    planted = {case.plant.name for case in cases(sides, 1)}
    missing = {one.name for one in PLANTS} - planted
    assert missing <= {"accents lost", "mojibake", "date format", "day and month exchanged", "exp",
                       "int16 overflow"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column", "keyed"),
    [
        ("x 100", "distance_miles", True),
        ("case", "manufacturer", False),
        ("1 added", "seats", True),
    ],
)
def test_a_planted_mistake_is_named(sides: Halves, name: str, column: str, keyed: bool) -> None:
    found_ = run(sides, Case(plant(name), column, 1.0, keyed, 0))
    assert found_ is not None
    assert (found_.identifiable, found_.right, found_.wrong) == (True, True, False)


def test_a_float32_and_clean_halves_are_given_no_cause(sides: Halves) -> None:
    benign = run(sides, Case(plant("benign: float32"), "temp", 1.0, True, 0))
    assert benign is not None
    assert benign.right
    found_ = clean(sides, keyed=True)
    assert set(found_) >= set(sides.features)
    assert not any(causes for _, causes in found_.values())


def test_the_table_counts_what_it_was_given(sides: Halves) -> None:
    case = Case(plant("x 100"), "distance_miles", 1.0, True, 0)
    outcome = run(sides, case)
    assert outcome is not None
    wrong = replace(outcome, right=False, wrong=True, named=("ratio",))
    halved = Clean("flights", 1500, len(sides.features), [], [])
    flights: list[Dataset] = [sides.dataset]
    text = document(flights, [halved], [outcome, wrong], 1)
    assert "| keyed | 2 | 2 | 1 (50.0%) | 0 (0.0%) | 1 (50.0%) |" in text
    assert "| x 100 | factor | 1/2 |" in text
