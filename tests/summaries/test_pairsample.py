"""A sample of pairs is the smallest priorities, in whatever lots the pairs came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.pairing.cells import cells
from skewcheck.pairing.sample import Pairing, PairSample

SIZE = 5
Row = tuple[int, int]  # priority, place in the log

#: Few priorities, so that ties are common; the place in the log is each row's own.
rows = st.lists(st.integers(0, 12), max_size=40).map(
    lambda found: [(priority, place) for place, priority in enumerate(found)]
)


def added(sample: PairSample, lot: list[Row]) -> None:
    """Offer a lot of pairs as a column does: ask which are wanted, then add these."""
    order = np.array([o for _, o in lot], np.int64)
    pairing = Pairing(np.array([p for p, _ in lot], np.uint64), order / 2, order)
    wanted = sample.wanted(pairing, np.arange(len(lot)))
    train, serve = pa.array(order.astype(np.float64)), pa.array([f"s{o}" for o in order])
    some = pa.array(wanted)
    sample.add(pairing.taken(wanted), cells(train.take(some)), cells(serve.take(some)))


def of(*lots: list[Row]) -> PairSample:
    """Return the sample of these lots."""
    made = PairSample(SIZE)
    for lot in lots:
        added(made, lot)
    return made


def seen(sample: PairSample) -> list[tuple[Any, ...]]:
    """Return the rows of a sample."""
    columns = (sample.rows.priority, sample.rows.order, sample.time)
    values = (sample.train.numbers, sample.serve.texts)
    return list(zip(*(column.tolist() for column in (*columns, *values)), strict=True))


@given(rows, st.randoms(), st.integers(1, 7))
@settings(max_examples=100, deadline=None)
def test_a_sample_is_the_smallest_priorities_in_any_lots(
    pairs: list[Row], random: Any, size: int
) -> None:
    shuffled = random.sample(pairs, len(pairs))
    lots = [shuffled[start : start + size] for start in range(0, len(pairs), size)]
    expected = [(p, o, o / 2, float(o), f"s{o}") for p, o in sorted(pairs)[:SIZE]]
    assert seen(of(*lots)) == expected


@given(rows, st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_merging_samples_is_sampling_together(pairs: list[Row], one: int, two: int) -> None:
    low, high = sorted((one, two))
    a, b, c = of(pairs[:low]), of(pairs[low:high]), of(pairs[high:])
    assert seen(a.merge(b).merge(c)) == seen(of(pairs)) == seen(c.merge(a.merge(b)))
    assert seen(a.merge(PairSample(SIZE))) == seen(a) == seen(of(pairs[:low]))


def test_a_full_sample_looks_at_no_row_that_cannot_enter() -> None:
    sample = of([(priority, priority) for priority in range(SIZE)])
    late = np.arange(100, 200)
    assert not len(sample.wanted(Pairing(late.astype(np.uint64), late / 2, late), late - 100))
