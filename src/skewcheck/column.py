"""One column of one side: its summaries, and how a batch is counted into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.schema import Kind
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.atoms import Atoms, sampled
from skewcheck.summaries.categories import Categories
from skewcheck.summaries.cut import Cut
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import GridSpec
from skewcheck.summaries.states import States

NUMBER_TEXT = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
SHAPES = {
    "text:number": NUMBER_TEXT,
    "text:boolean": r"(?i)^\s*(true|false|yes|no|t|f|y|n)\s*$",
    "text:time": r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)",
    "text:empty": r"^$",
    "text:padded": r"^\s|\s$",
    "text:upper": r"^[^a-z]*[A-Z][^a-z]*$",
    "text:lower": r"^[^A-Z]*[a-z][^A-Z]*$",
}
WAITING = 4096  # distinct texts that may wait to be described
NO_CUT = Cut()
LENGTHS = GridSpec(0.0, 118)  # cells for lengths: exact up to 2,048, 0.1 % apart above


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """What is decided about a column before the pass: train's kind, its grid and coarse cells."""

    kind: Kind | None = None
    grid: GridSpec = GridSpec()
    cut: Cut = NO_CUT


@dataclass(eq=True)
class ColumnProfile:
    """The mergeable summaries of one column of one side.

    ``numbers`` is the grid of the finite numbers (of texts that spell a number too, where train
    holds numbers), ``atoms`` names single values in it, ``categories`` counts texts, ``lengths``
    is the grid of the lengths of texts and lists.
    """

    spec: ColumnSpec
    states: States = field(default_factory=States)
    numbers: Grid = field(init=False)
    atoms: Atoms = field(init=False)
    categories: Categories = field(default_factory=Categories)
    lengths: Grid = field(default_factory=lambda: Grid(LENGTHS))
    _waiting: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out the grid that the spec names."""
        self.numbers = Grid(self.spec.grid)
        self.atoms = Atoms(self.spec.grid)

    @property
    def kind(self) -> Kind:
        """Return what most present cells hold; EMPTY when there is none."""
        states = self.states
        kinds = {
            Kind.NUMBER: states.numeric,
            Kind.TEXT: states["text"],
            Kind.BOOLEAN: states.boolean,
            Kind.DATETIME: states["datetime"],
            Kind.LIST: states["list"] + states["other"],
        }
        best = max(kinds, key=lambda kind: kinds[kind])
        return best if kinds[best] else Kind.EMPTY

    def add(self, values: pa.Array | Lanes, offset: int) -> None:
        """Count one batch of the column; ``offset`` is the place of its first row."""
        if isinstance(values, Lanes):
            self._add_lanes(values, offset)
        else:
            self._add_array(values, offset)

    def _add_lanes(self, lanes: Lanes, offset: int) -> None:
        counts = np.bincount(lanes.states, minlength=len(State)).tolist()
        for state, name in ((State.ABSENT, "absent"), (State.NULL, "null"), (State.OTHER, "other")):
            self.states.add(name, counts[state])
        if counts[State.NUMBER]:
            rows = np.flatnonzero(lanes.states == State.NUMBER)
            looked_at = _looked_at(rows, offset, len(lanes.states))
            self._add_numbers(lanes.numbers, lanes.numbers[looked_at])
        if counts[State.TEXT]:
            self._add_texts(lanes.texts)
        if counts[State.BOOLEAN]:
            true = int(np.count_nonzero(lanes.booleans))
            self._add_booleans(true, len(lanes.booleans) - true)

    def _add_array(self, array: pa.Array, offset: int) -> None:
        array = _plain(array)
        kind, rows = array.type, len(array)
        self.states.add("null", array.null_count)
        if array.null_count == rows:
            return
        if pa.types.is_floating(kind) or pa.types.is_integer(kind):
            places = sampled(offset, rows)
            values = _numbers(array)
            if array.null_count:
                valid = _valid(array)
                self._add_numbers(values[valid], values[places[valid[places]]])
            else:
                self._add_numbers(values, values[places])
        elif pa.types.is_dictionary(kind) or _is_text(kind):
            self._add_texts(array.drop_null())
        elif pa.types.is_boolean(kind):
            self._add_booleans(array.true_count, array.false_count)
        elif pa.types.is_temporal(kind):
            self._add_times(array.drop_null())
        elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
            self.states.add("list", rows - array.null_count)
            self._add_lengths(pc.list_value_length(array.drop_null()))
        else:
            self.states.add("other", rows - array.null_count)

    def _add_numbers(self, values: NDArray[Any], looked_at: NDArray[Any]) -> None:
        nan, above, below = self.numbers.add(values)
        self.states.add("nan", nan)
        self.states.add("+inf", above)
        self.states.add("-inf", below)
        self.states.add("number", len(values) - nan - above - below)
        self.atoms.add(looked_at)

    def _add_booleans(self, true: int, false: int) -> None:
        self.states.add("true", true)
        self.states.add("false", false)

    def _add_times(self, array: pa.Array) -> None:
        self.states.add("datetime", len(array))
        if pa.types.is_timestamp(array.type) or pa.types.is_date(array.type):
            micros = array.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
            self.numbers.add(micros.to_numpy(zero_copy_only=False) / 1e6)

    def _add_texts(self, array: pa.Array) -> None:
        values, counts = _counted(array)
        self.states.add("text", int(counts.sum()))
        if self.categories.counts is None or len(values) > WAITING:
            self._describe(values, counts)
            self.categories.add(values.to_pylist(), counts.tolist())
            return
        for value, n in zip(values.to_pylist(), counts.tolist(), strict=True):
            self._waiting[value] = self._waiting.get(value, 0) + n
        if len(self._waiting) > WAITING:
            self.settle()

    def settle(self) -> None:
        """Count the texts that wait: describing a value costs more than counting it again."""
        if self._waiting:
            values, counts = list(self._waiting), list(self._waiting.values())
            self._waiting = {}
            self._describe(pa.array(values, pa.large_string()), np.array(counts, np.int64))
            self.categories.add(values, counts)

    def _describe(self, values: pa.Array, counts: NDArray[np.int64]) -> None:
        """Count lengths, shapes and spelled numbers of distinct texts."""
        self._add_lengths(pc.utf8_length(values), counts)
        for state, pattern in SHAPES.items():
            matches = pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
            self.states.add(state, int(counts[matches].sum()))
            if state == "text:number" and self.spec.kind is Kind.NUMBER and matches.any():
                self._add_spelled(values, counts, matches)

    def _add_spelled(
        self, values: pa.Array, counts: NDArray[np.int64], matches: NDArray[np.bool_]
    ) -> None:
        texts = pc.utf8_trim_whitespace(values.filter(pa.array(matches)))
        numbers = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
        finite = np.isfinite(numbers)
        self.numbers.add_weighted(numbers[finite], counts[matches][finite])

    def _add_lengths(self, lengths: pa.Array, counts: NDArray[np.int64] | None = None) -> None:
        values = lengths.to_numpy(zero_copy_only=False).astype(np.float64)
        weights = np.ones(len(values), np.int64) if counts is None else counts
        self.lengths.add_weighted(values, weights)

    def merge(self, other: ColumnProfile) -> ColumnProfile:
        """Return the profile of both lots of rows, on this one's grid."""
        self.settle()
        other.settle()
        merged = ColumnProfile(self.spec, self.states.merge(other.states))
        merged.numbers = self.numbers.merge(other.numbers)
        merged.atoms = self.atoms.merge(other.atoms)
        merged.categories = self.categories.merge(other.categories)
        merged.lengths = self.lengths.merge(other.lengths)
        return merged

    def subtract(self, other: ColumnProfile) -> ColumnProfile:
        """Return the profile without the other's rows, which must be copies of rows that stay."""
        self.settle()
        other.settle()
        left = ColumnProfile(self.spec, self.states.subtract(other.states))
        left.numbers = self.numbers.subtract(other.numbers)
        left.atoms = self.atoms
        left.categories = self.categories.subtract(other.categories)
        left.lengths = self.lengths.subtract(other.lengths)
        return left


