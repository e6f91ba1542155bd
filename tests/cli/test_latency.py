"""Response times at the command line: one planted log that shows every clause."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from skewcheck.cli import run

START = datetime(2026, 3, 1)
ROWS = 2000
POLICY = (
    '[latency]\nbudget = "150ms"\nshare = 0.99\n[roles]\nlatency = ["latency_ms", "fetch_ms"]\n'
)


def features(rows: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {"income": rng.lognormal(10, 0.5, rows), "age": rng.integers(18, 90, rows)}


def log(**columns: Any) -> pl.DataFrame:
    """Return a log of eight hours with all that may be wrong with times.

    The fifth hour is slow; forty requests fail at once and are logged as answered in 1 ms; five
    answers come before their request.
    """
    times = np.random.default_rng(3).uniform(20, 140, ROWS).round(2)
    times[1000:1200] += 200.0
    times[100:140] = 1.0
    hours = [START + timedelta(hours=i // 250, seconds=10 * (i % 250)) for i in range(ROWS)]
    status = np.full(ROWS, 200)
    status[100:120], status[120:140] = 503, 408
    fetch = np.full(ROWS, 5.0) + np.arange(ROWS) % 7
    fetch[:5] = -2.0
    planted = {"latency_ms": times, "fetch_ms": fetch, "status_code": status, "event_time": hours}
    return pl.DataFrame({**features(ROWS, 2), **planted, **columns})


def compared(folder: Path, serve: pl.DataFrame) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the JSON of the command line."""
    serve.write_parquet(folder / "serve.parquet")
    pl.DataFrame(features(4000, 1)).write_parquet(folder / "train.parquet")
    (folder / "policy.toml").write_text(POLICY)
    paths = [str(folder / name) for name in ("train.parquet", "serve.parquet")]
    given = ["--policy", str(folder / "policy.toml"), "--json", str(folder / "out.json")]
    code = run(["compare", *paths, *given, "--verbose"])
    return code, json.loads((folder / "out.json").read_text())


def test_every_clause_on_response_times_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = compared(tmp_path, log())
    text = " ".join(capsys.readouterr().out.split())
    assert code == 1
    data = document["sections"]["latency"]["columns"]["latency_ms"]
    assert (data["requests"], data["failed"]) == (ROWS, 40)
    assert data["over_budget"]["at_least"] == 240  # slow ones, errors and time-outs
    needed = {q["quantile"]: q["requests_needed"] for q in data["quantiles"]}
    assert needed[0.99] == 0 and needed[0.999] == 3688 - ROWS
    assert "requests still needed to claim: p99.9 1,688" in text
    assert "40 requests failed: slower than any time" in text
    assert "fetch_ms: 5 negative times" in text
    assert "in the hour from 2026-03-01 04:00 UTC: 80.0 %" in text


def test_one_sender_that_waits_for_every_answer_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = np.random.default_rng(3).uniform(20, 140, ROWS).round(2)
    at = np.concatenate([[0.0], np.cumsum(times + 0.05)[:-1]])
    stamps = [START + timedelta(milliseconds=float(ms)) for ms in at]
    code, document = compared(tmp_path, log(latency_ms=times, event_time=stamps))
    assert code == 1  # the errors and time-outs are over budget all the same
    assert any("coordinated omission" in guess for guess in document["guesses"])
    assert "coordinated omission" in " ".join(capsys.readouterr().out.split())
