"""What is known of the rows that both sides have. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skewcheck.pairing.cells import Cells
from skewcheck.pairing.clusters import Clusters
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.forensics import Coverage
from skewcheck.profile import Profile
from skewcheck.summaries.places import Places

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The same rows of every column: train, serve, differing; in order of group, time and log."""

    by: str
    rows: Positions  # places among the pairs
    group: NDArray[np.int64]
    time: NDArray[np.float64]
    cells: dict[str, tuple[Cells, Cells, NDArray[np.bool_]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Join:
    """How rows were paired: the key in words, with whom, and what came of it.

    ``offline``: the partner is an offline recomputation of the logged requests, so every request
    should have one; else it is TRAIN itself. ``as_of``: each request takes the latest row of its
    key before it. ``copies`` are the log events that were logged twice.
    """

    key: str
    coverage: Coverage
    offline: bool
    as_of: bool = False
    copies: int = 0

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


@dataclass
class Pairs:
    """All that was counted on the paired rows.

    ``rows`` are the places of all pairs, ``marked`` those of the differing rows of a column;
    ``unpaired`` is the profile of serve's rows without a partner, where these are a lot.
    ``sampled`` are the rows of train and of serve of some pairs, chosen by the hash of their key.
    ``clusters`` are the pairs by bucket of entities, None where no column names the entity.
    """

    join: Join
    rows: Places
    columns: dict[str, PairColumn] = field(default_factory=dict)
    marked: dict[str, Places] = field(default_factory=dict)
    neighbours: tuple[Neighbours, ...] = ()
    unpaired: Profile | None = None
    sampled: tuple[Positions, Positions] | None = None
    clusters: Clusters | None = None
