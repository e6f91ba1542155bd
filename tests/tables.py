"""Profiles made in memory from tables, the way the pipeline makes them from files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from skewcheck.column import ColumnSpec
from skewcheck.comparison import sides
from skewcheck.engines.local import fold
from skewcheck.ledger import Ledger
from skewcheck.peek import first_rows, plan
from skewcheck.profile import Plan, Profile
from skewcheck.schema import Column, Role, Schema
from skewcheck.sides import Sides
from skewcheck.sources.arrays import kind_of
from skewcheck.sources.batch import Batch, Lanes, Source

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class TablePart:
    """One container held in memory, read in batches of a given size."""

    name: str
    columns: Mapping[str, pa.Array]
    size: int = 65_536

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows in order."""
        total = len(next(iter(self.columns.values())))
        for start in range(0, total, self.size):
            some = {name: array.slice(start, self.size) for name, array in self.columns.items()}
            rows = min(self.size, total - start)
            ledger.count("ok", rows)
            yield Batch(rows, some, self.name, start)


def arrays(columns: Columns) -> dict[str, pa.Array]:
    """Return columns as Arrow arrays; a NaN stays one."""
    return {name: v if isinstance(v, pa.Array) else pa.array(v) for name, v in columns.items()}


def source(*containers: Columns, size: int = 65_536) -> Source:
    """Return a source of some containers that have the same columns."""
    made = [arrays(columns) for columns in containers]
    kinds = {name: kind_of(array.type) for name, array in made[0].items()}
    parts = tuple(TablePart(f"part {i}", columns, size) for i, columns in enumerate(made))
    return Source("table", parts, kinds, Ledger())


def train_profile(columns: Columns) -> Profile:
    """Return the profile of a train table, its grids laid by its first rows."""
    made = source(columns)
    return fold(made, plan(first_rows(made), dict(made.declared)), workers=1)


def serve_profile(columns: Columns, train: Profile) -> Profile:
    """Return the profile of a serve table on train's grids."""
    specs = {name: ColumnSpec(c.kind, c.spec.grid, c.spec.cut) for name, c in train.columns.items()}
    return fold(source(columns), Plan(specs), workers=1)


def profiles(train: Columns, serve: Columns) -> tuple[Profile, Profile]:
    """Return the profiles of both sides."""
    left = train_profile(train)
    return left, serve_profile(serve, left)


def schema(**roles: Role) -> Schema:
    """Return a schema in which these columns have roles and all others are features."""
    return Schema({name: Column(name, role) for name, role in roles.items()})


def pairs(train: Columns, serve: Columns) -> dict[str, Sides]:
    """Return every column of two tables, seen from both sides."""
    return {pair.name: pair for pair in sides(*profiles(train, serve), schema())}


def pair(train: Any, serve: Any) -> Sides:
    """Return one column of two sides."""
    return pairs({"x": train}, {"x": serve})["x"]


def lanes_batch(lanes: Lanes, *, offset: int = 0) -> Batch:
    """Return a batch of one column whose rows differ in type."""
    return Batch(len(lanes.states), {"x": lanes}, "lanes", offset)
