"""Compares the values of paired rows, one by one and all at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.pairing.cells import Flat, flattened
from skewcheck.pairing.moments import moments
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.parity import Parity, Tolerance

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CODE = {parity: number for number, parity in enumerate(Parity)}
DIGITS = (6, 7, 8)  # significant digits that programs print numbers with
DECIMALS = 6  # that C's %f prints
SAME = 4 * np.finfo(np.float64).eps  # what rounding a number twice may change
MICROSECOND = 2e-6


def compared(train: pa.Array | Lanes, serve: pa.Array | Lanes, tolerance: Tolerance) -> Codes:
    """Return for each pair the number of its Parity in the order of Parity.

    Null, absent and null are alike. NaN equals NaN, and -0 equals 0.
    """
    if _whole(train) and _whole(serve) and pc.equal(train, serve).false_count == 0:
        return np.zeros(len(train), np.uint8)  # also beyond 2**53, where floats see no difference
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
    if _whole(train) and _whole(serve):
        differs = pc.fill_null(pc.not_equal(train, serve), False).to_numpy(zero_copy_only=False)
        codes[differs & (codes == CODE[Parity.EQUAL])] = CODE[Parity.TOLERATED]
    return codes


def differing(codes: Codes) -> Mask:
    """Return which pairs differ."""
    found: Mask = (codes >= CODE[Parity.NULL_TRAIN]) & (codes <= CODE[Parity.DIFFERENT])
    return found


def _whole(values: pa.Array | Lanes) -> bool:
    return not isinstance(values, Lanes) and pa.types.is_int64(values.type)


def _compare_texts(codes: Codes, left: Flat, right: Flat) -> None:
    both = (left.states == State.TEXT) & (right.states == State.TEXT)
    if left.texts is None or right.texts is None or not both.any():
        return
    alike = _same_texts(left.texts, right.texts)
    codes[both] = np.where(alike[both], CODE[Parity.EQUAL], CODE[Parity.DIFFERENT])


def _same_texts(train: pa.Array, serve: pa.Array) -> Mask:
    """Return which texts are the same, by codes where both come as dictionaries."""
    if pa.types.is_dictionary(train.type) and pa.types.is_dictionary(serve.type):
        known = serve.dictionary.cast(train.dictionary.type)
        map_ = pc.fill_null(pc.index_in(train.dictionary, value_set=known), -1)
        places = np.append(map_.to_numpy(zero_copy_only=False), -2)
        t = pc.fill_null(train.indices, len(places) - 1).to_numpy(zero_copy_only=False)
        s = pc.fill_null(serve.indices, -3).to_numpy(zero_copy_only=False)
        return np.asarray(places[t] == s, np.bool_)
    plain = [_plain(texts) for texts in (train, serve)]
    same = pc.fill_null(pc.equal(*plain), False)
    return np.asarray(same.to_numpy(zero_copy_only=False), np.bool_)


def _plain(texts: pa.Array) -> pa.Array:
    return texts.cast(pa.large_string())


def _compare_numbers(codes: Codes, sides: tuple[Flat, Flat], tolerance: Tolerance) -> None:
    """Compare numbers and booleans; NaN says the same as null."""
    t, s = (side.numbers for side in sides)
    valued = [_valued(side) for side in sides]
    both = valued[0] & valued[1]
    nan = [side.states == State.NUMBER for side in sides]
    nan = [there & np.isnan(x) for there, x in zip(nan, (t, s), strict=True)]
    null = [side.states <= State.NULL for side in sides]
    codes[(nan[0] & null[1]) | (nan[1] & null[0])] = CODE[Parity.RETYPED]
    equal = both & ((t == s) | (nan[0] & nan[1]))
    retyped = (sides[0].states == State.BOOLEAN) != (sides[1].states == State.BOOLEAN)
    codes[equal] = CODE[Parity.EQUAL]
    codes[equal & retyped] = CODE[Parity.RETYPED]
    rest = np.flatnonzero(both & ~equal)
    if len(rest):
        codes[rest] = _apart(t[rest], s[rest], tolerance)


def _valued(side: Flat) -> Mask:
    found: Mask = (side.states == State.NUMBER) | (side.states == State.BOOLEAN)
    return found


def _apart(t: Floats, s: Floats, tolerance: Tolerance) -> Codes:
    """Return the parity of numbers that are not equal."""
    codes = np.full(len(t), CODE[Parity.DIFFERENT], np.uint8)
    with np.errstate(all="ignore"):
        larger = np.maximum(np.abs(t), np.abs(s))
        apart = np.abs(t - s)
        codes[apart <= np.maximum(tolerance.absolute, tolerance.relative * larger)] = CODE[
            Parity.TOLERATED
        ]
        near = np.flatnonzero(apart <= np.maximum(1e-5 * larger, 10.0**-DECIMALS))
        codes[near[_printed(t[near], s[near])]] = CODE[Parity.PRINTED]
        codes[(t.astype(np.float32) == s) | (s.astype(np.float32) == t)] = CODE[Parity.FLOAT32]
    return codes


def _printed(t: Floats, s: Floats) -> Mask:
    """Return which pairs are one number and itself as a program prints it."""
    found = np.zeros(len(t), np.bool_)
    for number, text in ((t, s), (s, t)):
        scales = [10.0**DECIMALS]
        scales += [10.0 ** (digits - 1 - np.floor(np.log10(np.abs(number)))) for digits in DIGITS]
        for scale in scales:
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
    return codes
