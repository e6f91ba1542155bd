"""Labels of values: each row's label says its value, and too many are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.pairing.labels import labelled
from tests.summaries.test_parity import lanes

values = st.none() | st.booleans() | st.sampled_from([1.0, 2.5, -3.0]) | st.sampled_from("ab")


def spelled(value: Any) -> str | None:
    """Return the label that a value should have."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def read(found: tuple[list[str | None], Any]) -> list[str | None]:
    """Return the label of each row."""
    return [found[0][code] for code in found[1]]


@given(st.lists(values, max_size=30))
def test_the_label_of_a_row_of_lanes_says_its_value(rows: list[Any]) -> None:
    assert read(labelled(lanes(rows))) == [spelled(value) for value in rows]


@given(st.lists(st.none() | st.sampled_from("abc"), max_size=30))
def test_the_label_of_a_text_is_the_text_in_any_type(rows: list[str | None]) -> None:
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        assert read(labelled(pa.array(rows, kind))) == rows
    assert read(labelled(pa.array(rows, pa.string()).dictionary_encode())) == rows


@pytest.mark.parametrize("rows", [[1, 2, None], [True, False, None], [0.5, None, 0.5]])
def test_the_label_of_an_arrow_value_says_it(rows: list[Any]) -> None:
    assert read(labelled(pa.array(rows))) == [spelled(value) for value in rows]


@pytest.mark.parametrize("n", [64, 65])
def test_more_values_than_asked_for_are_no_labels(n: int) -> None:
    texts = [f"v{i}" for i in range(n)]
    for found in (pa.array(texts), pa.array(texts).dictionary_encode(), lanes(texts)):
        labels, codes = labelled(found, 64)
        assert len(labels) == (n if n <= 64 else 0)
        assert len(codes) == n


def test_a_long_dictionary_of_which_the_rows_use_a_few_has_labels() -> None:
    known = pa.array([f"v{i}" for i in range(1000)])
    rows = pa.DictionaryArray.from_arrays(pa.array([999, None, 3, 999]), known)
    assert read(labelled(rows, 64)) == ["v999", None, "v3", "v999"]


@pytest.mark.parametrize("kind", [pa.uint8(), pa.int8(), pa.uint32(), pa.uint64()])
def test_codes_of_any_width_are_read(kind: pa.DataType) -> None:
    rows = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], kind), pa.array(["a", "b"]))
    assert read(labelled(rows)) == ["b", None, "a"]


def test_lists_have_no_labels() -> None:
    labels, codes = labelled(pa.array([[1], [2]]), 64)
    assert labels == []
    assert np.array_equal(codes, [0, 0])
