from __future__ import annotations

import numpy as np
import pytest

from skewcheck.causes import Context, default, filled, nulled
from skewcheck.diagnosis import diagnose, diagnose_grids
from tests.causes.making import pair, sides
from tests.causes.planted import CODES, labels, numbers, some_null


def test_nulls_filled_and_values_lost_are_both_found() -> None:
    rng = np.random.default_rng(1)
    train = some_null(rng, 4_000)
    serve = [0.0 if v is None else None if v < 30 and rng.random() < 0.5 else v for v in train]
    assert {c.name for c in diagnose(pair(train, serve), Context())} == {"filled", "nulled"}


def test_nulls_filled_with_zero_beside_a_factor_of_100_are_two_causes() -> None:
    rng = np.random.default_rng(2)
    train = some_null(rng, 4_000)
    serve = [0.0 if v is None else 100 * v for v in train]
    assert {c.name for c in diagnose(pair(train, serve), Context())} == {"filled", "factor"}


def test_nulls_that_hold_real_values_are_no_fill() -> None:
    rng = np.random.default_rng(3)
    truth = [float(v) for v in rng.choice([0, 0, 0, 1, 2, 3], 2_000)]
    train = [None if hole else v for v, hole in zip(truth, rng.random(2_000) < 0.3, strict=True)]
    assert list(filled.on_pairs(pair(train, truth), Context())) == []


def test_the_value_that_became_null_is_named() -> None:
    rng = np.random.default_rng(4)
    train = [0.0 if rng.random() < 0.2 else v for v in numbers(rng, 2_000)]
    serve = [None if v == 0.0 else v for v in train]
    (claim,) = nulled.on_pairs(pair(train, serve), Context())
    assert claim.statement == "serve is null where train is 0"
    (cause,) = diagnose_grids(sides(train, serve), {})
    assert (cause.name, cause.statement) == ("nulled", "serve is null where train is 0")


def test_an_empty_text_read_as_null_is_named() -> None:
    rng = np.random.default_rng(5)
    train = labels(["", *CODES[:5]])(rng, 1_000)
    train = [v if v or rng.random() < 0.5 else "us" for v in train]
    (claim,) = nulled.on_pairs(pair(train, [v or None for v in train]), Context())
    assert claim.statement == 'serve is null where train is ""'


def test_a_default_on_a_tenth_of_the_rows_is_named_without_pairs() -> None:
    rng = np.random.default_rng(6)
    train = numbers(rng, 5_000)
    serve = [-1.0 if rng.random() < 0.1 else v for v in numbers(rng, 5_000)]
    (cause, *_) = diagnose_grids(sides(train, serve), {})
    assert (cause.name, cause.statement) == ("default", "serve = -1, whatever train is")


def test_values_beyond_a_bound_are_no_default() -> None:
    rng = np.random.default_rng(7)
    train = numbers(rng, 2_000)
    serve = [min(v, 150.0) for v in train]
    assert list(default.on_pairs(pair(train, serve), Context())) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_null_rate_that_moves_a_little_is_no_cause(seed: int) -> None:
    rng = np.random.default_rng(seed)
    train = [None if rng.random() < 0.10 else v for v in numbers(rng, 4_000)]
    serve = [None if rng.random() < 0.13 else 1.1 * v for v in numbers(rng, 4_000)]
    assert not {c.name for c in diagnose_grids(sides(train, serve), {})} & {"nulled", "filled"}


def drifted(rng: np.random.Generator) -> tuple[list[float | None], list[float | None]]:
    """Return two samples whose scale, zeros and nulls moved apart."""
    zeros, nulls = rng.uniform(0.0, 0.3, 2)
    sides = []
    for scale, step in ((1.0, 0.0), (rng.uniform(0.8, 1.3), 0.15)):
        zero, null = np.clip(rng.uniform(-step, step, 2) + np.array([zeros, nulls]), 0, 1)
        rows = zip(rng.random(2_000) < zero, rng.random(2_000) < null, strict=True)
        values = numbers(rng, 2_000)
        sides.append(
            [None if b else 0.0 if a else scale * v for v, (a, b) in zip(values, rows, strict=True)]
        )
    return sides[0], sides[1]


def claims_under_drift(seeds: range) -> int:
    mine = {"filled", "nulled", "default", "constant"}
    found = (diagnose_grids(sides(*drifted(np.random.default_rng(s))), {}) for s in seeds)
    return sum(cause.name in mine for causes in found for cause in causes)


def test_zeros_and_nulls_that_drift_are_not_called_a_fill() -> None:
    assert claims_under_drift(range(30)) <= 1


@pytest.mark.slow
def test_hundreds_of_columns_whose_zeros_and_nulls_drift_give_hardly_a_claim() -> None:
    assert claims_under_drift(range(300)) <= 6


def test_a_null_rate_that_rose_from_nearly_none_is_said() -> None:
    rng = np.random.default_rng(9)
    serve = [None if rng.random() < 0.2 else v for v in numbers(rng, 4_000)]
    (cause,) = diagnose_grids(sides(numbers(rng, 4_000), serve), {})
    assert (cause.name, cause.statement) == ("nulled", "serve is null where train has a value")
