"""Folds a source on this machine: each worker thread counts whole parts, profiles are merged."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce
from queue import Empty, SimpleQueue
from threading import Event

from skewcheck.engines.processes import spread
from skewcheck.profile import Plan, Profile
from skewcheck.sources.batch import Batch, Part, Source

Progress = Callable[[str, int, int], None]
Watch = Callable[[Batch], None]


def fold(
    source: Source,
    plan: Plan,
    *,
    skip: frozenset[str] = frozenset(),
    watch: Watch | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Profile:
    """Return the profile of all rows of a source.

    Columns in ``skip`` are not counted. ``watch`` sees every batch (from several threads);
    ``progress`` is called with the source's name, parts done and parts in all. The result is the
    same whatever ``workers`` is: counts are integers and add up in any order.
    """
    cores = workers or _cores()
    with spread(source.parts, cores) as parts:
        crew = _Crew(replace(source, parts=parts), plan, skip, watch, progress)
        found = crew.run(max(1, min(len(parts), cores)))
    profile = reduce(Profile.merge, found).finish()
    profile.ledger = source.ledger.merge(profile.ledger)
    return in_order(profile, source)


def _cores() -> int:
    """Return the cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Crew:
    """Worker threads that take parts from one queue until it is empty or one of them fails."""

    def __init__(
        self,
        source: Source,
        plan: Plan,
        skip: frozenset[str],
        watch: Watch | None,
        progress: Progress | None,
    ) -> None:
        self._source, self._plan, self._skip = source, plan, skip
        self._watch, self._progress = watch, progress
        self._parts: SimpleQueue[Part] = SimpleQueue()
        for part in source.parts:
            self._parts.put(part)
        self._stop = Event()

    def run(self, count: int) -> list[Profile]:
        """Return the profile of each worker."""
        if count == 1:
            return [self._work()]
        with ThreadPoolExecutor(count) as pool:
            futures = [pool.submit(self._work) for _ in range(count)]
            try:
                return [future.result() for future in futures]
            finally:
                self._stop.set()  # after an error or an interrupt, nobody waits for the rest

    def _work(self) -> Profile:
        profile = Profile(self._plan)
        try:
            while not self._stop.is_set():
                self._count(self._parts.get_nowait(), profile)
        except Empty:
            pass
        return profile

    def _count(self, part: Part, profile: Profile) -> None:
        for batch in part.batches(profile.ledger):
            if self._stop.is_set():
                return
            profile.add(batch, self._skip)
            if self._watch:
                self._watch(batch)
        if self._progress:
            total = len(self._source.parts)
            self._progress(self._source.name, total - self._parts.qsize(), total)


def in_order(profile: Profile, source: Source) -> Profile:
    """Return the profile with its columns as the source declares them, the rest by name."""
    declared = [name for name in source.declared if name in profile.columns]
    rest = sorted(profile.columns.keys() - set(declared))
    profile.columns = {name: profile.columns[name] for name in [*declared, *rest]}
    return profile
