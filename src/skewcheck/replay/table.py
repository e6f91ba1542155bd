"""Logged columns as a model takes them: Arrow columns, then numbers and codes of categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skewcheck.errors import InputError
from skewcheck.pairing.cells import flattened
from skewcheck.replay.model import OWN, Floats
from skewcheck.sources.batch import Lanes, State

Categories = Mapping[str, Sequence[object]]  # of a column: its values in the order of their codes


def arrow(values: pa.Array | Lanes) -> pa.Array:
    """Return a column as one Arrow array, numbers as float64; what is absent is null.

    A column of several types is one of texts where most of its values are texts, else of numbers;
    a value of another type is read as one where it spells one, else it is null.
    """
    if not isinstance(values, Lanes):
        kind = values.type
        values = values.dictionary_decode() if pa.types.is_dictionary(kind) else values
        narrow = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        return values.cast(pa.float64(), safe=False) if narrow else values
    flat = flattened(values)
    if len(values.texts) > len(values.numbers) + len(values.booleans):
        return flat.texts
    numbers = flat.numbers.copy()
    there = flat.states == State.TEXT
    if flat.texts is not None:
        numbers[there] = _spelled(flat.texts)[there]
    return pa.array(numbers, from_pandas=True)


def matrix(table: pa.Table, categories: Categories, model: str) -> Floats:
    """Return a row per row and a column per column; null, and what is no category, is NaN.

    Raises:
        InputError: a column holds what is neither number nor category.
    """
    columns = [
        _codes(column, categories[name]) if name in categories else _numbers(column, name, model)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return np.column_stack(columns) if columns else np.zeros((table.num_rows, 0))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _numbers(column: pa.ChunkedArray, name: str, model: str) -> Floats:
    array = _one(column)
    flat = flattened(array)
    if flat.texts is not None:
        numbers = _spelled(flat.texts)
        if np.isnan(numbers).all() and array.null_count < len(array):
            problem = f"holds texts, where {model} takes numbers"
            raise InputError(problem, column=name, hint=OWN)
        return numbers
    if flat.timed or (flat.states == State.OTHER).any():
        what = "times" if flat.timed else "lists or objects"
        raise InputError(f"holds {what}, where {model} takes numbers", column=name, hint=OWN)
    return flat.numbers


def _spelled(texts: pa.Array) -> Floats:
    """Return the numbers that texts spell, NaN where they spell none."""
    trimmed = pc.utf8_trim_whitespace(texts.cast(pa.large_string()))
    there = pc.match_substring_regex(trimmed, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
    plain = pc.replace_substring_regex(trimmed, r"^\+", "")
    numbers = pc.if_else(there, plain, None).cast(pa.float64())
    return np.asarray(pc.fill_null(numbers, np.nan).to_numpy(zero_copy_only=False), np.float64)


def _codes(column: pa.ChunkedArray, known: Sequence[object]) -> Floats:
    """Return the place of each value among the categories, NaN where it is none of them."""
    coded = _one(column).dictionary_encode()
    places: dict[object, int] = {}
    for place, value in enumerate(known):
        for form in _forms(value):
            places.setdefault(form, place)
    of_value = [
        next((places[form] for form in _forms(value) if form in places), np.nan)
        for value in coded.dictionary.to_pylist()
    ]
    found = np.array([*of_value, np.nan])
    rows = pc.fill_null(coded.indices.cast(pa.int64()), len(of_value))
    return np.asarray(found[rows.to_numpy(zero_copy_only=False)], np.float64)


def _forms(value: object) -> list[object]:
    """Return how a category may be written: 1, 1.0 and "1" are one, True and "true" too."""
    if isinstance(value, bool):
        return [str(value).lower(), float(value)]
    if isinstance(value, int | float):
        return [float(value), f"{value:.15g}"]
    if value is None:
        return []
    text = str(value)
    return [text.lower() if text in ("True", "False") else text]
