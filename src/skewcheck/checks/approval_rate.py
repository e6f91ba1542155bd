"""Difference of the approval rates that follow from the policy's decisions.

The score may move a little and change nothing, or move a little at the threshold and change much:
this is the share of requests that the decisions of `[decisions]` approve. Where train has no score,
`approval_rate` in the policy says what the model was trained to give. Where so many of the highest
scores are chosen whatever they are, the rate cannot move and is not measured.

Effect: absolute difference of the shares, 0 to 1. Interval: Newcombe (1998), method 10, with
Clopper-Pearson arms when counts are small. Undefined where train has neither score nor rate.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.column import ColumnProfile
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import ShareDifference

TITLE = "approval rate"
UNIT = "share"
RULE = Rule(fail=0.05, warn=0.02)
MODE = "decisions"
ON = "decision"
KNOWN = 10**9  # rows that a rate which is given stands for: it is no sample


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the difference of the approval rates."""
    decisions = sides.decisions
    if decisions is None or decisions.moving or sides.serve is None:
        return None
    approved, n_serve = approvals(sides.serve, decisions.approve)
    trained, n_train = approvals(sides.train, decisions.approve) if sides.train else (0, 0)
    rows = n_train
    if not n_train and decisions.trained is not None:
        trained, n_train = round(decisions.trained * KNOWN), KNOWN
    if not n_train or not n_serve:
        side = "serve" if n_train else "train"
        reason = f"{side} has no score to decide by"
        return Measured(Undefined(reason), rows, n_serve, required=False)
    difference = ShareDifference(trained, n_train, approved, n_serve)
    detail = {"train_share": trained / n_train, "serve_share": approved / n_serve}
    return Measured(difference, rows, n_serve, detail)


def approvals(side: ColumnProfile, approve: tuple[str, ...]) -> tuple[int, int]:
    """Return the rows that are approved, and all that are decided."""
    counts = side.categories.counts or {}
    return sum(counts.get(label, 0) for label in approve), sum(counts.values())
