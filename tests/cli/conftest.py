"""Small cases with a known verdict, and the command line as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

START = "from skewcheck.cli import main; main()"
ROOT = Path(__file__).parents[2]
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**more: str) -> dict[str, str]:
    """Return the process's environment with the package found where the tests found it."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}


def rows(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "income": rng.lognormal(10, 0.5, n).round(2),
            "age": rng.integers(18, 90, n),
            "purpose": rng.choice(["car", "home", "other"], n),
        }
    )


def log(path: Path, features: pl.DataFrame) -> Path:
    """Write the rows as the nested events of a service."""
    path.parent.mkdir(parents=True, exist_ok=True)
    events = (
        {"request_id": f"r{i:06}", "features": row, "score": 0.25 + (i % 50) / 100, "status": 200}
        for i, row in enumerate(features.iter_rows(named=True))
    )
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path.parent


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the paths of train and of logs that pass, fail, and do not suffice."""
    home = tmp_path_factory.mktemp("cases")
    train = home / "train.parquet"
    rows(6000, 1).write_parquet(train)
    broken = rows(6000, 3).with_columns(pl.col("income") * 100)
    return {
        "train": str(train),
        "pass": str(log(home / "pass" / "a.jsonl", rows(6000, 2))),
        "fail": str(log(home / "fail" / "a.jsonl", broken)),
        "few": str(log(home / "few" / "a.jsonl", rows(100, 4))),
    }


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a function that runs the command line as a process in an empty folder."""

    def run(*arguments: str, start: str = START, **more: Any) -> subprocess.CompletedProcess[str]:
        more = {"capture_output": True, "cwd": tmp_path, **more}
        command = [sys.executable, "-c", start, *arguments]
        return subprocess.run(
            command, text=True, env=environment(), timeout=60, check=False, **more
        )

    return run
