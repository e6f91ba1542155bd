"""Compares the values of paired rows, one by one and all at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.moments import moments
from skewcheck.pairing.cells import Flat, flattened
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.parity import Parity, Tolerance

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CODE = {parity: number for number, parity in enumerate(Parity)}
DIGITS = (6, 7, 8)  # significant digits that programs print numbers with
DECIMALS = 6  # that C's %f prints
SAME = 4 * np.finfo(np.float64).eps  # what rounding a number twice may change
TINY = 1e-200
MICROSECOND = 2e-6


def compared(train: pa.Array | Lanes, serve: pa.Array | Lanes, tolerance: Tolerance) -> Codes:
    """Return for each pair the number of its Parity in the order of Parity.

    Null, absent and null are alike. NaN equals NaN, and -0 equals 0.
    """
    if isinstance(train, Lanes) or isinstance(serve, Lanes):
        return _classified(train, serve, tolerance)
    same = _same(train, serve)
    if same is None:
        return _classified(train, serve, tolerance)
    codes = np.zeros(len(same), np.uint8)
    rest = np.flatnonzero(~same)
    if len(rest):
        some = pa.array(rest)
        codes[rest] = _classified(train.take(some), serve.take(some), tolerance)
    return codes


def _same(train: pa.Array, serve: pa.Array) -> Mask | None:
    """Return which pairs are surely equal, at the price of one look; None where none is cheap.

    A pair that is not among them may be equal all the same: NaN, or null among texts.
    """
    kinds = train.type, serve.type
    if all(map(_named, kinds)) and any(map(pa.types.is_dictionary, kinds)):
        return _same_texts(train, serve)
    if kinds[0] != kinds[1] or not _seen(kinds[0]):
        return None
    same = pc.equal(train, serve)
    if same.null_count:
        same = pc.if_else(same.is_null(), pc.and_(train.is_null(), serve.is_null()), same)
    return np.asarray(same.to_numpy(zero_copy_only=False), np.bool_)


def _seen(kind: pa.DataType) -> bool:
    """Return whether values of a type are compared here at all: times of day are not."""
    types = pa.types
    some = (types.is_integer, types.is_float32, types.is_float64, types.is_boolean)
    if types.is_timestamp(kind):
        return True
    return _is_text(kind) or any(is_kind(kind) for is_kind in some)


def _classified(train: pa.Array | Lanes, serve: pa.Array | Lanes, tolerance: Tolerance) -> Codes:
    left, right = flattened(train), flattened(serve)
    if left.timed != right.timed:
        return _times(train, serve, left, right)
    codes = np.full(len(left.states), CODE[Parity.OTHER_TYPE], np.uint8)
    t, s = left.states, right.states
    codes[(t <= State.NULL) & (s <= State.NULL)] = CODE[Parity.EQUAL]
    codes[(t <= State.NULL) & (s > State.NULL)] = CODE[Parity.NULL_TRAIN]
    codes[(t > State.NULL) & (s <= State.NULL)] = CODE[Parity.NULL_SERVE]
    codes[(t == State.OTHER) | (s == State.OTHER)] = CODE[Parity.UNSEEN]
    _compare_texts(codes, left, right)
    _compare_numbers(codes, (left, right), tolerance)
    beyond = np.flatnonzero((codes == CODE[Parity.EQUAL]) & (np.abs(left.numbers) >= 2.0**53))
    if len(beyond):
        _compare_digits(codes, (train, serve), beyond, tolerance)
    return codes


def differing(codes: Codes) -> Mask:
    """Return which pairs differ."""
    found: Mask = (codes >= CODE[Parity.NULL_TRAIN]) & (codes <= CODE[Parity.DIFFERENT])
    return found


def _compare_digits(
    codes: Codes,
    sides: tuple[pa.Array | Lanes, pa.Array | Lanes],
    rows: NDArray[np.int64],
    tolerance: Tolerance,
) -> None:
    """Compare whole numbers digit by digit where floats, beyond 2**53, see no difference."""
    values = []
    for side in sides:
        if isinstance(side, Lanes) or not pa.types.is_integer(side.type):
            return
        values.append(side.take(pa.array(rows)).to_pylist())
    codes[rows] = [_digits(t, s, tolerance) for t, s in zip(*values, strict=True)]


def _digits(train: int, serve: int, tolerance: Tolerance) -> int:
    """Return the parity of whole numbers in which floats see no difference."""
    if train == serve:
        return CODE[Parity.EQUAL]
    allowed = max(tolerance.absolute, tolerance.relative * max(abs(train), abs(serve)))
    return CODE[Parity.TOLERATED if abs(train - serve) <= allowed else Parity.DIFFERENT]


def _compare_texts(codes: Codes, left: Flat, right: Flat) -> None:
    both = (left.states == State.TEXT) & (right.states == State.TEXT)
    if left.texts is None or right.texts is None or not both.any():
        return
    alike = _same_texts(left.texts, right.texts)
    codes[both] = np.where(alike[both], CODE[Parity.EQUAL], CODE[Parity.DIFFERENT])


def _same_texts(train: pa.Array, serve: pa.Array) -> Mask:
    """Return which texts are the same, by codes where both come as dictionaries."""
    coded = pa.types.is_dictionary(train.type) and pa.types.is_dictionary(serve.type)
    if coded and not _odd(train) and not _odd(serve):
        known = serve.dictionary.cast(train.dictionary.type)
        map_ = pc.fill_null(pc.index_in(train.dictionary, value_set=known), -1)
        places = np.append(map_.to_numpy(zero_copy_only=False), -2).astype(np.int32)
        return np.asarray(places[_indices(train, len(map_))] == _indices(serve, -3), np.bool_)
    plain = [_plain(texts) for texts in (train, serve)]
    same = pc.fill_null(pc.equal(*plain), False)
    return np.asarray(same.to_numpy(zero_copy_only=False), np.bool_)


def _indices(texts: pa.Array, null: int) -> NDArray[np.int32]:
    """Return the codes of texts, in a type that has room for that of null."""
    codes = texts.indices.cast(pa.int32())
    codes = pc.fill_null(codes, null) if codes.null_count else codes
    return np.asarray(codes.to_numpy(zero_copy_only=False), np.int32)


def _odd(texts: pa.Array) -> bool:
    """Return whether codes do not stand for texts, or cost more than the texts of the rows."""
    known = texts.dictionary
    if len(known) > len(texts):
        return True
    return bool(known.null_count) or pc.count_distinct(known).as_py() < len(known)


def _named(kind: pa.DataType) -> bool:
    return _is_text(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _plain(texts: pa.Array) -> pa.Array:
    return texts.cast(pa.large_string())


def _compare_numbers(codes: Codes, sides: tuple[Flat, Flat], tolerance: Tolerance) -> None:
    """Compare numbers and booleans; NaN says the same as null."""
    t, s = (side.numbers for side in sides)
    valued = [_valued(side) for side in sides]
    both = valued[0] & valued[1]
    nan = [_nan(side) for side in sides]
    null = [side.states <= State.NULL for side in sides]
    codes[(nan[0] & null[1]) | (nan[1] & null[0])] = CODE[Parity.RETYPED]
    equal = both & ((t == s) | (nan[0] & nan[1]))
    retyped = (sides[0].states == State.BOOLEAN) != (sides[1].states == State.BOOLEAN)
    codes[equal] = CODE[Parity.EQUAL]
    codes[equal & retyped] = CODE[Parity.RETYPED]
    rest = np.flatnonzero(both & ~equal)
    if len(rest):
        judged = _moments_apart if sides[0].timed else _apart
        codes[rest] = judged(t[rest], s[rest], tolerance)


def _valued(side: Flat) -> Mask:
    found: Mask = (side.states == State.NUMBER) | (side.states == State.BOOLEAN)
    return found


def _moments_apart(t: Floats, s: Floats, tolerance: Tolerance) -> Codes:
    """Return the parity of instants: a share of the seconds since 1970 means nothing."""
    apart = np.abs(t - s)
    codes = np.full(len(t), CODE[Parity.DIFFERENT], np.uint8)
    codes[apart <= tolerance.absolute] = CODE[Parity.TOLERATED]
    codes[apart <= MICROSECOND] = CODE[Parity.EQUAL]
    return codes


def _apart(t: Floats, s: Floats, tolerance: Tolerance) -> Codes:
    """Return the parity of numbers that are not equal; an infinity is near nothing else."""
    codes = np.full(len(t), CODE[Parity.DIFFERENT], np.uint8)
    finite = np.isfinite(t) & np.isfinite(s)
    with np.errstate(all="ignore"):
        float32 = finite & ((t.astype(np.float32) == s) | (s.astype(np.float32) == t))
        codes[float32] = CODE[Parity.FLOAT32]
        rest = np.flatnonzero(finite & ~float32)
        if len(rest):
            codes[rest] = _near(t[rest], s[rest], tolerance)
    return codes


def _near(t: Floats, s: Floats, tolerance: Tolerance) -> Codes:
    """Return the parity of finite numbers neither of which is the other as float32."""
    codes = np.full(len(t), CODE[Parity.DIFFERENT], np.uint8)
    larger = np.maximum(np.abs(t), np.abs(s))
    apart = np.abs(t - s)
    allowed = np.maximum(tolerance.absolute, tolerance.relative * larger)
    codes[apart <= allowed] = CODE[Parity.TOLERATED]
    near = np.flatnonzero(apart <= np.maximum(1e-5 * larger, 10.0**-DECIMALS))
    codes[near[_printed(t[near], s[near])]] = CODE[Parity.PRINTED]
    return codes


def _printed(t: Floats, s: Floats) -> Mask:
    """Return which pairs are one number and itself as a program prints it."""
    found = np.abs(np.round(t, DECIMALS) - s) <= SAME * np.abs(s)
    found |= np.abs(np.round(s, DECIMALS) - t) <= SAME * np.abs(t)
    found &= np.abs(t) < 2.0**32  # %.6f changes none beyond, but rounding here would
    found &= (t != 0) & (s != 0)  # nothing is left of the number: that is a zero, not a print
    lift = np.where(np.abs(t) < TINY, 1 / TINY, 1.0)  # their powers of ten overflow
    for number, text in ((t * lift, s * lift), (s * lift, t * lift)):
        tens = np.floor(np.log10(np.abs(number)))
        for digits in DIGITS:
            scale = 10.0 ** (digits - 1 - tens)
            rounded = np.round(number * scale) / scale
            found |= np.abs(rounded - text) <= SAME * np.abs(text)
    return found


def _times(train: pa.Array | Lanes, serve: pa.Array | Lanes, left: Flat, right: Flat) -> Codes:
    """Return the parity of times with times spelled as texts or as epochs: JSON has no times."""
    t, s = moments(train), moments(serve)
    codes = np.full(len(t), CODE[Parity.OTHER_TYPE], np.uint8)
    read = np.isfinite(t) & np.isfinite(s)
    apart = np.abs(t - s) > MICROSECOND
    codes[read] = np.where(apart[read], CODE[Parity.DIFFERENT], CODE[Parity.RETYPED])
    null = left.states <= State.NULL, right.states <= State.NULL
    codes[null[0] & null[1]] = CODE[Parity.EQUAL]
    codes[null[0] & ~null[1]] = CODE[Parity.NULL_TRAIN]
    codes[~null[0] & null[1]] = CODE[Parity.NULL_SERVE]
    codes[(null[0] & _nan(right)) | (null[1] & _nan(left))] = CODE[Parity.RETYPED]
    codes[(left.states == State.OTHER) | (right.states == State.OTHER)] = CODE[Parity.UNSEEN]
    return codes


def _nan(side: Flat) -> Mask:
    found: Mask = (side.states == State.NUMBER) & np.isnan(side.numbers)
    return found
