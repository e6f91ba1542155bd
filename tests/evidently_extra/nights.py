"""Nights of a small model with known faults, as runs of skewcheck."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any

import numpy as np
import polars as pl
import pytest

from skewcheck import Config
from skewcheck.result import Result, compare

if find_spec("evidently") is None:
    pytest.skip("Evidently is not installed", allow_module_level=True)

HOSTILE = ("</script><script>alert(1)</script>", "a\x1b[31m\u202eb", "n" * 10_000)


def rows(n: int, seed: int, day: int = 0, **more: Any) -> pl.DataFrame:
    """Return rows of a day; ``age`` has nulls, ``purpose`` is a category."""
    rng = np.random.default_rng(seed)
    start = datetime(2025, 7, 1 + day, tzinfo=UTC)
    age = rng.integers(18, 90, n).astype(float)
    frame = pl.DataFrame(
        {
            "timestamp": [start + timedelta(seconds=86_000 * i / n) for i in range(n)],
            "income": rng.lognormal(10, 0.5, n).round(2),
            "age": np.where(rng.random(n) < 0.1, np.nan, age),
            "purpose": rng.choice(["car", "home", "other"], n),
        }
    ).with_columns(pl.col("age").fill_nan(None))
    return frame.with_columns(**more)


def night(day: int, *, n: int = 4000, policy: Config | None = None, **more: Any) -> Result:
    """Return the comparison of one day's log with train."""
    serve = rows(n, 10 + day, day, **more)
    return compare(rows(4000, 1, **_alike(more)), serve, policy=policy)


def _alike(more: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that train has too: all but those that a fault replaced."""
    return {name: column for name, column in more.items() if name not in ("income", "age")}
