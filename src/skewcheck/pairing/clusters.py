"""Pairs by bucket of entities: rows of one customer are right or wrong together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skewcheck.breakdown import BUCKETS
from skewcheck.fingerprint import Hashes, mixed

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Pairs per bucket of entities: ``rows`` all of them, ``marked`` those that differ, by column.

    A bucket holds all pairs of the entities whose hash falls into it; buckets are independent of
    each other. A pair without an entity falls into one by its own hash.
    """

    rows: Counts
    marked: dict[str, Counts] = field(default_factory=dict)

    def merge(self, other: Clusters) -> Clusters:
        """Return the pairs of both lots."""
        merged = Clusters(self.rows + other.rows)
        nothing = np.zeros(BUCKETS, np.int64)
        for name in {**self.marked, **other.marked}:
            mine, theirs = (c.marked.get(name, nothing) for c in (self, other))
            merged.marked[name] = mine + theirs
        return merged


def buckets(entity: Hashes, known: NDArray[np.bool_], own: Hashes) -> Counts:
    """Return the bucket of each pair, from the hash of its entity or, unknown, of its key."""
    found: Counts = (mixed(np.where(known, entity, own)) % np.uint64(BUCKETS)).astype(np.int64)
    return found


def per_bucket(places: Counts) -> Counts:
    """Return the number of pairs in each bucket."""
    return np.bincount(places, minlength=BUCKETS)
