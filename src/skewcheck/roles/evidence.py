"""What the head of a column shows: the values behind a guess about its role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.sources.batch import Batch, Lanes

ROWS = 8192  # enough to tell an id from a category, few enough for 10,000 columns
UNIQUE = 0.9  # retries repeat an id, so that a key may fall a little short of all different
NUMERIC = 0.99  # one malformed number in a hundred does not make a column text
TIME_TEXT = (
    r"^\s*(\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}[/.]\d{1,2}[/.](\d{2}|\d{4}))"
    r"([T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}(:?\d{2})?)?)?\s*$"
)
ID_TEXT = r"^([0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
EPOCHS = {"seconds": 1e0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Evidence:
    """The values of one column in the head of one side, nulls left out, at most ``ROWS`` rows.

    ``values`` are the most frequent type of value that the head holds (a log may mix types).
    """

    values: pa.Array

    @property
    def rows(self) -> int:
        """Return how many values there are."""
        return len(self.values)

    @cached_property
    def distinct(self) -> int:
        """Return how many different values there are."""
        return int(pc.count_distinct(self.values).as_py()) if self.rows else 0

    @cached_property
    def numbers(self) -> NDArray[np.float64] | None:
        """Return the values as numbers, also where they are written as text; None if they are not.

        A few values that are no numbers are left out, as are NaN and the infinities.
        """
        numbers = _numbers(self.values)
        if numbers is None or len(numbers) < max(1, NUMERIC * self.rows):
            return None
        numbers = numbers[np.isfinite(numbers)]
        return numbers if len(numbers) else None

    @property
    def near_unique(self) -> bool:
        """True when nearly all values differ and could be ids."""
        return self.whole and self.distinct >= UNIQUE * self.rows

    @property
    def whole(self) -> bool:
        """True when the values could be ids: texts or whole numbers."""
        if self.numbers is None:
            return self._is_text
        return bool(np.all(self.numbers == np.floor(self.numbers)))

    @property
    def id_shaped(self) -> bool:
        """True when every value is a UUID or 32 hexadecimal digits."""
        return self._is_text and bool(pc.all(_matches(self.values, ID_TEXT)).as_py())

    @property
    def share(self) -> bool:
        """True when the values are numbers from 0 to 1 and not only those two."""
        numbers = np.zeros(1) if self.numbers is None else self.numbers
        within = np.all((numbers >= 0) & (numbers <= 1))
        return bool(within and np.any((numbers > 0) & (numbers < 1)))

    @cached_property
    def range(self) -> tuple[float, float] | None:
        """Return the smallest and largest finite number, or None."""
        return None if self.numbers is None else (self.numbers.min(), self.numbers.max())

    @property
    def moment(self) -> bool:
        """True when the column is typed as points in time, finer than days."""
        return bool(pa.types.is_timestamp(self.values.type))

    @cached_property
    def time(self) -> str | None:
        """Return how the values tell a time (``epoch milliseconds``), or None if they do not."""
        if not self.rows:
            return None
        if pa.types.is_timestamp(self.values.type) or pa.types.is_date(self.values.type):
            return "times"
        if self._is_text and pc.mean(_matches(self.values, TIME_TEXT)).as_py() >= NUMERIC:
            return "dates or times in text"
        low, high = self.range or (0.0, 0.0)
        units = (n for n, f in EPOCHS.items() if EARLIEST * f <= low and high <= LATEST * f)
        unit = next(units, None)
        return f"epoch {unit}" if unit else None

    @property
    def _is_text(self) -> bool:
        return bool(self.rows) and _text(self.values.type)


def look(head: Sequence[Batch], name: str) -> Evidence | None:
    """Return the evidence of a column in the first batches, or None when none of them has it."""
    kept: dict[pa.DataType, list[pa.Array]] = {}
    left = ROWS
    for batch in head:
        if left <= 0:
            break
        if name in batch.columns:
            values = _values(batch.columns[name], left)
            kept.setdefault(values.type, []).append(values)
        left -= batch.rows
    if not kept:
        return None
    return Evidence(pa.concat_arrays(max(kept.values(), key=lambda many: sum(map(len, many)))))


def _values(column: pa.Array | Lanes, rows: int) -> pa.Array:
    """Return the first values of a column without nulls, in a type that can be looked at."""
    column = _lane(column) if isinstance(column, Lanes) else column.slice(0, rows)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return pa.nulls(0)
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    return column.drop_null()


def _lane(lanes: Lanes) -> pa.Array:
    """Return the lane with most values, in one type for texts whatever the source made."""
    texts = lanes.texts.cast(pa.large_string())
    arrays = (pa.array(lanes.numbers), texts, pa.array(lanes.booleans))
    return max(arrays, key=len)


def _numbers(values: pa.Array) -> NDArray[np.float64] | None:
    """Return the values that are numbers or are written like one; None for other types."""
    kind = values.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return np.asarray(values.cast(pa.float64(), safe=False), dtype=np.float64)
    if not _text(kind):
        return None
    written = values.filter(_matches(values, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"))
    return np.asarray(written.cast(pa.float64()), dtype=np.float64)


def _text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _matches(values: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(values, pattern)
