"""Python values of one column -> an Arrow array, or Lanes where their types differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from msgspec import UNSET, UnsetType

from skewcheck.sources.batch import Lanes, State

Cells: TypeAlias = pa.Array | Lanes
NULL = type(None)
NUMBERS = frozenset({float, int})


class _States(dict[type, int]):
    """The state of each type; a list or an object is of state OTHER."""

    def __missing__(self, kind: type) -> int:
        return int(State.OTHER)


STATES = _States(
    {
        UnsetType: int(State.ABSENT),
        NULL: int(State.NULL),
        float: int(State.NUMBER),
        int: int(State.NUMBER),
        str: int(State.TEXT),
        bool: int(State.BOOLEAN),
    }
)


def column(values: Sequence[object], types: frozenset[type]) -> Cells | None:
    """Return the values as a column; None when the key is absent everywhere.

    ``types`` are the types that occur among the values. One type with or without nulls becomes
    an Arrow array (numbers as float64), anything else Lanes. Whole numbers too large for a float
    become infinite.
    """
    kinds = types - {NULL}
    if kinds <= NUMBERS and kinds:
        return _with_nulls(values) if NULL in types else pa.array(numbers(values))
    if kinds == {str}:
        return pa.array(values, pa.string())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if not kinds:
        return pa.nulls(len(values))
    return None if types == {UnsetType} else lanes(values)


def numbers(values: Sequence[object]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return numbers as float64."""
    try:
        return np.fromiter(values, np.float64, len(values))
    except OverflowError:
        return np.array([_float(v) for v in values])


def lanes(values: Sequence[object]) -> Lanes:
    """Return values of any JSON type, each in the lane of its own."""
    codes = map(STATES.__getitem__, map(type, values))
    states = np.fromiter(codes, np.uint8, len(values))
    return Lanes(
        states,
        numbers(_of(values, states, State.NUMBER)),
        pa.array(_of(values, states, State.TEXT), pa.string()),
        np.array(_of(values, states, State.BOOLEAN), np.bool_),
    )


def _of(values: Sequence[object], states: np.ndarray, state: State) -> list[object]:
    return list(compress(values, (states == state).tolist()))


def _with_nulls(values: Sequence[object]) -> pa.Array:
    try:
        return pa.array(values, pa.float64())
    except pa.ArrowInvalid:  # an integer beyond 64 bits
        return pa.array([None if v is None else _float(v) for v in values], pa.float64())


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")  # type: ignore[operator]


def stacked(pieces: Sequence[tuple[int, Mapping[str, Cells]]]) -> dict[str, Cells]:
    """Return the columns of pieces of some rows each, one below the other."""
    if len(pieces) == 1:
        return dict(pieces[0][1])
    names = dict.fromkeys(name for _, columns in pieces for name in columns)
    return {name: _stack([(n, columns.get(name)) for n, columns in pieces]) for name in names}


def _stack(pieces: list[tuple[int, Cells | None]]) -> Cells:
    arrays = [cells for _, cells in pieces if isinstance(cells, pa.Array)]
    types = {array.type for array in arrays} - {pa.null()}
    if len(arrays) < len(pieces) or len(types) > 1:
        return _joined([_as_lanes(cells, rows) for rows, cells in pieces])
    kind = types.pop() if types else pa.null()
    return pa.concat_arrays([a if a.type == kind else a.cast(kind) for a in arrays])


def _joined(pieces: list[Lanes]) -> Lanes:
    return Lanes(
        np.concatenate([p.states for p in pieces]),
        np.concatenate([p.numbers for p in pieces]),
        pa.concat_arrays([p.texts for p in pieces]),
        np.concatenate([p.booleans for p in pieces]),
    )


def _as_lanes(cells: Cells | None, rows: int) -> Lanes:
    if isinstance(cells, Lanes):
        return cells
    if cells is None:
        return lanes([UNSET] * rows)
    if pa.types.is_null(cells.type):
        return lanes([None] * rows)
    held = cells.drop_null()
    state = {pa.float64(): State.NUMBER, pa.string(): State.TEXT, pa.bool_(): State.BOOLEAN}
    states = np.full(rows, State.NULL, np.uint8)
    states[cells.is_valid().to_numpy(zero_copy_only=False)] = state[cells.type]
    none = lanes([])
    return Lanes(
        states,
        held.to_numpy(zero_copy_only=False) if cells.type == pa.float64() else none.numbers,
        held if cells.type == pa.string() else none.texts,
        held.to_numpy(zero_copy_only=False) if cells.type == pa.bool_() else none.booleans,
    )
