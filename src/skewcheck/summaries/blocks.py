"""Counts of a column's coarse cells by group of rows: day, bucket of entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from skewcheck.summaries.gridspec import GridSpec, Row

Codes = NDArray[np.int64]


class Blocks:
    """Counts of cells by group, cells as a Cut numbers them; two of them add up."""

    __slots__ = ("counts",)

    def __init__(self, counts: Mapping[str, Codes] | None = None) -> None:
        """Start with these counts, by default none; a group's are as long as its last cell."""
        self.counts: dict[str, Codes] = dict(counts or {})

    def add(self, labels: Sequence[str], groups: Codes, cells: Codes) -> None:
        """Count rows; ``groups`` are places in ``labels``, -1 for a row of no group."""
        width = int(cells.max(initial=0)) + 1
        shape = (len(labels) + 1, width)
        both = np.bincount((groups + 1) * width + cells, minlength=shape[0] * width).reshape(shape)
        for label, rows in zip(labels, both[1:], strict=True):
            if rows.any():
                self._add(label, rows)

    def _add(self, label: str, rows: Codes) -> None:
        have = self.counts.get(label)
        self.counts[label] = rows.copy() if have is None else _sum(have, rows)

    def matrix(self, cells: int) -> tuple[tuple[str, ...], Codes]:
        """Return the groups in order, and counts of shape (groups, cells)."""
        labels = tuple(sorted(self.counts))
        found = np.zeros((len(labels), cells), np.int64)
        for row, label in zip(found, labels, strict=True):
            row[: len(self.counts[label])] = self.counts[label]
        return labels, found

    def merge(self, other: Blocks) -> Blocks:
        """Return the counts of both."""
        merged = Blocks(self.counts)
        for label, rows in other.counts.items():
            merged._add(label, rows)
        return merged

    def subtract(self, other: Blocks) -> Blocks:
        """Return the counts without the other's."""
        left = Blocks(self.counts)
        for label, rows in other.counts.items():
            left._add(label, -rows)
        return left

    def encode(self) -> Iterator[Row]:
        """Yield the counts in the profile's long form."""
        for label in sorted(self.counts):
            rows = self.counts[label]
            for cell in np.flatnonzero(rows).tolist():
                yield cell, label, None, int(rows[cell])

    @classmethod
    def decode(cls, _spec: GridSpec, rows: Iterable[Row]) -> Blocks:
        """Return the blocks that ``rows`` described."""
        found: dict[str, dict[int, int]] = {}
        for cell, label, _, n in rows:
            found.setdefault(label or "", {})[cell] = n
        blocks = cls()
        for label, counts in found.items():
            made = np.zeros(max(counts) + 1, np.int64)
            made[list(counts)] = list(counts.values())
            blocks.counts[label] = made
        return blocks

    def __eq__(self, other: object) -> bool:
        """Return whether both count the same."""
        return isinstance(other, Blocks) and list(self.encode()) == list(other.encode())

    __hash__ = None  # type: ignore[assignment]  # changes as it counts


def _sum(some: Codes, others: Codes) -> Codes:
    long, short = (some, others) if len(some) >= len(others) else (others, some)
    found: Codes = long.copy()
    found[: len(short)] += short
    return found
