"""The float grid: where a number's cell lies, how cells are ordered, what moving grids costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import SHIFT, SLICE, GridSpec, finite, patterns
from tests.summaries.cases import SPECS, Floats, array, finite_numbers, grid

Values = NDArray[Any]
WIDTH = 2.0 ** (SHIFT - 23)  # a cell's width relative to its distance from the origin


def cells_of(spec: GridSpec, values: Floats) -> np.ndarray:
    """Return the cell of each number, in the order of the numbers."""
    return (patterns(finite(spec, values).copy()) >> SHIFT).astype(np.int64)


@pytest.mark.parametrize("spec", SPECS)
@given(values=st.lists(finite_numbers, min_size=1, max_size=30).map(array))
@settings(max_examples=40, deadline=None)
def test_every_number_lies_within_the_edges_of_its_cell(spec: GridSpec, values: Floats) -> None:
    cells = cells_of(spec, values)
    low, high = spec.edges(cells)
    # What float64 loses when the origin is taken off, and float32 when the rest is stored.
    slack = 2.0**-24 * np.abs(values - spec.origin) + 2.0**-52 * (abs(spec.origin) + np.abs(values))
    slack = np.maximum(slack, np.ldexp(1.0, spec.exponent - 149))
    with np.errstate(over="ignore"):
        assert (values >= low - slack).all()
        assert (values <= high + slack).all()


@pytest.mark.parametrize("spec", SPECS)
@given(values=st.lists(finite_numbers, min_size=1, max_size=30).map(array))
@settings(max_examples=40, deadline=None)
def test_cells_are_ordered_as_the_numbers_are(spec: GridSpec, values: Floats) -> None:
    values = np.sort(values)
    assert (np.diff(cells_of(spec, values)) >= 0).all()
    low, high = spec.edges(np.unique(cells_of(spec, values)))
    assert (low[1:] >= high[:-1]).all()


@pytest.mark.parametrize("spec", SPECS)
@given(values=st.lists(finite_numbers, max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_least_and_the_greatest_number_are_exact(spec: GridSpec, values: list[float]) -> None:
    made = grid(spec, values)
    assert (made.low, made.high) == (min(values, default=np.inf), max(values, default=-np.inf))
    assert made.total == len(values) == made.counts()[1].sum()


@pytest.mark.parametrize("spec", SPECS)
@given(values=st.lists(finite_numbers, max_size=30))
@settings(max_examples=30, deadline=None)
def test_weights_are_repeated_rows(spec: GridSpec, values: list[float]) -> None:
    weights = np.arange(1, len(values) + 1)
    made = Grid(spec)
    made.add_weighted(array(values), weights)
    assert made == grid(spec, np.repeat(array(values), weights).tolist())


def test_odd_numbers_are_told_apart_and_get_no_cell() -> None:
    made = Grid(GridSpec())
    assert made.add(array([np.nan, np.inf, np.inf, -np.inf, 1.0])) == (1, 2, 1)
    assert made == grid(GridSpec(), [1.0])


@pytest.mark.parametrize("rows", [3, SLICE + 3])
def test_a_negative_zero_is_a_zero(rows: int) -> None:
    """Few rows are counted by sorting and many in a dense array: both meet its sign bit."""
    zeros = grid(GridSpec(), [-0.0] * rows + [1.0])
    assert zeros == grid(GridSpec(), [0.0] * rows + [1.0])
    assert [str(value) for _, label, value, _ in zeros.encode() if label == "low"] == ["0.0"]


def test_rows_counted_one_by_one_equal_rows_counted_at_once() -> None:
    values = np.random.default_rng(1).normal(0, 1e3, 3 * SLICE + 7)
    values[::1000] = np.nan
    values[5::999] = 1e300
    at_once, in_pieces = Grid(GridSpec()), Grid(GridSpec())
    at_once.add(values)
    for start in range(0, len(values), 20_011):
        in_pieces.add(values[start : start + 20_011])
    assert at_once == in_pieces


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64, np.float16, np.float32]
)
def test_numbers_count_alike_in_every_width_that_holds_them(dtype: type) -> None:
    values: Values = np.array([0, 1, 2, 100, 100, 127], dtype)
    for spec in SPECS:
        made = Grid(spec)
        made.add(values)
        assert made == grid(spec, values.astype(np.float64).tolist())


def test_the_ends_of_int64_and_uint64_have_cells() -> None:
    ends: list[Values] = [np.array([-(2**63), 2**63 - 1]), np.array([0, 2**64 - 1], np.uint64)]
    for values in ends:
        made = Grid(GridSpec.of(values.astype(np.float64)))
        made.add(values)
        assert made.total == 2
        assert (made.low, made.high) == (float(values.min()), float(values.max()))


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40),
    spec=st.sampled_from(SPECS[:3]),
)
@settings(max_examples=60, deadline=None)
def test_another_grid_moves_a_number_by_less_than_a_cell(
    values: list[float], spec: GridSpec
) -> None:
    first = GridSpec.of(array(values))
    moved = grid(first, values).regrid(spec)
    assert moved.total == len(values)
    assert (moved.low, moved.high) == (min(values), max(values))
    cells, counts = moved.counts()
    low, high = spec.edges(np.repeat(cells, counts))
    truth = np.sort(array(values))
    # The old cell, then float32's rounding on the new grid (coarse where its origin is far).
    old = WIDTH * np.abs(truth - first.origin) + np.ldexp(1.0, first.exponent - 149 + SHIFT)
    slack = old + 2.0**-23 * np.abs(truth - spec.origin) + np.ldexp(1.0, spec.exponent - 149)
    assert (truth >= low - slack).all()
    assert (truth <= high + slack).all()


class TestTheGridThatSuitsTheFirstRows:
    """GridSpec.of."""

    def test_a_column_about_zero_keeps_zero_as_its_origin(self) -> None:
        assert GridSpec.of(np.random.default_rng(0).normal(0, 1, 1000)).origin == 0

    def test_a_column_far_from_zero_gets_an_origin_of_its_own(self) -> None:
        values = np.random.default_rng(0).normal(1e9, 1, 1000)
        assert abs(GridSpec.of(values).origin - 1e9) < 2

    def test_small_integers_are_exact_already(self) -> None:
        assert GridSpec.of(np.arange(1990.0, 2025.0)).origin == 0
        assert GridSpec.of(np.arange(9990.0, 10025.0)).origin != 0

    @pytest.mark.parametrize("values", [[], [np.nan, np.inf], [0.0, 0.0], [-0.0]])
    def test_without_a_number_but_zero_it_is_the_plain_grid(self, values: list[float]) -> None:
        assert GridSpec.of(array(values)) == GridSpec()

    @given(values=st.lists(finite_numbers, min_size=1, max_size=20).map(array))
    @settings(max_examples=200, deadline=None)
    def test_the_greatest_first_number_is_far_from_the_end_of_the_grid(
        self, values: Floats
    ) -> None:
        spec = GridSpec.of(values)
        assert isinstance(spec.exponent, int)
        assert isinstance(spec.origin, float)
        scaled = finite(spec, values)
        assert np.isfinite(scaled).all()
        assert np.abs(scaled).max() <= 2.0**64 or spec.exponent == 1000

    def test_a_lone_tiny_number_does_not_crowd_the_rest_into_one_cell(self) -> None:
        values = np.concatenate([[5e-324], np.linspace(100, 5000, 500)])
        assert len(grid(GridSpec.of(values), values.tolist()).counts()[0]) > 400
