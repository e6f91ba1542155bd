"""Pairs and contexts made in memory from two lists, for the tests of the causes.

A row differs here when the two values are plainly unequal or of different types (null equals null,
NaN equals NaN); the tolerances of parity (float32, printed digits) play no part, and no row is left
out as the sampling of a long log would do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from skewcheck.causes import Aligned, Cells, Context, Floats, Pair
from skewcheck.engines.local import fold
from skewcheck.ledger import Ledger
from skewcheck.peek import first_rows, plan
from skewcheck.schema import Role
from skewcheck.sides import Sides
from skewcheck.sources.arrays import kind_of
from skewcheck.sources.batch import Batch, Lanes, Source, State
from skewcheck.sources.cells import column as mixed
from tests.tables import serve_profile

List = Sequence[Any]


def pair(train: List, serve: List, *, name: str = "x", time: List | None = None) -> Pair:
    """Return the pair of two lists of one length.

    Values are None, numbers, booleans, texts or (naive: UTC) datetimes, of mixed types too;
    ``time`` is in seconds.
    """
    left, right = cells(train), cells(serve)
    differs = _differ(left, right)
    seconds = np.full(len(left), np.nan) if time is None else np.asarray(time, np.float64)
    both = sides(train, serve, name=name)
    rate = float(differs.mean())
    return Pair(name, both.kind, left, right, differs, rate, seconds, both)


def context(
    columns: Mapping[str, tuple[List, List]],
    by: str = "order",
    group: List | None = None,
    time: List | None = None,
) -> Context:
    """Return a context of columns (train, serve) aligned by ``by``, in order of group and time."""
    rows = len(next(iter(columns.values()))[0])
    groups = np.zeros(rows, np.int64) if group is None else np.asarray(group, np.int64)
    times = np.arange(rows) if time is None else np.asarray(time, np.float64)
    order = np.lexsort((times, groups))
    made = {
        name: pair(
            [train[i] for i in order],
            [serve[i] for i in order],
            name=name,
            time=None if time is None else times[order],  # type: ignore[arg-type]
        )
        for name, (train, serve) in columns.items()
    }
    return Context((Aligned(by, groups[order], made),))


def cells(values: List) -> Cells:
    """Return a list as cells."""
    states = np.array([_state(v) for v in values], np.uint8)
    numbers: Floats = np.array([_number(v) for v in values], np.float64)
    texts = np.array([v if isinstance(v, str) else None for v in values], object)
    return Cells(states, numbers, texts)


def sides(train: List, serve: List, *, name: str = "x") -> Sides:
    """Return one column of two lists (any length), each profiled as the pipeline does it."""
    source = _source(name, train)
    left = fold(source, plan(first_rows(source), dict(source.declared)), workers=1)
    if isinstance(_column(serve), Lanes):
        from skewcheck.column import ColumnSpec
        from skewcheck.profile import Plan

        specs = {n: ColumnSpec(c.kind, c.spec.grid) for n, c in left.columns.items()}
        right = fold(_source(name, serve), Plan(specs), workers=1)
    else:
        right = serve_profile({name: _column(serve)}, left)
    found = left.columns.get(name), right.columns.get(name)
    return Sides(name, Role.FEATURE, *found, left.rows, right.rows)


@dataclass(frozen=True)
class _Part:
    """One container of one batch."""

    name: str
    values: pa.Array | Lanes
    rows: int

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        ledger.count("ok", self.rows)
        yield Batch(self.rows, {self.name: self.values}, "table", 0)


def _source(name: str, values: List) -> Source:
    made = _column(values)
    kinds = {} if isinstance(made, Lanes) else {name: kind_of(made.type)}
    return Source("table", (_Part(name, made, len(values)),), kinds, Ledger())


def _column(values: List) -> pa.Array | Lanes:
    plain = [v.item() if isinstance(v, np.generic) else v for v in values]
    if any(isinstance(v, date) for v in plain):
        return pa.array(plain)
    made = mixed(plain, frozenset(map(type, plain)))
    assert made is not None
    return made


def _state(value: Any) -> State:
    if value is None:
        return State.NULL
    if isinstance(value, bool | np.bool_):
        return State.BOOLEAN
    return State.TEXT if isinstance(value, str) else State.NUMBER


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    return float("nan") if value is None or isinstance(value, str) else float(value)


def _differ(train: Cells, serve: Cells) -> np.ndarray[Any, np.dtype[np.bool_]]:
    other = train.states != serve.states
    nans = np.isnan(train.numbers) & np.isnan(serve.numbers)
    numbers = (train.numbers != serve.numbers) & ~nans
    result: np.ndarray[Any, np.dtype[np.bool_]] = other | numbers | (train.texts != serve.texts)
    return result
