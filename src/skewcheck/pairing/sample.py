"""A sample of pairs that depends on the pairs alone: those with the smallest hashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.pairing.cells import Cells

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairing:
    """What every pair has beside its values: a hash of its key, its time, its place in the log."""

    priority: NDArray[np.uint64]
    time: NDArray[np.float64]
    order: Whole

    def taken(self, rows: Whole) -> Pairing:
        """Return some of them."""
        return Pairing(self.priority[rows], self.time[rows], self.order[rows])

    def joined(self, other: Pairing) -> Pairing:
        """Return these and then the others."""
        return Pairing(
            np.concatenate([self.priority, other.priority]),
            np.concatenate([self.time, other.time]),
            np.concatenate([self.order, other.order]),
        )


NONE = Cells(np.zeros(0, np.uint8), np.zeros(0), np.zeros(0, np.object_))


class PairSample:
    """The ``size`` pairs with the smallest priorities, in that order; two samples merge."""

    def __init__(self, size: int) -> None:
        """Start with no pair."""
        self.size = size
        self.rows = Pairing(np.zeros(0, np.uint64), np.zeros(0), np.zeros(0, np.int64))
        self.train, self.serve = NONE, NONE

    def __len__(self) -> int:
        """Return the number of pairs kept."""
        return len(self.train)

    @property
    def time(self) -> NDArray[np.float64]:
        """Return the times of the pairs."""
        return self.rows.time

    def wanted(self, rows: Pairing, among: Whole | NDArray[np.bool_]) -> Whole:
        """Return which of the rows may get into the sample; ``among`` are places or a mask."""
        if len(self) == self.size and among.dtype == np.bool_:
            near = np.flatnonzero(rows.priority <= self.rows.priority[-1])  # few: looked at first
            return np.asarray(near[among[near]], np.int64)
        places: Whole = np.flatnonzero(among) if among.dtype == np.bool_ else among.astype(np.int64)
        priority = rows.priority[places]
        if len(self) == self.size:
            return np.asarray(places[priority <= self.rows.priority[-1]], np.int64)
        if len(places) <= self.size:
            return places
        bound = np.partition(priority, self.size - 1)[self.size - 1]
        return np.asarray(places[priority <= bound], np.int64)

    def add(self, rows: Pairing, train: Cells, serve: Cells) -> None:
        """Take these pairs into the sample as far as they belong there."""
        rows = self.rows.joined(rows)
        train, serve = self.train.joined(train), self.serve.joined(serve)
        kept = np.lexsort((rows.order, rows.priority))[: self.size]
        self.rows, self.train, self.serve = rows.taken(kept), train.taken(kept), serve.taken(kept)

    def merge(self, other: PairSample) -> PairSample:
        """Return the sample of both lots of pairs."""
        merged = PairSample(self.size)
        merged.add(self.rows, self.train, self.serve)
        merged.add(other.rows, other.train, other.serve)
        return merged
