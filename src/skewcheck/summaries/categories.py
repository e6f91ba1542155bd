"""Exact counts of text values, up to a cap beyond which a column is free text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from skewcheck.summaries.gridspec import GridSpec, Row

CAP = 65_536  # distinct values counted exactly
LONGEST = 200  # characters of a name; a longer value is named by its start and a digest
DIGEST = 16  # hexadecimal digits


class Categories:
    """Counts per text value; two of them add up.

    Past CAP distinct values the counts are given up for good and ``counts`` is None: the column
    holds ids or free text. Whether that happens depends on the rows alone, not on their order.
    """

    __slots__ = ("counts",)

    def __init__(self, counts: dict[str, int] | None = None) -> None:
        """Start with no value."""
        self.counts: dict[str, int] | None = {} if counts is None else counts

    def add(self, values: Iterable[str], counts: Iterable[int]) -> None:
        """Count each value as often as said."""
        if self.counts is None:
            return
        have = self.counts
        for value, n in zip(values, counts, strict=True):
            name = value if len(value) <= LONGEST else shortened(value)
            have[name] = have.get(name, 0) + n
        if len(have) > CAP:
            self.counts = None

    def merge(self, other: Categories) -> Categories:
        """Return the counts of both."""
        merged = Categories(None if self.counts is None else dict(self.counts))
        merged.counts = None if self.counts is None else merged.counts
        if other.counts is None:
            merged.counts = None
        else:
            merged.add(other.counts.keys(), other.counts.values())
        return merged

    def subtract(self, other: Categories) -> Categories:
        """Return the counts without the other's, which must be copies of some that stay."""
        left = Categories()
        left.counts = None if self.counts is None else dict(self.counts)
        if left.counts is not None and other.counts is not None:
            for value, n in other.counts.items():
                left.counts[value] -= n
        return left

    def encode(self) -> Iterator[Row]:
        """Yield the counts in the profile's long form."""
        if self.counts is None:
            yield -1, None, None, 0
            return
        for value in sorted(self.counts):
            yield 0, value, None, self.counts[value]

    @classmethod
    def decode(cls, _spec: GridSpec, rows: Iterable[Row]) -> Categories:
        """Return the categories that ``rows`` described."""
        categories = cls()
        for cell, value, _, n in rows:
            if cell == -1:
                categories.counts = None
                break
            assert categories.counts is not None
            categories.counts[value or ""] = n
        return categories

    def __eq__(self, other: object) -> bool:
        """Return whether both count the same."""
        return isinstance(other, Categories) and self.counts == other.counts

    __hash__ = None  # type: ignore[assignment]  # changes as it counts


def shortened(value: str) -> str:
    """Return the start of a long value and a digest that tells it from others, LONGEST in all."""
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=DIGEST // 2).hexdigest()
    return f"{value[: LONGEST - DIGEST - 2]}…#{digest}"
