"""Share of serve rows whose value is of another type than train's column.

A number logged as text ("12.5"), a boolean logged as 0 and 1 or as "yes", an object where a number
was: the model's code may cast it, silently or wrongly. ``detail`` says what was found instead.
Times written as text or as epoch numbers are not errors where train holds times: JSON has no
times.

Effect: increase of the share of rows with a value of another type, 0 to 1. Interval: Newcombe's
hybrid of two Clopper-Pearson intervals. Undefined when serve has no value.
"""

from __future__ import annotations

from collections.abc import Mapping

from skewcheck.checks import Measured
from skewcheck.column import ColumnProfile
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.statistics.increase import ShareIncrease

TITLE = "values of another type"
UNIT = "share"
RULE = Rule(fail=0.001)


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of rows whose value is not of train's kind."""
    if not sides.both or not sides.both[0].states.present:
        return None
    train, serve = sides.both
    n, m = sides.rows_train, sides.rows_serve
    if not serve.states.present:
        return Measured(Undefined("serve has no value"), n, m)
    wrong = [sum(_others(side, sides.kind).values()) for side in (train, serve)]
    detail = {"train": sides.kind.value, "found": _others(serve, sides.kind)}
    return Measured(ShareIncrease.of(wrong[0], n, wrong[1], m), n, m, detail)


def _others(side: ColumnProfile, kind: Kind) -> dict[str, int]:
    """Return the counts of values of other kinds, in words."""
    states = side.states
    text = states["text"]
    spelled = {
        "numbers as text": states["text:number"],
        "booleans as text": states["text:boolean"],
    }
    counts = {
        Kind.NUMBER: {"numbers": states.numeric},
        Kind.BOOLEAN: {"booleans": states.boolean},
        Kind.DATETIME: {"times": states["datetime"]},
        Kind.LIST: {"lists or objects": states["list"] + states["other"]},
        Kind.TEXT: {**spelled, "texts": text - sum(spelled.values())},
    }
    if kind is Kind.TEXT:
        counts[Kind.TEXT] = {}
    if kind is Kind.DATETIME:
        counts[Kind.NUMBER] = {}
        counts[Kind.TEXT] = {"texts": text - states["text:time"]}
    return {
        name: n
        for other, some in counts.items()
        if other is not kind
        for name, n in some.items()
        if n
    }
