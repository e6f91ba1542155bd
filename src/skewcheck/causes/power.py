"""A square, a cube, a root or a reciprocal applied on one side only.

Tried are x², x³, √x, ∛x and 1/x of train. On paired rows serve must be exactly that, in at least
three differing rows of different values and 5 % of all differing rows, and far more often than if
serve's values were dealt at random.

Without pairs (x², √x and 1/x only) the distributions must agree once train is mapped, and must have
been far apart before (half of the rows, zeros aside): between 0 and 1 a power is little more than a
change of shape, which populations do.

Check whether a variance stands for a standard deviation, or miles per gallon for gallons per mile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._functions import Named, claims, grid_claims
from skewcheck.sides import Sides

TITLE = "square, root or reciprocal"
COMPLEXITY = 2.0
MISSED = "a transform that one side skips?"

FUNCTIONS = (
    Named("train²", "a variance against a standard deviation?", np.square, "{0} * {0}"),
    Named("√train", "a standard deviation against a variance?", np.sqrt,
          "sqrt(CASE WHEN {0} >= 0 THEN {0} END)"),
    Named("1 / train", "a rate against a duration, or a price in the other currency?",
          np.reciprocal, "1 / nullif({0}, 0)"),
    Named("train³", MISSED, lambda t: t**3, "pow({0}, 3)"),
    Named("∛train", MISSED, np.cbrt, "cbrt({0})"),
)  # fmt: skip


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the functions that turn train's cells into serve's."""
    return claims(pair, FUNCTIONS)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the functions that turn train's distribution into serve's."""
    return grid_claims(sides, FUNCTIONS[:3])  # a cube root is too near a logarithm
