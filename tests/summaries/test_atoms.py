"""Atoms: the exact value that fills a cell, and which rows are looked at."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.summaries.atoms import FIRST, LIGHT, STRIDE, Atoms, sampled
from skewcheck.summaries.gridspec import SHIFT, GridSpec, finite, patterns
from tests.summaries.cases import SPECS, atoms


def cell_of(spec: GridSpec, value: float) -> int:
    """Return the cell of a number."""
    return int(patterns(finite(spec, np.array([value])).copy())[0] >> SHIFT)


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, -999.0, 19.99, -0.1, 1e6 + 1, 0.5, 1e9])
@pytest.mark.parametrize("spec", [*SPECS[:2], GridSpec(-900.0, 118)])
def test_a_cell_of_one_value_is_named_by_it(value: float, spec: GridSpec) -> None:
    found = atoms(spec, [value] * 5).value(cell_of(spec, value))
    assert found is not None
    assert found[0] == pytest.approx(value, rel=2**-24, abs=2.0**-24 * abs(spec.origin))
    assert found[1] == 1.0


def test_the_majority_of_a_mixed_cell_is_named_with_its_least_share() -> None:
    values = [19.99] * 80 + [19.985] * 20
    found = atoms(GridSpec(), values).value(cell_of(GridSpec(), 19.99))
    assert found is not None
    assert np.float32(found[0]) == np.float32(19.99)
    assert found[1] <= 0.8


def test_two_rows_name_nothing() -> None:
    assert atoms(GridSpec(), [7.0, 7.0]).value(cell_of(GridSpec(), 7.0)) is None


def test_a_light_cell_names_nothing_whether_saved_or_not() -> None:
    """A profile read back must give the same findings as the one in memory."""
    made = atoms(GridSpec(), [7.0] * 3 + [1.0] * (3 * LIGHT))
    back = Atoms.decode(GridSpec(), made.encode())
    for value in (7.0, 1.0):
        cell = cell_of(GridSpec(), value)
        assert made.value(cell) == back.value(cell)
    assert made.value(cell_of(GridSpec(), 7.0)) is None


def test_a_cell_without_rows_names_nothing() -> None:
    assert Atoms(GridSpec()).value(0) is None


@given(total=st.integers(0, 6 * STRIDE), cuts=st.lists(st.integers(0, 6 * STRIDE), max_size=6))
@settings(max_examples=100, deadline=None)
def test_which_rows_are_looked_at_depends_on_their_place_only(total: int, cuts: list[int]) -> None:
    places = sorted({0, total, *(cut for cut in cuts if cut < total)})
    looked_at = [sampled(a, b - a) + a for a, b in pairwise(places)]
    whole = sampled(0, total).tolist()
    assert [row for some in looked_at for row in some.tolist()] == whole
    assert whole == [row for row in range(total) if row < FIRST or row % STRIDE == 0]


def test_atoms_of_another_grid_are_left_out_of_a_merge() -> None:
    here, there = atoms(GridSpec(), [1.0] * 5), atoms(GridSpec(5.0, 96), [1.0] * 5)
    assert here.merge(there) == here
