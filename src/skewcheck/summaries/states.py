"""What the cells of a column hold, counted before any coercion: nothing is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from skewcheck.summaries.gridspec import GridSpec, Row

PRESENT = ("number", "text", "true", "false", "datetime", "list", "other", "nan", "+inf", "-inf")


class States:
    """Counts by what a cell holds; two of them add up.

    ``absent`` (no such key), ``null``, ``number`` (finite), ``nan``, ``+inf``, ``-inf``, ``text``,
    ``true``, ``false``, ``datetime``, ``list``, ``other`` sum to the rows of the column. Of the
    texts, ``text:number``, ``text:boolean``, ``text:time`` count those that spell such a value and
    ``text:empty``, ``text:padded``, ``text:upper``, ``text:lower`` those of such a shape.
    """

    __slots__ = ("counts",)

    def __init__(self, counts: Counter[str] | None = None) -> None:
        """Start with these counts, by default none."""
        self.counts: Counter[str] = Counter() if counts is None else counts

    def add(self, state: str, n: int) -> None:
        """Add n cells of this state."""
        if n:
            self.counts[state] += n

    def __getitem__(self, state: str) -> int:
        """Return how many cells hold this."""
        return self.counts[state]

    @property
    def boolean(self) -> int:
        """Return how many cells hold true or false."""
        return self["true"] + self["false"]

    @property
    def numeric(self) -> int:
        """Return how many cells hold a number, NaN and infinities among them."""
        return self["number"] + self["nan"] + self["+inf"] + self["-inf"]

    @property
    def present(self) -> int:
        """Return how many cells hold a value: neither null nor absent."""
        return sum(self[state] for state in PRESENT)

    @property
    def rows(self) -> int:
        """Return how many rows the column has, absent ones among them."""
        return self.present + self["null"] + self["absent"]

    def merge(self, other: States) -> States:
        """Return the counts of both."""
        return States(self.counts + other.counts)

    def subtract(self, other: States) -> States:
        """Return the counts without the other's."""
        return States(self.counts - other.counts)

    def encode(self) -> Iterator[Row]:
        """Yield the counts in the profile's long form."""
        for state in sorted(self.counts):
            yield 0, state, None, self.counts[state]

    @classmethod
    def decode(cls, _spec: GridSpec, rows: Iterable[Row]) -> States:
        """Return the states that ``rows`` described."""
        return cls(Counter({label or "": n for _, label, _, n in rows}))

    def __eq__(self, other: object) -> bool:
        """Return whether both count the same."""
        return isinstance(other, States) and +self.counts == +other.counts

    __hash__ = None  # type: ignore[assignment]  # changes as it counts
