"""What became of pairs of values: equal, the same in another guise, or different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Parity(StrEnum):
    """How a value of serve compares with train's on the same row; the first ones agree."""

    EQUAL = "equal"
    FLOAT32 = "float32"
    PRINTED = "printed"
    TOLERATED = "tolerated"
    RETYPED = "retyped"
    NULL_TRAIN = "null_train"
    NULL_SERVE = "null_serve"
    OTHER_TYPE = "other_type"
    DIFFERENT = "different"
    UNSEEN = "unseen"

    @property
    def agrees(self) -> bool:
        """True where the two values say the same."""
        return self in AGREE


AGREE = frozenset(list(Parity)[:5])
DIFFER = frozenset(list(Parity)[5:9])


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far apart two numbers may be: ``absolute``, or ``relative`` to the larger one."""

    absolute: float = 0.0
    relative: float = 1e-6


class ParityCounts(Counter[Parity]):
    """Pairs per Parity; two of them add up. Lists and objects are UNSEEN: not compared."""

    @property
    def pairs(self) -> int:
        """Return the pairs that were compared."""
        return self._sum(AGREE | DIFFER)

    @property
    def mismatches(self) -> int:
        """Return the pairs that differ."""
        return self._sum(DIFFER)

    def merge(self, other: ParityCounts) -> ParityCounts:
        """Return the counts of both lots."""
        merged = ParityCounts(self)
        merged.update(other)
        return merged

    def _sum(self, some: Iterable[Parity]) -> int:
        return sum(self[parity] for parity in some)
