"""Rows of serve that hold what train never shows: where and when they live, without any pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from skewcheck.comparison import inside
from skewcheck.finding import Finding
from skewcheck.location import Location, locate
from skewcheck.moments import moments
from skewcheck.pairing.cells import Flat, flattened
from skewcheck.pairing.labels import labelled
from skewcheck.pairing.segments import CLOCK, clock, coded, segment_columns
from skewcheck.pairing.shelf import Shelf
from skewcheck.policy import Policy
from skewcheck.schema import Kind, Role, Schema
from skewcheck.sides import Sides
from skewcheck.sources.batch import Batch, Source, State
from skewcheck.summaries.places import Codes, Places

Mask = NDArray[np.bool_]


def novelty(
    source: Source,
    columns: Mapping[str, Sequence[Finding]],
    sides: Sequence[Sides],
    heads: Iterable[Sequence[Batch]],
    schema: Schema,
    *,
    policy: Policy,
) -> tuple[dict[str, Location], list[Finding]]:
    """Return where the new values of these columns are, and the findings inside those places.

    ``columns`` are those of ``new_values``, ``heads`` the first rows of both sides. Reads serve
    once more.
    """
    by_name = {side.name: side for side in sides}
    rows, marked = _novel(source, columns, by_name, heads, schema)
    where: dict[str, Location] = {}
    more: list[Finding] = []
    for name, checks in marked.items():
        found = {check: locate(places, rows, clock=CLOCK) for check, places in checks.items()}
        where[name] = max(found.values(), key=lambda location: location.marked)
        for check, location in found.items():
            more += inside((name, check), location, checks[check], rows, policy=policy)
    return where, more


def _novel(
    source: Source,
    columns: Mapping[str, Sequence[Finding]],
    sides: Mapping[str, Sides],
    heads: Iterable[Sequence[Batch]],
    schema: Schema,
) -> tuple[Places, dict[str, dict[str, Places]]]:
    """Return the places of all rows of serve, and of the new ones by column and check."""
    with Shelf(source) as serve:
        every = np.arange(serve.rows, dtype=np.int64)
        time = next((n for n in schema.names(Role.TIME) if n in serve.names), None)
        times = np.full(len(every), np.nan)
        if time is not None:
            times = moments(serve.taken(time, every))
        segments = _segments(serve, every, segment_columns(heads, schema))
        if np.isfinite(times).any():
            segments |= clock(times)
        rows = Places()
        rows.add(segments, times, None)
        marked: dict[str, dict[str, Places]] = {}
        for name, findings in columns.items():
            held = flattened(serve.column(name))
            others = {segment: codes for segment, codes in segments.items() if segment != name}
            for finding in findings:
                mask = _marks(held, sides[name], finding)
                if mask is not None and mask.any():
                    places = Places()
                    places.add(others, times, mask)
                    marked.setdefault(name, {})[finding.check] = places
        return rows, marked


def _segments(serve: Shelf, every: NDArray[np.int64], names: Sequence[str]) -> dict[str, Codes]:
    found = ((name, coded(serve.taken(name, every))) for name in names if name in serve.names)
    return {name: codes for name, codes in found if codes is not None}


def _marks(held: Flat, sides: Sides, finding: Finding) -> Mask | None:
    """Return the rows that a finding speaks of; None where they cannot be told."""
    assert sides.train is not None
    found: Mask | None = None
    if finding.check == "new_nulls":
        found = held.states <= State.NULL
    elif finding.check == "type_errors":
        found = _another_type(held, sides.kind)
    elif finding.check == "new_category":
        found = _unseen(held, sides.train.categories.counts)
    return found


def _unseen(held: Flat, counts: Mapping[str, int] | None) -> Mask | None:
    if counts is None or held.texts is None:
        return None
    labels, places = labelled(held.texts)
    known = {*counts, "true", "false", None}
    found: Mask = np.array([label not in known for label in labels], np.bool_)[places]
    return found


def _another_type(held: Flat, kind: Kind) -> Mask | None:
    if kind is Kind.DATETIME:
        return None  # times are spelled as texts and numbers, too
    own = {
        Kind.NUMBER: State.NUMBER,
        Kind.TEXT: State.TEXT,
        Kind.BOOLEAN: State.BOOLEAN,
    }.get(kind, State.OTHER)
    found: Mask = (held.states > State.NULL) & ((held.states != own) | held.timed)
    return found
