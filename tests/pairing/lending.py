"""Loans, their logs and their offline recomputation: small sides that are paired by ``k``."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

import skewcheck


def loans(n: int, seed: int, *, start: int = 0) -> pl.DataFrame:
    """Return n rows with keys from ``start`` on."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "k": [f"r{i:06}" for i in range(start, start + n)],
            "income": rng.lognormal(10, 0.5, n).round(2),
            "rate": rng.normal(5, 1, n),
            "age": rng.integers(18, 90, n),
            "purpose": rng.choice(["car", "home", "other"], n),
            "caller": rng.choice(["android", "web"], n),
        }
    )


TRAIN, LOGGED = loans(12_000, 1), loans(6000, 2, start=100_000)
OFFLINE = CLEAN = LOGGED


def column(result: skewcheck.Result, name: str) -> dict[str, Any]:
    """Return a column of the report."""
    return next(c for c in result.to_dict()["columns"] if c["name"] == name)


def outcome(result: skewcheck.Result, name: str, check: str) -> str:
    """Return what became of a check of a column as a whole."""
    judged = result.run.verdict.columns[name]
    subjects = [j for j in judged if j.finding.check == check and not j.finding.subject.segment]
    return str(subjects[0].outcome)
