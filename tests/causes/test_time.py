"""Causes that live on clocks and calendars: planted, quiet, and never under mere drift."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from skewcheck.causes import Claim, Context, hour_shift, timezone
from tests.causes.making import pair, sides
from tests.causes.test_order import planted, runs_in_duckdb

N = 4000
STRENGTHS = (1.0, 0.1, 0.01)
Values = np.ndarray[Any, np.dtype[Any]]
START = datetime(2024, 3, 1)


def hours(rng: np.random.Generator, rows: int) -> Values:
    """Return hours as a shop has them: few at night, two peaks."""
    weights = 0.05 + np.exp(-(((np.arange(24) - 12) / 3) ** 2))
    weights += 0.8 * np.exp(-(((np.arange(24) - 19) / 2) ** 2))
    return rng.choice(24, rows, p=weights / weights.sum())


def claims(cause: Any, train: Any, serve: Any) -> list[Claim]:
    train, serve = ([*np.asarray(v).tolist()] for v in (train, serve))
    return list(cause.on_pairs(pair(train, serve), Context()))


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize(("period", "first", "shift"), [(24, 0, 4), (7, 1, 1), (12, 1, 11)])
def test_a_cyclic_shift_is_told(strength: float, period: int, first: int, shift: int) -> None:
    rng = np.random.default_rng(1)
    train = rng.integers(0, period, N) + first
    serve = planted(train, (train - first + shift) % period + first, strength)
    (claim,) = claims(hour_shift, train, serve)
    assert claim.statement == f"serve = (train + {shift}) mod {period}"
    assert claim.holds is not None and np.array_equal(claim.holds, train != serve)
    assert runs_in_duckdb(claim.condition, {"x": train}, {"x": serve}) == (train != serve).sum()


def test_four_hours_are_named_as_new_york() -> None:
    train = hours(np.random.default_rng(2), N)
    (claim,) = claims(hour_shift, train, (train + 4) % 24)
    assert claim.reason == "UTC against local time (New York in summer)?"


def test_hours_that_never_wrap_are_left_to_a_constant() -> None:
    train = np.random.default_rng(3).integers(8, 18, N)
    assert not claims(hour_shift, train, train + 4)


@pytest.mark.parametrize("kind", ["random", "mirrored", "counter", "noise"])
def test_other_changes_of_an_hour_are_no_shift(kind: str) -> None:
    rng = np.random.default_rng(4)
    train = rng.integers(0, 24, N)
    serve = {
        "random": rng.permutation(train),
        "mirrored": 23 - train,
        "counter": train + 1000 * rng.integers(0, 2, N),
        "noise": np.clip(train + rng.integers(-2, 3, N), 0, 23),
    }[kind]
    assert not claims(hour_shift, train, serve)


@pytest.mark.parametrize("shift", [1, 4, 17, 22])
def test_a_shift_of_hours_shows_without_pairs(shift: int) -> None:
    rng = np.random.default_rng(shift)
    train, serve = hours(rng, 3000), (hours(rng, 3000) + shift) % 24
    (claim,) = hour_shift.on_grids(sides(train.tolist(), serve.tolist()), {})
    assert claim.statement == f"serve = (train + {shift}) mod 24" and claim.explains > 0.75


def test_counts_whose_mean_moved_are_no_clock() -> None:
    rng = np.random.default_rng(5)
    for mean in (3.0, 6.0, 9.0):
        for rows in (400, 4000):
            train, serve = rng.poisson(mean, rows), rng.poisson(mean + 1, rows)
            both = sides(np.minimum(train, 23).tolist(), np.minimum(serve, 23).tolist())
            assert not list(hour_shift.on_grids(both, {}))


def drifted(rng: np.random.Generator, period: int, rows: int) -> list[str]:
    """Return what is claimed where a histogram only changed its shape."""
    weights = rng.dirichlet(np.full(period, 3.0))
    other = weights * rng.lognormal(0, rng.uniform(0.1, 1.0), period)
    train = rng.choice(period, rows, p=weights)
    serve = rng.choice(period, rows, p=other / other.sum())
    both = sides(train.tolist(), serve.tolist())
    return [c.statement for c in hour_shift.on_grids(both, {})]


def test_a_histogram_that_changed_its_shape_is_no_shift() -> None:
    rng = np.random.default_rng(6)
    assert not [c for _ in range(30) for c in drifted(rng, int(rng.choice([24, 7, 12])), 500)]


@pytest.mark.slow
def test_drift_is_never_called_a_shift() -> None:
    rng = np.random.default_rng(7)
    assert not [c for _ in range(600) for c in drifted(rng, int(rng.choice([24, 7, 12])), 800)]


def times(rng: np.random.Generator, rows: int) -> list[datetime]:
    return [START + timedelta(seconds=int(s)) for s in rng.integers(0, 60 * 86400, rows)]


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-240, "- 4 hours"), (330, "+ 5.5 hours"), (60, "+ 1 hour"), (-1440, "- 1 day")],
)
def test_times_of_another_zone_are_told(strength: float, minutes: int, words: str) -> None:
    rng = np.random.default_rng(8)
    train = times(rng, N)
    hit = rng.random(N) < strength
    serve = [t + timedelta(minutes=minutes) * int(h) for t, h in zip(train, hit, strict=True)]
    made = pair(train, serve)
    (claim,) = timezone.on_pairs(made, Context())
    assert claim.statement == f"serve = train {words}"
    assert claim.holds is not None and np.array_equal(claim.holds, hit)
    columns = {"x": np.array(train, "M8[us]")}, {"x": np.array(serve, "M8[us]")}
    assert runs_in_duckdb(claim.condition, *columns) == hit.sum()


@pytest.mark.parametrize("scale", [1, 1000])
def test_epochs_of_another_zone_are_told_with_daylight_saving(scale: int) -> None:
    rng = np.random.default_rng(9)
    train = rng.integers(1_700_000_000, 1_720_000_000, N)
    summer = train > 1_710_054_000
    serve = train + np.where(summer, 7200, 3600)
    (claim,) = claims(timezone, train * scale, serve * scale)
    assert claim.statement == "serve = train + 1 hour or + 2 hours"
    assert "daylight saving" in claim.reason
    found = runs_in_duckdb(claim.condition, {"x": train * scale}, {"x": serve * scale})
    assert found == N


@pytest.mark.parametrize("kind", ["same", "delay", "quarter hours at random", "shuffled"])
def test_other_changes_of_a_time_are_no_zone(kind: str) -> None:
    rng = np.random.default_rng(10)
    train = rng.integers(1_700_000_000, 1_720_000_000, N)
    serve = {
        "same": train,
        "delay": train + rng.exponential(600, N).astype(int),
        "quarter hours at random": train + 900 * rng.integers(-200, 200, N),
        "shuffled": rng.permutation(train),
    }[kind]
    assert not claims(timezone, train, serve)


def test_ordinary_numbers_are_no_times() -> None:
    train = np.random.default_rng(11).integers(0, 100_000, N)
    assert not claims(timezone, train, train + 3600)
