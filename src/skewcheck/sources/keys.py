"""How many keys a piece of JSON text has, by counting bytes: what gives duplicate keys away.

Decoders keep the last of two equal keys without a word. Text with more keys than came out of the
decoder has a duplicate; counting them costs a twentieth of decoding.
"""

from __future__ import annotations

import numpy as np

PIECE = 1 << 16  # stays in the processor's cache
COLON, QUOTE, BACKSLASH, BLANK = 58, 34, 92, 32


def counted(text: bytes) -> int | None:
    r"""Return the number of keys, at least that many, or None when bytes alone cannot say.

    A key is a quote followed by a colon, unless a backslash stands before it (JSON inside a
    string). Text values that begin with a colon count too, so that the number may be too high but
    never too low: blanks before a colon and a backslash before ``\":`` give None.
    """
    keys = 0
    for start in range(0, len(text), PIECE):
        left = max(0, start - 3)
        data = np.frombuffer(text, np.uint8, min(PIECE + start - left, len(text) - left), left)
        n = _counted(data, start - left)
        if n is None:
            return None
        keys += n
    return keys


def _counted(data: np.ndarray[tuple[int], np.dtype[np.uint8]], skip: int) -> int | None:
    """Return the keys whose colon lies at or after ``skip``; the bytes before are context."""
    first = max(skip, 1)
    colon = data[first:] == COLON
    before = data[first - 1 : -1]
    if np.any(colon & (before <= BLANK)):
        return None
    pairs = colon & (before == QUOTE)
    keys = int(np.count_nonzero(pairs))
    if first < 2:
        pairs, first = pairs[1:], first + 1
    escaped = pairs & (data[first - 2 : -2] == BACKSLASH)
    n = int(np.count_nonzero(escaped))
    if n and _doubled(data, np.flatnonzero(escaped) + first):
        return None
    return keys - n


def _doubled(data: np.ndarray[tuple[int], np.dtype[np.uint8]], colons: np.ndarray) -> bool:
    return bool(np.any(data[colons - 3] == BACKSLASH))


def held(value: object) -> int:
    """Return the number of keys in a decoded value, at every depth."""
    keys, left = 0, [value]
    while left:  # no recursion: the decoder lets through what is nested hundreds deep
        value = left.pop()
        if isinstance(value, dict):
            keys += len(value)
            left += [v for v in value.values() if isinstance(v, dict | list)]
        elif isinstance(value, list):
            left += [v for v in value if isinstance(v, dict | list)]
    return keys
