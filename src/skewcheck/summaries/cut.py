"""Where a column is cut into a few coarse cells: for counting it many times over, by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]

NULL, NAN, OTHER, FIRST = 0, 1, 2, 3  # cells before the first value's
BINS = 20  # quantile bins of numbers
ATOM = 1 / 40  # a value with this share is a cell of its own
LABELS = 24  # categories with a cell of their own


@dataclass(frozen=True, slots=True)
class Cut:
    """The coarse cells of a column: numbers between ``edges``, the named ``labels``, and the rest.

    Cell NULL holds null and absent, NAN NaN and infinities, OTHER values of another type and other
    categories; from FIRST on lie the numbers (one cell more than edges), else the labels.
    """

    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()

    @classmethod
    def of_numbers(cls, values: NDArray[np.float64], alone: Iterable[float] = ()) -> Cut:
        """Return the cut into quantile bins of these numbers, frequent ones and ``alone`` apart."""
        seen = np.sort(values[np.isfinite(values)])
        first = np.flatnonzero(seen != np.append(np.nan, seen)[:-1])
        counts = np.diff(first, append=len(seen))
        edges = {*alone, *seen[first[counts >= max(2.0, ATOM * len(seen))]].tolist()}
        places = np.arange(1, BINS) * len(seen) // BINS
        quantiles = set(seen[places].tolist()) if len(seen) else set()
        with np.errstate(over="ignore"):  # beyond the largest number there is none
            above = {float(np.nextafter(edge, np.inf)) for edge in edges} - {np.inf}
        return cls(tuple(sorted(edges | above | quantiles)))

    @classmethod
    def of_labels(cls, values: Iterable[str], alone: Iterable[str] = ()) -> Cut:
        """Return the cut into the most frequent of these categories, and ``alone``."""
        counts = Counter(values)
        often = sorted(counts, key=lambda label: (-counts[label], label))[:LABELS]
        return cls(labels=tuple(dict.fromkeys([*alone, *often])))

    @property
    def cells(self) -> int:
        """Return how many cells there are."""
        return FIRST + (len(self.labels) or len(self.edges) + 1)

    def numbers(self, values: NDArray[np.float64]) -> Codes:
        """Return the cell of each number."""
        if self.labels:
            return np.full(len(values), OTHER, np.int64)
        codes: Codes = FIRST + np.searchsorted(np.array(self.edges), values, side="right")
        codes[~np.isfinite(values)] = NAN
        return codes

    def texts(self, values: Iterable[str]) -> Codes:
        """Return the cell of each text."""
        places = {label: FIRST + place for place, label in enumerate(self.labels)}
        return np.array([places.get(value, OTHER) for value in values], np.int64)

    def named(self, cell: int) -> str:
        """Return what a cell holds, in words."""
        if cell < FIRST:
            return ("null", "NaN or infinite", "other")[cell]
        if self.labels:
            return self.labels[cell - FIRST]
        place = cell - FIRST
        low = self.edges[place - 1] if place else -np.inf
        high = self.edges[place] if place < len(self.edges) else np.inf
        return f"{low:.6g}" if np.nextafter(low, np.inf) == high else f"{low:.6g} … {high:.6g}"
