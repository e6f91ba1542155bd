"""Events logged twice: found by key, told apart by content, and taken off the counts again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import repeat
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.fingerprint import Hashes, fingerprints, mixed
from skewcheck.ledger import Ledger
from skewcheck.profile import Plan, Profile
from skewcheck.sources.batch import Batch, Lanes, Source, State

ABSENT = object()
HELD = 1 << 22  # hashes kept in memory, 32 MiB
PLACES = 32  # parts of a source that some keys are taken from
SOME = 4096  # keys from each of them


class Keys:
    """Hashes of the keys seen, 8 bytes a row, on disk beyond HELD rows; which occur twice?"""

    def __init__(self, names: Sequence[str], others: Hashes | None = None) -> None:
        """Watch for these key columns together; ``others`` are keys of the other side."""
        self.names = tuple(names)
        self._others = np.zeros(0, np.uint64) if others is None else others
        self._shared = 0
        self.seen = False  # whether every row was watched already
        self._held: Hashes = np.empty(HELD, np.uint64)  # takes memory as it fills
        self._used = 0
        self._spilled: IO[bytes] | None = None
        self._rows = 0
        self._lock = Lock()

    def watch(self, batch: Batch) -> None:
        """Remember the keys of a batch; a row without its whole key is never a duplicate."""
        hashes, whole = key_hashes(batch, self.names)
        if not whole.all():
            hashes = hashes[whole]
        with self._lock:
            self._rows += len(hashes)
            while len(hashes):
                if self._used == len(self._held):
                    self._spill()
                room = self._held[self._used :][: len(hashes)]
                room[:] = hashes[: len(room)]
                self._used += len(room)
                hashes = hashes[len(room) :]

    def _spill(self) -> None:
        if self._spilled is None:
            self._spilled = TemporaryFile(prefix="skewcheck-")  # noqa: SIM115 -- closed by twice
        self._held[: self._used].tofile(self._spilled)
        self._used = 0

    @property
    def shared(self) -> int:
        """Return how many of the other side's keys were seen."""
        assert self.twice is not None  # counted with them, in order of their hashes
        return self._shared

    @cached_property
    def twice(self) -> Hashes:
        """Return the hashes that occur more than once, in order."""
        found = []
        for part in self._ranges():
            found.append(_twice(part))
            if len(part):
                places = np.minimum(np.searchsorted(part, self._others), len(part) - 1)
                self._shared += int(np.count_nonzero(part[places] == self._others))
        self._held = np.empty(0, np.uint64)
        if self._spilled is not None:
            self._spilled.close()
        return np.concatenate([np.zeros(0, np.uint64), *found])

    def _ranges(self) -> Iterator[Hashes]:
        """Yield all hashes, a range of them at a time so that each fits into memory."""
        if self._spilled is None:
            yield self._held[: self._used]
            return
        self._spill()
        bits = max(1, (self._rows // HELD).bit_length())
        for number in range(1 << bits):
            self._spilled.seek(0)
            parts = []
            while len(read := np.fromfile(self._spilled, np.uint64, HELD // 4)):
                parts.append(read[read >> np.uint64(64 - bits) == number])
            yield np.concatenate(parts)

    def copies(self, source: Source, plan: Plan, skip: frozenset[str]) -> tuple[Profile, int]:
        """Return the profile of all exact copies of events but the first, and conflicting rows.

        Reads the source again, rows with a repeated key only. Copies are alike, so it does not
        matter which one counts as the first.
        """
        repeated, surplus, conflicts = self.twice, Profile(plan), 0
        seen: set[tuple[int, int]] = set()
        keys: set[int] = set()
        for part in source.parts:
            for batch in part.batches(Profile(plan).ledger):
                hashes, whole = key_hashes(batch, self.names)
                rows = np.flatnonzero(whole & np.isin(hashes, repeated))
                if not len(rows):
                    continue
                contents = _contents(batch.taken(rows))
                copies = []
                for row, key, content in zip(
                    rows.tolist(), hashes[rows].tolist(), contents, strict=True
                ):
                    if (key, content) in seen:
                        copies.append(row)
                    elif key in keys:
                        conflicts += 1
                    seen.add((key, content))
                    keys.add(key)
                if copies:
                    surplus.add(batch.taken(np.array(copies)), skip)
        return surplus.finish(), conflicts


def key_hashes(batch: Batch, names: Sequence[str]) -> tuple[Hashes, NDArray[np.bool_]]:
    """Return the hash of each row's key, and which rows have the whole of it."""
    hashes, whole = np.zeros(1, np.uint64), np.ones(batch.rows, np.bool_)
    for name in names:
        values = batch.columns.get(name)
        if values is None:
            return np.zeros(batch.rows, np.uint64), np.zeros(batch.rows, np.bool_)
        found, there = fingerprints(values)
        hashes, whole = mixed(hashes) + found, whole & there  # (a, b) is not (b, a)
    return hashes, whole


def some_keys(source: Source, names: Sequence[str]) -> Hashes:
    """Return the hashes of the keys of some rows, from all over a source: does it share any?"""
    found = [np.zeros(0, np.uint64)]
    for part in source.parts[:: max(1, len(source.parts) // PLACES)]:
        for batch in part.batches(Ledger()):
            rows = min(batch.rows, SOME)
            columns = {name: batch.first(name, rows) for name in names if name in batch.columns}
            some = Batch(rows, columns, batch.container, batch.offset)
            hashes, whole = key_hashes(some, names)
            found.append(hashes[whole])
            break
    return np.unique(np.concatenate(found))


def _twice(hashes: Hashes) -> Hashes:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _contents(batch: Batch) -> list[int]:
    """Return a hash of everything that each row holds, however its columns came to be stored."""
    rows: list[list[object]] = [[] for _ in range(batch.rows)]
    for name in sorted(batch.columns):
        for row, value in zip(rows, _cells(batch.columns[name]), strict=True):
            if value is not ABSENT:
                row.append((name, repr(value)))
    return [hash(tuple(row)) for row in rows]


def _cells(values: pa.Array | Lanes) -> list[object]:
    """Return the values of a column, numbers as floats, ABSENT where the key is missing."""
    if not isinstance(values, Lanes):
        number = pa.types.is_integer(values.type)
        return [float(v) if number and v is not None else v for v in values.to_pylist()]
    lanes: dict[int, Iterator[object]] = {
        State.ABSENT: repeat(ABSENT),
        State.NULL: repeat(None),
        State.NUMBER: iter(values.numbers.tolist()),
        State.TEXT: iter(values.texts.to_pylist()),
        State.BOOLEAN: iter(values.booleans.tolist()),
        State.OTHER: repeat("an object or list"),
    }
    return [next(lanes[state]) for state in values.states.tolist()]
