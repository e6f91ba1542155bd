"""A constant ratio that is no known unit: an exchange rate, a discount, something counted twice.

On paired rows the ratio serve / train is taken as the one that most differing rows share, exactly
(a relative 2e-7, or the digits printed). It must hold in at least five differing rows of different
values and in 5 % of all differing rows, four times as often as the next ratio, and far more often
than if serve's values were dealt at random. A known unit is ``factor``'s.

It is never claimed from distributions alone: a population that grew has a ratio too.

It can be wrong on columns of few small whole numbers. Check which rate, tax or weight of that size
one of the two pipelines applies, and of which day.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Pair
from skewcheck.causes._numbers import Rows, formula, spelled
from skewcheck.causes._units import UNITS, question
from skewcheck.sides import Numbers
from skewcheck.statistics.agreement import common

TITLE = "a constant ratio"
COMPLEXITY = 3.0
DISTINCT = 5
SECOND = 4  # times as common as the next ratio
FROM_ONE = 1e-3  # a ratio nearer to 1 is a rounding or a lag
SURE = 0.01  # relative width of what the rows allow
ROUNDED = 2e-3  # a constant as near to a known one may be that one, rounded


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the ratio that most differing rows share."""
    rows = Rows.of(pair)
    if rows is None:
        return
    some = rows.differs & (rows.train != 0) & (rows.serve != 0)
    train, serve = rows.train[some], rows.serve[some]
    for reach in _reaches(rows, serve):
        ratio = _ratio(train, serve, reach, rows.total)
        claim = None if ratio is None or _known(ratio) else _claim(rows, ratio, pair.sides.numbers)
        if claim:
            yield claim
            return


def _reaches(rows: Rows, serve: Floats) -> Iterator[Floats]:
    """Yield how far serve may be off: float32, 6 digits, the decimals printed."""
    yield 2e-7 * np.abs(serve)
    yield 5e-6 * np.abs(serve)
    if rows.decimals is not None:
        yield np.full(len(serve), 0.5 * 10.0**-rows.decimals)


def _ratio(train: Floats, serve: Floats, reach: Floats, total: int) -> float | None:
    ends = (serve - reach) / train, (serve + reach) / train
    found = common(np.minimum(*ends), np.maximum(*ends))
    if found is None or found.rows < max(DISTINCT, 0.05 * total, SECOND * found.second):
        return None
    wide = found.high - found.low > SURE * abs(found.value)
    if wide or found.low - FROM_ONE <= 1 <= found.high + FROM_ONE:
        return None
    return found.value


def _known(ratio: float) -> bool:
    """Return whether another cause speaks of this ratio."""
    units = [1.0, -1.0, *UNITS, *(1 / unit for unit in UNITS)]
    return any(abs(ratio / unit - 1) <= 1e-6 for unit in units)


def _claim(rows: Rows, ratio: float, numbers: Numbers | None) -> Claim | None:
    statement = f"serve = {spelled(ratio)} × train"
    sql = f"{rows.t} * {ratio!r}"
    reason = _reason(ratio)
    if numbers is not None and abs(ratio * _largest(numbers) - 1) <= 1e-6:
        reason = "divided by train's largest value?"
    return formula(rows, lambda t: t * ratio, statement, reason, sql=sql, distinct=DISTINCT)


def _largest(numbers: Numbers) -> float:
    return float(numbers.upper[np.flatnonzero(numbers.train)[-1]])


def _reason(ratio: float) -> str:
    for unit in [*UNITS, *(1 / unit for unit in UNITS)]:
        if abs(ratio / unit - 1) <= ROUNDED:
            return f"{question(unit).rstrip('?')}, with a rounded constant?"
    if ratio in (2.0, 0.5):
        return "counted twice on one side?"
    return "an exchange rate, a tax or another unit?"
