"""Response times of a log that has none, but says when a request came and when it was answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from skewcheck.moments import moments
from skewcheck.opened import Opened
from skewcheck.roles import names
from skewcheck.roles.evidence import look
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Batch, Lanes
from skewcheck.sources.derived import Derivation, derived, with_derived

STARTS = re.compile(r"(.*_)?(request|requested|received|start|started|begin|arrived|arrival)(_.*)?")
ENDS = re.compile(r"(.*_)?(response|responded|finish|finished|complete|completed|end|ended)(_.*)?")
LONGEST = 600.0  # seconds: no answer takes half of the requests so long; these times mean others
BEFORE = 0.1  # share of answers before their request that clocks out of step may explain
MICROS = 3  # decimals of a millisecond: more is noise of the arithmetic


@dataclass(frozen=True, slots=True)
class Span:
    """The columns of a request's time and of its answer's."""

    start: str
    end: str

    @property
    def name(self) -> str:
        """Return the name of the column that lies between them."""
        return f"{self.end} - {self.start} (ms)"

    @property
    def column(self) -> Column:
        """Return the column with its role and the reason."""
        reason = f"made of {self.end} and {self.start}: no column has the time between them"
        return Column(self.name, Role.LATENCY, reason)

    @property
    def derivation(self) -> Derivation:
        """Return how the column is made."""
        return Derivation(self.name, (self.start, self.end), Kind.NUMBER, _lasted)


def _lasted(start: pa.Array | Lanes, end: pa.Array | Lanes) -> pa.Array:
    """Return the milliseconds from request to answer, null where either is unknown."""
    lasted = (moments(end) - moments(start)) * 1e3
    return pa.array(np.round(lasted, MICROS), mask=~np.isfinite(lasted))


def span_of(serve: Opened, schema: Schema) -> Span | None:
    """Return the two columns between which an answer was made, where no column has the time.

    None where a latency column is logged, where not exactly one column is named like each, or
    where the first rows do not look like requests and their answers.
    """
    if not serve.source or any(n in serve.kinds for n in schema.names(Role.LATENCY)):
        return None
    asides = (Role.TIME, Role.IGNORED)
    there = [n for n in serve.kinds if schema.role(n) in asides and _is_time(serve.head, n)]
    starts = [name for name in there if STARTS.fullmatch(names.spelled(name))]
    ends = [name for name in there if ENDS.fullmatch(names.spelled(name)) and name not in starts]
    if len(starts) != 1 or len(ends) != 1:
        return None
    span = Span(starts[0], ends[0])
    return span if _plausible(span, serve.head) else None


def spanned(serve: Opened, span: Span | None) -> Opened:
    """Return a side that has the column between, too."""
    if span is None or serve.source is None:
        return serve
    made = span.derivation
    return replace(serve, source=derived(serve.source, made), head=with_derived(serve.head, made))


def with_span(schema: Schema, span: Span | None) -> Schema:
    """Return the schema with the column between."""
    return Schema({**schema.columns, span.name: span.column}) if span else schema


def _is_time(head: Sequence[Batch], name: str) -> bool:
    seen = look(head, name)
    return seen is not None and seen.time is not None


def _plausible(span: Span, head: Sequence[Batch]) -> bool:
    """Return whether the first rows look like requests and answers."""
    made = span.derivation
    those = [batch.columns for batch in head if batch.columns.keys() >= set(made.of)]
    lasted = [_lasted(*(columns[n] for n in made.of)).drop_null().to_numpy() for columns in those]
    seen = np.concatenate([np.zeros(0), *lasted])
    if not len(seen):
        return False
    return bool((seen < 0).mean() <= BEFORE and 0 <= np.median(seen) <= LONGEST * 1e3)
