"""Events logged twice are found by key and content, however many there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck import duplicates, pipeline
from skewcheck.config import Config
from skewcheck.fingerprint import fingerprints
from skewcheck.ledger import Ledger
from skewcheck.profile import Plan
from skewcheck.schema import Kind, Role
from skewcheck.sources.batch import Batch, Lanes, Source, State


class Rows:
    """A part that yields a table in batches of so many rows."""

    name = "rows"

    def __init__(self, table: pa.Table, size: int) -> None:
        self._table, self._size = table, size

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        offset = 0
        for batch in self._table.to_batches(max_chunksize=self._size):
            ledger.count("ok", batch.num_rows)
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield Batch(batch.num_rows, columns, self.name, offset)
            offset += batch.num_rows


def keys_of(table: pa.Table, size: int = 100) -> duplicates.Keys:
    keys = duplicates.Keys(["id"])
    for batch in Rows(table, size).batches(Ledger()):
        keys.watch(batch)
    return keys


def test_copies_are_counted_once_and_conflicts_are_kept() -> None:
    train = pa.table({"x": np.arange(500.0)})
    serve = pa.table({"id": ["a", "b", "a", "b", "c", None, None], "x": [1, 2, 1, 3, 4, 5, 5.0]})
    run = pipeline.compare(train, serve, config=Config(), overrides={Role.KEY: ["id"]})
    fates = run.serve.ledger.fates
    assert (fates["duplicates"], fates["conflicting"], fates["ok"]) == (1, 1, 5)
    assert run.serve.ledger.events == 7
    assert run.serve.rows == 6
    assert run.serve.profile.columns["x"].states["number"] == 6


@pytest.mark.parametrize("size", [1, 3, 7])
def test_the_size_of_batches_does_not_matter(size: int) -> None:
    table = pa.table({"id": ["a", "b", "a", "c", "b", "a", None], "x": [1, 2, 1, 4, 2, 9, 5.0]})
    source = Source("s", (Rows(table, size),), {"id": Kind.TEXT, "x": Kind.NUMBER}, Ledger())
    keys = keys_of(table, size)
    surplus, conflicts = keys.copies(source, Plan(), frozenset({"id"}))
    assert (surplus.rows, conflicts) == (2, 1)


def test_keys_beyond_memory_are_found_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    ids = rng.integers(0, 3000, 5000)
    table = pa.table({"id": ids})
    in_memory = keys_of(table).twice
    monkeypatch.setattr(duplicates, "HELD", 256)
    assert np.array_equal(np.sort(keys_of(table).twice), np.sort(in_memory))
    assert len(in_memory) == (np.unique(ids, return_counts=True)[1] > 1).sum()


@given(st.lists(st.text(max_size=20), max_size=30))
def test_texts_hash_alike_exactly_when_they_are_alike(texts: list[str]) -> None:
    texts = [t.encode("utf-8", "ignore").decode() for t in texts]
    plain, _ = fingerprints(pa.array(texts, pa.string()))
    coded, _ = fingerprints(pa.array(texts, pa.large_string()).dictionary_encode())
    assert plain.tolist() == coded.tolist()
    assert len(set(plain.tolist())) == len(set(texts))


def test_a_column_hashes_alike_as_lanes_and_as_an_array() -> None:
    states = np.array([State.TEXT, State.NULL, State.TEXT, State.ABSENT], np.uint8)
    lanes = Lanes(states, np.zeros(0), pa.array(["a", "bc"]), np.zeros(0, np.bool_))
    hashes, there = fingerprints(lanes)
    plain, valid = fingerprints(pa.array(["a", None, "bc", None]))
    assert there.tolist() == valid.tolist() == [True, False, True, False]
    assert hashes[there].tolist() == plain[valid].tolist()
