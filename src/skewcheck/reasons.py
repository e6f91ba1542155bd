"""What is known of a column that differs: causes, where and when, skew or drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skewcheck.causes import Aligned, Cause, Context, Pair
from skewcheck.diagnosis import diagnose, diagnose_grids
from skewcheck.location import Location
from skewcheck.origin import BAD, Shift, shift
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.neighbours import Neighbours
from skewcheck.pairing.pairs import Pairs
from skewcheck.policy import Policy
from skewcheck.sides import Sides
from skewcheck.verdict import Outcome, Verdict

ASKED = (*BAD, Outcome.INCONCLUSIVE)  # rows that differ have a cause before they are enough


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a column differs, where it does, and whether the pipeline or the population did it."""

    causes: tuple[Cause, ...] = ()
    where: Location | None = None
    shift: Shift | None = None


def reasons(
    sides: Sequence[Sides],
    verdict: Verdict,
    policy: Policy,
    pairs: Pairs | None,
    where: Mapping[str, Location],
) -> dict[str, Reasons]:
    """Return the reasons for every column that does not pass, or whose rows are paired."""
    others = {side.name: side for side in sides if side.role.compared}
    context = Context(tuple(_aligned(lot, others) for lot in pairs.neighbours) if pairs else ())
    found: dict[str, Reasons] = {}
    for name, side in others.items():
        outcome = verdict.column(name)
        if outcome not in BAD and side.pairs is None:
            continue
        causes = _causes(side, others, context) if outcome in ASKED else ()
        moved = shift(side, verdict.columns.get(name, ()), causes, policy)
        found[name] = Reasons(causes, where.get(name), moved)
    for side in sides:
        if side.decisions and side.name in where:
            found[side.name] = Reasons((), where[side.name], None)
    return found


def _causes(side: Sides, others: Mapping[str, Sides], context: Context) -> tuple[Cause, ...]:
    """Return the causes; rows that are paired and agree say that there is none in the pipeline."""
    if side.pairs is None or not side.pairs.counts.pairs:
        return diagnose_grids(side, others)
    if not side.pairs.counts.mismatches:
        return ()
    return diagnose(_pair(side, side.pairs), context)


def _pair(side: Sides, column: PairColumn) -> Pair:
    samples = differing, agreeing = (column.differing, column.agreeing)
    train = differing.train.joined(agreeing.train)
    serve = differing.serve.joined(agreeing.serve)
    return Pair(
        side.name,
        side.kind,
        train,
        serve,
        np.repeat([True, False], [len(sample) for sample in samples]),
        column.counts.mismatches / column.counts.pairs,
        np.concatenate([sample.time for sample in samples]),
        side,
    )


def _aligned(lot: Neighbours, others: Mapping[str, Sides]) -> Aligned:
    columns = {
        name: Pair(
            name,
            others[name].kind,
            train,
            serve,
            differs,
            float(differs.mean()) if len(differs) else 0.0,
            lot.rows.time,
            others[name],
        )
        for name, (train, serve, differs) in lot.cells.items()
        if name in others
    }
    _, group = np.unique(lot.group, return_inverse=True)
    return Aligned(lot.by, group, columns)
