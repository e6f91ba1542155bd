"""How rows are counted by group as well: by day, by hour, by entities, label and segment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.fingerprint import fingerprints
from skewcheck.moments import moments
from skewcheck.rowsample import taken
from skewcheck.schema import Role, Schema
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.cut import FIRST, NULL, OTHER, Cut

Codes = NDArray[np.int64]

BUCKETS = 64  # of entities: so many random groups give the variance
MOST = 1 << 16  # rows that coarse counts by group are made of, where a side's rows are known
WHOLE = 16  # times as many for whole profiles by group
GROUPS = 200  # values of a column that are groups; further ones are one group
FAILED = {  # ways to group failed requests only, and the columns that are made for it
    "failed hour": "hour of a failed request",
    "failed version": "version of a failed request",
}
REST = "(others)"
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # ticks of a second


@dataclass(frozen=True, slots=True)
class By:
    """One way to group rows: its ``name``, the column ``of`` which the group is read.

    ``columns`` are counted by group: whole ColumnProfiles where ``whole``, else coarse cells.
    """

    name: str
    of: str
    columns: frozenset[str]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each row of a batch: a place in ``labels``, -1 where it has none.

    ``sizes`` are the rows of each group, where they are known without counting.
    """

    labels: Sequence[str]
    codes: Codes
    sizes: Codes | None = None
    _taken: dict[tuple[int, int], Groups] = field(default_factory=dict, repr=False, compare=False)

    def counts(self) -> Codes:
        """Return how many rows each group has."""
        if self.sizes is not None:
            return self.sizes
        return np.bincount(self.codes + 1, minlength=len(self.labels) + 1)[1:]

    def taken(self, rows: slice) -> Groups:
        """Return the groups of some rows, the same for every column of a batch."""
        if rows.step == 1:
            return self
        key = (rows.start, rows.step)
        if key not in self._taken:
            self._taken[key] = Groups(self.labels, self.codes[rows])
        return self._taken[key]


def breakdowns(schema: Schema, there: Collection[str]) -> tuple[By, ...]:
    """Return how the rows of a side with these columns are counted by group."""
    compared = frozenset(c.name for c in schema if c.role.compared or c.role is Role.VALUE)
    scores = frozenset(schema.names(Role.SCORE))
    answers = frozenset(schema.names(Role.LATENCY))
    agreement = frozenset(schema.names(Role.AGREEMENT))
    ways = (
        ("day", Role.TIME, compared | frozenset(schema.names(Role.LABEL)), False),
        ("hour", Role.TIME, answers, True),
        ("bucket", Role.ENTITY, compared, False),
        ("version", Role.VERSION, answers, True),
        ("status", Role.STATUS, answers, True),
        ("label", Role.LABEL, scores, True),
        ("segment", Role.SEGMENT, agreement, True),
    )
    found = []
    for way, made in FAILED.items():
        if made in there and answers:
            found.append(By(way, made, answers, True))
    for name, role, columns, whole in ways:
        of = next((column for column in schema.names(role) if column in there), None)
        if of is not None and columns:
            found.append(By(name, of, columns, whole))
    return tuple(found)


def grouped(name: str, values: pa.Array | Lanes) -> Groups:
    """Return the group of each row; ``name`` is that of the By, ``values`` its column's."""
    make: Callable[[pa.Array | Lanes], Groups] = {
        "day": _days,
        "hour": _hours,
        "failed hour": _hours,
        "bucket": _buckets,
    }.get(name, _values)
    return make(values)


def _days(values: pa.Array | Lanes) -> Groups:
    return _spans(values, 86400, 10)


def _hours(values: pa.Array | Lanes) -> Groups:
    return _spans(values, 3600, 13)


