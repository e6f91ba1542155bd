"""Folds a source on this machine: each worker thread counts whole parts, profiles are merged."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from queue import Empty, SimpleQueue

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
    queue: SimpleQueue[Part] = SimpleQueue()
    for part in source.parts:
        queue.put(part)
    done = 0

    def work() -> Profile:
        nonlocal done
        profile = Profile(plan)
        while True:
            try:
                part = queue.get_nowait()
            except Empty:
                return profile
            for batch in part.batches(profile.ledger):
                profile.add(batch, skip)
                if watch:
                    watch(batch)
            done += 1
            if progress:
                progress(source.name, done, len(source.parts))

    count = max(1, min(len(source.parts), workers or os.cpu_count() or 1))
    if count == 1:
        profiles = [work()]
    else:
        with ThreadPoolExecutor(count) as pool:
            profiles = [f.result() for f in [pool.submit(work) for _ in range(count)]]
    profile = reduce(Profile.merge, profiles).finish()
    profile.ledger = source.ledger.merge(profile.ledger)
    return in_order(profile, source)


def in_order(profile: Profile, source: Source) -> Profile:
    """Return the profile with its columns as the source declares them, the rest by name."""
    declared = [name for name in source.declared if name in profile.columns]
    rest = sorted(profile.columns.keys() - set(declared))
    profile.columns = {name: profile.columns[name] for name in [*declared, *rest]}
    return profile
