"""Skew or drift: whether the pipeline changed a column, or the population did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from skewcheck.causes import Cause
from skewcheck.checks import divergence
from skewcheck.finding import Undefined
from skewcheck.policy import Policy
from skewcheck.sides import Sides
from skewcheck.statistics.inference import Inference
from skewcheck.verdict import Judgement, Outcome, worst

# What a value that belongs to another row looks like: rows differ, distributions do not.
MISPLACED = frozenset({"stale", "previous_row", "permuted", "leaked_future"})
CHECK = "row_parity"
TYPE = "type_errors"  # the same value in another type: no population does that
BESIDE = (CHECK, "unpaired_lot")  # speak of the pairs, and of serve's rows alone
BAD = (Outcome.FAIL, Outcome.WARN)


class Origin(StrEnum):
    """Where the difference of a column comes from."""

    FINE = "fine"
    SKEW = "pipeline bug"
    MISPLACED = "stale or misjoined"
    DRIFT = "population moved"
    BOTH = "pipeline bug and population moved"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Shift:
    """The origin, and how far each part of it goes.

    ``moved`` is the divergence between train and the right values of serve's rows, ``seen`` that
    between train and the values served, in nats; ``explained`` is the share of what is seen that
    is the pipeline's doing. None where they cannot be measured.
    """

    origin: Origin
    seen: float | None = None
    moved: float | None = None

    @property
    def explained(self) -> float | None:
        """Return the share of the drift seen that the pairs explain, 0 to 1."""
        if not self.seen or self.moved is None:
            return None
        return min(1.0, max(0.0, 1.0 - self.moved / self.seen))


def shift(
    sides: Sides, judgements: Iterable[Judgement], causes: Iterable[Cause], policy: Policy
) -> Shift | None:
    """Return where the difference of a column comes from; None where no row is paired."""
    held = list(judgements)
    parity = worst(j.outcome for j in held if j.finding.check == CHECK)
    if sides.pairs is None or not sides.pairs.counts.pairs:
        return None
    drift = worst(j.outcome for j in held if j.finding.check not in BESIDE)
    seen, moved = _divergence(sides), _divergence(_population(sides))
    found = Shift(Origin.UNDECIDED, _value(seen), _value(moved))
    if parity in BAD:
        names = {cause.name for cause in causes}
        misplaced = names <= MISPLACED if names else drift is Outcome.PASS
        limit = policy.rule("divergence", sides.name, divergence.RULE).fail
        if drift not in BAD:
            return replace(found, origin=Origin.MISPLACED if misplaced else Origin.SKEW)
        if moved is not None and limit is not None and moved.p_above(limit) < policy.level:
            return replace(found, origin=Origin.BOTH)
        return replace(found, origin=Origin.SKEW)
    if parity is Outcome.PASS and drift in BAD:
        retyped = any(j.finding.check == TYPE and j.outcome in BAD for j in held)
        return replace(found, origin=Origin.SKEW if retyped else Origin.DRIFT)
    if parity is Outcome.PASS and drift is Outcome.PASS:
        return replace(found, origin=Origin.FINE)
    return found


def _population(sides: Sides) -> Sides:
    """Return train beside the right values of the rows that were served."""
    assert sides.pairs is not None
    right = sides.pairs.reference
    return Sides(sides.name, sides.role, sides.train, right, sides.rows_train, right.states.rows)


def _divergence(sides: Sides) -> Inference | None:
    measured = divergence.measure(sides, {})
    measure = measured.measure if measured else None
    return None if measure is None or isinstance(measure, Undefined) else measure


def _value(measure: Inference | None) -> float | None:
    return None if measure is None else measure.value
