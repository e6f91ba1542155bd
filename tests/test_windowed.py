"""Drift inside some days of the log: found where it is, not where days differ anyway."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck.run import Run

TRAIN, SERVE = datetime(2026, 1, 1), datetime(2026, 3, 5)


def side(days: int, rows: int, seed: int, *, start: datetime, wobble: float = 0.0) -> pl.DataFrame:
    """Return rows a day for so many days, three numbers whose means wobble from day to day."""
    chance = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), rows)
    seconds = day * 86400 + chance.uniform(0, 86399, days * rows)
    columns: dict[str, object] = {
        "timestamp": [start + timedelta(seconds=float(s)) for s in seconds]
    }
    for name in ("x", "y", "z"):
        columns[name] = chance.normal(size=days * rows) + chance.normal(0, wobble, days)[day]
    return pl.DataFrame(columns)


def windows(train: pl.DataFrame, serve: pl.DataFrame) -> list[tuple[str, str, str]]:
    run: Run = skewcheck.compare(train, serve, time="timestamp").run
    return [
        (name, judgement.finding.subject.window, str(judgement.outcome))
        for name, judgements in run.verdict.columns.items()
        for judgement in judgements
        if judgement.finding.subject.window
    ]


def broken(serve: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Return serve with x moved by a standard deviation on some days."""
    start, end = (SERVE + timedelta(days=day) for day in (first, last))
    inside = pl.col("timestamp").is_between(start, end, closed="left")
    return serve.with_columns(
        pl.when(inside).then(pl.col("x") + 1).otherwise(pl.col("x")).alias("x")
    )


@pytest.mark.parametrize("wobble", [0.0, 0.1])
def test_days_that_drift_are_named_and_fail(wobble: float) -> None:
    train = side(60, 400, 1, start=TRAIN, wobble=wobble)
    serve = side(14, 400, 2, start=SERVE, wobble=wobble)
    window = "since 2026-03-15T00:00+00:00 until 2026-03-17T00:00+00:00"
    assert windows(train, broken(serve, 10, 12)) == [("x", window, "fail")]


def test_days_to_the_end_of_the_log_have_no_end() -> None:
    train, serve = side(60, 400, 3, start=TRAIN), side(14, 400, 4, start=SERVE)
    (found,) = windows(train, broken(serve, 11, 14))
    assert found == ("x", "since 2026-03-16T00:00+00:00", "fail")


@pytest.mark.parametrize("wobble", [0.0, 0.1, 0.3])
def test_days_in_order_are_not_claimed(wobble: float) -> None:
    for seed in range(10, 13):
        train = side(60, 300, seed, start=TRAIN, wobble=wobble)
        assert windows(train, side(14, 300, 50 + seed, start=SERVE, wobble=wobble)) == []


def test_a_drift_of_the_whole_log_is_no_window() -> None:
    train, serve = side(60, 300, 5, start=TRAIN), side(14, 300, 6, start=SERVE)
    assert windows(train, serve.with_columns(pl.col("x") + 1)) == []


def test_nothing_is_claimed_where_train_has_too_few_days() -> None:
    train, serve = side(3, 2000, 7, start=TRAIN), side(14, 400, 8, start=SERVE)
    assert windows(train, broken(serve, 10, 12)) == []
