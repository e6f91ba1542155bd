"""Oddities of a clock that are said, and honest clocks of which nothing is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skewcheck.clocks import clock_notes
from skewcheck.statistics.times import Times
from skewcheck.units import Unit

RNG = np.random.default_rng(4)
MS = Unit("ms", "")


def times(values: Any) -> Times:
    cells, counts = np.unique(np.asarray(values, np.float64), return_counts=True)
    return Times(cells, cells, counts.astype(np.int64))


def said(values: Any, unit: Unit = MS) -> str:
    return "; ".join(clock_notes(times(values), unit))


@pytest.mark.parametrize(
    "values",
    [
        RNG.lognormal(4, 0.5, 3000),
        RNG.lognormal(4, 0.5, 3000).round(),
        RNG.lognormal(1, 1.5, 3000),
        np.concatenate([RNG.lognormal(0, 0.3, 1000), RNG.lognormal(4, 0.3, 1000)]),
        [10.0] * 50,
        [],
    ],
    ids=["smooth", "whole ms", "heavy tail", "cache hits and misses", "few", "none"],
)
def test_of_an_honest_clock_nothing_is_said(values: Any) -> None:
    assert said(values) == ""


def test_oddities_are_named() -> None:
    honest = RNG.lognormal(4, 0.5, 3000)
    assert "3 negative times" in said([-5.0, -2.0, -1.0, *honest])
    assert "a constant" in said([42.0] * 500)
    assert "multiples of 10 ms" in said(np.round(honest / 10) * 10)
    assert "multiples of 15.625 ms" in said(np.round(honest / 15.625) * 15.625)
    assert "multiples of 16 ms" in said(np.round(honest / 16) * 16)
    assert "two units" in said(np.concatenate([honest, honest[:300] / 1000]))
    assert "multiples of 10 ms" in said(np.round(honest / 10) / 100, Unit("s", ""))
