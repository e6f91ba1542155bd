"""Whole groups of pairs with all their columns: runs of the log, or the rows of some entities."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skewcheck.fingerprint import Hashes, mixed
from skewcheck.pairing.cells import Cells
from skewcheck.pairing.sample import Pairing
from skewcheck.sources.batch import State

RUN = 64  # rows in a run of the log, on the average
GROUP = 1024  # rows of one group
ROWS = 8192  # rows of all groups
END = 1 << 64  # beyond every hash

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]
Beside = tuple[Cells, Cells, Mask]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The same pairs of every column: train, serve, differing; in order of group, time and log.

    A group is named by a hash: of its first key where it is a run of the log (``by`` is "order"),
    of the entity where it is all rows of one. Those with the smallest hashes are kept as long as
    ROWS suffice, of each the first GROUP rows; ``bound`` is the hash of the first one left out. So
    it depends on the rows alone which are kept, and two lots merge to that of both.
    """

    by: str
    group: Hashes
    rows: Pairing
    bound: int = END
    cells: dict[str, Beside] = field(default_factory=dict)

    def merge(self, other: Neighbours) -> Neighbours:
        """Return the neighbours of both lots; where one lacks a column its cells are null."""
        group = np.concatenate([self.group, other.group])
        rows = self.rows.joined(other.rows)
        bound = _bound(*np.unique(group, return_counts=True), min(self.bound, other.bound))
        kept = _in_order(group, rows, bound)
        cells = {}
        for name in dict.fromkeys([*self.cells, *other.cells]):
            ours, theirs = self._beside(name), other._beside(name)
            cells[name] = (
                ours[0].joined(theirs[0]).taken(kept),
                ours[1].joined(theirs[1]).taken(kept),
                np.concatenate([ours[2], theirs[2]])[kept],
            )
        return Neighbours(self.by, group[kept], rows.taken(kept), bound, cells)

    def _beside(self, name: str) -> Beside:
        n = len(self.group)
        nothing = Cells(
            np.full(n, State.NULL, np.uint8), np.full(n, np.nan), np.full(n, None, np.object_)
        )
        return self.cells.get(name, (nothing, nothing, np.zeros(n, np.bool_)))


def runs(rows: Pairing, files: Positions) -> tuple[Neighbours, Positions]:
    """Return runs of the log without their cells, and the places of their pairs.

    A run starts where a key's hash says so, about every RUN rows, and with each file (``files``
    are the places of their first rows in the log): the order of files does not matter.
    """
    n = len(rows.priority)
    first = np.searchsorted(rows.order, files)
    at_key = np.flatnonzero(rows.priority < np.uint64(END // RUN))
    starts = np.unique(np.concatenate([first[first < n], at_key]))
    names, sizes = mixed(rows.priority[starts]), np.diff(starts, append=n)
    bound = _bound(*_summed(names, sizes), END)
    kept = np.flatnonzero(_below(names, bound))
    places = np.concatenate([np.zeros(0, np.int64), *(_run(starts[i], sizes[i]) for i in kept)])
    return _neighbours("order", np.repeat(names[kept], sizes[kept]), places, rows, bound)


def entities(hashes: Hashes, there: Mask, rows: Pairing) -> tuple[Neighbours, Positions]:
    """Return the rows of some entities without their cells, and the places of their pairs.

    ``hashes`` are those of the entities, ``there`` says which pairs have one.
    """
    bound = _bound(*np.unique(hashes[there], return_counts=True), END)
    places = np.flatnonzero(there & _below(hashes, bound))
    return _neighbours("entity", hashes[places], places, rows, bound)


def _neighbours(
    by: str, group: Hashes, places: Positions, rows: Pairing, bound: int
) -> tuple[Neighbours, Positions]:
    some = rows.taken(places)
    if by == "order":  # a log's order is its own; its times may be anything
        some = Pairing(some.priority, np.zeros(len(places)), some.order)
    kept = _in_order(group, some, bound)
    return Neighbours(by, group[kept], rows.taken(places[kept]), bound), places[kept]


def _run(start: int, size: int) -> Positions:
    return np.arange(start, start + size, dtype=np.int64)


def _summed(names: Hashes, sizes: Positions) -> tuple[Hashes, Positions]:
    distinct, place = np.unique(names, return_inverse=True)
    return distinct, np.bincount(place, sizes, len(distinct)).astype(np.int64)


def _bound(names: Hashes, sizes: Positions, bound: int) -> int:
    """Return the first name, in order, that is left out; not beyond ``bound``."""
    out = np.flatnonzero(np.cumsum(np.minimum(sizes, GROUP)) > ROWS)
    return min(bound, int(names[out[0]])) if len(out) else bound


def _below(names: Hashes, bound: int) -> Mask:
    return np.ones(len(names), np.bool_) if bound >= END else names < np.uint64(bound)


def _in_order(group: Hashes, rows: Pairing, bound: int) -> Positions:
    """Return the places of the rows that are kept, in order."""
    kept = np.flatnonzero(_below(group, bound))
    some = rows.taken(kept)
    kept = kept[np.lexsort((some.priority, some.order, some.time, group[kept]))]
    ordered = group[kept]
    first = np.searchsorted(ordered, ordered)
    return np.asarray(kept[np.arange(len(kept)) - first < GROUP], np.int64)
