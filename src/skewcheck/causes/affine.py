"""A known change of scale and zero: degrees Celsius, Fahrenheit and Kelvin.

On paired rows serve must be train in another of these units, to a relative 1e-6 or to the digits
printed, in at least three differing rows of different values and 5 % of all differing rows, and
far more often than if serve's values were dealt at random.

Without pairs the distributions must agree once train is converted, the spread must have changed by
the factor of the conversion, and train must be a temperature that occurs (-90 to 150 °C).

It can be wrong where a column that is no temperature happens to obey the same line; the query
shows the rows. Check the unit of the sensor or feed on each side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from skewcheck.causes import Claim, Context, Floats, GridClaim, Pair
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows, formula
from skewcheck.sides import Sides

TITLE = "temperature units"
COMPLEXITY = 1.5
EARTHLY = -90.0, 150.0  # °C
SCALES = {"Celsius": (0.0, 1.0), "Kelvin": (273.15, 1.0), "Fahrenheit": (32.0, 1.8)}
SPREAD = 0.05  # error of the spread within which it is that of the conversion


@dataclass(frozen=True, slots=True)
class _Conversion:
    serve: str
    train: str
    words: str
    function: Callable[[Floats], Floats]
    sql: str
    slope: float

    @property
    def reason(self) -> str:
        return f"degrees {self.serve} against {self.train}?"


CONVERSIONS = (
    _Conversion("Fahrenheit", "Celsius", "1.8 × train + 32", lambda t: t * 1.8 + 32,
                "{} * 1.8 + 32", 1.8),
    _Conversion("Celsius", "Fahrenheit", "(train - 32) / 1.8", lambda t: (t - 32) / 1.8,
                "({} - 32) / 1.8", 1 / 1.8),
    _Conversion("Kelvin", "Celsius", "train + 273.15", lambda t: t + 273.15,
                "{} + 273.15", 1.0),
    _Conversion("Celsius", "Kelvin", "train - 273.15", lambda t: t - 273.15,
                "{} - 273.15", 1.0),
    _Conversion("Kelvin", "Fahrenheit", "(train + 459.67) / 1.8", lambda t: (t + 459.67) / 1.8,
                "({} + 459.67) / 1.8", 1 / 1.8),
    _Conversion("Fahrenheit", "Kelvin", "1.8 × train - 459.67", lambda t: t * 1.8 - 459.67,
                "{} * 1.8 - 459.67", 1.8),
)  # fmt: skip


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the conversions that turn train's cells into serve's."""
    rows = Rows.of(pair)
    for c in CONVERSIONS if rows else ():
        assert rows
        sql = c.sql.format(rows.t)
        claim = formula(rows, c.function, f"serve = {c.words}", c.reason, sql=sql)
        if claim:
            yield claim


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the conversions that turn train's distribution into serve's."""
    grids = Grids.of(sides)
    for c in CONVERSIONS if grids else ():
        assert grids
        if not (_spread_fits(grids, c.slope) and _earthly(grids, c)):
            continue
        share = grids.explained(c.function)
        if share is not None:
            yield GridClaim(f"serve = {c.words}", c.reason, share, function=c.function)


def _spread_fits(grids: Grids, slope: float) -> bool:
    levels = np.array([0.1, 0.9])
    train, serve = (float(np.diff(w.quantiles(levels))[0]) for w in (grids.train, grids.serve))
    return train > 0 and abs(serve / train / slope - 1) <= SPREAD


def _earthly(grids: Grids, conversion: _Conversion) -> bool:
    """Return whether train's usual values are temperatures."""
    usual = grids.train.quantiles(np.array([0.05, 0.95]))
    zero, degree = SCALES[conversion.train]
    low, high = ((usual - zero) / degree).tolist()
    return bool(EARTHLY[0] <= low and high <= EARTHLY[1])
