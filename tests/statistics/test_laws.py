"""What every effect size promises the judge, whatever it measures."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.statistics.cells import Counts
from tests.statistics.cases import EFFECTS, EXTREMES, Effect, counts, tables

LEVELS = st.sampled_from([0.4, 0.1, 0.05, 0.025, 0.01, 0.001, 1e-5])
few = settings(max_examples=40)
each_effect = pytest.mark.parametrize("effect", EFFECTS.values(), ids=EFFECTS.keys())
Pair = tuple[Counts, Counts]
OF_ONE_SIDE = {"share", "share of dependent rows", "share at every look"}
OF_ONE_CELL = {name for name in EFFECTS if name.startswith(("share", "increase"))}


@each_effect
@given(pair=tables(), limit=st.floats(0.0, 1.2), level=LEVELS)
@few
def test_a_bound_is_past_the_limit_exactly_when_its_p_value_is_small(
    effect: Effect, pair: Pair, limit: float, level: float
) -> None:
    inference = effect(*pair)
    low, high = inference.bounds(level)
    if abs(low - limit) > 1e-5:
        assert (low > limit) == (inference.p_above(limit) < level)
    if abs(high - limit) > 1e-5:
        assert (high < limit) == (inference.p_below(limit) < level)


@each_effect
@given(pair=tables(), level=LEVELS)
@few
def test_the_limit_at_a_bound_has_the_level_as_its_p_value_or_more(
    effect: Effect, pair: Pair, level: float
) -> None:
    inference = effect(*pair)
    low, high = inference.bounds(level)
    assert inference.p_above(low) >= level * (1 - 1e-4)
    if math.isfinite(high):
        assert inference.p_below(high) >= level * (1 - 1e-4)


@each_effect
@given(pair=tables(), limits=st.tuples(st.floats(0.0, 1.5), st.floats(0.0, 1.5)))
@few
def test_a_larger_limit_is_harder_to_exceed_and_easier_to_keep(
    effect: Effect, pair: Pair, limits: tuple[float, float]
) -> None:
    inference = effect(*pair)
    small, large = sorted(limits)
    assert inference.p_above(small) >= 0.0
    assert inference.p_above(small) <= inference.p_above(large) + 1e-9
    assert inference.p_below(small) >= inference.p_below(large) - 1e-9


@each_effect
@given(pair=tables())
@few
def test_the_value_lies_within_bounds_that_widen_as_the_level_shrinks(
    effect: Effect, pair: Pair
) -> None:
    inference = effect(*pair)
    ends = [inference.bounds(level) for level in (0.1, 0.05, 0.01, 1e-6)]
    lows, highs = zip(*ends, strict=True)
    assert list(lows) == sorted(lows, reverse=True)
    assert list(highs) == sorted(highs)
    assert 0.0 <= lows[0] <= inference.value + 1e-12
    assert inference.value <= highs[0] + 1e-12


@each_effect
@pytest.mark.parametrize("pair", EXTREMES.values(), ids=EXTREMES.keys())
def test_extreme_tables_give_numbers_never_nan_nor_a_warning(effect: Effect, pair: Pair) -> None:
    inference = effect(*pair)
    answers = [inference.value, inference.error, *inference.bounds(), *inference.bounds(1e-9)]
    for limit in (0.0, 1e-9, 0.1, 1.0, 7.0):
        answers += [inference.p_above(limit), inference.p_below(limit)]
        rows = inference.rows_needed(limit)
        assert rows.serve is None or rows.serve >= 0
        assert rows.train is None or rows.train > 0
    assert not any(math.isnan(answer) for answer in answers)


@each_effect
@pytest.mark.parametrize("rows", [1, 2, 4, 10])
def test_a_handful_of_equal_rows_never_passes(effect: Effect, rows: int) -> None:
    train, serve = counts(0, rows, rows), counts(0, rows, rows)
    assert effect(train, serve).p_below(0.1) >= 0.05


@each_effect
@pytest.mark.parametrize("rows", [1, 2, 3, 10])
def test_a_handful_of_rows_of_a_constant_never_passes(effect: Effect, rows: int) -> None:
    assert effect(counts(rows, 0), counts(rows, 0)).p_below(0.1) >= 0.05


@each_effect
@given(pair=tables(), limit=st.floats(0.001, 1.0))
@few
def test_no_further_rows_are_asked_for_exactly_when_the_verdict_is_there(
    effect: Effect, pair: Pair, limit: float
) -> None:
    inference = effect(*pair)
    there = inference.p_above(limit) < 0.05 or inference.p_below(limit) < 0.05
    assert (inference.rows_needed(limit).serve == 0) == there


@each_effect
@pytest.mark.parametrize("level", [0.0, 0.5, -0.1, 1.0, math.nan])
def test_a_level_that_is_not_one_sided_is_refused(effect: Effect, level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        effect(counts(50, 50), counts(40, 60)).bounds(level)


@pytest.mark.parametrize("name", sorted(EFFECTS.keys() - OF_ONE_SIDE))
@pytest.mark.parametrize("pair", [(counts(0, 0), counts(1, 1)), (counts(1, 1), counts(0, 0))])
def test_a_side_without_rows_is_refused(name: str, pair: Pair) -> None:
    with pytest.raises(ValueError, match="row"):
        EFFECTS[name](*pair)


@pytest.mark.parametrize("name", sorted(EFFECTS.keys() - OF_ONE_CELL))
@pytest.mark.parametrize("pair", [(counts(1, -1, 5), counts(1, 1, 1)), (counts(1), counts(1, 1))])
def test_a_table_with_a_negative_count_or_another_shape_is_refused(name: str, pair: Pair) -> None:
    with pytest.raises(ValueError, match="expected"):
        EFFECTS[name](*pair)


SYMMETRIC = [
    "js8",
    "psi",
    "js_distance",
    "ks of pure cells",
    "ks of mixed cells",
    "total variation",
    "wasserstein",
    "l_infinity",
    "share difference",
]


@pytest.mark.parametrize("name", SYMMETRIC)
@given(pair=tables())
@few
def test_a_distance_does_not_care_which_side_is_train(name: str, pair: Pair) -> None:
    one, other = EFFECTS[name](*pair), EFFECTS[name](*pair[::-1])
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert one.bounds() == pytest.approx(other.bounds(), abs=1e-9)


@pytest.mark.parametrize("name", ["js8", "psi", "js_distance", "total variation", "l_infinity"])
@given(pair=tables(), seed=st.integers(0, 99))
@few
def test_unordered_cells_may_come_in_any_order(name: str, pair: Pair, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(pair[0]))
    one, other = EFFECTS[name](*pair), EFFECTS[name](pair[0][order], pair[1][order])
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert one.bounds() == pytest.approx(other.bounds(), abs=1e-9)


EMPTY_CELLS = sorted(EFFECTS.keys() - {"wasserstein of wide cells", "quantile shift"})


@pytest.mark.parametrize("name", EMPTY_CELLS)
@given(pair=tables())
@few
def test_cells_empty_on_both_sides_change_nothing(name: str, pair: Pair) -> None:
    padded = (np.append(side, [0, 0]) for side in pair)
    one, other = EFFECTS[name](*pair), EFFECTS[name](*padded)
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert one.bounds() == pytest.approx(other.bounds(), abs=1e-9)
