"""Why a column differs, one file each; the file's name is the cause's name.

A cause has ``TITLE`` (a few words), ``COMPLEXITY`` (1 is the simplest; of two that explain as much
the simpler one wins) and one or both of

- ``on_pairs(pair, context)``: claims tested on rows that both sides have,
- ``on_grids(sides, others)``: claims tested on the two distributions where no row is paired.

It yields every claim that it can put forward; ``diagnosis`` chooses. A claim that does not explain
the data is not yielded. The module docstring is the cause's manual page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skewcheck.pairing.cells import Cells
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.sql import ident, literal

__all__ = [
    "Aligned",
    "Cause",
    "Cells",
    "Claim",
    "Context",
    "GridClaim",
    "Pair",
    "ident",
    "literal",
]

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Pair:
    """Pairs of one column: a sample of the rows that differ and one of those that agree.

    ``differs`` says which are which (the two samples are not in proportion: ``rate`` is the true
    share of differing rows); ``kind`` is what train holds; ``time`` is the event time in seconds,
    NaN where unknown; ``sides`` are the distributions of all rows of the column.
    """

    name: str
    kind: Kind
    train: Cells
    serve: Cells
    differs: Mask
    rate: float
    time: Floats
    sides: Sides

    def taken(self, rows: Mask) -> Pair:
        """Return the pair of some rows."""
        return Pair(
            self.name,
            self.kind,
            self.train.taken(rows),
            self.serve.taken(rows),
            self.differs[rows],
            self.rate,
            self.time[rows],
            self.sides,
        )


@dataclass(frozen=True, slots=True)
class Aligned:
    """The same rows of all columns, in order of ``group`` and then of ``time`` and log order.

    A group is an entity (``by`` is "entity": all its rows in order of time) or a run of events
    that stand one after the other in the log (``by`` is "order"). ``group`` numbers them.
    """

    by: str
    group: NDArray[np.int64]
    columns: Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class Context:
    """What a cause may look at beside its own column."""

    aligned: tuple[Aligned, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A hypothesis that holds on pairs.

    ``holds`` says for each row of the pair whether serve is what the hypothesis makes of train
    (also for rows that agree); None where it was tested on aligned rows, then ``explains`` is the
    share of the differing ones. ``chance`` is the share that it would explain by luck.

    ``statement`` is what serve is, in a few words without the share (``serve = 100 × train``);
    ``reason`` is the likely mistake as a question, perhaps empty; ``condition`` is a DuckDB
    predicate over ``t`` (train's row) and ``s`` (serve's row) that finds the rows, built with
    ``ident`` and ``literal``, never by pasting foreign text. ``function`` maps train's numbers,
    where the claim is that serve is a function of them.
    """

    statement: str
    reason: str
    condition: str
    holds: Mask | None = None
    explains: float = 0.0
    chance: float = 0.0
    function: Function | None = None


@dataclass(frozen=True, slots=True)
class GridClaim:
    """A hypothesis that holds on the two distributions, without pairs.

    ``explains`` is the share of the difference (KS or divergence) that is gone once train is
    mapped, 0 to 1; ``condition`` is a DuckDB predicate over serve's row ``s``, or empty;
    ``function`` is as in a Claim.
    """

    statement: str
    reason: str
    explains: float
    condition: str = ""
    function: Function | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """A claim that was chosen: which cause, and the share of the difference it explains.

    ``explains`` is the share of the differing rows (``paired``) or of the difference between the
    distributions. ``condition`` is the claim's. ``also`` are other statements that the data do not
    tell from this one. ``curve`` are (train, serve) along train's quantiles, where the cause is
    that serve is a function of train.
    """

    name: str
    statement: str
    reason: str
    explains: float
    paired: bool
    condition: str = ""
    also: tuple[str, ...] = field(default=())
    curve: tuple[tuple[float, float], ...] = ()
