"""What a planted mistake is, and when the data are enough to tell it: the rules of the suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import polars as pl
from numpy.typing import NDArray

ROWS = 20  # rows that a plant must change where rows are paired
DISTANCE = 0.15  # between the distributions where they are not
OUTSIDE = 0.8  # of the changed rows hold values that train has not: then a part can be told
VARIED = 5  # different values of train among the changed rows

Mask = NDArray[np.bool_]


class Unkeyed(Enum):
    """Whether a mistake can be told from two distributions."""

    NEVER = "no distribution shows it, or any population could move so"
    WHOLE = "only on all rows: a part of them looks like a population that moved"
    PARTS = "on all rows, or where 80 % of the changed values are none of train's"


@dataclass(frozen=True)
class Ground:
    """Where something is planted: a column of the right rows, in order of the log.

    ``train`` is the same column of the other half; ``period`` is (least value, length) where the
    column runs in a circle, ``date`` the format of a text that is a day; ``paired`` says whether
    rows will have partners.
    """

    name: str
    values: pl.Series
    train: pl.Series
    frame: pl.DataFrame
    entity: str | None
    period: tuple[int, int] | None
    date: str | None
    rng: np.random.Generator
    paired: bool = True

    @property
    def number(self) -> bool:
        """Return whether the column holds numbers."""
        return self.train.dtype.is_numeric()

    @property
    def text(self) -> bool:
        """Return whether the column holds texts."""
        return self.train.dtype == pl.String

    @property
    def different(self) -> int:
        """Return how many different values train has."""
        return self.train.drop_nulls().n_unique()

    @property
    def low(self) -> float:
        """Return train's least number."""
        return float(self.train.min())  # type: ignore[arg-type]  # of a column of numbers

    @property
    def high(self) -> float:
        """Return train's greatest number."""
        return float(self.train.max())  # type: ignore[arg-type]  # of a column of numbers

    @property
    def mean(self) -> float:
        """Return the mean of train's numbers."""
        return float(np.mean(self._numbers))

    @property
    def spread(self) -> float:
        """Return the standard deviation of train's numbers."""
        return float(np.std(self._numbers))

    @property
    def _numbers(self) -> NDArray[np.float64]:
        return self.train.drop_nulls().cast(pl.Float64).to_numpy()

    @property
    def whole(self) -> bool:
        """Return whether all of train's numbers are whole."""
        return bool((self.train.drop_nulls() % 1 == 0).all())

    @property
    def measured(self) -> bool:
        """Return whether the column holds numbers of many values that run in no circle."""
        return self.number and self.different >= 20 and not self.period and self.high > self.low


def share(rows: pl.Series) -> float:
    """Return how often a condition holds, rows where it is null left out."""
    known = rows.drop_nulls().to_numpy()
    return float(known.mean()) if len(known) else 0.0


@dataclass(frozen=True)
class Plant:
    """A mistake: which columns it fits, what it makes of them, which causes name it.

    ``causes`` are the names that are right; ``both`` asks for all of them instead of any as the
    first. ``prepared`` is done to both sides beforehand. ``changed`` returns the served column as
    it would be if all rows were hit, or None where the column turns out not to fit. ``rule`` says
    in words what ``certain`` asks beyond the rules for all, given the ground and the changed rows.
    ``parts`` is False for a mistake that is made on all rows or not at all, ``whole`` for one that
    is another mistake on all rows; ``on_time`` lets the event's time be a feature that may be hit,
    ``one_value`` says that the mistake leaves one value.
    """

    name: str
    causes: tuple[str, ...]
    fits: Callable[[Ground], bool]
    changed: Callable[[Ground], pl.Series | None]
    unkeyed: Unkeyed = Unkeyed.PARTS
    varied: int = VARIED
    rows: int = ROWS
    distance: float = DISTANCE
    parts: bool = True
    whole: bool = True
    both: bool = False
    on_time: bool = False
    one_value: bool = False
    prepared: Callable[[pl.Series, np.random.Generator], pl.Series] | None = None
    certain: Callable[[Ground, Mask], bool] | None = None
    rule: str = ""

    def strengths(self, all_of: tuple[float, ...]) -> tuple[float, ...]:
        """Return those shares of the rows that this mistake can hit."""
        return tuple(s for s in all_of if (self.whole if s >= 1 else self.parts))

    @property
    def benign(self) -> bool:
        """Return whether this is no mistake at all and must not be called one."""
        return not self.causes


