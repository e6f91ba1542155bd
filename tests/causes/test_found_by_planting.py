"""What the planted suite of benchmarks/causes found, each kept as a case of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from skewcheck.causes import Context
from skewcheck.diagnosis import diagnose, diagnose_grids
from skewcheck.pairing.comparing import compared, differing
from skewcheck.pairing.request import Request
from skewcheck.statistics.agreement import exactly
from skewcheck.summaries.parity import Tolerance
from tests.causes.making import pair, sides

RNG = np.random.default_rng(7)
AMOUNTS = np.round(RNG.gamma(2.0, 30.0, 2000) + 1, 2)
COUNTS = np.rint(RNG.gamma(2.0, 30.0, 2000))


def keyed(train: Sequence[Any], serve: Sequence[Any]) -> list[str]:
    """Return the causes that are named where rows are paired."""
    return [cause.name for cause in diagnose(pair(train, serve), Context())]


def unkeyed(train: Sequence[Any], serve: Sequence[Any]) -> list[str]:
    """Return the cause that is named where only the distributions are known."""
    both = sides(train, serve)
    return [cause.name for cause in diagnose_grids(both, {both.name: both})]


def part(values: np.ndarray, made: np.ndarray, share: float) -> list[Any]:
    """Return the values, a random share of the rows exchanged for others."""
    chosen = np.random.default_rng(3).random(len(values)) < share
    return list(np.where(chosen, made, values).tolist())


def test_a_whole_number_that_became_null_differs() -> None:
    train, serve = pa.array([1, 2, 3]), pa.array([1, None, 3])
    assert differing(compared(train, serve, Tolerance())).tolist() == [False, True, False]
    assert differing(compared(serve, train, Tolerance())).tolist() == [False, True, False]
    assert not differing(compared(serve, serve, Tolerance())).any()


def test_a_request_may_hold_a_frame() -> None:
    frame = pl.DataFrame({"x": [1]})
    assert Request(frame).over(Request()).offline is frame
    assert Request().over(Request(frame, repairs=("case",))).repairs == ("case",)


def test_an_infinite_or_immense_expectation_agrees_with_nothing() -> None:
    seen = np.array([1.0, 311.0, 501.0])
    with np.errstate(over="ignore"):
        found = exactly(10 ** np.array([0.0, 310.0, 300.0]), seen)
    assert found.tolist() == [True, False, False]


def test_one_more_is_no_power_of_ten_where_many_are_zero() -> None:
    train = np.where(np.arange(2000) % 4 == 0, 0.0, COUNTS * 10)
    assert keyed(train.tolist(), (train + 1).tolist()) == ["offset"]


def test_random_months_are_not_shifted_in_a_circle() -> None:
    months = RNG.integers(1, 13, 2000)
    dealt = np.random.default_rng(2).permutation(months)
    assert "hour_shift" not in keyed(months.tolist(), part(months, dealt, 0.015))


def test_a_shift_of_two_neighbouring_hours_is_still_found() -> None:
    hours = RNG.integers(0, 24, 2000)
    summer = np.arange(2000) % 2
    assert keyed(hours.tolist(), ((hours + 4 + summer) % 24).tolist())[:1] == ["hour_shift"]


def test_nulls_that_moved_are_no_values_lost() -> None:
    values: list[float | None] = AMOUNTS.tolist()
    values[::3] = [None] * len(values[::3])
    dealt = [values[i] for i in np.random.default_rng(1).permutation(len(values))]
    assert keyed(values, dealt) == ["permuted"]
    lost = [None if i % 7 == 1 else value for i, value in enumerate(values)]
    assert keyed(values, lost) == ["nulled"]


@pytest.mark.parametrize("zeros", [0.0, 0.3])
def test_values_of_rows_that_agree_may_be_dealt_to_others(zeros: float) -> None:
    values = np.where(RNG.random(2000) < zeros, 0.0, AMOUNTS)
    dealt = np.random.default_rng(5).permutation(values)
    assert keyed(values.tolist(), part(values, dealt, 0.2)) == ["permuted"]
    assert keyed(values.tolist(), dealt.tolist()) == ["permuted"]


def test_a_lag_in_a_slow_column_is_not_dealt_at_random() -> None:
    slow = np.round(np.cumsum(RNG.normal(0, 1, 2000)), 3)
    lagged = np.roll(slow, 60)
    assert "permuted" not in keyed(slow.tolist(), lagged.tolist())


def test_small_noise_on_few_rows_is_not_rounding() -> None:
    noisy = COUNTS + RNG.normal(0, 12, len(COUNTS))
    for start in range(0, 2000, 40):
        some = slice(start, start + 40)
        train = np.concatenate([COUNTS[some], COUNTS]).tolist()
        serve = np.concatenate([noisy[some], COUNTS]).tolist()
        assert "rounding" not in keyed(train, serve)


def test_a_fill_is_found_beside_a_factor_although_only_zeros_are_left() -> None:
    values: list[float | None] = COUNTS.tolist()
    values[::5] = [None] * len(values[::5])
    served = [0.0 if value is None else value * 100 for value in values]
    assert set(keyed(values, served)) == {"factor", "filled"}


@pytest.mark.parametrize("share", [0.2, 0.5])
@pytest.mark.parametrize(("name", "factor"), [("factor", 100.0), ("factor", 3600.0), ("sign", -1)])
def test_a_factor_on_a_part_of_the_rows_shows_without_pairs(
    name: str, factor: float, share: float
) -> None:
    other = np.round(np.random.default_rng(9).gamma(2.0, 30.0, 2000) + 1, 2)
    assert unkeyed(AMOUNTS.tolist(), part(other, other * factor, share)) == [name]


def test_a_second_population_far_away_is_no_factor() -> None:
    for seed, (middle, spread) in enumerate([(2e4, 300.0), (3e3, 900.0), (1e6, 4e5)]):
        rng = np.random.default_rng(seed)
        other = np.abs(rng.normal(middle, spread, 2000))
        assert unkeyed(AMOUNTS.tolist(), part(rng.permutation(AMOUNTS), other, 0.3)) == []


def test_nulls_that_became_the_mean_show_without_pairs() -> None:
    train: list[float | None] = AMOUNTS.tolist()
    train[::5] = [None] * len(train[::5])
    other = np.random.default_rng(4).permutation(AMOUNTS).tolist()
    other[::5] = [float(AMOUNTS.mean())] * len(other[::5])
    assert unkeyed(train, other) == ["filled"]
    assert unkeyed(train, np.random.default_rng(4).permutation(AMOUNTS).tolist()) == []


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_zero_and_one_in_words_show_without_pairs(share: float) -> None:
    flags = (RNG.random(2000) < 0.3).astype(int)
    words = np.array(["no", "yes"], object)[flags]
    assert unkeyed(flags.tolist(), part(flags.astype(object), words, share)) == ["boolean_spelling"]
    assert unkeyed(flags.tolist(), np.where(flags, "yes", "maybe").tolist()) == []
    assert unkeyed(flags.tolist(), ["yes"] * 1500 + ["no"] * 500) == []


def test_new_labels_show_although_a_rare_one_is_missing() -> None:
    names = np.array(["a", "b", "c", "d"])
    drawn = RNG.choice(4, 4000, p=[0.5, 0.3, 0.199, 0.001])
    train, serve = drawn[:2000], drawn[2000:]
    serve = np.where(serve == 3, 0, serve)
    new = np.array(["41", "17", "88"])
    assert unkeyed(names[train].tolist(), new[serve].tolist()) == ["relabelling"]


def test_blanks_at_the_end_are_white_space_and_no_ending() -> None:
    names = np.array(["one", "two", "three", "four"], object)[RNG.choice(4, 4000)]
    assert unkeyed(names[:2000].tolist(), part(names[2000:], names[2000:] + "  ", 0.5)) == [
        "whitespace"
    ]


@pytest.mark.parametrize("share", [0.2, 1.0])
@pytest.mark.parametrize("form", ["%d.%m.%Y", "%Y-%d-%m"])
def test_days_in_another_format_show_without_pairs(form: str, share: float) -> None:
    days = np.datetime64("2013-01-01") + RNG.integers(0, 365, 4000)
    plain = np.array([str(day) for day in days], object)
    other = np.array([day.astype(object).strftime(form) for day in days[2000:]], object)
    served = part(plain[2000:], other, share)
    assert unkeyed(plain[:2000].tolist(), served) == ["date_format"]
    later = np.array([str(day + 365) for day in days[2000:]], object)
    assert unkeyed(plain[:2000].tolist(), later.tolist()) == []


def test_texts_cut_on_a_part_of_the_rows_show_without_pairs() -> None:
    names = np.array(["Married", "Never-married", "Divorced", "Separated for long"], object)
    drawn = names[RNG.choice(4, 4000, p=[0.4, 0.3, 0.2, 0.1])]
    cut = np.array([name[:8] for name in drawn[2000:]], object)
    assert unkeyed(drawn[:2000].tolist(), part(drawn[2000:], cut, 0.5)) == ["truncation"]


def test_padded_codes_are_not_called_relabelled_because_that_fits_the_noise_too() -> None:
    codes = RNG.geometric(0.06, 8000)
    padded = [f"{code:08d}" for code in codes[4000:].tolist()]
    assert unkeyed([str(code) for code in codes[:4000].tolist()], padded) == ["zero_padding"]


def test_one_value_that_became_two_is_no_function_of_it() -> None:
    assert unkeyed([1.0] * 2000, [1.0] * 1000 + [2.0] * 1000) == []


def test_a_flag_that_turned_is_turned_and_not_rounded() -> None:
    assert unkeyed([0] * 6000 + [1] * 100, [1] * 221 + [0] * 3) == ["sign"]
    assert unkeyed([1] * 221 + [0] * 3, [0] * 6000 + [1] * 100) == ["sign"]


def test_a_rounding_to_tens_still_shows_without_pairs() -> None:
    other = np.random.default_rng(11).gamma(2.0, 9.0, 4000)
    tens = (np.round(other / 10) * 10).tolist()
    assert unkeyed(np.random.default_rng(12).gamma(2.0, 9.0, 4000).tolist(), tens) == ["rounding"]
