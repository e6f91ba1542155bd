"""A column made from another one, as if the container held it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import pyarrow as pa

from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.batch import Batch, Lanes, Lazy, Part, Source

Values: TypeAlias = pa.Array | Lanes


@dataclass(frozen=True, slots=True)
class Derivation:
    """A column ``name`` of this kind, made from the columns ``of`` by ``make``, row by row."""

    name: str
    of: tuple[str, ...]
    kind: Kind
    make: Callable[..., Values]

    def made(self, columns: Mapping[str, Values]) -> Values:
        """Return the column beside these, all of which are there."""
        return self.make(*(columns[name] for name in self.of))

    def fits(self, columns: Collection[str]) -> bool:
        """Return whether it can be made of these columns."""
        return all(name in columns for name in self.of)


class _Columns(Lazy):
    """The columns of a batch and the derived one, which is made when it is asked for."""

    def __init__(self, inner: Lazy, derivation: Derivation) -> None:
        self._inner, self._derivation = inner, derivation
        self._made: Values | None = None

    def __getitem__(self, name: str) -> Values:
        if name != self._derivation.name:
            return self._inner[name]
        if self._made is None:  # other derived columns may be made of it
            self._made = self._derivation.made(self._inner)
        return self._made

    def __contains__(self, name: object) -> bool:
        return name == self._derivation.name or name in self._inner

    def __iter__(self) -> Iterator[str]:
        yield from self._inner
        yield self._derivation.name

    def __len__(self) -> int:
        return len(self._inner) + 1

    def head(self, rows: int) -> dict[str, Values]:
        found = self._inner.head(rows)
        return {**found, self._derivation.name: self._derivation.made(found)}


@dataclass(frozen=True, slots=True)
class DerivedPart:
    """A part whose batches have the derived column too, wherever they have those it is of."""

    inner: Part
    derivation: Derivation

    @property
    def name(self) -> str:
        """Return the name of the container."""
        return self.inner.name

    @property
    def known_rows(self) -> int | None:
        """Return how many rows the part has, None where that is not known before reading."""
        return getattr(self.inner, "known_rows", None)

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows as the part does."""
        for batch in self.inner.batches(ledger):
            yield _with(batch, self.derivation)


def _with(batch: Batch, derivation: Derivation) -> Batch:
    if not derivation.fits(batch.columns):
        return batch
    if isinstance(batch.columns, Lazy):
        return replace(batch, columns=_Columns(batch.columns, derivation))
    made = derivation.made(batch.columns)
    return replace(batch, columns={**batch.columns, derivation.name: made})


def derived(source: Source, derivation: Derivation) -> Source:
    """Return the source with the derived column beside its own."""
    declared = source.declared
    if derivation.fits(declared):
        declared = {**declared, derivation.name: derivation.kind}
    parts = tuple(DerivedPart(part, derivation) for part in source.parts)
    return replace(source, parts=parts, declared=declared)


def with_derived(head: list[Batch], derivation: Derivation) -> list[Batch]:
    """Return the first rows of a source with the derived column."""
    return [_with(batch, derivation) for batch in head]


def inner(part: Part) -> Part:
    """Return the part of the container itself."""
    while isinstance(part, DerivedPart):
        part = part.inner
    return part
