"""Counts the rows that both sides have, column by column, into mergeable summaries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.breakdown import BUCKETS
from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.fingerprint import Hashes, fingerprints
from skewcheck.moments import moments
from skewcheck.pairing.cells import cells
from skewcheck.pairing.clusters import Clusters, buckets, per_bucket
from skewcheck.pairing.column import SAMPLE, PairColumn
from skewcheck.pairing.comparing import compared, differing
from skewcheck.pairing.gathering import taken
from skewcheck.pairing.join import Joined
from skewcheck.pairing.lots import Lots
from skewcheck.pairing.neighbours import Neighbours, entities, runs
from skewcheck.pairing.pairs import Join, Pairs, Positions
from skewcheck.pairing.sample import Pairing
from skewcheck.pairing.segments import clock, coded
from skewcheck.pairing.shelf import Shelf
from skewcheck.pairing.stacking import stacked
from skewcheck.profile import Parts, Plan, Profile
from skewcheck.sources.batch import Batch, Lanes
from skewcheck.summaries.parity import Tolerance
from skewcheck.summaries.places import Codes, Places

Progress = Callable[[str, int, int], None]

SAMPLED = 4 * SAMPLE  # pairs among which a sample of those that agree is chosen
HELD = 1 << 28  # bytes of train's columns kept from looking for segments to comparing
LOOKED_AT = 1 << 16  # pairs that tell whether the population moved
REPLAYED = 8192  # pairs whose features a model is asked for again
SLICE = 1 << 16  # pairs whose places are counted at once


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be compared, and how.

    ``columns`` are compared, within ``tolerance`` (of a name and train's profile of it);
    ``profiles`` are those of train and serve; the columns in ``fill`` they still lack, so they are
    counted while they are being read here. ``segments`` are columns of which a few values are
    known; ``time`` is a column of serve, and so is ``entity``, whose rows belong together.
    """

    columns: Sequence[str]
    plan: Plan
    tolerance: Callable[[str, ColumnProfile | None], Tolerance]
    profiles: tuple[Profile, Profile]
    fill: Sequence[str] = ()
    segments: Sequence[str] = ()
    time: str | None = None
    entity: str | None = None


def count(
    joined: Joined,
    train: Shelf,
    serve: Shelf,
    task: Task,
    join: Join,
    *,
    progress: Progress | None = None,
) -> Pairs:
    """Return the summaries of the joined rows; only two columns a worker are in memory."""
    crew = _Counting(joined, (train, serve), task, join)
    workers = min(os.cpu_count() or 1, max(1, len(task.columns)))
    with ThreadPoolExecutor(workers) as pool:
        for done, _ in enumerate(pool.map(crew.column, task.columns), 1):
            if progress:
                progress("pairs", done, len(task.columns))
        list(pool.map(crew.alone, [name for name in task.fill if name not in task.columns]))
    pairs = crew.pairs
    pairs.columns = {n: pairs.columns[n] for n in task.columns if n in pairs.columns}
    for lot in pairs.neighbours:
        for name in pairs.columns:  # in their order, whichever was compared first
            lot.cells[name] = lot.cells.pop(name)
    if pairs.unpaired:
        pairs.unpaired.columns = {n: pairs.unpaired.columns[n] for n in pairs.columns}
        pairs.unpaired.finish()
    return pairs


