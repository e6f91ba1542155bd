"""The arithmetic of rows still needed, shared by all effects."""

import math

import pytest

from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.rows import aim, each_side, more, rows_for, rows_without_event


@pytest.mark.parametrize(
    ("value", "target", "borderline"),
    [
        (0.0, 0.0, False),
        (0.05, 0.05, False),
        (0.09, 0.08, True),
        (0.1, 0.12, True),
        (0.11, 0.12, True),
        (0.13, 0.13, False),
    ],
)
def test_an_estimate_within_a_fifth_of_the_limit_is_moved_away(
    value: float, target: float, borderline: bool
) -> None:
    planned, moved = aim(value, 0.1)
    assert planned == pytest.approx(target) and moved == borderline


def test_serve_rows_make_up_what_train_leaves() -> None:
    assert rows_for(0.01, 200, 50) == RowsNeeded(200 - 50)


@pytest.mark.parametrize("n_train", [50, 100])
def test_no_serve_rows_help_when_train_alone_is_too_noisy(n_train: int) -> None:
    assert rows_for(0.01, n_train, 10**9) == RowsNeeded(None, 200 - n_train)


@pytest.mark.parametrize("s2", [0.0, -1.0, math.nan])
def test_an_unreachable_precision_needs_more_than_rows(s2: float) -> None:
    assert rows_for(s2, 100, 100, borderline=True) == RowsNeeded(None, None, True)


def test_an_advice_is_never_no_rows_at_all_nor_more_than_anyone_has() -> None:
    assert more(150.2, 100) == 51
    assert more(80.0, 100) == 10
    assert more(1.0, 1) == 1
    assert more(1e18, 1) is None and more(math.inf, 1) is None


def test_both_sides_are_brought_up_train_first() -> None:
    assert each_side(300, 100, 100) == RowsNeeded(None, 200)
    assert each_side(300, 500, 100) == RowsNeeded(200)


def test_the_rule_of_three() -> None:
    assert rows_without_event(0.001, 0.05) == pytest.approx(3 / 0.001, rel=0.01)
    assert rows_without_event(0.0, 0.05) == math.inf
    assert rows_without_event(1.0, 0.05) == 1.0
