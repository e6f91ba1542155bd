"""Pieces of one column, however each was stored -> one array, or Lanes where types differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from skewcheck.sources.batch import Lanes, State

t = pa.types
Piece = tuple[int, "pa.Array | Lanes | None"]  # rows, and their values if the column is there


def stacked(pieces: Sequence[Piece]) -> pa.Array | Lanes:
    """Return the pieces one below the other; a missing one is ABSENT in each of its rows."""
    pieces = [piece for piece in pieces if piece[0]]
    arrays = [cells for _, cells in pieces if isinstance(cells, pa.Array)]
    kinds = {_family(a.type) for a in arrays} - {pa.null()}
    plain = len(arrays) == len(pieces) > 0 or (len(kinds) == 1 and _timed(kinds, pieces))
    if not plain or len(kinds) > 1:
        return _joined([_as_lanes(cells, rows) for rows, cells in pieces])
    kind = kinds.pop() if kinds else pa.null()
    return _one([pa.nulls(n, kind) if c is None else c for n, c in pieces], kind)


def _timed(kinds: set[pa.DataType], pieces: Sequence[Piece]) -> bool:
    """True for times that some pieces lack: they have no lane, so absent ones become null."""
    no_lanes = not any(isinstance(cells, Lanes) for _, cells in pieces)
    return no_lanes and all(t.is_temporal(kind) for kind in kinds)


def _family(kind: pa.DataType) -> pa.DataType:
    """Return the type that a type is stacked in."""
    if t.is_dictionary(kind):
        kind = kind.value_type
    if t.is_string(kind):
        return pa.large_string()
    if t.is_integer(kind) and not t.is_uint64(kind):
        return pa.int64()
    return pa.float64() if t.is_floating(kind) else kind


def _one(arrays: list[pa.Array], kind: pa.DataType) -> pa.Array:
    types = {array.type for array in arrays}
    if len(types) == 1 and kind != pa.large_string():
        return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)
    if all(t.is_dictionary(each) for each in types):
        whole = pa.dictionary(pa.int32(), kind)
        chunks = pa.chunked_array([array.cast(whole) for array in arrays]).unify_dictionaries()
        return chunks.chunk(0) if len(arrays) == 1 else pa.concat_arrays(chunks.chunks)
    plain = [a.dictionary_decode() if t.is_dictionary(a.type) else a for a in arrays]
    cast = [a if a.type == kind else a.cast(kind) for a in plain]
    return cast[0] if len(cast) == 1 else pa.concat_arrays(cast)


def _joined(pieces: list[Lanes]) -> Lanes:
    texts = [p.texts.cast(pa.large_string()) for p in pieces]
    return Lanes(
        np.concatenate([np.zeros(0, np.uint8), *(p.states for p in pieces)]),
        np.concatenate([np.zeros(0), *(p.numbers for p in pieces)]),
        pa.concat_arrays([pa.array([], pa.large_string()), *texts]),
        np.concatenate([np.zeros(0, np.bool_), *(p.booleans for p in pieces)]),
    )


def _as_lanes(cells: pa.Array | Lanes | None, rows: int) -> Lanes:
    """Return values in lanes; times become texts, lists are of state OTHER."""
    if isinstance(cells, Lanes):
        return cells
    state = State.ABSENT if cells is None else _state(cells.type)
    states = np.full(rows, state, np.uint8)
    texts = pa.array([], pa.large_string())
    numbers, booleans = np.zeros(0), np.zeros(0, np.bool_)
    if cells is None:
        return Lanes(states, numbers, texts, booleans)
    states[cells.is_null().to_numpy(zero_copy_only=False)] = State.NULL
    held = cells.drop_null()
    if state is State.TEXT:
        held = held.dictionary_decode() if t.is_dictionary(held.type) else held
        texts = held.cast(pa.large_string())
    elif state is State.NUMBER:
        numbers = held.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    elif state is State.BOOLEAN:
        booleans = np.asarray(held.to_numpy(zero_copy_only=False), np.bool_)
    return Lanes(states, numbers, texts, booleans)


def _state(kind: pa.DataType) -> State:
    if t.is_boolean(kind):
        return State.BOOLEAN
    if t.is_integer(kind) or t.is_floating(kind):
        return State.NUMBER
    texts = t.is_dictionary(kind) or t.is_string(kind) or t.is_large_string(kind)
    return State.TEXT if texts or t.is_temporal(kind) else State.OTHER
