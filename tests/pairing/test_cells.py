"""Cells hold the values of rows whatever they were stored as."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.pairing.cells import Cells, cells
from skewcheck.sources.batch import State
from tests.summaries.test_parity import anything, lanes, texts


def read(found: Cells) -> list[tuple[int, str, Any]]:
    """Return the state, the number (spelled: NaN) and the text of each row."""
    return list(
        zip(found.states.tolist(), map(repr, found.numbers.tolist()), found.texts, strict=True)
    )


def obvious(value: Any) -> tuple[int, str, Any]:
    """Return what the cell of a Python value holds."""
    if value is None:
        return State.NULL, "nan", None
    if isinstance(value, str):
        return State.TEXT, "nan", value
    if isinstance(value, list):
        return State.OTHER, "nan", None
    kind = State.BOOLEAN if isinstance(value, bool) else State.NUMBER
    return kind, repr(float(value)), None


@given(st.lists(anything, max_size=25), st.data())
def test_cells_of_mixed_values_are_the_values(rows: list[Any], data: st.DataObject) -> None:
    found = cells(lanes(rows))
    assert read(found) == [obvious(value) for value in rows]
    cut = data.draw(st.integers(0, len(rows)))
    halves = [found.taken(np.arange(*ends)) for ends in ((0, cut), (cut, len(rows)))]
    assert read(halves[0].joined(halves[1])) == read(found)


@given(st.lists(st.none() | texts, max_size=25))
def test_cells_of_texts_are_the_texts_in_any_type(rows: list[str | None]) -> None:
    expected = [obvious(value) for value in rows]
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        assert read(cells(pa.array(rows, kind))) == expected
    coded = pa.array(rows, pa.string()).dictionary_encode()
    assert read(cells(coded)) == expected
    assert read(cells(coded.slice(1))) == expected[1:]


@pytest.mark.parametrize("rows", [[1, None, -3], [0.5, None], [True, None, False], [[1], None]])
def test_cells_of_an_arrow_array_are_its_values(rows: list[Any]) -> None:
    assert read(cells(pa.array(rows))) == [obvious(value) for value in rows]


def test_a_null_inside_a_dictionary_is_null() -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([None, "b"]))
    assert read(cells(coded)) == [obvious(None), obvious("b")]
