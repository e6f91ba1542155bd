"""The real case with its offline recomputation, told without clock and versions."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace
from functools import cache
from pathlib import Path

import skewcheck
from skewcheck.report import Report, build
from skewcheck.run import Run

ROOT = Path(__file__).parents[2]
FLIGHTS = "fixtures/flights"


@cache
def offline() -> Report:
    """Return the report of the flights against train, paired with the offline recomputation."""
    return build(offline_run())


@cache
def offline_run() -> Run:
    """Return the run of it."""
    with chdir(ROOT):
        result = skewcheck.compare(
            train=f"{FLIGHTS}/train.parquet",
            serve=f"{FLIGHTS}/shadow_logs",
            offline=f"{FLIGHTS}/offline.parquet",
        )
    known: Run = replace(result.run, command="skewcheck compare", versions={"skewcheck": "0.1.0"})
    return replace(known, started="2026-11-22T21:48:43Z", seconds=1.25)
