"""The sample depends on the rows alone: not on batches, nor on their order, nor on who adds up."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.rowsample import MOST, RowSample


def of(batches: list[tuple[int, int]]) -> RowSample:
    sample = RowSample()
    for offset, rows in batches:
        places = sample.places(offset, rows)
        sample.add(places + offset, {"x": pa.array(places + offset)})
    return sample


def rows(sample: RowSample) -> list[int]:
    found: list[int] = []
    for places, columns in sample.batches:
        assert columns["x"].to_pylist() == places.tolist()  # type: ignore[union-attr]
        found += places.tolist()
    return sorted(found)


@given(
    total=st.integers(0, 5 * MOST),
    cuts=st.lists(st.integers(0, 5 * MOST), max_size=6),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_any_batches_in_any_order_and_any_merge_give_one_sample(
    total: int, cuts: list[int], order: object
) -> None:
    edges = sorted({0, total, *(cut for cut in cuts if cut < total)})
    batches = [(a, b - a) for a, b in pairwise(edges)]
    whole = of([(0, total)])
    order.shuffle(batches)  # type: ignore[attr-defined]
    parts = [of([batch]) for batch in batches]
    merged = reduce(RowSample.merge, parts, RowSample())
    assert rows(of(batches)) == rows(whole) == rows(merged)
    assert len(whole) <= MOST and (total <= MOST or len(whole) > MOST // 2 - 1)
    assert rows(whole) == list(range(0, total, whole.step))


def test_rows_of_unknown_place_are_left_out() -> None:
    assert not len(of([(-1, 100)]))
    assert len(RowSample().places(-1, 100)) == 0 and np.array_equal(
        RowSample().places(3, 4), [0, 1, 2, 3]
    )