def _plain(array: pa.Array) -> pa.Array:
    """Return the array in a type that has every kernel used here, each null a null."""
    kind = array.type
    if pa.types.is_decimal(kind):
        return array.cast(pa.float64())
    if pa.types.is_string_view(kind):
        return array.cast(pa.large_string())
    if not pa.types.is_dictionary(kind):
        return array
    plain = _is_text(kind.value_type) and not array.dictionary.null_count
    return array if plain else _plain(array.dictionary_decode())


def _numbers(array: pa.Array) -> NDArray[Any]:
    """Return the values as numpy sees them, garbage where null, without a copy."""
    width = array.type.to_pandas_dtype()
    data = np.frombuffer(array.buffers()[1], dtype=width)
    return data[array.offset : array.offset + len(array)]


def _valid(array: pa.Array) -> NDArray[np.bool_]:
    """Return which values are not null."""
    bits = np.frombuffer(array.buffers()[0], np.uint8)
    flags = np.unpackbits(bits, bitorder="little")[array.offset : array.offset + len(array)]
    return flags.view(np.bool_)


def _looked_at(rows: NDArray[np.int64], offset: int, total: int) -> NDArray[np.int64]:
    """Return which of the compact values of a lane stand in sampled rows."""
    return np.flatnonzero(np.isin(rows, sampled(offset, total)))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _counted(array: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """Return the distinct texts of an array and how often each occurs; it has no null."""
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    values = array.dictionary
    counts = np.bincount(array.indices.to_numpy(zero_copy_only=False), minlength=len(values))
    used = np.flatnonzero(counts)
    if len(used) < len(values):
        values = values.take(pa.array(used))
    return values, counts[used]
