"""A constant factor between units: cents against dollars, kilometres against miles.

On paired rows serve must be train times (or divided by) a known constant, to a relative 1e-6 or to
the digits that serve is printed with, in at least three differing rows of different values and at
least 5 % of all differing rows, and far more often than if serve's values were dealt at random. A
zero stays zero under any factor, so rows that agree at 0 do not count against it. Serve may be
rounded or cut to decimals after the factor; then rows just beyond the reach of that rounding must
be rare, or the constant is not the one.

Without pairs the quantiles must differ by the constant, below the middle as above it, and the
distributions must agree once train is multiplied. Only common constants are tried, and one between
0.1 and 10 is claimed only where the scale is known to 2 %: there a population that grew looks the
same. On a part of the rows it is claimed where most of train, multiplied, lies beyond all of train,
and what serve has there is distributed so.

It can be wrong where two constants are nearly equal (1000 and 1024) and serve is rounded, or where
an unpaired population happened to grow by just that factor. Check: look up the unit in the code
that logs the column, and run the query on a few rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from skewcheck.causes import Claim, Context, Function, GridClaim, Pair
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows, formula, spelled
from skewcheck.causes._units import UNITS, question
from skewcheck.sides import Sides
from skewcheck.statistics.mapping import Scale, scale

TITLE = "a known factor between units"
COMPLEXITY = 1.0
FACTORS = tuple(f for unit in UNITS for f in (unit, 1 / unit))
RARE = {3.6, 4.184, 3.785411784, 8.0, 28.349523125, 365.25, 1.852, 1440.0}  # only on pairs
COMMON = tuple(f for unit in UNITS if unit not in RARE for f in (unit, 1 / unit))
CLOSE = 0.2  # of a logarithm: the constants worth a look


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the known factors that turn train's cells into serve's."""
    rows = Rows.of(pair)
    if rows is None:
        return
    with np.errstate(all="ignore"):
        ratios = rows.serve[rows.differs] / rows.train[rows.differs]
    for factor in FACTORS:
        close = np.abs(ratios - factor) <= CLOSE * factor
        if np.count_nonzero(close) >= 0.02 * len(ratios):  # the others cannot hold
            yield from _claimed(rows, factor)


def _claimed(rows: Rows, factor: float) -> Iterator[Claim]:
    statement, sql = f"serve = {shown(factor)}", f"{rows.t} * {factor!r}"
    claim = formula(rows, lambda t: t * factor, statement, question(factor), sql=sql)
    if claim:
        yield claim


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the known factors that turn train's distribution into serve's."""
    grids = Grids.of(sides)
    if not grids:
        return
    beyond = grids.beyond()
    yield from _first(scale(grids.train, grids.serve), grids.explained, "")
    if beyond is not None:
        yield from _first(scale(grids.train, beyond), grids.part, " on a part of the rows")


def _first(
    found: Scale | None, explained: Callable[[Function], float | None], where: str
) -> Iterator[GridClaim]:
    """Yield the factor nearest to the scale that was found, if it explains serve."""
    if not found or not -50 < found.log < 50:
        return
    for factor in sorted(filter(found.fits, COMMON), key=lambda f: _rank(f, found)):
        function = partial(np.multiply, factor)
        share = explained(function)
        if share is not None:
            words = f"serve = {shown(factor)}{where}"
            yield GridClaim(words, question(factor), share, function=function)
            return


def _rank(factor: float, found: Scale) -> float:
    """Return how far a factor is from the one seen, in errors, and how rare it is."""
    rare = 0.0 if math.log10(factor) == round(math.log10(factor)) else 0.5
    return abs(found.log - math.log(factor)) / max(0.01, found.error) + rare


def shown(factor: float) -> str:
    """Return train times a factor, as people write it."""
    if factor < 1 and 1 / factor in UNITS:
        return f"train / {spelled(1 / factor)}"
    return f"{spelled(factor)} × train"