def hit(ground: Ground, changed: pl.Series, strength: float) -> list[object] | pl.Series:
    """Return the served column with a random share of its rows changed.

    A column of two types (numbers, and texts where it was hit) comes back as a list.
    """
    right = ground.values
    chosen = ground.rng.random(len(right)) < strength
    if strength >= 1:
        return changed
    if right.dtype == changed.dtype or (right.dtype.is_numeric() and changed.dtype.is_numeric()):
        return changed.zip_with(pl.Series(chosen), right.cast(changed.dtype)).alias(right.name)
    both = zip(changed.to_list(), right.to_list(), chosen, strict=True)
    return [new if one else old for new, old, one in both]


def differing(right: pl.Series, served: list[object] | pl.Series) -> Mask:
    """Return which rows hold another value, leaving out what a float32 makes of a number."""
    if isinstance(served, list) or served.dtype != right.dtype:
        if not isinstance(served, list) and served.dtype.is_numeric() and right.dtype.is_numeric():
            return _apart(right, served)
        new = served if isinstance(served, list) else served.to_list()
        return np.array([a != b for a, b in zip(right.to_list(), new, strict=True)], bool)
    if right.dtype.is_float():
        return _apart(right, served)
    return right.ne_missing(served).to_numpy().astype(bool)


def _apart(right: pl.Series, served: pl.Series) -> Mask:
    old, new = (s.cast(pl.Float64).to_numpy() for s in (right, served))
    near = np.isclose(old, new, rtol=2e-6, atol=0.0, equal_nan=True)
    found: Mask = ~near
    return found


def outside(train: pl.Series, served: list[object] | pl.Series, rows: Mask) -> float:
    """Return the share of the changed rows whose value train does not have (numbers: lies beyond).

    Null counts as a value, and so does a text in a column of numbers.
    """
    new = served if isinstance(served, list) else served.to_list()
    hits = [value for value, row in zip(new, rows, strict=True) if row]
    if not hits:
        return 0.0
    if not train.dtype.is_numeric():
        known = set(train.to_list())
        return sum(value not in known for value in hits) / len(hits)
    low, high, nulls = train.min(), train.max(), train.null_count()
    beyond = [not nulls if v is None else isinstance(v, str) or not low <= v <= high for v in hits]
    return sum(beyond) / len(hits)


def distance(right: pl.Series, served: list[object] | pl.Series) -> float:
    """Return how far the column's distribution moved, 0 to 1.

    The Kolmogorov-Smirnov distance of numbers (nulls below all of them), the total variation of
    texts; of the same rows before and after, so that no chance is in it.
    """
    new = served if isinstance(served, list) else served.to_list()
    old = right.to_list()
    if right.dtype == pl.String or any(isinstance(value, str) for value in new):
        names = [str(value) for value in (*old, *new)]
        _, codes = np.unique(names, return_inverse=True)
        counts = [np.bincount(codes[part], minlength=codes.max() + 1) for part in _halves(old)]
        return float(np.abs(counts[0] - counts[1]).sum() / 2 / len(old))
    numbers = np.array([-np.inf if v is None else float(v) for v in (*old, *new)])
    levels = np.unique(numbers)
    shares = [
        np.searchsorted(np.sort(numbers[part]), levels, "right") / len(old) for part in _halves(old)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def single(served: list[object] | pl.Series, rows: Mask) -> bool:
    """Return whether nearly all changed rows hold one same value, so that it is a default too."""
    new = served if isinstance(served, list) else served.to_list()
    hits = [str(value) for value, row in zip(new, rows, strict=True) if row]
    return bool(hits) and max(Counter(hits).values()) >= OUTSIDE * len(hits)


def _halves(old: list[object]) -> tuple[slice, slice]:
    return slice(0, len(old)), slice(len(old), None)


def identifiable(
    plant: Plant, ground: Ground, served: list[object] | pl.Series, *, keyed: bool, strength: float
) -> bool:
    """Return whether the data are enough to tell this mistake, by rules that know no skewcheck."""
    rows = differing(ground.values, served)
    if np.count_nonzero(rows) < plant.rows:
        return False
    if ground.values.filter(pl.Series(rows)).n_unique() < plant.varied:
        return False
    if not plant.one_value and single(served, rows):
        return False
    if plant.certain is not None and not plant.certain(ground, rows):
        return False
    if keyed:
        return True
    if plant.unkeyed is Unkeyed.NEVER or distance(ground.values, served) < plant.distance:
        return False
    if strength >= 1:
        return True
    parts = plant.unkeyed is Unkeyed.PARTS
    return parts and outside(ground.train, served, rows) >= OUTSIDE
