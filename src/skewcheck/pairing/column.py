"""One column of the paired rows: mergeable counts and samples of how serve differs from train."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.pairing.cells import Cells, cells
from skewcheck.pairing.comparing import CODE, compared, differing
from skewcheck.pairing.gathering import taken
from skewcheck.pairing.labels import labelled
from skewcheck.pairing.sample import Pairing, PairSample, Whole
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import GridSpec
from skewcheck.summaries.parity import Parity, ParityCounts, Tolerance

SAMPLE = 4096  # pairs that differ, and as many that agree, which causes are tested on
CONFUSED = 4096  # pairs of categories that are counted exactly
Confusion = Counter[tuple[str | None, str | None]]


class PairColumn:
    """What became of the pairs of one column; two of them merge.

    ``differences`` (serve - train) and ``ratios`` (serve / train) are grids over the pairs of
    different numbers; ``confusion`` counts (train, serve) texts that differ, None beyond CONFUSED;
    ``differing`` and ``agreeing`` are samples; ``reference`` is the profile of train's values.
    """

    def __init__(self, spec: ColumnSpec, tolerance: Tolerance) -> None:
        """Start with no pair; ``spec`` is that of train's column."""
        self.spec, self.tolerance = spec, tolerance
        self.counts = ParityCounts()
        self.differences, self.ratios = Grid(GridSpec()), Grid(GridSpec())
        self.confusion: Confusion | None = Counter()
        self.differing, self.agreeing = PairSample(SAMPLE), PairSample(SAMPLE)
        self.reference = ColumnProfile(spec)

    def add(
        self,
        train: pa.Array | Lanes,
        serve: pa.Array | Lanes,
        rows: Pairing,
        *,
        sampling: bool = True,
    ) -> NDArray[np.bool_]:
        """Count some pairs; return which of them differ.

        Without ``sampling`` those that agree are left to ``sample``: looking for the few to keep
        among all of them, again and again, costs as much as comparing them.
        """
        codes = compared(train, serve, self.tolerance)
        counts = np.bincount(codes[codes > 0], minlength=len(CODE))  # nearly all are EQUAL
        counts[CODE[Parity.EQUAL]] = len(codes) - counts.sum()
        self.counts.update({p: int(counts[code]) for p, code in CODE.items() if counts[code]})
        differs = differing(codes)
        if sampling:
            self._keep(self.agreeing, (train, serve), rows, codes < CODE[Parity.NULL_TRAIN])
        if not differs.any():
            return differs
        found = np.flatnonzero(differs)
        self._keep(self.differing, (train, serve), rows, differs)
        self._confuse(taken(train, found), taken(serve, found))
        apart = np.flatnonzero(codes == CODE[Parity.DIFFERENT])
        if len(apart):
            self._measure(cells_of_numbers(train, apart), cells_of_numbers(serve, apart))
        return differs

    def sample(self, train: pa.Array | Lanes, serve: pa.Array | Lanes, rows: Pairing) -> None:
        """Take into the sample those of some pairs that agree."""
        agree = compared(train, serve, self.tolerance) < CODE[Parity.NULL_TRAIN]
        self._keep(self.agreeing, (train, serve), rows, agree)

    @staticmethod
    def _keep(
        sample: PairSample,
        values: tuple[pa.Array | Lanes, pa.Array | Lanes],
        rows: Pairing,
        among: NDArray[np.bool_],
    ) -> None:
        wanted = sample.wanted(rows, among)
        if len(wanted):
            train, serve = (cells(taken(side, wanted)) for side in values)
            sample.add(rows.taken(wanted), train, serve)

    def _measure(self, train: NDArray[np.float64], serve: NDArray[np.float64]) -> None:
        with np.errstate(all="ignore"):
            apart, ratio = serve - train, serve / train
        self.differences.add(apart[np.isfinite(apart)])
        self.ratios.add(ratio[np.isfinite(ratio)])

    def _confuse(self, train: pa.Array | Lanes, serve: pa.Array | Lanes) -> None:
        named = np.flatnonzero(_named(train) | _named(serve))
        if self.confusion is None or not len(named):
            return
        sides = (labelled(taken(side, named)) for side in (train, serve))
        (left, t_codes), (right, s_codes) = sides
        both = t_codes.astype(np.int64) * len(right) + s_codes
        pairs, counts = np.unique(both, return_counts=True)
        if len(pairs) > CONFUSED:
            self.confusion = None
            return
        for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True):
            t, s = divmod(pair, len(right))
            self.confusion[left[t], right[s]] += n
        if len(self.confusion) > CONFUSED:
            self.confusion = None

    def merge(self, other: PairColumn) -> PairColumn:
        """Return what became of both lots of pairs."""
        merged = PairColumn(self.spec, self.tolerance)
        merged.counts = self.counts.merge(other.counts)
        merged.differences = self.differences.merge(other.differences)
        merged.ratios = self.ratios.merge(other.ratios)
        merged.confusion = None
        if self.confusion is not None and other.confusion is not None:
            confusion = self.confusion + other.confusion
            merged.confusion = confusion if len(confusion) <= CONFUSED else None
        merged.differing = self.differing.merge(other.differing)
        merged.agreeing = self.agreeing.merge(other.agreeing)
        merged.reference = self.reference.merge(other.reference)
        return merged


def tolerance_of(train: ColumnProfile) -> Tolerance:
    """Return the default tolerance: a billionth of train's interquartile range, or relative."""
    cells_, counts = train.numbers.counts()
    if not len(cells_):
        return Tolerance()
    low, high = train.numbers.spec.edges(cells_)
    ranks = np.searchsorted(np.cumsum(counts), np.array([0.25, 0.75]) * counts.sum())
    quartiles = (low / 2 + high / 2)[np.minimum(ranks, len(cells_) - 1)]
    return Tolerance(1e-9 * float(quartiles[1] - quartiles[0]))


def cells_of_numbers(values: pa.Array | Lanes, rows: Whole) -> NDArray[np.float64]:
    """Return the numbers of some rows, NaN where there is none."""
    found: Cells = cells(taken(values, rows))
    return found.numbers


def _named(values: pa.Array | Lanes) -> NDArray[np.bool_]:
    """Return which rows are of a text or a boolean: row by row, so that any lots add up."""
    if isinstance(values, Lanes):
        return np.isin(values.states, (State.TEXT, State.BOOLEAN))
    kind, types = values.type, pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    some = (types.is_string, types.is_large_string, types.is_string_view, types.is_boolean)
    return np.full(len(values), any(is_kind(kind) for is_kind in some))
