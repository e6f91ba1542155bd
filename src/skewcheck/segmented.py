"""Drift inside a segment: a column may be in order as a whole and broken for one kind of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.checks import divergence
from skewcheck.finding import Finding, Subject
from skewcheck.pairing.cells import flattened
from skewcheck.pairing.labels import labelled
from skewcheck.pairing.segments import MOST, VALUES
from skewcheck.pairing.stacking import stacked
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.rowsample import RowSample
from skewcheck.schema import Kind, Role
from skewcheck.sides import Sides
from skewcheck.sources.batch import State
from skewcheck.statistics.cells import pool
from skewcheck.statistics.chosen import Chosen
from skewcheck.statistics.divergence import js8

CHECK = "divergence"
ROWS = 200  # of either side in a segment: fewer tell nothing about a whole distribution
BINS = 20
NAMED = 40  # categories that are told apart
Counts = NDArray[np.int64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Coded:
    """One column of both sides: each row's cell or segment (-1: none), and what these are."""

    train: Codes
    serve: Codes
    size: int
    labels: tuple[str, ...] = ()
    ordered: int = 0  # the first so many cells are bins of a number


def segment_drift(
    profiles: tuple[Profile, Profile], sides: Sequence[Sides], policy: Policy
) -> Iterator[Finding]:
    """Yield, per column, the segment whose rows drifted most where that is beyond the limit.

    Train's rows of a segment are compared with serve's rows of the same segment, on the samples of
    rows that both profiles carry. Only columns that train has too can be segments: a caller that
    train knows nothing of may well have customers of its own.
    """
    samples = [profile.sample for profile in profiles]
    if not all(len(sample) >= ROWS for sample in samples):
        return
    compared = [side for side in sides if side.role.compared and side.both]
    segments = dict(_segments(samples, compared))
    trials = sum(segment.size for segment in segments.values()) * max(1, len(compared))
    for side in compared:
        limit = policy.rule(CHECK, side.name, divergence.RULE).fail
        cells = _cells(samples, side) if limit is not None and segments else None
        if cells is None or limit is None:
            continue
        found = [
            drift
            for name, segment in segments.items()
            if name != side.name
            for drift in _beyond(side.name, cells, (name, segment), limit, trials, policy.level)
        ]
        if found:
            yield max(found, key=lambda drift: (drift[0], drift[1].subject))[1]


def _beyond(
    column: str,
    cells: _Coded,
    named: tuple[str, _Coded],
    limit: float,
    trials: int,
    level: float,
) -> Iterator[tuple[float, Finding]]:
    """Yield (effect, finding) of every segment whose drift is beyond the limit."""
    name, segment = named
    train, serve = (
        _counted(of, cell, segment.size, cells.size)
        for of, cell in ((segment.train, cells.train), (segment.serve, cells.serve))
    )
    ordered = np.arange(cells.size) < cells.ordered
    n, m = train.sum(axis=1), serve.sum(axis=1)
    enough = (n >= ROWS) & (m >= ROWS)
    for place in np.flatnonzero(enough & (rough(train, serve) > limit)).tolist():
        pooled = pool(train[place], serve[place], ordered)
        if not pooled.comparable:
            continue
        chosen = Chosen(js8(pooled.train, pooled.serve), trials)
        if chosen.p_above(limit) < level:
            subject = Subject(column, f"{name} = {segment.labels[place]}")
            rows = int(n[place]), int(m[place])
            finding = Finding(CHECK, subject, chosen, divergence.UNIT, *rows, required=False)
            yield chosen.value, finding


def rough(train: Counts, serve: Counts) -> NDArray[np.float64]:
    """Return 8 x Jensen-Shannon of each row, uncorrected: never less than it will turn out."""
    p, q = (side / np.maximum(1, side.sum(axis=1, keepdims=True)) for side in (train, serve))
    middle = (p + q) / 2
    with np.errstate(all="ignore"):
        terms = [np.where(side > 0, side * np.log(side / middle), 0.0) for side in (p, q)]
    found: NDArray[np.float64] = 4 * (terms[0] + terms[1]).sum(axis=1)
    return found


def _counted(rows: Codes, cells: Codes, height: int, width: int) -> Counts:
    there = (rows >= 0) & (cells >= 0)
    flat = np.bincount(rows[there] * width + cells[there], minlength=height * width)
    return flat.reshape(height, width)


def _segments(samples: Sequence[RowSample], sides: Sequence[Sides]) -> Iterator[tuple[str, _Coded]]:
    """Yield the columns of few values that both sides have."""
    found = 0
    for side in sides:
        if found == MOST or side.role is not Role.FEATURE or side.kind is Kind.LIST:
            continue
        values = [_column(sample, side.name) for sample in samples]
        if side.kind is Kind.NUMBER and _fractions(values):
            continue
        (labels, train), (others, serve) = (labelled(value, VALUES) for value in values)
        if len(labels) > 1 and others:
            known = {label: place for place, label in enumerate(labels)}
            same = np.array([known.get(label, -1) for label in others], np.int64)
            shown = tuple("null" if label is None else label for label in labels)
            found += 1
            yield side.name, _Coded(train.astype(np.int64), same[serve], len(labels), shown)


def _fractions(values: Sequence[object]) -> bool:
    numbers = [flattened(value).numbers for value in values]
    return any(bool(np.any(x[np.isfinite(x)] % 1 != 0)) for x in numbers)


def _cells(samples: Sequence[RowSample], side: Sides) -> _Coded | None:
    """Return the cells of a column's distribution: bins of train's numbers, or categories."""
    values = [_column(sample, side.name) for sample in samples]
    if side.kind is Kind.NUMBER:
        flat = [flattened(value) for value in values]
        number = [f.states == State.NUMBER for f in flat]
        known = flat[0].numbers[number[0] & np.isfinite(flat[0].numbers)]
        if len(known) < ROWS:
            return None
        edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
        bins = 2 * len(edges) + 1  # an edge that many rows lie on is a cell of its own
        codes = []
        for f, there in zip(flat, number, strict=True):
            cell = np.searchsorted(edges, f.numbers, "left")
            cell = cell + np.searchsorted(edges, f.numbers, "right")
            cell = np.where(there & ~np.isnan(f.numbers), cell, bins + (f.states > State.NULL))
            codes.append(cell.astype(np.int64))
        return _Coded(codes[0], codes[1], bins + 2, ordered=bins)
    if side.kind not in (Kind.TEXT, Kind.BOOLEAN):
        return None
    (labels, train), (others, serve) = (labelled(value) for value in values)
    counts = np.bincount(train, minlength=len(labels))
    named = [labels[i] for i in np.argsort(-counts, kind="stable")[:NAMED]]
    place = {label: i for i, label in enumerate(named)}
    maps = [
        np.array([place.get(label, len(named)) for label in known], np.int64)
        for known in (labels, others)
    ]
    return _Coded(maps[0][train], maps[1][serve], len(named) + 1)


def _column(sample: RowSample, name: str) -> object:
    return stacked([(len(places), columns.get(name)) for places, columns in sample.batches])
