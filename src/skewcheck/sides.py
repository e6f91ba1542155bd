"""The two sides of one column, laid on one grid: what every check and every chart reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skewcheck.column import ColumnProfile
from skewcheck.decisions import Decisions
from skewcheck.gains import Gains
from skewcheck.labelled import Labels
from skewcheck.manifest import Feature
from skewcheck.schema import Kind, Role

if TYPE_CHECKING:  # only a run that pairs rows loads these
    from skewcheck.pairing.column import PairColumn
    from skewcheck.pairing.pairs import Join
    from skewcheck.replay.parity import ScoreParity
    from skewcheck.timed import Timed

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

ATOM = 1 / 40  # a value with this share of a side is a cell of its own
STANDS_OUT = 128  # one in so many rows in one cell is a single value, unless other ones were seen
OFTEN = 5  # rows of train that make a value an atom: of a handful of rows, each would be one
SEEN = 10  # rows of serve that make a value an atom which train does not have
BINS = 20  # quantile bins of train between the atoms


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of both sides on common ordered cells; both sides have some.

    ``lower`` and ``upper`` are the edges of each cell in the column's unit; ``value`` stands for
    the cell: exact where ``pure`` (every number looked at in the cell was this one), else the
    middle. ``train`` and ``serve`` count rows.
    """

    lower: Values
    upper: Values
    value: Values
    pure: NDArray[np.bool_]
    train: Counts
    serve: Counts

    @property
    def radius(self) -> Values:
        """Return how far a number may be from its cell's value."""
        wide = np.maximum(self.upper - self.value, self.value - self.lower)
        return np.where(self.pure, 0.0, wide)


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of both sides over named cells.

    ``labels`` name the cells (a value, a range ``low … high``, ``null``); ``ordered`` marks the
    cells that may be merged with their neighbours.
    """

    labels: tuple[str, ...]
    train: Counts
    serve: Counts
    ordered: NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """One column seen from train and from serve; a side that lacks the column has None.

    ``pairs`` are the rows that both sides have, ``unpaired`` serve's rows without a partner where
    these are a lot; ``join`` is how the rows were paired. All None where nothing was paired.
    ``decisions`` say what the values of a decision stand for, ``gains`` what those of the value of
    decisions are made of, None for any other column;
    ``declared`` is what the policy says of the feature, ``frozen`` whether it lists all of them.
    ``labels`` are what is known of the truth next to a score, ``replayed`` how it agrees with the
    model's answers, ``timed`` the response times of a latency column; None for any other.
    """

    name: str
    role: Role
    train: ColumnProfile | None
    serve: ColumnProfile | None
    rows_train: int
    rows_serve: int
    pairs: PairColumn | None = None
    unpaired: ColumnProfile | None = None
    join: Join | None = None
    decisions: Decisions | None = None
    declared: Feature | None = None
    frozen: bool = False
    labels: Labels | None = None
    timed: Timed | None = None
    replayed: ScoreParity | None = None
    gains: Gains | None = None

    @property
    def kind(self) -> Kind:
        """Return what train holds, or serve where train holds nothing."""
        kinds = [side.kind for side in (self.train, self.serve) if side]
        return next((kind for kind in kinds if kind is not Kind.EMPTY), Kind.EMPTY)

    @property
    def both(self) -> tuple[ColumnProfile, ColumnProfile] | None:
        """Return both sides, or None when one lacks the column."""
        return (self.train, self.serve) if self.train and self.serve else None

    @cached_property
    def numbers(self) -> Numbers | None:
        """Return the numbers of both sides on common cells; None when a side has no number."""
        if not self.both or self.kind is not Kind.NUMBER:
            return None
        train, serve = (side.numbers for side in self.both)
        serve = serve.regrid(train.spec)
        (cells_t, n_t), (cells_s, n_s) = train.counts(), serve.counts()
        if not len(cells_t) or not len(cells_s):
            return None
        cells = union(cells_t, cells_s)
        lower, upper = train.spec.edges(cells)
        value, pure = lower / 2 + upper / 2, np.zeros(len(cells), np.bool_)
        counts = spread_out(cells, cells_t, n_t), spread_out(cells, cells_s, n_s)
        self._name_atoms(cells, counts, value, pure)
        low, high = min(train.low, serve.low), max(train.high, serve.high)
        lower, upper = np.maximum(lower, low), np.minimum(upper, high)
        value = np.where(pure, value, np.clip(value, lower, upper))
        return Numbers(lower, upper, np.maximum.accumulate(value), pure, *counts)

    def _name_atoms(
        self,
        cells: Counts,
        counts: tuple[Counts, Counts],
        value: Values,
        pure: NDArray[np.bool_],
    ) -> None:
        """Put the exact value into every cell heavy enough that its value was looked at."""
        assert self.both
        heavy = (counts[0] * 1024 >= counts[0].sum()) | (counts[1] * 1024 >= counts[1].sum())
        places = np.flatnonzero(heavy)
        (exact, share), (other, other_share) = (
            side.atoms.values(cells[places]) for side in self.both
        )
        best = np.where(np.isnan(exact) | (other_share > share), other, exact)
        best = np.where(np.isnan(best), self._whole(cells[places]), best)
        named = ~np.isnan(best)
        value[places[named]] = best[named]
        # A side with rows in the cell must itself show that they are of this one value. The sample
        # can miss a value (in sorted data it does): a cell that stands out needs no witness.
        alone = [
            (seen == best) & (part == 1.0)
            | (n[places] == 0)
            | (np.isnan(seen) & (n[places] * STANDS_OUT >= n.sum()))
            for seen, part, n in ((exact, share, counts[0]), (other, other_share, counts[1]))
        ]
        pure[places] = alone[0] & alone[1]

    def _whole(self, cells: Counts) -> Values:
        """Return the only whole number in each cell, NaN where there is none or several."""
        assert self.train
        low, high = self.train.numbers.spec.edges(cells)
        # A cell reaches from its end nearer to the origin up to, and without, the farther one.
        first = np.where(cells < 0, np.floor(high), np.ceil(low))
        second = np.where(cells < 0, first - 1, first + 1)
        inside = np.where(cells < 0, first > low, first < high)
        several = np.where(cells < 0, second > low, second < high)
        return np.where(inside & ~several, first, np.nan)

    @cached_property
    def categories(self) -> Table | None:
        """Return both sides' counts per text or boolean value, most frequent first.

        None when a side lacks the column or holds more distinct texts than are counted exactly.
        """
        if not self.both or self.kind not in (Kind.TEXT, Kind.BOOLEAN):
            return None
        counts = [_named(side) for side in self.both]
        if counts[0] is None or counts[1] is None:
            return None
        train, serve = counts[0], counts[1]
        labels = sorted({*train, *serve}, key=lambda v: (-train.get(v, 0) - serve.get(v, 0), v))
        return Table(
            tuple(labels),
            np.array([train.get(v, 0) for v in labels], np.int64),
            np.array([serve.get(v, 0) for v in labels], np.int64),
            np.zeros(len(labels), np.bool_),
        )

    @cached_property
    def cells(self) -> Table | None:
        """Return the cells of the divergences: atoms, quantile bins, categories, null, NaN, type.

        None when the column has no comparable distribution (a side lacks it, ids, free text,
        times).
        """
        values = self._binned() if self.kind is Kind.NUMBER else self.categories
        if values is None or not self.both:
            return None
        rest = [self._beside(side) for side in self.both]
        names = [name for name in rest[0] if rest[0][name] or rest[1][name]]
        return Table(
            (*values.labels, *names),
            np.concatenate([values.train, [rest[0][name] for name in names]]).astype(np.int64),
            np.concatenate([values.serve, [rest[1][name] for name in names]]).astype(np.int64),
            np.concatenate([values.ordered, np.zeros(len(names), np.bool_)]),
        )

    def _beside(self, side: ColumnProfile) -> dict[str, int]:
        """Return the counts of what is no value of the column's kind."""
        states, kind = side.states, self.kind
        numbers = states.numeric + states["text:number"]
        named = states["text"] + states.boolean
        other = states.present - (numbers if kind is Kind.NUMBER else named)
        rest = {"null": states["null"] + states["absent"], "another type": other}
        if kind is Kind.NUMBER:
            rest |= {"NaN": states["nan"], "infinity": states["+inf"] + states["-inf"]}
        return rest

    def _binned(self) -> Table | None:
        """Return the numbers in train's quantile bins, every atom of either side on its own."""
        numbers = self.numbers
        if numbers is None:
            return None
        train, serve = numbers.train, numbers.serve
        # A serve of few rows has no atom of its own: every row would be one.
        new = serve >= max(ATOM * serve.sum(), SEEN)
        atom = (train >= max(ATOM * train.sum(), OFTEN)) | new
        smooth = np.where(atom, 0, train)
        total = max(1, int(smooth.sum()))
        middle = (np.cumsum(smooth) - smooth / 2) / total
        bins = np.minimum((middle * BINS).astype(np.int64), BINS - 1)
        inside = np.flatnonzero(train)
        outside = np.arange(len(train))
        bins = np.where(outside < inside[0], -1, np.where(outside > inside[-1], BINS, bins))
        # A cell belongs to the group of its run: a bin that an atom interrupts is two groups.
        change = (np.diff(bins, prepend=bins[0]) != 0) | atom | np.roll(atom, 1)
        change[0] = True
        first = np.flatnonzero(change)
        last = np.append(first[1:], len(bins)) - 1
        labels = tuple(
            number(numbers.value[a]) if a == b else _range(numbers, a, b)
            for a, b in zip(first.tolist(), last.tolist(), strict=True)
        )
        return Table(
            labels,
            np.add.reduceat(train, first),
            np.add.reduceat(serve, first),
            ~atom[first],
        )


def union(some: Counts, others: Counts) -> Counts:
    """Return the cells of both lots in order; each lot is in order already."""
    both: Counts = np.sort(np.concatenate([some, others]), kind="stable")
    cells: Counts = both[np.append(True, both[1:] != both[:-1])]
    return cells


def spread_out(cells: Counts, some: Counts, counts: Counts) -> Counts:
    """Return counts of some cells laid out over all cells."""
    out = np.zeros(len(cells), np.int64)
    out[np.searchsorted(cells, some)] = counts
    return out


def _named(side: ColumnProfile) -> dict[str, int] | None:
    """Return the counts of a side per text or boolean value."""
    if side.categories.counts is None:
        return None
    counts = Counter(side.categories.counts)
    for boolean in ("true", "false"):
        counts[boolean] += side.states[boolean]
    return dict(+counts)


def number(value: float) -> str:
    """Return the shortest text that spells the value, as float32 where it is one."""
    with np.errstate(over="ignore"):
        narrow = np.float32(value)
    return f"{float(str(narrow)) if narrow == value else value:.15g}"


def _range(numbers: Numbers, first: int, last: int) -> str:
    return f"{numbers.lower[first]:.6g} … {numbers.upper[last]:.6g}"
