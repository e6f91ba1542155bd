"""What is known of the rows that both sides have; what two lots of them know adds up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.errors import InputError
from skewcheck.pairing.clusters import Clusters
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.forensics import Coverage
from skewcheck.pairing.neighbours import Neighbours
from skewcheck.profile import Profile
from skewcheck.summaries.places import Places

Positions = NDArray[np.int64]
LOT = 1 / 100  # rows without a partner are looked at when there is this share of them


@dataclass(frozen=True, slots=True)
class Join:
    """How rows were paired: the key in words, with whom, and what came of it.

    ``offline``: the partner is an offline recomputation of the logged requests, so every request
    should have one; else it is TRAIN itself. ``as_of``: each request takes the latest row of its
    key before it. ``copies`` are the log events that were logged twice. ``partners`` are the names
    of the partner as the user gave them.
    """

    key: str
    coverage: Coverage
    offline: bool
    as_of: bool = False
    copies: int = 0
    partners: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Return whether pairs were asked for; with TRAIN itself they happen to be there."""
        return self.offline or self.as_of

    @property
    def requests(self) -> int:
        """Return the serve rows that may have a partner, copies and repeats counted once."""
        found = self.coverage
        return int(found.rows_serve if self.as_of else found.keys_serve + found.null_serve)

    @property
    def alone(self) -> int:
        """Return the requests without a partner."""
        return max(0, self.requests - self.coverage.paired)

    def merge(self, other: Join) -> Join:
        """Return the join of both lots; raise InputError where they were paired in two ways."""
        ways = [(join.key, join.offline, join.as_of) for join in (self, other)]
        if ways[0] != ways[1]:
            raise InputError(
                f"rows paired by {self.key} do not add up with rows paired by {other.key} or in "
                "another way",
                hint="profile all logs with the same --key, --offline and --as-of",
            )
        return replace(
            self,
            coverage=self.coverage.merge(other.coverage),
            copies=self.copies + other.copies,
            partners=tuple(sorted({*self.partners, *other.partners})),
        )


@dataclass
class Pairs:
    """All that was counted on the paired rows; two of them add up.

    ``rows`` are the places of all pairs, ``marked`` those of the differing rows of a column;
    ``unpaired`` is the profile of serve's rows without a partner, where there are any.
    ``sampled`` are the rows of train and of serve of some pairs, chosen by the hash of their key;
    they are places in the data of one run, so they are neither merged nor saved. ``clusters`` are
    the pairs by bucket of entities, None where no column names the entity, and not saved.
    """

    join: Join
    rows: Places
    columns: dict[str, PairColumn] = field(default_factory=dict)
    marked: dict[str, Places] = field(default_factory=dict)
    neighbours: tuple[Neighbours, ...] = ()
    unpaired: Profile | None = None
    sampled: tuple[Positions, Positions] | None = None
    clusters: Clusters | None = None

    @property
    def lot(self) -> Profile | None:
        """Return the profile of the rows without a partner where these are a lot beside others."""
        found, alone = self.join.coverage, self.unpaired
        some = alone is not None and found.paired and alone.rows >= LOT * found.rows_serve
        return alone if some else None

    def merge(self, other: Pairs) -> Pairs:
        """Return what was counted on both lots; raise InputError for lots paired in two ways."""
        merged = Pairs(self.join.merge(other.join), self.rows.merge(other.rows))
        for name in dict.fromkeys([*self.columns, *other.columns]):
            columns = [p.columns[name] for p in (self, other) if name in p.columns]
            merged.columns[name] = columns[0].merge(columns[-1]) if columns[1:] else columns[0]
            marked = [p.marked.get(name, Places()) for p in (self, other)]
            merged.marked[name] = marked[0].merge(marked[1])
        sorts = dict.fromkeys(lot.by for lot in (*self.neighbours, *other.neighbours))
        merged.neighbours = tuple(map(self._neighbours(other).__getitem__, sorts))
        alone = [p.unpaired for p in (self, other) if p.unpaired is not None]
        merged.unpaired = alone[0].merge(alone[1]) if alone[1:] else next(iter(alone), None)
        if self.clusters and other.clusters:
            merged.clusters = self.clusters.merge(other.clusters)
        return merged

    def _neighbours(self, other: Pairs) -> dict[str, Neighbours]:
        found = {lot.by: lot for lot in self.neighbours}
        for lot in other.neighbours:
            found[lot.by] = found[lot.by].merge(lot) if lot.by in found else lot
        return found

    def beside(self, alone: Profile) -> Pairs:
        """Return these pairs beside rows that were not paired at all: they lack a partner."""
        rows = alone.rows
        coverage = Coverage(0, rows, 0, rows, 0, 0, 0, 0, 0)
        join = replace(self.join, coverage=coverage, copies=0, partners=())
        return self.merge(Pairs(join, Places(), unpaired=alone))

    def encode(self) -> tuple[dict[str, Any], list[pa.Table]]:
        """Return the pairs as a saved profile holds them."""
        from skewcheck.pairing.saved import encode

        return encode(self)
