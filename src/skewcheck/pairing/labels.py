"""The values of a column as numbers of labels: few labels for many rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.sources.batch import Lanes, State

Labels = list[str | None]


def labelled(values: pa.Array | Lanes, most: int | None = None) -> tuple[Labels, NDArray[np.int32]]:
    """Return the distinct values as texts (None for null), and the place there of each row's.

    Beyond ``most`` values the labels are empty: there are too many. Lists have none.
    """
    if not isinstance(values, Lanes):
        return _of_array(values, most)
    labels: Labels = []
    codes = np.zeros(len(values.states), np.int32)
    for rows, lane in _lanes(values):
        found, places = _of_array(lane, most)
        if most is not None and (len(labels) + len(found) > most + 1 or (len(lane) and not found)):
            return [], codes
        codes[rows] = places + len(labels)
        labels += found
    return labels, codes


def _of_array(array: pa.Array, most: int | None) -> tuple[Labels, NDArray[np.int32]]:
    if pa.types.is_nested(array.type):
        return [], np.zeros(len(array), np.int32)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    known, indices = len(array.dictionary), array.indices.cast(pa.int32())
    if most is not None and known > most:  # of them all, the rows may use a few
        found = indices.dictionary_encode()
        array = pa.DictionaryArray.from_arrays(
            found.indices, array.dictionary.take(found.dictionary)
        )
        known, indices = len(array.dictionary), array.indices
    places = pc.fill_null(indices, known).to_numpy(zero_copy_only=False)
    if most is not None and known > most:
        return [], places
    labels: Labels = [_label(value) for value in array.dictionary.to_pylist()]
    return [*labels, *([None] if array.null_count else [])], places


def _lanes(lanes: Lanes) -> Iterator[tuple[NDArray[np.bool_], pa.Array]]:
    states = lanes.states
    for state, values in (
        (State.TEXT, lanes.texts),
        (State.NUMBER, pa.array(lanes.numbers)),
        (State.BOOLEAN, pa.array(lanes.booleans)),
    ):
        if len(values):
            yield states == state, values
    rest = np.isin(states, (State.TEXT, State.NUMBER, State.BOOLEAN), invert=True)
    if rest.any():
        yield rest, pa.nulls(int(rest.sum()), pa.string())


def _label(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
