"""Nights with known answers: small logs of one day each, some with a broken column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from skewcheck import pipeline
from skewcheck.run import Run

FIRST = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
ROWS = 5_000
NOON = "2026-03-10T12:00:00+00:00"


def features(rows: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "income": rng.lognormal(10, 0.5, rows).round(2),
            "age": rng.integers(18, 90, rows),
            "purpose": rng.choice(["car", "home", "other"], rows),
        }
    )


@cache
def train() -> pl.DataFrame:
    return features(20_000, 1)


def log(day: int, broken: Iterable[str] = (), *, rows: int = ROWS, days: int = 1) -> pl.DataFrame:
    """Return the log of a day (0 is FIRST), evenly spread; broken columns hold another thing."""
    start, step = FIRST + timedelta(days=day), timedelta(days=days) / rows
    times = pl.Series("event_time", [start + i * step for i in range(rows)])
    wrong = {
        "income": pl.col("income") * 100,
        "age": pl.col("age") + 500,
        "purpose": pl.lit("unheard of"),
    }
    frame = features(rows, 100 + day).with_columns(times)
    return frame.with_columns(wrong[name].alias(name) for name in broken)


def a_run(day: int, broken: Iterable[str] = (), *, started: str = NOON) -> Run:
    """Return the finished comparison of a day."""
    return replace(pipeline.compare(train(), log(day, broken)), started=started)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
