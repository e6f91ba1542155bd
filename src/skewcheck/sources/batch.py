"""The one shape in which rows travel from every source to the profile."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.ledger import Ledger
from skewcheck.schema import Kind


class State(IntEnum):
    """What one cell of a table holds, before any coercion."""

    ABSENT = 0
    NULL = 1
    NUMBER = 2
    TEXT = 3
    BOOLEAN = 4
    OTHER = 5


@dataclass(frozen=True, slots=True)
class Lanes:
    """A column whose rows differ in type or presence: each value in the lane of its own type.

    ``states`` has one State per row (uint8); ``numbers`` (float64), ``texts`` (Arrow strings) and
    ``booleans`` hold only the values of that state, in row order. A value of state OTHER (a list,
    an object) is counted, not kept.
    """

    states: np.ndarray[tuple[int], np.dtype[np.uint8]]
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]]
    texts: pa.Array
    booleans: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def taken(self, rows: NDArray[np.int64]) -> Lanes:
        """Return the lanes of some rows."""

        def places(state: State) -> NDArray[np.int64]:
            rank: NDArray[np.int64] = np.cumsum(self.states == state) - 1
            chosen: NDArray[np.int64] = rank[rows[self.states[rows] == state]]
            return chosen

        return Lanes(
            self.states[rows],
            self.numbers[places(State.NUMBER)],
            self.texts.take(pa.array(places(State.TEXT))),
            self.booleans[places(State.BOOLEAN)],
        )


def leading(values: pa.Array | Lanes, rows: int) -> pa.Array | Lanes:
    """Return the first rows of a column."""
    return values.taken(np.arange(rows)) if isinstance(values, Lanes) else values.slice(0, rows)


class Lazy(Mapping[str, "pa.Array | Lanes"]):
    """Columns that are decoded when they are asked for, while their part is being read."""

    @abstractmethod
    def __contains__(self, name: object) -> bool:
        """Return whether there is such a column, without decoding it as a Mapping would."""

    def first(self, name: str, rows: int) -> pa.Array | Lanes:
        """Return the first rows of one column, decoding little more where that can be."""
        return leading(self[name], rows)

    @abstractmethod
    def head(self, rows: int) -> dict[str, pa.Array | Lanes]:
        """Return the first rows of all columns, decoding little more."""


SEVERAL = -1  # the offset of rows that come from several containers


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of one container: an Arrow array or Lanes per column, all of ``rows`` length.

    ``container`` names the file (or frame); ``offset`` is the number of the first row in it, from
    0, or SEVERAL. A column that no row of this batch has is left out: it counts as absent.
    """

    rows: int
    columns: Mapping[str, pa.Array | Lanes]
    container: str
    offset: int

    def taken(self, rows: NDArray[np.int64]) -> Batch:
        """Return some rows as a batch, decoded."""
        some = pa.array(rows)
        columns = {
            name: values.taken(rows) if isinstance(values, Lanes) else values.take(some)
            for name, values in self.columns.items()
        }
        return Batch(len(rows), columns, self.container, self.offset)

    def first(self, name: str, rows: int) -> pa.Array | Lanes:
        """Return the first rows of a column that is there."""
        if isinstance(self.columns, Lazy):
            return self.columns.first(name, rows)
        return leading(self.columns[name], rows)

    def head(self, rows: int) -> Batch:
        """Return the first rows as a batch, decoded."""
        if rows >= self.rows and not isinstance(self.columns, Lazy):
            return self
        rows = min(rows, self.rows)
        if isinstance(self.columns, Lazy):
            return Batch(rows, self.columns.head(rows), self.container, self.offset)
        return self.taken(np.arange(rows))


class Part(Protocol):
    """A piece of a source that one worker reads alone, front to back."""

    @property
    def name(self) -> str:
        """Return the name of the container the part lies in."""

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows in order; count every event read in ``ledger``.

        Raises:
            InputError: the container is damaged or was changed while it was read.
        """


@dataclass(frozen=True, slots=True)
class Source:
    """One side of a comparison: parts to read, and what is known of it before reading.

    ``declared`` are the kinds that the container itself declares (Parquet, Arrow, frames), in its
    column order, empty for text containers. ``ledger`` holds what was found while looking for
    files (skipped ones). ``layout`` is the reason for the layout chosen, for the report.
    """

    name: str
    parts: tuple[Part, ...]
    declared: Mapping[str, Kind]
    ledger: Ledger
    layout: str = ""

    @property
    def rows(self) -> int | None:
        """Return how many rows there are, None where that is not known before reading."""
        counts: list[int | None] = [getattr(part, "known_rows", None) for part in self.parts]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None
