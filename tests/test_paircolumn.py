"""A column of pairs: what is counted on it, and that lots of pairs add up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.pairing.column import CONFUSED, PairColumn, tolerance_of
from skewcheck.pairing.sample import Pairing
from skewcheck.schema import Kind
from skewcheck.summaries.parity import Parity, Tolerance
from tests.summaries.test_pairsample import seen
from tests.summaries.test_parity import anything, lanes, texts

Row = tuple[Any, Any, int]  # train, serve, priority
SPEC = ColumnSpec(Kind.NUMBER)

values = st.one_of(anything, st.sampled_from([1.0, 2.0, 3.0]))
mixed = st.lists(
    st.tuples(values, values, st.integers(0, 2**64 - 1)), max_size=20, unique_by=lambda row: row[2]
)


def added(column: PairColumn, rows: list[Row], kind: pa.DataType | None = None) -> list[bool]:
    """Add pairs of one Arrow type, or of any; return which differ."""
    train, serve = [t for t, _, _ in rows], [s for _, s, _ in rows]
    priority = np.array([p for *_, p in rows], np.uint64)
    order = (priority >> np.uint64(1)).astype(np.int64)
    left, right = (lanes(side) if kind is None else pa.array(side, kind) for side in (train, serve))
    found: list[bool] = column.add(left, right, Pairing(priority, order / 2, order)).tolist()
    return found


def of(*lots: list[Row], kind: pa.DataType | None = None) -> PairColumn:
    """Return the column of these lots."""
    made = PairColumn(SPEC, Tolerance())
    for lot in lots:
        added(made, lot, kind)
    return made


def state(column: PairColumn) -> list[Any]:
    """Return all that a column holds, in a form that compares; NaN is spelled."""
    samples = [repr(seen(sample)) for sample in (column.differing, column.agreeing)]
    return [
        +column.counts,
        column.differences,
        column.ratios,
        column.confusion,
        column.reference,
        *samples,
    ]


@given(mixed, st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_lots_of_pairs_of_any_kind_add_up(rows: list[Row], one: int, two: int) -> None:
    low, high = sorted((one, two))
    lots = rows[:low], rows[low:high], rows[high:]
    a, b, c = (of(lot) for lot in lots)
    whole = state(of(rows))
    assert state(of(*lots)) == whole
    assert state(a.merge(b).merge(c)) == whole == state(c.merge(b.merge(a)))
    assert state(a.merge(of())) == state(a) == state(of().merge(a))


@given(st.lists(st.tuples(st.none() | texts, st.none() | texts), max_size=20))
@settings(max_examples=100, deadline=None)
def test_texts_that_differ_are_counted_by_name(pairs: list[tuple[str | None, str | None]]) -> None:
    rows = [(t, s, i) for i, (t, s) in enumerate(pairs)]
    for kind in (None, pa.string(), pa.dictionary(pa.int32(), pa.string())):
        column = PairColumn(SPEC, Tolerance())
        assert added(column, rows, kind) == [t != s for t, s in pairs]
        expected = [pair for pair in pairs if pair[0] != pair[1]]
        assert column.confusion == {pair: expected.count(pair) for pair in expected}


@pytest.mark.parametrize("lots", [1, 7])
def test_too_many_pairs_of_texts_are_given_up_in_any_lots(lots: int) -> None:
    for n, kept in ((CONFUSED, True), (CONFUSED + 1, False)):
        rows: list[Row] = [(f"t{i}", f"s{i}", i) for i in range(n)]
        parts = [rows[start::lots] for start in range(lots)]
        assert (of(*parts).confusion is not None) is kept
        merged = of()
        for part in parts:
            merged = merged.merge(of(part))
        assert (merged.confusion is not None) is kept


def test_differences_and_ratios_are_of_different_numbers_only() -> None:
    train = [1.0, 2.0, 4.0, 0.0, None, math.inf, math.nan]
    serve = [1.0, 3.0, 8.0, 5.0, 7.0, 1.0, 1.0]
    column = of(
        [(t, s, i) for i, (t, s) in enumerate(zip(train, serve, strict=True))], kind=pa.float64()
    )
    assert column.counts[Parity.DIFFERENT] == 5
    assert (column.differences.total, column.differences.low, column.differences.high) == (3, 1, 5)
    assert (column.ratios.low, column.ratios.high) == (0, 2)  # 0 is 1 / infinity


def test_pairs_of_a_tolerance_are_told_by_the_spread_of_train() -> None:
    profile = ColumnProfile(SPEC)
    profile.add(pa.array(np.arange(0.0, 1001.0)), 0)
    assert tolerance_of(profile).absolute == pytest.approx(500e-9, rel=0.02)
    assert tolerance_of(ColumnProfile(SPEC)).absolute == 0
