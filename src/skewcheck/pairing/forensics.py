"""What became of the keys of both sides. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many rows and keys there are, and how many rows were paired.

    ``keys`` are distinct whole keys, ``null`` the rows without a whole key (as of a time: or
    without a time), ``repeated`` the surplus rows of keys that occur on several rows. ``spelled``
    says, for each repair of the keys that would pair more rows, how many rows it would pair.
    """

    rows_train: int
    rows_serve: int
    keys_train: int
    keys_serve: int
    null_train: int
    null_serve: int
    repeated_train: int
    repeated_serve: int
    paired: int
    spelled: Mapping[str, int] = field(default_factory=dict)

    def merge(self, other: Coverage) -> Coverage:
        """Return the coverage of both lots, each with partners of its own."""
        repairs = sorted({*self.spelled, *other.spelled})
        return Coverage(
            self.rows_train + other.rows_train,
            self.rows_serve + other.rows_serve,
            self.keys_train + other.keys_train,
            self.keys_serve + other.keys_serve,
            self.null_train + other.null_train,
            self.null_serve + other.null_serve,
            self.repeated_train + other.repeated_train,
            self.repeated_serve + other.repeated_serve,
            self.paired + other.paired,
            {
                name: self.spelled.get(name, self.paired) + other.spelled.get(name, other.paired)
                for name in repairs
            },
        )
