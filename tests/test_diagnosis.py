"""Of all claims the one that explains most is chosen, of those the simplest, then what is left."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skewcheck.causes import Aligned, Cause, Claim, Context, Pair
from skewcheck.diagnosis import MOST, _best, _cause, _Rated, diagnose
from skewcheck.pairing.cells import cells
from skewcheck.schema import Kind, Role
from skewcheck.sides import Sides
from tests.tables import pair as sides_of

N = 4000
RNG = np.random.default_rng(3)
VALUES = RNG.lognormal(3, 1, N).round(2)


def paired(train: np.ndarray, serve: np.ndarray) -> Pair:
    """Return the pair of two columns of numbers, NaN as null."""
    left, right = (pa.array(side, from_pandas=True) for side in (train, serve))
    differs = ~((train == serve) | (np.isnan(train) & np.isnan(serve)))
    return Pair(
        "x",
        Kind.NUMBER,
        cells(left),
        cells(right),
        differs,
        float(differs.mean()),
        np.full(len(train), np.nan),
        sides_of(left, right),
    )


def causes(train: np.ndarray, serve: np.ndarray) -> tuple[Cause, ...]:
    return diagnose(paired(train, serve), Context())


def rated(name: str, complexity: float, share: float, statement: str = "") -> _Rated[Claim]:
    return _Rated(name, complexity, Claim(statement or name, "", ""), share)


def test_a_factor_is_named_with_its_share() -> None:
    part = np.arange(N) % 5 == 0
    found = causes(VALUES, np.where(part, VALUES * 100, VALUES))
    assert [(c.name, c.statement, c.explains) for c in found] == [
        ("factor", "serve = 100 × train", 1.0)
    ]


def test_equal_columns_have_no_cause() -> None:
    assert causes(VALUES, VALUES.copy()) == ()


def test_values_drawn_anew_have_no_cause_but_that_they_belong_to_other_rows() -> None:
    fresh = RNG.lognormal(3, 1, N).round(2)
    assert {cause.name for cause in causes(VALUES, fresh)} <= {"permuted"}


def test_a_second_cause_is_sought_in_the_rows_that_the_first_leaves() -> None:
    holes = np.where(np.arange(N) % 3 == 0, np.nan, VALUES)
    served = np.where(np.isnan(holes), 0.0, holes * 100)
    found = {cause.name: cause.explains for cause in causes(holes, served)}
    assert set(found) == {"factor", "filled"}
    assert found["factor"] == pytest.approx(2 / 3, abs=0.01)
    assert found["filled"] == pytest.approx(1 / 3, abs=0.01)
    assert list(found) == ["factor", "filled"]  # the greatest first
    assert sum(found.values()) == pytest.approx(1.0)


def test_rows_that_nothing_explains_are_not_claimed() -> None:
    odd = np.arange(N) % 2 == 0
    served = np.where(odd, VALUES * 100, RNG.lognormal(3, 1, N).round(2))
    found = causes(VALUES, served)
    assert found[0].name == "factor" and found[0].explains == pytest.approx(0.5, abs=0.02)
    assert sum(cause.explains for cause in found) <= 1.02 and len(found) <= MOST


def test_no_cause_is_named_for_one_row_or_two() -> None:
    served = VALUES.copy()
    served[:2] += [3.25, 17.5]
    assert causes(VALUES, served) == ()


def test_the_order_of_the_rows_changes_nothing() -> None:
    holes = np.where(np.arange(N) % 3 == 0, np.nan, VALUES)
    served = np.where(np.isnan(holes), 0.0, holes * 100)
    order = RNG.permutation(N)
    assert causes(holes, served) == causes(holes[order], served[order])


def test_of_claims_as_good_the_simpler_one_wins() -> None:
    found = _best([rated("affine", 2, 1.0), rated("factor", 1, 0.99)])
    assert found is not None and found.name == "factor"


def test_a_simple_claim_that_explains_clearly_less_loses() -> None:
    found = _best([rated("affine", 2, 1.0), rated("factor", 1, 0.9)])
    assert found is not None and found.name == "affine"


def test_there_is_no_best_of_nothing() -> None:
    assert _best([]) is None


def test_what_the_data_do_not_tell_apart_is_said() -> None:
    claims = [rated("a", 1, 1.0), rated("b", 1, 0.998), rated("c", 1, 0.9), rated("d", 3, 1.0)]
    best = _best(claims)
    assert best is not None and best.name == "a"
    column = Sides("x", Role.FEATURE, None, None, 0, 0)
    assert _cause(best, claims, column, paired=True).also == ("b",)


def test_a_claim_on_aligned_rows_is_weighed_by_its_share() -> None:
    lagged = np.roll(VALUES, 1)
    one = paired(VALUES, lagged)
    runs = np.zeros(N, np.int64)
    context = Context((Aligned("order", runs, {"x": one}),))
    found = diagnose(one, context)
    assert found[0].name == "previous_row" and found[0].explains > 0.9


def test_one_mistake_made_in_two_ways_is_told_twice() -> None:
    found = causes(VALUES, np.where(np.arange(N) % 2 == 0, VALUES * 100, VALUES * 1000))
    assert {c.statement for c in found} == {"serve = 100 × train", "serve = 1000 × train"}
    assert all(c.explains == pytest.approx(0.5, abs=0.01) for c in found)
