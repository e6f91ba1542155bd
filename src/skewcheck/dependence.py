"""How much days and customers make the rows of a column resemble each other, and what that costs.

A verdict that takes the rows of one day for independent fails more than half of the nights on a
day-to-day wobble of a tenth of a standard deviation. Train's own days say how much days differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from skewcheck.finding import Finding, Undefined
from skewcheck.pairing.clusters import Clusters
from skewcheck.profile import Profile
from skewcheck.statistics.blocks import (
    FEWEST,
    Design,
    Excess,
    Factor,
    Noise,
    between_buckets,
    between_days,
    block_length,
    blocks,
    of_marked,
)
from skewcheck.statistics.divergence import Divergence, JsDistance
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.widened import widened
from skewcheck.summaries.cut import FIRST, NAN, NULL, OTHER

DAY, BUCKET = "day", "bucket"
# The cell whose share a check compares; other checks take the mean of the column.
CELLS = {
    "null_rate": NULL,
    "new_nulls": NULL,
    "nan_rate": NAN,
    "new_nan": NAN,
    "type_errors": OTHER,
}
# Checks that compare one row with its partner, or a rule with each row: no sample of days.
APART = frozenset(
    {
        "absent",
        "key_spelling",
        "new_column",
        "null_keys",
        "repeated_keys",
        "row_parity",
        "unlogged_rows",
        "unpaired_lot",
        "unpaired_rows",
    }
)
CLUSTERED = ("flips", "row_parity")  # shares of the pairs
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Dependence:
    """The design of every compared column, and in words what could not be estimated.

    ``given`` is a design effect that the policy states: it takes the place of all estimates.
    """

    designs: Mapping[str, Design] = field(default_factory=dict)
    missing: tuple[Undefined, ...] = ()
    given: float | None = None

    def widen(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings, each with the uncertainty that its rows have."""
        for finding in findings:
            measure = finding.measure
            apart = finding.check in APART or (finding.check in CLUSTERED and self.given is None)
            if isinstance(measure, Undefined) or apart:
                yield finding
            else:
                yield _wide(finding, measure, *self._of(finding, measure))

    def _of(self, finding: Finding, measure: Inference) -> tuple[Factor, Noise | None]:
        if self.given is not None:
            return Factor(self.given), None
        design = self.designs.get(finding.subject.column)
        if design is None:
            return Factor(), None
        if isinstance(measure, Divergence | JsDistance):
            return design.typical(), design.noise(_cells(measure))
        typical, own = design.typical(), design.along(_weights(finding.check, design))
        return (own if own.deff > typical.deff or finding.check in CELLS else typical), None


def dependence(train: Profile, serve: Profile, *, given: float | None = None) -> Dependence:
    """Return the design of each column that both sides counted by day or by bucket of customers."""
    if given is not None:
        return Dependence(given=given)
    names = {n for side in (train, serve) for by in (DAY, BUCKET) for n in side.blocks.get(by, {})}
    length = _length(train, serve)
    designs = {}
    for name in sorted(names & train.columns.keys() & serve.columns.keys()):
        parts = [
            _days(train, name, length) if isinstance(length, int) else None,
            _buckets(train, serve, name),
        ]
        found = tuple(part for part in parts if part is not None)
        before, after = _shares(train, name), _shares(serve, name)
        if found and before is not None and after is not None:
            designs[name] = Design(before, after, train.rows, serve.rows, found)
    return Dependence(designs, _missing(train, serve, length))


def by_customer(findings: Iterable[Finding], clusters: Clusters) -> Iterator[Finding]:
    """Yield the findings, the shares of pairs that differ with the uncertainty of their customers.

    A customer whose feature is wrong is wrong in every request: a hundred flips of one are not a
    hundred pieces of evidence. The buckets of customers say how much they vary.
    """
    for finding in findings:
        measure, marked = finding.measure, clusters.marked.get(finding.subject.column)
        if isinstance(measure, Undefined) or finding.check not in CLUSTERED or marked is None:
            yield finding
        else:
            yield _wide(finding, measure, of_marked(marked, clusters.rows), None)


def _wide(finding: Finding, measure: Inference, factor: Factor, noise: Noise | None) -> Finding:
    wide = widened(measure, factor, noise)
    if wide is measure:
        return finding
    deff = factor.deff if noise is None else noise.g
    detail = {**finding.detail, "design_effect": round(deff, 2)}
    return replace(finding, measure=wide, detail=detail)


def _length(train: Profile, serve: Profile) -> int | Undefined:
    """Return the days per block of train, or why its days tell nothing."""
    days = len(train.groups.get(DAY, {}))
    if not days:
        return Undefined("train has no time column")
    length = block_length(days, max(1, len(serve.groups.get(DAY, {}))))
    if days // length < FEWEST:
        return Undefined(f"train covers {days} days, and at least {FEWEST} are needed")
    return length


def _missing(train: Profile, serve: Profile, length: int | Undefined) -> tuple[Undefined, ...]:
    missing = []
    if isinstance(length, Undefined):
        missing.append(Undefined(f"rows of one day are taken for independent: {length.reason}"))
    if BUCKET not in train.blocks and BUCKET not in serve.blocks:
        reason = "rows of one customer are taken for independent: no column names the customer"
        missing.append(Undefined(reason))
    return tuple(missing)


def _days(train: Profile, name: str, length: int) -> Excess | None:
    counts = _counts(train, DAY, name)
    return None if counts is None else between_days(blocks(counts, length))


def _buckets(train: Profile, serve: Profile, name: str) -> Excess | None:
    sides = [_counts(side, BUCKET, name) for side in (train, serve)]
    there = [counts for counts in sides if counts is not None]
    return between_buckets(*there) if there else None


def _counts(side: Profile, by: str, name: str) -> Counts | None:
    """Return the counts of a column's cells by group, None where there are none."""
    found = side.blocks.get(by, {}).get(name)
    if found is None:
        return None
    counts = found.matrix(side.plan.spec(name).cut.cells)[1]
    return counts if counts.sum() else None


def _shares(side: Profile, name: str) -> NDArray[np.float64] | None:
    """Return the share of each cell; a side that is not grouped has none of its own."""
    for by in (DAY, BUCKET):
        counts = _counts(side, by, name)
        if counts is not None:
            shares: NDArray[np.float64] = counts.sum(axis=0) / counts.sum()
            return shares
    return None


def _weights(check: str, design: Design) -> NDArray[np.float64]:
    """Return the weight of each cell in what a check compares."""
    size = len(design.train)
    if check in CELLS:
        return _one(size, CELLS[check])
    gap = design.serve - design.train
    if check == "l_infinity":
        return _one(size, int(np.abs(gap).argmax()))
    if check != "ks":
        return np.zeros(size)
    values = np.arange(size) >= FIRST
    middle = np.where(values, design.middle, 0.0)
    total = float(middle.sum()) or 1.0
    sides = [np.cumsum(np.where(values, side, 0.0)) for side in (design.train, design.serve)]
    ends = [side / (side[-1] or 1.0) for side in sides]
    below = np.arange(size) <= int(np.abs(ends[1] - ends[0]).argmax())
    # The distribution function is a share of the numbers, not of all rows.
    return np.where(values, below - float(middle[below].sum()) / total, 0.0)


def _one(size: int, cell: int) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = (np.arange(size) == cell).astype(np.float64)
    return weights


def _cells(measure: Divergence | JsDistance) -> int:
    return measure.divergence.cells if isinstance(measure, JsDistance) else measure.cells
