"""Response times of both sides as the checks read them, with the budget in the column's unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skewcheck.budgets import Budget, Budgets
from skewcheck.column import ColumnProfile
from skewcheck.failures import failed
from skewcheck.profile import Profile
from skewcheck.schema import Role, Schema
from skewcheck.statistics.times import Times
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import Cells
from skewcheck.units import Unit, unit_of

Values = NDArray[np.float64]

WHOLE = frozenset("latency elapsed duration took total response request runtime".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Timed:
    """The times of one column, in its own ``unit``; ``budget`` is what the policy allows.

    ``whole`` says that it is the time of the whole answer, not of a part of it. ``serve`` are the
    times of all requests, failed ones among them; None for the reason ``lacking``. The times of a
    part count where it was taken, and as failed where it is missing in a request that failed.
    ``hours`` and ``versions`` are those of single hours and model versions, ``train`` those of
    train, if it has any.
    """

    unit: Unit
    whole: bool
    budget: Budget | None
    serve: Times | None
    train: Times | None = None
    hours: Mapping[str, Times] = field(default_factory=dict)
    versions: Mapping[str, Times] = field(default_factory=dict)
    lacking: str = ""

    @property
    def allowed(self) -> float | None:
        """Return the budget in the column's unit; None without one, or where no unit is known."""
        return self.budget.within(self.unit.name) if self.budget else None


def timed(profiles: tuple[Profile, Profile], schema: Schema, budgets: Budgets) -> dict[str, Timed]:
    """Return the times of every latency column that serve has, that of the whole answer first."""
    names = [name for name in schema.names(Role.LATENCY) if name in profiles[1].columns]
    whole = whole_of(names, budgets)
    names.sort(key=lambda name: name != whole)
    return {name: _timed(profiles, name, schema, budgets, whole=name == whole) for name in names}


def whole_of(names: list[str], budgets: Budgets) -> str | None:
    """Return the column of the whole answer: the one named, else by its words, else the first."""
    if budgets.total in names:
        return budgets.total
    plain = (name for name in names if "fetch" not in name.lower())
    likely = (n for n in plain if WHOLE & set(re.split(r"[\W_]+", n.lower())))
    return next(likely, names[0] if names else None)


def _timed(
    profiles: tuple[Profile, Profile],
    name: str,
    schema: Schema,
    budgets: Budgets,
    *,
    whole: bool,
) -> Timed:
    train, serve = profiles
    unit = unit_of(name, _median(serve.columns[name].numbers), budgets.unit)
    budget = budgets.columns.get(name, budgets.whole if whole else None)
    status = schema.first(Role.STATUS)
    if status in serve.columns and "status" not in serve.groups:
        why = f"the profile does not say which requests failed by {status}: make it again"
        return Timed(unit, whole, budget, None, lacking=why)
    return Timed(
        unit,
        whole,
        budget,
        _times(serve, name, status, whole=whole),
        _times(train, name, status, whole=whole) if name in train.columns else None,
        _each(serve, "hour", name, whole=whole),
        _each(serve, "version", name, whole=whole),
    )


def _times(profile: Profile, name: str, status: str | None, *, whole: bool) -> Times:
    """Return the times of all requests of a side, those of failed ones taken out."""
    column = profile.columns[name]
    cells, counts = column.numbers.counts()
    rows = {k: n for k, n in profile.groups.get("status", {}).items() if failed(status or "", k)}
    parts = profile.splits.get("status", {}).get(name, {})
    endless, gone = column.states["+inf"], sum(rows.values())
    answered = np.zeros(len(cells), np.int64)
    for label, n in rows.items():
        if label in parts:
            # Of very many rows only some are split by status: as many as they stand for.
            seen, found = parts[label].numbers.counts()
            scale = n / max(1, parts[label].states.rows)
            answered[np.searchsorted(cells, seen)] += np.rint(found * scale).astype(np.int64)
    answered = np.minimum(answered, counts)
    if not whole:
        lost = gone - min(gone, int(answered.sum()))
        return Times(*_edges(column, cells), counts, lost + endless, column.states["nan"])
    counts = counts - answered
    unknown = profile.rows - int(counts.sum()) - gone - endless
    return Times(*_edges(column, cells), counts, gone + endless, max(0, unknown))


def _each(profile: Profile, by: str, name: str, *, whole: bool) -> dict[str, Times]:
    """Return the times by group, those of failed requests taken out where the groups know them."""
    lost = profile.splits.get(f"failed {by}", {}).get(name, {})
    parts = profile.splits.get(by, {}).get(name, {})
    known, _ = profile.columns[name].numbers.counts() if parts else (np.zeros(0, np.int64), None)
    low, high = _edges(profile.columns[name], known)
    found = {}
    for label, part in sorted(parts.items()):
        cells, counts = part.numbers.counts()
        gone, answered = _lost(lost.get(label), cells)
        endless = part.states["+inf"]
        unknown = part.states["nan"]
        if whole:
            counts = counts - answered
            unknown = max(0, part.states.rows - int(counts.sum()) - gone - endless)
        else:
            gone = max(0, gone - int(answered.sum()))
        at = np.searchsorted(known, cells)  # a group's cells are among those of the column
        if int(counts.sum()) + gone + endless + unknown:
            found[label] = Times(low[at], high[at], counts, gone + endless, unknown)
    return found


def _lost(part: ColumnProfile | None, cells: Cells) -> tuple[int, Cells]:
    """Return the failed requests of a group, and by cell those of them that have a time."""
    answered = np.zeros(len(cells), np.int64)
    if part is None:
        return 0, answered
    seen, found = part.numbers.counts()
    answered[np.searchsorted(cells, seen)] = found
    return part.states.rows - part.states["+inf"], answered


def _edges(column: ColumnProfile, cells: Cells) -> tuple[Values, Values]:
    """Return the edges of cells, both the same where one value was all that was seen in a cell."""
    lower, upper = column.numbers.spec.edges(cells)
    lower, upper = np.maximum(lower, column.numbers.low), np.minimum(upper, column.numbers.high)
    value, share = column.atoms.values(cells)
    alone = share == 1.0
    return np.where(alone, value, lower), np.where(alone, value, upper)


def _median(grid: Grid) -> float | None:
    cells, counts = grid.counts()
    if not len(cells):
        return None
    at = np.searchsorted(np.cumsum(counts), counts.sum() / 2)
    low, high = grid.spec.edges(cells[at : at + 1])
    return float(low[0] / 2 + high[0] / 2)
