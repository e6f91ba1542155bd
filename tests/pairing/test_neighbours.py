"""Neighbours: groups are whole, few, chosen by their hashes, and those of several lots merge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.fingerprint import mixed
from skewcheck.pairing import neighbours
from skewcheck.pairing.cells import cells
from skewcheck.pairing.neighbours import Neighbours, entities, runs
from skewcheck.pairing.sample import Pairing

Row = tuple[int, float, int]  # entity (0: none), time, key


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(neighbours, "ROWS", 8)
    monkeypatch.setattr(neighbours, "GROUP", 3)
    yield


times = st.one_of(st.just(float("nan")), st.integers(0, 3).map(float))
lots = st.lists(
    st.tuples(st.integers(0, 6), times, st.integers(0, 2**40)),
    max_size=30,
    unique_by=lambda row: row[2],
)


def pairing(rows: list[Row]) -> Pairing:
    """Return the rows' pairing; a key's place in the log is the key."""
    key = np.array([k for *_, k in rows], np.int64)
    return Pairing(mixed(key.view(np.uint64)), np.array([t for _, t, _ in rows], np.float64), key)


def of(rows: list[Row]) -> Neighbours:
    """Return the neighbours by entity, with one column that holds the keys."""
    entity = np.array([e for e, *_ in rows], np.uint64)
    found, places = entities(mixed(entity), entity > 0, pairing(rows))
    key = cells(pa.array([rows[i][2] for i in places], pa.int64()))
    found.cells["x"] = key, key, np.array([rows[i][2] % 2 == 0 for i in places], np.bool_)
    return found


def state(lot: Neighbours) -> tuple[object, ...]:
    """Return all that a lot holds, in a form that compares."""
    rows = [lot.group, lot.rows.priority, lot.rows.order]
    columns = {
        n: (t.numbers.tolist(), s.numbers.tolist(), d.tolist())
        for n, (t, s, d) in lot.cells.items()
    }
    return *(a.tolist() for a in rows), repr(lot.rows.time.tolist()), lot.bound, repr(columns)


@settings(deadline=None)
@given(lots, st.integers(0, 30))
def test_two_lots_merge_to_that_of_both_in_any_order(rows: list[Row], cut: int) -> None:
    one, other = of(rows[:cut]), of(rows[cut:])
    assert state(one.merge(other)) == state(of(rows)) == state(other.merge(one))


@settings(deadline=None)
@given(lots, st.integers(0, 15), st.integers(15, 30))
def test_merging_may_be_done_in_any_order_and_nothing_adds_nothing(
    rows: list[Row], low: int, high: int
) -> None:
    a, b, c = of(rows[:low]), of(rows[low:high]), of(rows[high:])
    assert state(a.merge(b).merge(c)) == state(a.merge(b.merge(c)))
    assert state(a.merge(of([]))) == state(a)


@settings(deadline=None)
@given(lots)
def test_groups_are_whole_up_to_their_first_rows_and_few(rows: list[Row]) -> None:
    lot = of(rows)
    assert len(lot.group) <= neighbours.ROWS
    hashes = mixed(np.array([e for e, *_ in rows], np.uint64))
    for group in set(lot.group.tolist()):
        mine = [r for r, h in zip(rows, hashes.tolist(), strict=True) if h == group and r[0]]
        first = sorted(mine, key=lambda r: (np.isnan(r[1]), r[1], r[2]))[: neighbours.GROUP]
        kept = lot.rows.order[lot.group == group].tolist()
        assert kept == [k for *_, k in first]


def test_rows_of_no_entity_are_nobodys_neighbours() -> None:
    assert not len(of([(0, 1.0, 5), (0, 2.0, 6)]).group)


def test_a_column_that_one_lot_lacks_is_null_there() -> None:
    one, other = of([(1, 1.0, 5)]), of([(2, 1.0, 6)])
    other.cells["y"] = other.cells.pop("x")
    merged = one.merge(other)
    assert sorted(merged.cells) == ["x", "y"]
    assert [merged.cells[n][0].null.sum() for n in "xy"] == [1, 1]


def test_runs_break_where_a_file_begins_whatever_the_order_of_files() -> None:
    rng = np.random.default_rng(3)
    keys = [mixed(rng.integers(0, 2**62, 400).astype(np.uint64)) for _ in range(3)]

    def lot(order: list[int]) -> list[tuple[int, int]]:
        priority = np.concatenate([keys[i] for i in order])
        rows = Pairing(priority, np.zeros(1200), np.arange(1200))
        found, _ = runs(rows, np.array([0, 400, 800]))
        return list(zip(found.group.tolist(), found.rows.priority.tolist(), strict=True))

    assert lot([0, 1, 2]) == lot([2, 0, 1]) != []
