"""Drift inside a window of time: a column may be in order as a whole and broken for some days.

Days differ from each other without any mistake, so a window is only claimed where train's own days
say by how much they do, and where it stands out from the rest of the log as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from skewcheck.checks import divergence
from skewcheck.dependence import DAY
from skewcheck.finding import Finding, Subject
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.segmented import rough
from skewcheck.sides import Sides
from skewcheck.statistics.blocks import (
    FEWEST,
    Design,
    Excess,
    Factor,
    between_days,
    block_length,
    blocks,
)
from skewcheck.statistics.cells import pool
from skewcheck.statistics.chosen import Chosen
from skewcheck.statistics.divergence import js8
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.widened import widened
from skewcheck.summaries.cut import FIRST

CHECK = "divergence"
ROWS = 200  # of serve in a window, and outside it
DAYS = 31  # of serve up to which every window is looked at; beyond, those at its ends
PROMISING = 64  # windows of a column that are held against the noise of days
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Days:
    """One column by day: train's days, serve's days in order, and which cells have neighbours."""

    train: Counts
    serve: Counts
    ordered: NDArray[np.bool_]


def window_drift(
    profiles: tuple[Profile, Profile], sides: Sequence[Sides], policy: Policy
) -> Iterator[Finding]:
    """Yield, per column, the days in which serve drifted most where that is beyond the limit.

    The level is shared by all windows of all columns. Nothing is claimed where train has too few
    days to say how much days differ, nor for a window that is all of the log.
    """
    labels = sorted(profiles[1].groups.get(DAY, {}))
    windows = list(_windows(len(labels)))
    compared = [side for side in sides if side.role.compared and side.both]
    for side in compared if windows else ():
        limit = policy.rule(CHECK, side.name, divergence.RULE).fail
        days = _days(profiles, side.name)
        if limit is None or days is None or len(days.serve) != len(labels):
            continue
        trials = len(windows) * len(compared)
        found = _beyond(days, windows, limit, policy.level / trials)
        if found:
            (start, end), effect, rows = found
            subject = Subject(side.name, window=_named(labels, start, end))
            chosen = Chosen(effect, trials)
            n = side.rows_train
            yield Finding(CHECK, subject, chosen, divergence.UNIT, n, rows, required=False)


def _windows(days: int) -> Iterator[tuple[int, int]]:
    """Yield runs of days that are not all: every one of a short log, else those at its ends."""
    for start in range(days):
        for end in range(start + 1, days + 1):
            whole = start == 0 and end == days
            if not whole and (days <= DAYS or start == 0 or end == days):
                yield start, end


def _days(profiles: tuple[Profile, Profile], name: str) -> _Days | None:
    train, serve = (profile.blocks.get(DAY, {}).get(name) for profile in profiles)
    if train is None or serve is None:
        return None
    cut = profiles[0].plan.spec(name).cut
    sides = [blocks_.matrix(cut.cells)[1] for blocks_ in (train, serve)]
    ordered = (np.arange(cut.cells) >= FIRST) & (not cut.labels)
    return _Days(sides[0], sides[1], ordered) if len(sides[0]) >= FEWEST else None


def _beyond(
    days: _Days, windows: Sequence[tuple[int, int]], limit: float, level: float
) -> tuple[tuple[int, int], Inference, int] | None:
    """Return (window, effect, rows) of the window that drifted most, if that is beyond the limit.

    Most is divergence times rows. Only the most promising windows are held against the noise of
    days, which takes a thousand times as long as to see how far apart they are.
    """
    train, total = days.train.sum(axis=0), days.serve.sum(axis=0)
    summed = np.vstack([np.zeros_like(total), np.cumsum(days.serve, axis=0)])
    inside = np.array([summed[end] - summed[start] for start, end in windows])
    n = inside.sum(axis=1)
    enough = (n >= ROWS) & (total.sum() - n >= ROWS)
    own_apart, rest_apart = rough(train[None], inside), rough(total - inside, inside)
    likely = np.flatnonzero(enough & (np.minimum(own_apart, rest_apart) > limit))
    order = likely[np.argsort(-(own_apart * n)[likely], kind="stable")][:PROMISING]
    excess = cache(lambda length: _excess(days.train, length))
    for place in order.tolist():
        start, end = windows[place]
        noise = excess(end - start)
        own = _widened(train, inside[place], days.ordered, noise)
        if own is None or not own.p_above(limit) < level:
            continue
        rest = _widened(total - inside[place], inside[place], days.ordered, noise)
        if rest is not None and rest.p_above(limit) < level:
            return (start, end), own, int(n[place])
    return None


def _excess(train: Counts, length: int) -> Excess | None:
    size = block_length(len(train), length)
    return between_days(blocks(train, size)) if len(train) // size >= FEWEST else None


def _widened(
    some: Counts, others: Counts, ordered: NDArray[np.bool_], excess: Excess | None
) -> Inference | None:
    """Return the divergence of two lots, as sure as train's days let it be."""
    pooled = pool(some, others, ordered)
    if excess is None or not pooled.comparable:
        return None
    n, m = float(some.sum()), float(others.sum())
    design = Design(some / n, others / m, n, m, (excess,))
    effect = js8(pooled.train, pooled.serve)
    return widened(effect, Factor(), design.noise(effect.cells))


def _named(labels: Sequence[str], start: int, end: int) -> str:
    """Return the window as findings name one."""
    first = datetime.fromisoformat(labels[start]).replace(tzinfo=UTC)
    after = datetime.fromisoformat(labels[end - 1]).replace(tzinfo=UTC) + timedelta(days=1)
    ends = []
    if start:
        ends.append(f"since {first.isoformat(timespec='minutes')}")
    if end < len(labels):
        ends.append(f"until {after.isoformat(timespec='minutes')}")
    return " ".join(ends)
