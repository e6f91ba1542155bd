"""The largest change of a cell: which one, how sure, and a value that train never had."""

import numpy as np
import pytest
from hypothesis import given

from skewcheck.statistics.intervals import ShareDifference, newcombe
from skewcheck.statistics.linfinity import l_infinity
from tests.statistics.cases import counts, tables


def test_the_cell_that_changed_most_is_named_with_its_change() -> None:
    effect = l_infinity(counts(500, 300, 200), counts(50, 20, 30))
    assert effect.cell == 1
    assert effect.changes[effect.cell] == pytest.approx(-0.1)
    assert effect.value == pytest.approx(0.1)


def test_the_upper_bound_is_the_worst_newcombe_bound_of_any_cell() -> None:
    train, serve = counts(5000, 3000, 2000), counts(500, 200, 300)
    worst = max(
        max(abs(end) for end in newcombe(int(a), 10_000, int(b), 1000))
        for a, b in zip(train, serve, strict=True)
    )
    assert l_infinity(train, serve).bounds()[1] == pytest.approx(worst)


def test_the_lower_bound_pays_for_every_cell_and_both_directions() -> None:
    train, serve = counts(5000, 3000, 2000), counts(500, 200, 300)
    effect = l_infinity(train, serve)
    alone = [
        ShareDifference(int(a), 10_000, int(b), 1000) for a, b in zip(train, serve, strict=True)
    ]
    best = max(
        max(
            newcombe(c.x_train, c.n_train, c.x_serve, c.n_serve, level=0.05 / 6)[0],
            -newcombe(c.x_train, c.n_train, c.x_serve, c.n_serve, level=0.05 / 6)[1],
        )
        for c in alone
    )
    assert effect.bounds()[0] == pytest.approx(best)
    assert effect.p_above(0.02) == pytest.approx(6 * min(c.p_above(0.02) for c in alone), rel=1e-6)


def test_a_value_that_train_never_had_fails_however_large_train_is() -> None:
    train, serve = np.full(40, 10**6, dtype=np.int64), np.full(40, 50, dtype=np.int64)
    train[0], serve[0] = 0, 200
    effect = l_infinity(train, serve)
    assert effect.cell == 0 and effect.p_above(0.05) < 1e-6


def test_a_handful_of_rare_values_does_not_fail() -> None:
    train = np.append(counts(10**6), np.zeros(50, dtype=np.int64))
    serve = np.append(counts(150), np.ones(50, dtype=np.int64))
    assert l_infinity(train, serve).changes[1:].max() == pytest.approx(0.005)
    assert np.all(l_infinity(train[1:] + 1, serve[1:]).p_above(0.01) == 1.0)


@given(pair=tables(cells=30))
def test_the_value_is_the_largest_difference_of_shares(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    p, q = (side / side.sum() for side in pair)
    assert l_infinity(*pair).value == pytest.approx(np.abs(p - q).max())
