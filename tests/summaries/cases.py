"""Summaries under test: what rows each is made of, and how it is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from skewcheck.summaries.atoms import Atoms
from skewcheck.summaries.blocks import Blocks
from skewcheck.summaries.categories import Categories
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import GridSpec, Row
from skewcheck.summaries.states import States

Floats = NDArray[np.float64]


class Summary(Protocol):
    """What every summary can do."""

    def merge(self, other: Self) -> Self:
        """Return the summary of both."""

    def encode(self) -> Iterable[Row]:
        """Yield the long form."""


@dataclass(frozen=True)
class Case:
    """A summary with a strategy for rows, a maker, and what a saved one must equal."""

    kind: type
    rows: st.SearchStrategy[list[Any]]
    of: Callable[[list[Any]], Any]
    spec: GridSpec = GridSpec()
    saved: Callable[[Any], Any] = lambda summary: summary


#: Numbers that break grids: signed zeros, denormals, the ends of float32, of float64 and of int64.
EXTREMES = [0.0, -0.0, 5e-324, -5e-324, 1e-45, 1e-40, 1.2e-38, 3.4e38, -3.5e38, 1e76, 1e308, -1e308]
WHOLE = [
    1.0,
    1.5,
    -1.0,
    2047.0,
    2048.0,
    2049.0,
    19.98,
    19.99,
    1.7e9,
    1.7e9 + 1,
    -(2.0**63),
    2.0**64,
]
ODD = [np.nan, np.inf, -np.inf]

finite_numbers = st.one_of(
    st.sampled_from(EXTREMES + WHOLE),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-5, 5).map(float),
)
numbers = st.one_of(finite_numbers, st.sampled_from(ODD))
texts = st.text(max_size=8) | st.sampled_from(["a", "b", "", " ", "x" * 201, "x" * 300, "12.5"])
states = st.sampled_from(["number", "null", "absent", "text", "text:number", "nan", "true"])

SPECS = [
    GridSpec(),
    GridSpec(0.0, 118),
    GridSpec(1.7e9, 110),
    GridSpec(0.0, -600),
    GridSpec(-3.0, 900),
    GridSpec.of(np.array([1e-40, 100.0, 5000.0])),
]


def array(values: list[float]) -> Floats:
    """Return numbers as an array, also when there is none."""
    return np.array(values, np.float64)


def grid(spec: GridSpec, values: list[float]) -> Grid:
    """Return the grid of these numbers."""
    made = Grid(spec)
    made.add(array(values))
    return made


def weighted(spec: GridSpec, rows: list[tuple[float, int]]) -> Grid:
    """Return the grid of numbers with weights."""
    made = Grid(spec)
    made.add_weighted(array([x for x, _ in rows]), np.array([n for _, n in rows], np.int64))
    return made


def atoms(spec: GridSpec, values: list[float]) -> Atoms:
    """Return the atoms of these numbers."""
    made = Atoms(spec)
    made.add(array(values))
    return made


def categories(rows: list[str]) -> Categories:
    """Return the counts of these texts."""
    made = Categories()
    made.add(rows, [1] * len(rows))
    return made


def counted(rows: list[str]) -> States:
    """Return the counts of these states."""
    made = States()
    for state in rows:
        made.add(state, 1)
    return made


def blocks(rows: list[tuple[int, int]]) -> Blocks:
    """Return the counts of rows that are (group, cell); a group below 0 is none."""
    made = Blocks()
    groups, cells = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    made.add(("a", "b", "c"), groups, cells)
    return made


def _case_of_grid(spec: GridSpec) -> Case:
    return Case(Grid, st.lists(numbers, max_size=30), lambda rows: grid(spec, rows), spec)


def _case_of_atoms(spec: GridSpec) -> Case:
    rows = st.lists(numbers, max_size=30)
    return Case(Atoms, rows, lambda rows: atoms(spec, rows), spec, lambda made: made.heavy())


pairs = st.lists(st.tuples(finite_numbers, st.integers(1, 10**12)), max_size=10)
CASES: dict[str, Case] = {
    **{f"grid {i}": _case_of_grid(spec) for i, spec in enumerate(SPECS)},
    **{f"atoms {i}": _case_of_atoms(spec) for i, spec in enumerate(SPECS)},
    "weighted grid": Case(Grid, pairs, lambda rows: weighted(GridSpec(), rows)),
    "categories": Case(Categories, st.lists(texts, max_size=20), categories),
    "blocks": Case(
        Blocks, st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 30)), max_size=20), blocks
    ),
    "states": Case(States, st.lists(states, max_size=20), counted),
}
