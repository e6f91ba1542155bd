"""Labels that arrive in a file of their own, later than the requests: joined to serve by key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.breakdown import spelled
from skewcheck.errors import InputError, UsageError
from skewcheck.fingerprint import Hashes, fingerprints
from skewcheck.ledger import Ledger
from skewcheck.opened import Opened, open_side
from skewcheck.roles import guess, names
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Lanes, Source
from skewcheck.sources.derived import Derivation, derived, with_derived

MOST = 1 << 16  # different labels: more are amounts, not classes
NONE = -1  # the code of a label that is not known


@dataclass(eq=False)
class Arrivals:
    """Labels by the hash of their key, in order of the hashes; each key once.

    ``codes`` are places in ``labels``, NONE where two rows of a key disagree. ``seen`` marks those
    that a logged request was found for. ``column`` is what the label is called next to serve's
    rows, ``key`` serve's key. ``repeated`` rows said the same again, ``keyless`` had no key,
    ``empty`` no label.
    """

    name: str
    column: str
    key: str
    hashes: Hashes
    codes: NDArray[np.int32]
    labels: pa.Array
    seen: NDArray[np.bool_]
    rows: int
    repeated: int
    keyless: int
    empty: int

    def of(self, keys: pa.Array | Lanes) -> pa.Array:
        """Return the label of each key as text, null where it is not known."""
        wanted, there = fingerprints(spelled(keys))
        if not len(self.hashes):
            return pa.nulls(len(wanted), pa.large_string())
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        found = there & (self.hashes[at] == wanted)
        self.seen[at[found]] = True  # several threads may: all write the same
        codes = np.where(found, self.codes[at], NONE)
        indices = pa.array(codes, pa.int32(), mask=codes == NONE)
        return pa.DictionaryArray.from_arrays(indices, self.labels)

    @property
    def note(self) -> str:
        """Return in a sentence what became of the labels, to be read once serve has been."""
        known, used = len(self.hashes), int(self.seen.sum())
        told = [f"{used:,} of {known:,} keys in {self.name} belong to a logged request"]
        if used < known:
            told.append(f"{known - used:,} belong to none")
        conflicts = int((self.codes == NONE).sum())
        rest = (
            (conflicts, "left out, for their labels contradict each other"),
            (self.repeated, "rows that repeat a label"),
            (self.keyless, "rows without a key"),
            (self.empty, "rows without a label"),
        )
        told += [f"{words}: {n:,}" for n, words in rest if n]
        return "labels: " + "; ".join(told)


def read_labels(
    data: object, serve: Opened, schema: Schema, named: Collection[str] = ()
) -> Arrivals:
    """Return the labels of a file, a frame or a folder, by serve's key.

    ``named`` are the columns that were given as labels.

    Raises:
        InputError: it cannot be read, or the label has too many values to be a class.
        UsageError: which columns are the key and the label is not plain.
    """
    file = open_side(data)
    if file.source is None or serve.source is None:
        raise UsageError("a saved profile holds no rows to join labels to; give the data itself")
    key = _one_key(serve, schema)
    own = guess(file.kinds, None, file.head, {})
    theirs = key if key in file.kinds else own.first(Role.KEY)
    if theirs is None:
        raise UsageError(f"{file.name}: no column {key!r} to join labels by; {_there(file)}")
    label = _label_of(file, [*named, *schema.names(Role.LABEL)], own, theirs)
    trained = [name for name in schema.names(Role.LABEL) if name not in serve.kinds]
    column = label if label in trained or not trained else trained[0]
    if column in serve.kinds:
        problem = f"LOGS has a column {column!r} already, and {file.name} brings one"
        raise UsageError(f"{problem}; rename it there, or leave out the labels")
    return _read(file.source, theirs, label, column=column, key=key)


def with_labels(side: Opened, arrivals: Arrivals) -> Opened:
    """Return serve with the label beside every row whose key has one."""
    if side.source is None:
        return side
    made = Derivation(arrivals.column, (arrivals.key,), Kind.TEXT, arrivals.of)
    return replace(side, source=derived(side.source, made), head=with_derived(side.head, made))


def with_label(schema: Schema, arrivals: Arrivals) -> Schema:
    """Return the schema with the column that was joined as a label."""
    column = Column(arrivals.column, Role.LABEL, f"joined from {arrivals.name} by {arrivals.key}")
    rest = {n: c for n, c in schema.columns.items() if n != column.name}
    return Schema({column.name: column, **rest})


def _one_key(serve: Opened, schema: Schema) -> str:
    keys = [name for name in schema.names(Role.KEY) if name in serve.kinds]
    if len(keys) != 1:
        known = f"LOGS has {', '.join(keys)}" if keys else "none is known in LOGS"
        raise UsageError(f"labels are joined by one key column, {known}; name it with --key")
    return keys[0]


def _label_of(file: Opened, known: Sequence[str], own: Schema, key: str) -> str:
    """Return the label's column: the one named, one of a label's name, or the only one left."""
    rest = [name for name in file.kinds if name != key and own.role(name) is not Role.TIME]
    given = [name for name in dict.fromkeys(known) if name in rest][:1]
    named = [name for name in rest if names.label_rank(names.spelled(name)) == 0]
    for some in (given, named, rest):
        if len(some) == 1:
            return some[0]
    raise UsageError(
        f"{file.name}: which column is the label is not plain; {_there(file)}; name it with --label"
    )


def _there(file: Opened) -> str:
    return f"there are {', '.join(list(file.kinds)[:8])}"


def _read(source: Source, theirs: str, label: str, *, column: str, key: str) -> Arrivals:
    places: dict[str, int] = {}
    hashes, codes = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    rows = keyless = empty = 0
    for part in source.parts:
        for batch in part.batches(Ledger()):
            rows += batch.rows
            if theirs not in batch.columns or label not in batch.columns:
                keyless += batch.rows
                continue
            found, there = fingerprints(spelled(batch.columns[theirs]))
            own = _codes(batch.columns[label], places)
            if len(places) > MOST:
                raise InputError(
                    f"column {label!r} has more than {MOST:,} values: it is no class",
                    file=source.name,
                    hint="performance is measured for two classes; name the label with --label",
                )
            keyless += int((~there).sum())
            empty += int((there & (own == NONE)).sum())
            kept = there & (own != NONE)
            hashes.append(found[kept])
            codes.append(own[kept])
    first, said, repeated = _once(np.concatenate(hashes), np.concatenate(codes))
    texts = pa.array(list(places), pa.large_string())
    seen = np.zeros(len(first), np.bool_)
    return Arrivals(
        source.name, column, key, first, said, texts, seen, rows, repeated, keyless, empty
    )


def _codes(values: pa.Array | Lanes, places: dict[str, int]) -> NDArray[np.int32]:
    """Return the place of each row's label among all that were met, NONE where there is none."""
    encoded = spelled(values)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    known = [
        NONE if not label.strip() else places.setdefault(label, len(places))
        for label in encoded.dictionary.to_pylist()
    ]
    indices = pc.fill_null(encoded.indices.cast(pa.int32()), len(known))
    rows: NDArray[np.int64] = indices.to_numpy(zero_copy_only=False)
    return np.array([*known, NONE], np.int32)[rows]


def _once(hashes: Hashes, codes: NDArray[np.int32]) -> tuple[Hashes, NDArray[np.int32], int]:
    """Return each key once, in order, with its label; NONE where its rows disagree."""
    if not len(hashes):
        return hashes, codes, 0
    order = np.argsort(hashes, kind="stable")
    hashes, codes = hashes[order], codes[order]
    first = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    low, high = np.minimum.reduceat(codes, first), np.maximum.reduceat(codes, first)
    counts = np.diff(np.append(first, len(hashes)))
    repeated = int((counts[low == high] - 1).sum())
    return hashes[first], np.where(low == high, low, NONE).astype(np.int32), repeated
