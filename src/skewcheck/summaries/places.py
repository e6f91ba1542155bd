"""Counts of rows per segment and per span of time: where and when some rows live."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VALUES = 256  # distinct values of a segment column; one with more is given up
BINS = 4096  # spans of time in use; beyond it spans are merged in pairs
MINUTE = 60.0  # seconds of the finest span
FARTHEST = 1e11  # seconds from 1970 (5,000 years off) beyond which a number is no time

Whole = NDArray[np.int64]
Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Codes:
    """The values of a segment column: row ``i`` holds ``labels[codes[i]]``."""

    labels: tuple[str, ...]
    codes: NDArray[np.int32]


class Places:
    """Rows per value of each segment column and per span of time; two of them add up.

    ``segments`` holds the rows per value in the order in which the columns were given; a column of
    more than VALUES values is None for good. ``moments`` holds the rows with a time per span of
    ``2**step`` minutes, numbered from 1970; the step is the smallest at which BINS spans suffice,
    so it depends on the rows alone and not on their order. ``first`` and ``last`` are exact, in
    seconds, infinite where no row has a time.
    """

    __slots__ = ("count", "first", "last", "moments", "segments", "step")

    def __init__(self) -> None:
        """Start with no row."""
        self.count = 0
        self.segments: dict[str, Counter[str] | None] = {}
        self.moments: Counter[int] = Counter()
        self.step = 0
        self.first, self.last = math.inf, -math.inf

    def add(
        self, segments: Mapping[str, Codes], times: Seconds, rows: NDArray[np.bool_] | None
    ) -> None:
        """Count the rows of a batch, those of the mask only; ``times`` are seconds, NaN unknown.

        Raises ValueError when arrays are not of one length.
        """
        for name, found in segments.items():
            if len(found.codes) != len(times):
                raise ValueError(f"{len(found.codes)} values of {name}, {len(times)} times")
        if rows is not None and len(rows) != len(times):
            raise ValueError(f"a mask of {len(rows)} rows, {len(times)} times")
        some = None if rows is None else np.flatnonzero(rows)
        self.count += len(times) if some is None else len(some)
        for name, found in segments.items():
            codes = found.codes if some is None else found.codes[some]
            counts = np.bincount(codes, minlength=len(found.labels)).tolist()
            self._count(name, zip(found.labels, counts, strict=True))
        self._add_times(times if some is None else times[some])

    def spans(self, step: int) -> Counter[int]:
        """Return the rows per span of ``2**step`` minutes, a step not below its own."""
        return _coarser(self.moments, step - self.step)

    def merge(self, other: Places) -> Places:
        """Return the counts of both."""
        merged = Places()
        merged.count = self.count + other.count
        merged.first = min(self.first, other.first)
        merged.last = max(self.last, other.last)
        for places in (self, other):
            for name, counts in places.segments.items():
                merged._count(name, None if counts is None else counts.items())
        merged.step = max(self.step, other.step)
        for places in (self, other):
            merged.moments.update(places.spans(merged.step))
        merged._coarsen()
        return merged

    def __eq__(self, other: object) -> bool:
        """Return whether both count the same."""
        return isinstance(other, Places) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]  # changes as it counts

    def _count(self, name: str, counts: Iterable[tuple[str, int]] | None) -> None:
        have = self.segments.setdefault(name, Counter())
        if have is None or counts is None:
            self.segments[name] = None
            return
        for value, n in counts:
            if n:
                have[value] += n
        if len(have) > VALUES:
            self.segments[name] = None

    def _add_times(self, times: Seconds) -> None:
        known = times[np.abs(times) <= FARTHEST]  # false for NaN
        if not len(known):
            return
        self.first = min(self.first, float(known.min()))
        self.last = max(self.last, float(known.max()))
        spans = np.floor(known / MINUTE).astype(np.int64) >> self.step
        self.moments.update(_counted(spans))
        self._coarsen()

    def _coarsen(self) -> None:
        while len(self.moments) > BINS:
            self.moments = _coarser(self.moments, 1)
            self.step += 1


def _counted(spans: Whole) -> Counter[int]:
    """Return how often each number occurs; by sorting only where they lie far apart."""
    start = int(spans.min())
    if int(spans.max()) - start <= max(len(spans), 16 * BINS):
        counts = np.bincount(spans - start)
        used = np.flatnonzero(counts)
        return Counter(dict(zip((used + start).tolist(), counts[used].tolist(), strict=True)))
    numbers, counts = np.unique(spans, return_counts=True)
    return Counter(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))


def _coarser(moments: Counter[int], steps: int) -> Counter[int]:
    """Return the counts of spans merged in pairs so many times; pairs start at even numbers."""
    if steps == 0:
        return moments
    coarser: Counter[int] = Counter()
    for span, n in moments.items():
        coarser[span >> steps] += n
    return coarser
