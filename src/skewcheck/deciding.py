"""Decisions as a column: made from the score, row by row, on both sides."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from skewcheck.breakdown import breakdowns
from skewcheck.decisions import COLUMN, Decisions
from skewcheck.engines.local import fold
from skewcheck.opened import Opened
from skewcheck.peek import plan
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Lanes, State
from skewcheck.sources.derived import Derivation, derived, with_derived


def with_decisions(side: Opened, schema: Schema, decisions: Decisions) -> Opened:
    """Return the side with the decision on every row that has a score.

    A saved profile has counted its decisions, or has none. Where the edge moves with the scores
    they are read once more.
    """
    score = score_of(schema, decisions)
    if side.source is None or score is None:
        return side
    if score not in side.kinds and decisions.moving:
        return side
    make = partial(decided, at_edge(side, score, schema, decisions))
    return beside(side, Derivation(name_of(schema), (score,), Kind.TEXT, make))


def at_edge(side: Opened, score: str, schema: Schema, decisions: Decisions) -> Decisions:
    """Return the decisions with the edge where it lies on this side; one in force stays."""
    if not decisions.moving or side.kinds.get(score) is Kind.TEXT:
        return decisions
    return decisions.at(_edge(side, score, schema, decisions))


def beside(side: Opened, made: Derivation) -> Opened:
    """Return the side with a derived column beside its own."""
    assert side.source
    return replace(side, source=derived(side.source, made), head=with_derived(side.head, made))


def with_column(schema: Schema, decisions: Decisions) -> Schema:
    """Return the schema with the decision, where there is a score to make it from."""
    score = score_of(schema, decisions)
    if score is None:
        return schema
    column = Column(
        name_of(schema), Role.DECISION, f"made from {score} by the policy's [decisions]"
    )
    return Schema({**schema.columns, column.name: column})


def score_of(schema: Schema, decisions: Decisions) -> str | None:
    """Return the score that decisions are made from, None where there is none."""
    return decisions.score or schema.first(Role.SCORE)


def name_of(schema: Schema) -> str:
    """Return what the derived column is called: no column of the data is."""
    taken = {c.name for c in schema if not c.reason.startswith("made from")}
    return COLUMN if COLUMN not in taken else f"{COLUMN} by policy"


def decided(decisions: Decisions, cells: pa.Array | Lanes) -> pa.Array:
    """Return the decision of each row as text, null where there is no score."""
    codes = decisions.codes(numbers_of(cells))
    indices = pa.array(codes.astype(np.int8), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(decisions.labels, pa.large_string()))


def numbers_of(cells: pa.Array | Lanes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the number in each row, NaN where there is none."""
    if isinstance(cells, Lanes):
        found = np.full(len(cells.states), np.nan)
        found[cells.states == State.NUMBER] = cells.numbers
        return found
    kind = cells.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        numbers = cells.cast(pa.float64(), safe=False)
        return np.asarray(numbers.to_numpy(zero_copy_only=False), np.float64)
    return np.full(len(cells), np.nan)


def _edge(side: Opened, score: str, schema: Schema, decisions: Decisions) -> float:
    """Return the score from which on the wanted share of a side's requests lies."""
    assert side.source
    head = [batch for batch in side.head if score in batch.columns]
    by = breakdowns(schema, side.kinds)
    laid = replace(plan(head, {score: Kind.NUMBER}), by=tuple(b for b in by if b.name == "day"))
    rest = (set(side.kinds) | {c.name for c in schema}) - {score}
    counted = fold(side.source, laid, skip=frozenset(rest))
    numbers = counted.columns[score].numbers
    cells, counts = numbers.counts()
    if not len(cells):
        return math.inf  # it holds no number: nobody is chosen
    days = max(1, len(counted.groups.get("day", ())))
    wanted = (decisions.top or 0) * days
    if decisions.rate is not None:
        wanted = round(decisions.rate * counts.sum())
    above = np.cumsum(counts[::-1])[::-1]
    low, _ = numbers.spec.edges(cells)
    reached = np.flatnonzero(above >= wanted)
    return float(low[reached[-1]]) if len(reached) else float(low[0])