def _spans(values: pa.Array | Lanes, seconds: int, letters: int) -> Groups:
    """Return the day or hour of each row, written as ISO 8601 does."""
    sizes = None
    if isinstance(values, Lanes) or (times := _ticks(values)) is None:
        spans = np.floor(moments(values) / seconds)
        known = np.abs(spans) < 1e11 / seconds  # the year 5138; NaN is not known
        first, codes = _ranked(np.where(known, spans, 0).astype(np.int64))
        codes = np.where(known, codes, -1)
    else:
        first, codes, sizes = _in_order(times, seconds * UNITS[values.type.unit])
    labels = [str(np.datetime64(int(span) * seconds, "s"))[:letters] for span in first]
    return Groups(labels, codes, sizes)


def _ticks(values: pa.Array) -> Codes | None:
    """Return timestamps as whole numbers; None where some are null, or they are none."""
    if values.null_count or not len(values) or not pa.types.is_timestamp(values.type):
        return None
    return np.asarray(values.view(pa.int64()).to_numpy(zero_copy_only=False))


def _in_order(times: Codes, length: int) -> tuple[Codes, Codes, Codes | None]:
    """Return the different spans, the place of each time's, and their sizes if times are sorted."""
    low, high = int(times.min()) // length, int(times.max()) // length
    if high - low >= len(times) or not (low == high or (times[1:] >= times[:-1]).all()):
        return *_ranked(times // np.int64(length)), None
    starts = np.searchsorted(times, np.arange(low + 1, high + 1) * length)
    sizes = np.diff(starts, prepend=0, append=len(times))
    spans = np.flatnonzero(sizes)
    return low + spans, np.repeat(np.arange(len(spans)), sizes[spans]), sizes[spans]


def _ranked(spans: Codes) -> tuple[Codes, Codes]:
    """Return the different spans and the place of each row's; spans lie close together."""
    if not len(spans):
        return spans, spans
    low = int(spans.min())
    if int(spans.max()) - low < 1 << 20:
        above = spans - low
        seen = np.bincount(above) > 0
        return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[above]
    first, codes = np.unique(spans, return_inverse=True)
    return first, codes.astype(np.int64)


def _buckets(values: pa.Array | Lanes) -> Groups:
    hashes, there = fingerprints(values)
    codes = (hashes % np.uint64(BUCKETS)).astype(np.int64)
    return Groups([f"{bucket:02d}" for bucket in range(BUCKETS)], np.where(there, codes, -1))


def _values(values: pa.Array | Lanes) -> Groups:
    """Return each row's value as text, the first GROUPS of them; without one, no group."""
    if isinstance(values, Lanes):
        encoded = spelled(values).dictionary_encode()
    elif pa.types.is_boolean(values.type):
        flags = pc.fill_null(values.cast(pa.int8()), -1)
        return Groups(("0", "1"), flags.to_numpy(zero_copy_only=False).astype(np.int64))
    elif pa.types.is_dictionary(values.type):
        encoded = values
    else:
        encoded = values.dictionary_encode()  # so that each value is spelled once
    labels = spelled(encoded.dictionary).to_pylist()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    named = np.array([*(label is not None for label in labels), False])
    codes = np.where(named[codes], codes, -1)
    if len(labels) > GROUPS:
        codes, labels = np.minimum(codes, GROUPS), [*labels[:GROUPS], REST]
    return Groups([str(label) for label in labels], codes)


def spelled(values: pa.Array | Lanes) -> pa.Array:
    """Return a column as texts: whole numbers without a point, booleans as 1 and 0."""
    if isinstance(values, Lanes):
        found: list[str | None] = [None] * len(values.states)
        lanes = (
            (State.TEXT, values.texts.to_pylist()),
            (State.NUMBER, [_number(x) for x in values.numbers.tolist()]),
            (State.BOOLEAN, [str(int(flag)) for flag in values.booleans]),
        )
        for state, cells in lanes:
            for row, cell in zip(np.flatnonzero(values.states == state), cells, strict=True):
                found[row] = cell
        return pa.array(found, pa.large_string())
    kind = values.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return values.cast(pa.int8()).cast(pa.large_string())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = values.cast(pa.float64(), safe=False).to_pylist()
        return pa.array([_number(x) for x in numbers], pa.large_string())
    return values.cast(pa.large_string())


def _number(value: float | None) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def coarse(values: pa.Array | Lanes, cut: Cut) -> Codes:
    """Return the coarse cell of each row."""
    if isinstance(values, Lanes):
        codes = np.full(len(values.states), NULL, np.int64)
        codes[values.states == State.OTHER] = OTHER
        codes[values.states == State.NUMBER] = cut.numbers(values.numbers)
        codes[values.states == State.TEXT] = cut.texts(values.texts.to_pylist())
        codes[values.states == State.BOOLEAN] = _flags(values.booleans, cut)
        return codes
    codes = _coarse_array(values, cut)
    if values.null_count:
        codes[values.is_null().to_numpy(zero_copy_only=False)] = NULL
    return codes


def _coarse_array(values: pa.Array, cut: Cut) -> Codes:
    """Return the cell of each row of an array, any where it is null."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        if not len(values.dictionary):
            return np.full(len(values), NULL, np.int64)
        known = coarse(values.dictionary, cut)
        places = pc.fill_null(values.indices, 0).to_numpy(zero_copy_only=False)
        return np.asarray(known[places])
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return cut.numbers(numbers)
    if pa.types.is_boolean(kind):
        return _flags(pc.fill_null(values, False).to_numpy(zero_copy_only=False), cut)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        encoded = values.dictionary_encode()
        return (
            _coarse_array(encoded, cut)
            if len(encoded.dictionary) < len(values)
            else cut.texts("" if x is None else x for x in values.to_pylist())
        )
    # Times and lists: that there is one is all that is counted.
    return np.full(len(values), FIRST if pa.types.is_temporal(kind) else OTHER, np.int64)


def _flags(values: NDArray[np.bool_], cut: Cut) -> Codes:
    false, true = cut.texts(map(_flag, (False, True))).tolist()
    return np.where(values, np.int64(true), np.int64(false))


def _flag(value: bool) -> str:
    return "true" if value else "false"


def cut_of(values: Sequence[pa.Array | Lanes]) -> Cut:
    """Return the cut that suits the first values of a column, of train."""
    numbers, texts = [], []
    for part in values:
        if isinstance(part, Lanes):
            numbers.append(part.numbers)
            texts += part.texts.to_pylist()
            texts += map(_flag, part.booleans.tolist())
            continue
        kind = part.type.value_type if pa.types.is_dictionary(part.type) else part.type
        part = part.drop_null()
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            part = part.cast(pa.float64(), safe=False)
            numbers.append(part.to_numpy(zero_copy_only=False))
        elif pa.types.is_boolean(kind):
            texts += map(_flag, part.to_pylist())
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            texts += part.to_pylist()
    known = np.concatenate(numbers) if numbers else np.zeros(0)
    return Cut.of_labels(texts) if len(texts) > len(known) else Cut.of_numbers(known)


def thinned(offset: int, rows: int, step: int) -> slice:
    """Return every ``step``-th row of a container, as it falls into a batch of it."""
    return slice(-offset % step if offset >= 0 else 0, rows, step)


def some(values: pa.Array | Lanes, rows: slice, total: int) -> pa.Array | Lanes:
    """Return some rows of a batch's column; all of them without a copy."""
    if rows.step == 1:
        return values
    if isinstance(values, pa.Array) and not values.null_count:
        if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
            return pa.array(values.to_numpy()[rows])
        if pa.types.is_dictionary(values.type):
            indices = pa.array(values.indices.to_numpy()[rows])
            return pa.DictionaryArray.from_arrays(indices, values.dictionary)
    return taken(values, np.arange(*rows.indices(total)))


def step_of(rows: int | None) -> int:
    """Return the step at which at most MOST of so many rows are counted; 1 where not known."""
    step = 1
    while rows is not None and rows > MOST * step:
        step *= 2
    return step
