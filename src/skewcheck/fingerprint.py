"""64-bit hashes of a column's values, by numpy alone: quick, and without loading an engine."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.sources.batch import Lanes, State

Hashes = NDArray[np.uint64]
_ODD = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
SLICE = 1 << 14  # rows hashed at once, so that what lies between stays in the cache


def mixed(values: Hashes) -> Hashes:
    """Return the values with every bit of each spread over all its bits, none lost."""
    spread = np.array(values)
    for start in range(0, len(spread), SLICE):
        part = spread[start : start + SLICE]
        for _ in range(2):
            part ^= part >> _HALF
            part *= _ODD
        part ^= part >> _HALF
    return spread


def fingerprints(values: pa.Array | Lanes) -> tuple[Hashes, NDArray[np.bool_]]:
    """Return a hash per row, and which rows have a value at all; equal values hash alike."""
    if isinstance(values, Lanes):
        return _of_lanes(values)
    if pa.types.is_dictionary(values.type):
        hashes = _of_plain(values.dictionary)
        indices = pc.fill_null(values.indices, 0).to_numpy(zero_copy_only=False)
        found = hashes[indices] if len(hashes) else np.zeros(len(values), np.uint64)
    else:
        found = _of_plain(values)
    if not values.null_count:
        return found, np.ones(len(values), np.bool_)
    return found, values.is_valid().to_numpy(zero_copy_only=False)


def _of_lanes(lanes: Lanes) -> tuple[Hashes, NDArray[np.bool_]]:
    hashes = np.zeros(len(lanes.states), np.uint64)
    hashes[lanes.states == State.TEXT] = _of_texts(lanes.texts)
    hashes[lanes.states == State.NUMBER] = mixed(lanes.numbers.view(np.uint64))
    hashes[lanes.states == State.BOOLEAN] = mixed(lanes.booleans.astype(np.uint64))
    return hashes, lanes.states >= State.NUMBER


def _of_plain(values: pa.Array) -> Hashes:
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _of_texts(values)
    if pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        width = pa.int32() if kind.bit_width == 32 and pa.types.is_temporal(kind) else pa.int64()
        whole = pc.fill_null(values.cast(width, safe=False), 0)
        return mixed(whole.to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64))
    if pa.types.is_floating(kind):
        number = pc.fill_null(values.cast(pa.float64()), 0.0)
        return mixed(number.to_numpy(zero_copy_only=False).view(np.uint64))
    return _of_texts(pa.array([repr(value) for value in values.to_pylist()], pa.string()))


def _of_texts(texts: pa.Array) -> Hashes:
    """Return the hashes of texts, a slice at a time."""
    starts = range(0, len(texts), SLICE)
    return np.concatenate(
        [np.zeros(0, np.uint64), *(_of_some(texts.slice(i, SLICE)) for i in starts)]
    )


def _of_some(texts: pa.Array) -> Hashes:
    """Return the hashes of at least one text, all those of one length at once."""
    wide = pa.types.is_large_string(texts.type)
    offsets = np.frombuffer(texts.buffers()[1], np.int64 if wide else np.int32)
    offsets = offsets[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    bytes_ = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    starts, lengths = offsets[:-1], np.diff(offsets)
    if lengths[0] and (lengths == lengths[0]).all():
        table = bytes_[starts[0] : offsets[-1]].reshape(len(texts), -1)
        return _of_table(table, mixed(lengths[:1].astype(np.uint64)))
    hashes = mixed(lengths.astype(np.uint64))
    for length in np.unique(lengths[lengths > 0]).tolist():
        rows = np.flatnonzero(lengths == length)
        table = bytes_[starts[rows][:, None] + np.arange(length)]
        hashes[rows] = _of_table(table, hashes[rows])
    return hashes


def _of_table(table: NDArray[np.uint8], hashes: Hashes) -> Hashes:
    """Return the hashes of the rows of a table of bytes, eight bytes at a time."""
    length = table.shape[1]
    if length % 8:
        padded = np.zeros((len(table), length + -length % 8), np.uint8)
        padded[:, :length] = table
        table = padded
    for word in table.view(np.uint64).T:
        hashes = (hashes ^ word) * _ODD
        hashes ^= hashes >> _HALF
    return mixed(hashes)
