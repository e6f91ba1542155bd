"""How far paired values are apart."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.apart import LEVELS, TABLE, confusion, pairs, quantiles
from skewcheck.pairing.column import CONFUSED
from skewcheck.sanitize import visible
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import GridSpec
from tests.report.cases import HOSTILE, LEVEL
from tests.report.paired import column, numbers


def grid(values: list[float]) -> Grid:
    """Return a grid of these values."""
    made = Grid(GridSpec())
    made.add(np.array(values))
    return made


def sentences(train: list[float | None], serve: list[float | None]) -> tuple[str, ...]:
    """Return what is said of these pairs."""
    found = pairs(numbers(train, serve), LEVEL)
    return found.sentences if found else ()


def test_an_empty_grid_has_no_quantile() -> None:
    assert quantiles(grid([])) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_quantiles_are_those_of_the_values_to_a_cell(values: list[float]) -> None:
    found = dict(quantiles(grid(values)))
    ordered = sorted(values)
    assert list(found) == list(LEVELS)
    assert (found[0.0], found[1.0]) == (ordered[0], ordered[-1])
    for level in LEVELS[1:-1]:
        exact = ordered[max(0, math.ceil(level * len(ordered) - 1e-9) - 1)]
        assert found[level] == pytest.approx(exact, rel=2e-3, abs=1e-6)


def test_a_quantile_at_zero_is_zero() -> None:
    assert dict(quantiles(grid([-3.0, 0.0, 0.0, 0.0, 5.0])))[0.5] == 0.0


def test_no_pairs_are_nothing() -> None:
    assert pairs(None, LEVEL) is None
    assert pairs(numbers([], []), LEVEL) is None


def test_pairs_that_agree_still_have_an_upper_bound() -> None:
    values: list[float | None] = [1.0, 2.0, 3.0]
    differ, kinds = sentences(values, values)
    assert differ.startswith("0 of 3 paired rows differ (0 to 63.")
    assert kinds == "3 equal"


def test_every_pair_is_told_by_what_became_of_it() -> None:
    train = [1.0, 2.0, None, math.nan, 0.1, 1_234_567.8]
    serve = [1.0, None, 3.0, None, float(np.float32(0.1)), 1_234_568.1]
    differ, kinds, *_ = sentences(train, serve)
    assert differ.startswith("2 of 6 paired rows differ (")
    assert kinds == (
        "1 equal, 1 equal as float32, 1 within the tolerance, 1 equal in another type, "
        "1 null in train only, 1 null in serve only"
    )


def test_differences_and_ratios_are_told_with_their_spread() -> None:
    train = [float(x) for x in range(1, 101)]
    *_, apart, ratio = sentences(list(train), [2 * x for x in train])
    assert apart == "serve - train: median 50, 5 to 95 %: 5 to 95"
    assert ratio == "serve ÷ train: median 2"


def test_pairs_with_infinities_and_zeros_have_the_quantiles_of_the_rest() -> None:
    found = pairs(numbers([0.0, 1.0, math.inf], [1.0, 3.0, 1.0]), LEVEL)
    assert found is not None
    assert dict(found.quantiles)["serve ÷ train"] == ("0", "0", "0", "0", "3", "3", "3")


def test_mistaken_texts_are_counted_the_commonest_first() -> None:
    made = column(pa.array(["AA", "AA", "UA", None, "DL"]), pa.array(["aa", "aa", "ua", "x", "DL"]))
    found = pairs(made, LEVEL)
    assert found is not None
    assert found.mistaken == (("AA", "aa", "2 rows"), ("UA", "ua", "1 row"), ("null", "x", "1 row"))
    assert found.sentences[-1] == (
        "train → serve: AA → aa (2 rows), UA → ua (1 row), null → x (1 row)"
    )


def test_an_empty_text_is_quoted_and_not_taken_for_null() -> None:
    found = pairs(column(pa.array(["a", "b"]), pa.array(["", None])), LEVEL)
    assert found is not None
    assert {serve for _, serve, _ in found.mistaken} == {'""', "null"}


def test_numbers_that_became_their_own_text_are_no_confusion_of_texts() -> None:
    found = pairs(column(pa.array([1, 2]), pa.array(["1", "2"])), LEVEL)
    assert found is not None
    assert found.mistaken == ()
    assert found.told[1] == "2 of another type"


def test_too_many_mistaken_texts_are_not_listed() -> None:
    n = CONFUSED + 1
    made = column(pa.array([f"t{i}" for i in range(n)]), pa.array([f"s{i}" for i in range(n)]))
    assert confusion(made) is None
    found = pairs(made, LEVEL)
    assert found is not None and found.mistaken == ()


def test_hostile_texts_are_inert_short_and_few() -> None:
    made = column(pa.array(list(HOSTILE)), pa.array([f"{text}!" for text in HOSTILE]))
    found = pairs(made, LEVEL)
    assert found is not None
    assert 0 < len(found.mistaken) <= TABLE
    for cell in (cell for row in found.mistaken for cell in row):
        assert all(visible(char) == char for char in cell)
        assert len(cell) <= 200