class _Counting:
    """What the columns share: times, segments, priorities and neighbours of the pairs."""

    def __init__(
        self, joined: Joined, shelves: tuple[Shelf, Shelf], task: Task, join: Join
    ) -> None:
        self._joined, self._task = joined, task
        self._train, self._serve = shelves
        self._profile = task.profiles[0]
        self._fill = task.profiles if task.fill else None
        self._time = np.full(len(joined.serve), np.nan)
        if task.time is not None:
            self._time = moments(self._serve.taken(task.time, joined.serve))
        self._priority = joined.hashes
        self._looked_at = _smallest(self._priority, LOOKED_AT)
        self._sampled = _smallest(self._priority, SAMPLED)
        self._kept: dict[str, pa.Array] = {}
        self._parts: tuple[list[Parts], ...] = ([], [])
        if self._fill:
            with ThreadPoolExecutor(2) as pool:  # a side each
                self._parts = tuple(pool.map(_grouped, shelves, task.profiles))
        self._held = 0
        self._segments = dict(self._coded())
        self.pairs = Pairs(join, Places())
        for start in range(0, len(self._time), SLICE):
            self._mark(self.pairs.rows, slice(start, start + SLICE), None)
        some = _smallest(self._priority, REPLAYED)
        self.pairs.sampled = joined.train[some], joined.serve[some]
        self._buckets: NDArray[np.int64] | None = None
        found = self._runs()
        self.pairs.neighbours = tuple(lot for lot, _ in found)
        self._lots = [places for _, places in found]
        if len(joined.alone):
            self.pairs.unpaired = Profile(task.plan, len(joined.alone))
        self._beside = [*(joined.serve[r] for r in (self._sampled, *self._lots)), joined.alone]

    def _coded(self) -> list[tuple[str, Codes]]:
        timed = bool(np.isfinite(self._time).any())
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            clocks = pool.submit(clock, self._time) if timed else None
            codes = list(pool.map(self._segment, self._task.segments))
        found = [(n, c) for n, c in zip(self._task.segments, codes, strict=True) if c is not None]
        return [*found, *(clocks.result().items() if clocks else ())]

    def _mark(
        self, places: Places, part: slice, rows: NDArray[np.bool_] | None, but: str | None = None
    ) -> None:
        """Count some pairs, or those of the mask among them, in all segments ``but`` one."""
        codes = {
            name: Codes(c.labels, c.codes[part])
            for name, c in self._segments.items()
            if name != but
        }
        places.add(codes, self._time[part], rows)

    def _segment(self, name: str) -> Codes | None:
        """Return the values of a column as codes, train's where it has the column."""
        if name not in self._train.names:
            return coded(self._serve.taken(name, self._joined.serve))
        values = self._train_column(name)
        size = values.nbytes if isinstance(values, pa.Array) else HELD
        if name in self._task.columns and self._held + size <= HELD:
            self._kept[name] = values
            self._held += size
        return coded(taken(values, self._joined.train))

    def _runs(self) -> list[tuple[Neighbours, Positions]]:
        """Return runs of the log, and the rows of some entities, with their places among pairs."""
        every = self._pairing(slice(None))
        found = [runs(every, self._serve.files)]
        if self._task.entity is not None:
            hashes, there = fingerprints(self._serve.taken(self._task.entity, every.order))
            self._buckets = buckets(hashes, there, self._joined.hashes)
            self.pairs.clusters = Clusters(per_bucket(self._buckets))
            found.append(entities(hashes, there, every))
        return found

    def _train_column(self, name: str) -> pa.Array | Lanes:
        """Return train's column; it is counted on the way where that is still to be done."""
        if name in self._kept:
            return self._kept.pop(name)
        if self._fill is None:
            return self._train.column(name)
        profile, pieces = self._fill[0], []
        profile.columns[name] = ColumnProfile(self._task.plan.spec(name))
        for batch, parts in zip(self._train.batches(name), self._parts[0], strict=True):
            rows, _, values = batch
            _count(profile, name, batch, parts)
            pieces.append((rows, values))
        profile.columns[name].settle()
        return stacked(pieces)

    def _serve_pieces(self, name: str) -> Iterator[tuple[int, pa.Array | Lanes]]:
        """Yield serve's column in pieces; it is counted on the way like train's."""
        if self._fill is None:
            yield from self._serve.pieces(name)
            return
        train = self._fill[0].columns.get(name)
        spec, profile = self._task.plan.spec(name), self._fill[1]
        like = replace(spec, kind=train.kind) if train else ColumnSpec()
        profile.columns[name] = ColumnProfile(like)
        for batch, parts in zip(self._serve.batches(name), self._parts[1], strict=True):
            rows, _, values = batch
            _count(profile, name, batch, parts)
            yield rows, stacked([(rows, values)])
        profile.columns[name].settle()

    def alone(self, name: str) -> None:
        """Count a column that is not compared, or that one side lacks."""
        if name in self._train.names:
            self._train_column(name)
        if name in self._serve.names:
            for _ in self._serve_pieces(name):
                pass

    def _pairing(self, rows: Positions | slice) -> Pairing:
        return Pairing(self._priority[rows], self._time[rows], self._joined.serve[rows])

    def column(self, name: str) -> None:
        """Compare one column of all pairs."""
        task, joined = self._task, self._joined
        train = self._train_column(name)
        profile = self._profile.columns.get(name)
        found = PairColumn(task.plan.spec(name), task.tolerance(name, profile))
        marked, clustered = Places(), np.zeros(BUCKETS, np.int64)
        beside = Lots(self._beside)
        start = 0
        for rows, serve in self._serve_pieces(name):
            low, high = np.searchsorted(joined.serve, [start, start + rows])
            part = slice(int(low), int(high))
            every = high - low == rows  # no row of serve is in two pairs, and they are in order
            own = serve if every else taken(serve, joined.serve[part] - start)
            pairing = self._pairing(part)
            differs = found.add(taken(train, joined.train[part]), own, pairing, sampling=False)
            if differs.any():
                self._mark(marked, part, differs, name)
                if self._buckets is not None:
                    clustered += per_bucket(self._buckets[part][differs])
            beside.see(start, rows, serve)
            start += rows
        sampled, *neighbours, alone = beside.values()
        for lot, rows_, s in zip(self.pairs.neighbours, self._lots, neighbours, strict=True):
            t = taken(train, joined.train[rows_])
            lot.cells[name] = cells(t), cells(s), differing(compared(t, s, found.tolerance))
        found.sample(
            taken(train, joined.train[self._sampled]),
            sampled,
            self._pairing(self._sampled),
        )
        found.reference.add(taken(train, joined.train[self._looked_at]), 0)
        found.reference.settle()
        self.pairs.columns[name], self.pairs.marked[name] = found, marked
        if self.pairs.clusters is not None:
            self.pairs.clusters.marked[name] = clustered
        if self.pairs.unpaired is not None:
            lot_ = Batch(self.pairs.unpaired.rows, {name: alone}, "", 0)
            unpaired = Profile(task.plan, 0)
            unpaired.add(lot_)
            self.pairs.unpaired.columns.update(unpaired.columns)


def _grouped(shelf: Shelf, profile: Profile) -> list[Parts]:
    """Return the groups of the rows of every batch of a side."""
    names = dict.fromkeys(by.of for by in profile.plan.by if by.of in shelf.names)
    columns = {name: [values for _, _, values in shelf.batches(name)] for name in names}
    found = []
    for place in range(shelf.lots):
        there = {n: v[place] for n, v in columns.items()}
        found.append(profile.grouped({n: v for n, v in there.items() if v is not None}))
    return found


def _count(
    profile: Profile, name: str, batch: tuple[int, int, pa.Array | Lanes | None], parts: Parts
) -> None:
    """Count a batch of one column; rows of a batch that lacks it are null in their group."""
    _, offset, values = batch
    if values is not None:
        profile.count(name, values, offset, parts)
    elif parts:
        others = {other for by, _ in parts for other in by.columns} - {name}
        profile.lacking(others, offset, parts)


def _smallest(values: Hashes, most: int) -> Positions:
    """Return the places of the smallest values, in order."""
    if len(values) <= most:
        return np.arange(len(values), dtype=np.int64)
    return np.sort(np.argpartition(values, most)[:most])
