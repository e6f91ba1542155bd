"""A profile: one side of a comparison as counts, in a small Parquet file that holds no row."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from skewcheck.breakdown import MOST, WHOLE, By, Groups, coarse, grouped, some, thinned
from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.ledger import Ledger
from skewcheck.rowsample import MOST as SAMPLED
from skewcheck.rowsample import RowSample, taken
from skewcheck.schema import Column, Kind, Role
from skewcheck.sources.batch import Batch, Lanes
from skewcheck.span import Span
from skewcheck.store import (
    FORMAT,
    MARK,
    PAIRS,
    SEP,
    TABLE,
    Sections,
    encoded,
    fill,
    read,
    rows_of,
    summaries_of,
)
from skewcheck.summaries.blocks import Blocks
from skewcheck.summaries.cut import NULL, Cut
from skewcheck.summaries.gridspec import GridSpec
from skewcheck.summaries.states import States

Parts = tuple[tuple[By, Groups], ...]
V = TypeVar("V")


class Beside(Protocol):
    """What is kept with the profile of serve: its paired rows, as counts and samples."""

    def merge(self, other: Any) -> Any:
        """Return what is known of both lots."""

    def beside(self, alone: Profile) -> Any:
        """Return what is known of these rows and of others that were not paired at all."""

    def encode(self) -> tuple[dict[str, Any], list[pa.Table]]:
        """Return an entry of the file's header, and sections of its table."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided before the pass: the spec of each column train has. Serve reuses it.

    ``by`` are the ways in which rows are counted by group too, coarse counts of every ``step``-th
    row of a container only.
    """

    columns: Mapping[str, ColumnSpec] = field(default_factory=dict)
    by: tuple[By, ...] = ()
    step: int = 1

    def spec(self, name: str) -> ColumnSpec:
        """Return the spec of a column; one that train lacks gets the plain grid."""
        return self.columns.get(name, ColumnSpec())


@dataclass
class Profile:
    """All columns of one side, with the ledger of the reading; two profiles add up.

    ``labels`` are the columns taken for labels while there were rows to look at, with the reason.
    ``span`` is the time that its events cover, where they have one. ``roles`` are those of columns
    that are no features, kept where the profile is all that a later run has of this side.
    ``sample`` holds some rows as long as the run lasts; a saved profile has none. ``pairs`` are
    those that a profile of serve was made with.

    ``groups`` are the rows of each group by way of grouping; ``blocks`` the coarse counts by way
    and column, ``splits`` the profiles of columns by way, column and group.
    """

    plan: Plan
    rows: int = 0
    columns: dict[str, ColumnProfile] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    labels: dict[str, str] = field(default_factory=dict)
    span: Span | None = None
    roles: dict[str, Column] = field(default_factory=dict)
    sample: RowSample = field(default_factory=RowSample, repr=False, compare=False)
    groups: dict[str, Counter[str]] = field(default_factory=dict)
    blocks: dict[str, dict[str, Blocks]] = field(default_factory=dict)
    splits: dict[str, dict[str, dict[str, ColumnProfile]]] = field(default_factory=dict)
    pairs: Beside | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Start the sample at the step that so many rows will need at least."""
        if self.plan.step > 1:
            self.sample.step = self.plan.step * MOST // SAMPLED

    def add(self, batch: Batch, skip: frozenset[str] = frozenset()) -> None:
        """Count one batch, without the columns to skip."""
        places = self.sample.places(batch.offset, batch.rows)
        rows = thinned(batch.offset, batch.rows, self.plan.step)
        inside, kept = (places - rows.start) // rows.step, {}
        there = pa.array(inside)
        grouping = {by.of for by in self.plan.by}
        held = {name: batch.columns[name] for name in grouping & batch.columns.keys()}
        parts = self.grouped(held)
        for name in batch.columns:
            if name in skip:
                continue
            values = held[name] if name in held else batch.columns[name]
            thin = self.count(name, values, batch.offset, parts)
            kept[name] = taken(thin, inside, there)
        self.lacking(batch.columns, batch.offset, parts)
        self.sample.add(places + batch.offset, kept)
        self.rows += batch.rows

    def grouped(self, columns: Mapping[str, pa.Array | Lanes]) -> Parts:
        """Return the groups of a batch's rows, each row counted in its group."""
        found = []
        for by in self.plan.by:
            if by.of in columns:
                groups = grouped(by.name, columns[by.of])
                counts = zip(groups.labels, groups.counts().tolist(), strict=True)
                own = self.groups.setdefault(by.name, Counter())
                own.update({label: n for label, n in counts if n})
                found.append((by, groups))
        return tuple(found)

    def count(
        self, name: str, values: pa.Array | Lanes, offset: int, parts: Parts = ()
    ) -> pa.Array | Lanes:
        """Count a batch of one column, by group too; return every ``step``-th row of it."""
        column = self.columns.get(name)
        if column is None:
            column = self.columns[name] = ColumnProfile(self.plan.spec(name))
        column.add(values, offset)
        total = len(values.states) if isinstance(values, Lanes) else len(values)
        rows = thinned(offset, total, self.plan.step)
        thin, cells = some(values, rows, total), None
        for by, groups in parts:
            if name not in by.columns:
                continue
            if by.whole:
                more = thinned(offset, total, max(1, self.plan.step // WHOLE))
                self._split(by.name, name, some(values, more, total), groups.taken(more))
                continue
            if cells is None:
                cells = coarse(thin, column.spec.cut)
            block = self.blocks.setdefault(by.name, {}).setdefault(name, Blocks())
            block.add(groups.labels, groups.taken(rows).codes, cells)
        return thin

    def lacking(self, there: Collection[str], offset: int, parts: Parts) -> None:
        """Count the rows of a batch as null, by group, in columns that it does not have."""
        for by, groups in parts:
            for name in () if by.whole else by.columns - set(there):
                codes = groups.taken(thinned(offset, len(groups.codes), self.plan.step)).codes
                block = self.blocks.setdefault(by.name, {}).setdefault(name, Blocks())
                block.add(groups.labels, codes, np.full(len(codes), NULL, np.int64))

    def _split(self, by: str, name: str, values: pa.Array | Lanes, groups: Groups) -> None:
        parts = self.splits.setdefault(by, {}).setdefault(name, {})
        for group in np.flatnonzero(groups.counts()).tolist():
            label = groups.labels[group]
            if label not in parts:
                parts[label] = ColumnProfile(self.plan.spec(name))
            rows = np.flatnonzero(groups.codes == group)
            parts[label].add(taken(values, rows) if len(rows) < len(groups.codes) else values, -1)

    def finish(self) -> Profile:
        """Return self, every row that a column was not seen in counted as absent there."""
        for column in self.columns.values():
            column.settle()
            column.states.add("absent", self.rows - column.states.rows)
        for by, name, group in self._parts():
            self.splits[by][name][group].settle()
        return self

    def _parts(self) -> Iterator[tuple[str, str, str]]:
        for by, columns in self.splits.items():
            yield from ((by, name, group) for name, parts in columns.items() for group in parts)

    def merge(self, other: Profile) -> Profile:
        """Return the profile of both lots of rows."""
        names = dict.fromkeys([*self.columns, *other.columns])
        plan = replace(self.plan, columns={**other.plan.columns, **self.plan.columns})
        merged = Profile(plan, self.rows + other.rows)
        merged.ledger = self.ledger.merge(other.ledger)
        merged.labels = {**other.labels, **self.labels}
        merged.span = self.span.merge(other.span) if self.span else other.span
        merged.roles = {**other.roles, **self.roles}
        merged.pairs = self._pairs(other)
        merged.sample = self.sample.merge(other.sample)
        for name in names:
            empty = ColumnProfile(merged.plan.spec(name))
            mine, theirs = self.columns.get(name, empty), other.columns.get(name, empty)
            merged.columns[name] = mine.merge(theirs)
        merged.groups = _merged(self.groups, other.groups, Counter.__add__)
        merged.blocks = {
            by: _merged(self.blocks.get(by, {}), other.blocks.get(by, {}), Blocks.merge)
            for by in {**self.blocks, **other.blocks}
        }
        for by in {**self.splits, **other.splits}:
            own, more = self.splits.get(by, {}), other.splits.get(by, {})
            merged.splits[by] = _merged(own, more, _by_group)
        return merged.finish()

    def _pairs(self, other: Profile) -> Beside | None:
        if self.pairs and other.pairs:
            merged: Beside = self.pairs.merge(other.pairs)
            return merged
        some, alone = (self.pairs, other) if self.pairs else (other.pairs, self)
        return some.beside(alone) if some and alone.rows else some

    def subtract(self, other: Profile) -> Profile:
        """Return the profile without the other's rows, which must be copies of rows that stay."""
        left = Profile(self.plan, self.rows - other.rows, ledger=self.ledger, span=self.span)
        absent = States(Counter(absent=other.rows))
        for name, column in self.columns.items():
            copies = other.columns.get(name) or ColumnProfile(column.spec, absent)
            left.columns[name] = column.subtract(copies)
        left.groups = {by: n - other.groups.get(by, Counter()) for by, n in self.groups.items()}
        for by, columns in self.blocks.items():
            copied = other.blocks.get(by, {})
            left.blocks[by] = {n: b.subtract(copied.get(n, Blocks())) for n, b in columns.items()}
        for by, name, group in self._parts():
            part = self.splits[by][name][group]
            own = other.splits.get(by, {}).get(name, {}).get(group) or ColumnProfile(part.spec)
            left.splits.setdefault(by, {}).setdefault(name, {})[group] = part.subtract(own)
        return left

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the profile; the file is whole or absent."""
        from skewcheck.write import write_through

        header, tables = self.header(), [self.table()]
        if self.pairs is not None:
            header["pairs"], more = self.pairs.encode()
            tables += more
        table = pa.concat_tables(tables).unify_dictionaries()
        table = table.replace_schema_metadata({MARK: json.dumps(header).encode()})
        write_through(Path(path), lambda file: pq.write_table(table, file, compression="zstd"))

    def table(self) -> pa.Table:
        """Return the counts in long form; with the header, the profile without its pairs."""
        parts = [encoded(name, summaries_of(column)) for name, column in self.columns.items()]
        for by, columns in self.blocks.items():
            parts += [encoded(n, [(f"{by}{SEP}", block)]) for n, block in columns.items()]
        for by, name, group in self._parts():
            own = summaries_of(self.splits[by][name][group])
            parts.append(encoded(name, [(f"{by}{SEP}{group}{SEP}{s}", x) for s, x in own]))
        return pa.concat_tables([TABLE.empty_table(), *parts]).unify_dictionaries()

    def header(self, group: int = 0) -> dict[str, Any]:
        """Return what is not in the table, JSON-able.

        ``group`` is the row group of the file that the table starts at: others may come before it.
        """
        return {
            "format": FORMAT,
            "group": group,
            "rows": self.rows,
            "labels": self.labels,
            "roles": {name: [c.role, c.reason] for name, c in self.roles.items()},
            "span": astuple(self.span) if self.span else None,
            "columns": {
                name: [c.spec.kind, *astuple(c.spec.grid)] for name, c in self.columns.items()
            },
            "cuts": {
                name: astuple(c.spec.cut) for name, c in self.columns.items() if c.spec.cut != Cut()
            },
            "groups": {by: dict(rows) for by, rows in self.groups.items()},
            "ledger": {
                "fates": dict(self.ledger.fates),
                "notes": self.ledger.notes,
                "files": self.ledger.files,
                "skipped": self.ledger.skipped,
            },
        }

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """Return the profile saved at ``path``, without its pairs: see ``opened``.

        Raises:
            InputError: the file is no profile, or of a later format than this version reads.
        """
        return decoded(*read(path))


def _merged(mine: dict[str, V], theirs: dict[str, V], merge: Callable[[V, V], V]) -> dict[str, V]:
    """Return both, entries of one name merged."""
    both = dict(mine)
    for name, value in theirs.items():
        both[name] = merge(both[name], value) if name in both else value
    return both


def _by_group(
    mine: dict[str, ColumnProfile], theirs: dict[str, ColumnProfile]
) -> dict[str, ColumnProfile]:
    return _merged(mine, theirs, ColumnProfile.merge)


def decoded(header: Mapping[str, Any], sections: Sections) -> Profile:
    """Return the profile of a header and its sections, those of pairs left out."""
    specs = {
        name: ColumnSpec(Kind(kind) if kind else None, GridSpec(*grid), _cut(header, name))
        for name, (kind, *grid) in header["columns"].items()
    }
    ledger = Ledger()
    ledger.fates.update(header["ledger"]["fates"])
    ledger.notes = {k: [tuple(n) for n in v] for k, v in header["ledger"]["notes"].items()}
    ledger.files, ledger.skipped = header["ledger"]["files"], header["ledger"]["skipped"]
    profile = Profile(Plan(specs), header["rows"], ledger=ledger, labels=header.get("labels", {}))
    profile.span = Span(*header["span"]) if header.get("span") else None
    kept = header.get("roles", {}).items()
    profile.roles = {n: Column(n, Role(role), reason) for n, (role, reason) in kept}
    profile.groups = {by: Counter(n) for by, n in header.get("groups", {}).items()}
    profile.columns = {name: ColumnProfile(spec) for name, spec in specs.items()}
    for (name, summary), section in sections.items():
        if summary.startswith(PAIRS):
            continue
        rows = rows_of(section)
        by, _, rest = summary.partition(SEP)
        if not _:
            fill(profile.columns[name], summary, rows)
        elif not rest:
            blocks = Blocks.decode(GridSpec(), rows)
            profile.blocks.setdefault(by, {})[name] = blocks
        else:
            group, _, inner = rest.rpartition(SEP)
            parts = profile.splits.setdefault(by, {}).setdefault(name, {})
            fill(parts.setdefault(group, ColumnProfile(specs[name])), inner, rows)
    return profile


def _cut(header: Mapping[str, Any], name: str) -> Cut:
    edges, labels = header.get("cuts", {}).get(name, ((), ()))
    return Cut(tuple(edges), tuple(labels))
