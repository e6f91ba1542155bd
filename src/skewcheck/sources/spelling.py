"""What texts spell: numbers, booleans, times. For containers that know nothing but text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.schema import Kind
from skewcheck.sources.batch import Lanes, State

NUMBER = (
    r"^\s*[-+]?(?:(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|(?i:nan|inf|infinity))\s*$"
)
PADDED = r"^\s*[-+]?0\d"
ZONE = r":\d\d.*(?:Z|[-+]\d\d(?::?\d\d)?)$"
BOOLEAN = r"^\s*(?i:true|false)\s*$"
TRUE = r"^\s*(?i:true)\s*$"
CODES = 0.001  # share of zero-padded cells from which a column holds codes, not numbers
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Census:
    """Counts of a text column's cells by what they spell.

    With a hint of DATETIME times are counted, else numbers and zero-padded codes (``00123``).
    """

    hint: Kind | None = None
    filled: int = 0
    spelled: int = 0
    padded: int = 0

    def add(self, cells: pa.Array) -> None:
        """Count some cells."""
        held = cells.drop_null()
        self.filled += len(held)
        if self.hint is Kind.DATETIME:
            self.spelled += _times(held)
        else:
            self.spelled += int(np.count_nonzero(_numeric(held)))
            self.padded += int(np.count_nonzero(_mask(held, PADDED)))

    @property
    def kind(self) -> Kind:
        """Return NUMBER when most cells spell numbers, DATETIME when all spell times."""
        if not self.filled:
            return self.hint or Kind.EMPTY
        if self.hint is Kind.DATETIME:
            return Kind.DATETIME if self.spelled == self.filled else Kind.TEXT
        numbers = 2 * self.spelled > self.filled and self.padded < CODES * self.filled
        return Kind.NUMBER if numbers else Kind.TEXT


def typed(cells: pa.Array, kind: Kind) -> pa.Array | Lanes:
    """Return text cells as the kind; those that do not spell it stay texts, in their own lane."""
    if kind is Kind.NUMBER:
        numbers = _numbers(cells)
        return _lanes(cells, _mask(cells, NUMBER), State.NUMBER) if numbers is None else numbers
    if kind is Kind.BOOLEAN:
        return _lanes(cells, _mask(cells, BOOLEAN), State.BOOLEAN)
    return instants(cells) if kind is Kind.DATETIME else cells


def instants(cells: pa.Array) -> pa.Array:
    """Return ISO times as timestamps in UTC, to the microsecond; without a zone they are UTC.

    Raises:
        ArrowInvalid: a cell spells no time.
    """
    texts = pc.replace_substring_regex(cells, r"(\.\d{6})\d+", r"\1")
    texts = pc.replace_substring_regex(texts, r"^(\d{4}-\d\d-\d\d)$", r"\1T00:00")
    bare = pc.binary_join_element_wise(texts, "Z", "")
    zoned = pc.match_substring_regex(texts, ZONE)
    return pc.if_else(zoned, texts, bare).cast(pa.timestamp("us", "UTC"))


def canonical(text: str) -> bool:
    """True when a text spells a number the usual way: no zero before it, no blank inside."""
    return bool(_numeric(pa.array([text]))[0])


def _numeric(cells: pa.Array) -> Mask:
    """Return which cells spell numbers."""
    return _mask(cells, NUMBER) if _numbers(cells) is None else _present(cells)


def _numbers(cells: pa.Array) -> pa.Array | None:
    """Return the cells as numbers when all of them are, which is quicker than to look at each."""
    try:
        numbers = cells.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return None if _mask(cells, PADDED).any() else numbers


def _lanes(cells: pa.Array, spelled: Mask, state: State) -> pa.Array | Lanes:
    held, rest = cells.filter(pa.array(spelled)), _present(cells) & ~spelled
    numbers, booleans = np.empty(0), np.empty(0, np.bool_)
    if state is State.NUMBER:
        numbers = pc.utf8_trim_whitespace(held).cast(pa.float64()).to_numpy()
    else:
        booleans = _mask(held, TRUE)
    states = np.full(len(cells), State.NULL, np.uint8)
    states[spelled], states[rest] = state, State.TEXT
    return Lanes(states, numbers, cells.filter(pa.array(rest)), booleans)


def _mask(cells: pa.Array, pattern: str) -> Mask:
    return _true(pc.match_substring_regex(cells, pattern))


def _present(cells: pa.Array) -> Mask:
    return _true(cells.is_valid())


def _true(flags: pa.Array) -> Mask:
    known = flags.fill_null(False) if flags.null_count else flags
    return np.asarray(known.to_numpy(zero_copy_only=False), np.bool_)


def _times(cells: pa.Array) -> int:
    try:
        return len(instants(cells))
    except pa.ArrowInvalid:
        return 0
