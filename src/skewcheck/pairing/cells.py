"""The values of some rows of one side, whatever they are stored as."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.moments import moments
from skewcheck.sources.batch import Lanes, State

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """The values of one side of some pairs, all arrays of one length.

    ``states`` are those of ``State`` (a missing key is NULL here); ``numbers`` holds numbers,
    booleans as 0 and 1, and times in seconds since 1970, NaN elsewhere; ``texts`` holds texts,
    None elsewhere.
    """

    states: NDArray[np.uint8]
    numbers: Floats
    texts: NDArray[np.object_]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.states)

    @property
    def null(self) -> Mask:
        """Return which cells hold nothing."""
        found: Mask = self.states <= State.NULL
        return found

    @property
    def number(self) -> Mask:
        """Return which cells hold a number or a time; NaN is one."""
        found: Mask = self.states == State.NUMBER
        return found

    @property
    def text(self) -> Mask:
        """Return which cells hold a text."""
        found: Mask = self.states == State.TEXT
        return found

    def taken(self, rows: NDArray[np.int64] | Mask) -> Cells:
        """Return the cells of some rows."""
        return Cells(self.states[rows], self.numbers[rows], self.texts[rows])

    def joined(self, other: Cells) -> Cells:
        """Return these cells and then the others."""
        return Cells(
            np.concatenate([self.states, other.states]),
            np.concatenate([self.numbers, other.numbers]),
            np.concatenate([self.texts, other.texts]),
        )


def cells(values: pa.Array | Lanes) -> Cells:
    """Return the values of a column as cells."""
    flat = flattened(values)
    texts = np.full(len(flat.states), None, np.object_)
    if flat.texts is not None:
        texts[:] = _objects(flat.texts)
    return Cells(np.maximum(flat.states, State.NULL).astype(np.uint8), flat.numbers, texts)


def _objects(texts: pa.Array) -> NDArray[np.object_]:
    """Return texts as Python texts; those of a dictionary are made once."""
    if not pa.types.is_dictionary(texts.type):
        return np.asarray(texts.to_numpy(zero_copy_only=False), np.object_)
    if len(texts.dictionary) > len(texts):
        return _objects(texts.dictionary_decode())
    known = np.array([*texts.dictionary.to_pylist(), None], np.object_)
    places = pc.fill_null(texts.indices.cast(pa.int64()), len(known) - 1)
    return np.asarray(known[places.to_numpy(zero_copy_only=False)], np.object_)


@dataclass(frozen=True, slots=True)
class Flat:
    """A column as one array per type: ``texts`` is an Arrow array, None where there is no text.

    ``numbers`` are NaN where there is none; ``timed`` says that they are seconds since 1970.
    """

    states: NDArray[np.uint8]
    numbers: Floats
    texts: pa.Array | None
    timed: bool = False


def flattened(values: pa.Array | Lanes) -> Flat:
    """Return a column as one array per type."""
    return _of_lanes(values) if isinstance(values, Lanes) else _of_array(values)


def _of_lanes(lanes: Lanes) -> Flat:
    states = np.maximum(lanes.states, State.NULL).astype(np.uint8)
    numbers = np.full(len(states), np.nan)
    numbers[states == State.NUMBER] = lanes.numbers
    numbers[states == State.BOOLEAN] = lanes.booleans
    texts = None
    if len(lanes.texts):
        there = states == State.TEXT
        places = pa.array(np.cumsum(there) - 1, mask=~there)
        texts = lanes.texts.take(places)
    return Flat(states, numbers, texts)


def _of_array(array: pa.Array) -> Flat:
    kind, rows = array.type, len(array)
    nan = np.full(rows, np.nan)
    plain = pa.types.is_dictionary(kind) and _is_text(kind.value_type)
    if pa.types.is_dictionary(kind) and (array.dictionary.null_count or not plain):
        return _of_array(array.dictionary_decode())
    if pa.types.is_dictionary(kind) or _is_text(kind):
        return Flat(_states(array, State.TEXT), nan, array)
    if pa.types.is_boolean(kind):
        numbers = pc.fill_null(array.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False)
        return Flat(_states(array, State.BOOLEAN), numbers, None)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return Flat(_states(array, State.NUMBER), moments(array), None, timed=True)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return Flat(_states(array, State.NUMBER), np.asarray(numbers, np.float64), None)
    return Flat(_states(array, State.OTHER), nan, None)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _states(array: pa.Array, state: State) -> NDArray[np.uint8]:
    states = np.full(len(array), state, np.uint8)
    if array.null_count:
        states[array.is_null().to_numpy(zero_copy_only=False)] = State.NULL
    return states
