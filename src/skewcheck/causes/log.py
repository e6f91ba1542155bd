"""A logarithm or an exponential applied on one side only.

Tried are log, log1p, log10, log2, exp, expm1, 10^x and 2^x of train. On paired rows serve must be
exactly that, in at least three differing rows of different values and 5 % of all differing rows,
and far more often than if serve's values were dealt at random.

Without pairs the distributions must agree once train is mapped, and must have been far apart
before (half of the rows, zeros aside): near 1 a logarithm is little more than a shift, which
populations do.

It can be wrong between relatives: log and log1p of large values are alike, and then both are told.
Check which step of the feature pipeline transforms the column, and whether it runs on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._functions import Named, claims, grid_claims
from skewcheck.sides import Sides

TITLE = "logarithm or exponential"
COMPLEXITY = 2.0
MISSED = "a transform that one side skips?"
TWICE = "a transform undone on one side only?"

FUNCTIONS = (
    Named("log(train)", MISSED, np.log, "ln(CASE WHEN {0} > 0 THEN {0} END)"),
    Named("log1p(train)", MISSED, np.log1p, "ln(CASE WHEN {0} > -1 THEN 1 + {0} END)"),
    Named("log10(train)", MISSED, np.log10, "log10(CASE WHEN {0} > 0 THEN {0} END)"),
    Named("log2(train)", MISSED, np.log2, "log2(CASE WHEN {0} > 0 THEN {0} END)"),
    Named("exp(train)", TWICE, np.exp, "exp(CASE WHEN {0} < 700 THEN {0} END)"),
    Named("expm1(train)", TWICE, np.expm1, "exp(CASE WHEN {0} < 700 THEN {0} END) - 1"),
    Named("10 ^ train", TWICE, lambda t: 10.0**t, "pow(10, CASE WHEN {0} < 300 THEN {0} END)"),
    Named("2 ^ train", TWICE, lambda t: 2.0**t, "pow(2, CASE WHEN {0} < 1000 THEN {0} END)"),
)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the functions that turn train's cells into serve's."""
    return claims(pair, FUNCTIONS)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the functions that turn train's distribution into serve's."""
    return grid_claims(sides, FUNCTIONS)
