"""What is read off the grid against what scipy says of the raw values."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, wasserstein_distance

from skewcheck.sides import Numbers
from skewcheck.statistics.distance import spread, wasserstein
from skewcheck.statistics.ks import ks
from tests.checks.cases import found
from tests.tables import pair

Values = NDArray[Any]
Maker = Callable[[np.random.Generator, int], Values]
ROWS = 60_000


def zeroed(share: float, maker: Maker, value: float = 0.0) -> Maker:
    """Return a maker of which some rows hold a sentinel instead."""
    return lambda r, n: np.where(r.random(n) < share, value, maker(r, n))


def atoms(*values: float) -> Maker:
    """Return a maker of a few values, whose shares differ from side to side."""

    def made(rng: np.random.Generator, n: int) -> Values:
        shares = rng.dirichlet(np.full(len(values), 20.0))
        return rng.choice(values, n, p=shares)

    return made


def epoch(unit: float, days: float) -> Maker:
    """Return a maker of whole times since 1970 in some unit."""
    return lambda r, n: np.floor((1.77e9 + r.uniform(0, 86_400 * days, n)) * unit)


def normal(centre: float, sd: float, digits: int | None = None) -> Maker:
    """Return a maker of normal values, perhaps rounded."""

    def made(rng: np.random.Generator, n: int) -> Values:
        values = rng.normal(centre, sd, n)
        return values if digits is None else np.round(values, digits)

    return made


#: Columns, both sides made alike: the truth is sampling noise, the hardest thing to read off.
SHAPES: dict[str, Maker] = {
    "normal": normal(0, 1),
    "lognormal": lambda r, n: r.lognormal(0, 1, n),
    "wide lognormal": lambda r, n: r.lognormal(0, 3, n),
    "uniform": lambda r, n: r.uniform(0, 1, n),
    "zero-inflated": zeroed(0.7, lambda r, n: r.lognormal(3, 1, n)),
    "cauchy": lambda r, n: r.standard_cauchy(n),
    "negative only": lambda r, n: -r.lognormal(0, 1, n),
    "log-uniform": lambda r, n: 10 ** r.uniform(-30, 0, n),
    "years": lambda r, n: r.integers(1950, 2025, n),
    "years or 0": zeroed(0.4, lambda r, n: r.integers(1950, 2025, n)),
    "epoch seconds": epoch(1, 30),
    "epoch milliseconds": epoch(1e3, 7),
    "epoch microseconds": epoch(1e6, 365),
    "twenty years of seconds": lambda r, n: r.integers(1_100_000_000, 1_730_000_000, n),
    "epoch or 0": zeroed(0.3, epoch(1, 7)),
    "epoch or -1": zeroed(0.6, epoch(1, 7), -1.0),
    "latitude": normal(40.7, 0.02),
    "longitude": normal(-73.9, 0.02),
    "latitude or 0": zeroed(0.3, normal(40.7, 0.02)),
    "narrow at 1e9": normal(1e9, 1),
    "narrow at -273": normal(-273, 1),
    "kelvin": normal(290, 8),
    "prices x.99": lambda r, n: np.floor(r.lognormal(3, 1, n)) + 0.99,
    "prices in cents": lambda r, n: np.round(r.lognormal(8, 1, n), 2),
    "price points": atoms(999, 999.99, 1000, 1249.99, 1250, 1499),
    "two close prices": atoms(19.98, 19.99),
    "two values 1e-4 apart": atoms(1.0, 1.0001),
    "percentages": lambda r, n: np.round(r.beta(2, 5, n) * 100),
    "probabilities": lambda r, n: r.beta(0.5, 0.5, n),
    "probabilities near 1": lambda r, n: 1 - 10 ** r.uniform(-9, -1, n),
    "heights": normal(170, 9, 1),
    "scores": normal(650, 80, 0),
    "heavy ties": lambda r, n: r.poisson(1.5, n),
    "integers to a million": lambda r, n: r.integers(1, 10**6, n),
    "postcodes": lambda r, n: r.integers(501, 99_950, n),
    "ids": lambda r, n: r.integers(10**8, 10**8 + 10**6, n),
    "hashes": lambda r, n: r.integers(-(2**63), 2**63 - 1, n),
    "a constant": lambda r, n: np.full(n, 7.0),
    "a spike in a narrow bell": zeroed(0.5, normal(123_456, 50), 123_456.78),
}

#: Sides that differ.
PAIRS: dict[str, tuple[Maker, Maker]] = {
    "cents for dollars": (SHAPES["lognormal"], lambda r, n: 100 * r.lognormal(0, 1, n)),
    "a tiny shift": (normal(0, 1), normal(0.01, 1)),
    "rounded in serve": (normal(100, 15), normal(100, 15, 0)),
    "fewer decimals": (normal(100, 15, 2), normal(100, 15, 1)),
    "milliseconds for seconds": (epoch(1e3, 30), epoch(1, 30)),
    "a year later": (SHAPES["years"], lambda r, n: SHAPES["years"](r, n) + 1),
    "far from the origin": (normal(1e9, 1), normal(0, 1)),
    "a mean in a tenth": (normal(40.7, 0.02), zeroed(0.1, normal(40.7, 0.02), 40.7)),
    **{name: (maker, maker) for name, maker in SHAPES.items()},
}

#: What one cell per thousandth of a value's distance cannot tell apart: the bound covers it.
COARSE: dict[str, tuple[Maker, Maker]] = {
    "two narrow bells far apart": (lambda r, n: _bells(r, n), lambda r, n: _bells(r, n)),
    "six hundred decades": (lambda r, n: 10 ** r.uniform(-300, 300, n),) * 2,
    "rounded in train": (normal(100, 15, 0), normal(100, 15)),
}


def _bells(rng: np.random.Generator, n: int) -> Values:
    return np.where(rng.random(n) < 0.5, rng.normal(0, 1, n), rng.normal(1e6, 1, n))


@cache
def raw(name: str, n: int, m: int) -> tuple[Values, Values]:
    """Return the values of both sides."""
    makers = {**PAIRS, **COARSE}[name]
    rng = np.random.default_rng(len(name))
    return makers[0](rng, n), makers[1](rng, m)


def numbers(train: Values, serve: Values) -> Numbers:
    """Return both sides on the grid."""
    laid = pair(train, serve).numbers
    assert laid is not None
    return laid


SIZES = [(10, 10), (100, 50), (1000, 700), (ROWS, ROWS // 2)]


@pytest.mark.parametrize("name", PAIRS)
def test_ks_off_the_grid_is_scipys_within_a_thousandth(name: str) -> None:
    for n, m in SIZES:
        train, serve = raw(name, n, m)
        laid = numbers(train, serve)
        distance = ks(laid.train, laid.serve, pure=laid.pure)
        exact = ks_2samp(train, serve, method="asymp").statistic
        assert distance.value - 1e-12 <= exact <= distance.value + distance.error + 1e-12
        if n >= 1000:  # of ten rows, two in one cell are a tenth
            assert distance.value == pytest.approx(exact, abs=1.001e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRS)
def test_ks_of_many_rows_is_scipys_within_a_thousandth(name: str) -> None:
    train, serve = raw(name, 400_000, 200_000)
    laid = numbers(train, serve)
    exact = ks_2samp(train, serve, method="asymp").statistic
    assert ks(laid.train, laid.serve, pure=laid.pure).value == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("name", COARSE)
def test_where_the_grid_is_too_coarse_the_error_bound_covers_the_truth(name: str) -> None:
    for n, m in SIZES:
        train, serve = raw(name, n, m)
        laid = numbers(train, serve)
        distance = ks(laid.train, laid.serve, pure=laid.pure)
        exact = ks_2samp(train, serve, method="asymp").statistic
        assert distance.value - 1e-12 <= exact <= distance.value + distance.error + 1e-12


@pytest.mark.parametrize("name", PAIRS)
def test_wasserstein_off_the_grid_is_scipys_within_a_thousandth(name: str) -> None:
    train, serve = (side.astype(np.float64) for side in raw(name, ROWS, ROWS // 2))
    laid = numbers(train, serve)
    scale = spread(laid.train, laid.value)
    if scale is None:
        assert name == "a constant"
        return
    distance = wasserstein(laid.train, laid.serve, laid.value, scale=scale, radius=laid.radius)
    origin = np.median(train)  # scipy loses digits far from zero
    exact = wasserstein_distance(train - origin, serve - origin) / scale
    if name != "log-uniform":  # ten decades between the quartiles and the rest
        assert distance.plug_in == pytest.approx(exact, rel=1e-3, abs=1e-3)
    assert abs(distance.plug_in - exact) <= distance.error + 1e-6 * exact + 1e-9


@pytest.mark.parametrize("name", PAIRS)
def test_cells_hold_the_rows_that_lie_within_their_edges(name: str) -> None:
    train, serve = raw(name, ROWS, ROWS // 2)
    laid = numbers(train, serve)
    for side, counts in ((train, laid.train), (serve, laid.serve)):
        assert counts.sum() == len(side)
        ordered = np.sort(side.astype(np.float64))
        # An edge is a float32, and a value on it may be rounded either way.
        slack = 2.0**-22 * np.maximum(np.abs(laid.upper), laid.upper - laid.lower)
        fewest = np.searchsorted(ordered, laid.upper - slack, side="left")
        most = np.searchsorted(ordered, laid.upper + slack, side="right")
        upto = np.cumsum(counts)
        assert (fewest <= upto).all() and (upto <= most).all()


CONTINUOUS = ["normal", "lognormal", "uniform", "cauchy", "latitude", "epoch microseconds"]


@pytest.mark.parametrize("name", CONTINUOUS)
def test_divergences_are_those_of_twenty_quantile_bins(name: str) -> None:
    train, other = raw(name, ROWS, ROWS // 2)
    serve = np.where(np.arange(len(other)) % 2, other, np.maximum(other, other[::-1]))
    serve = np.clip(serve, train.min(), train.max())
    cuts = np.quantile(train, np.arange(1, 20) / 20)
    p, q = (np.bincount(np.searchsorted(cuts, side), minlength=20) for side in (train, serve))
    p, q = p / p.sum(), q / q.sum()
    noise = 19 * (1 / len(train) + 1 / len(serve))
    index = float(((q - p) * np.log(q / p)).sum()) - noise
    js = 8 * np.log(2) * float(jensenshannon(p, q, base=2)) ** 2 - noise
    assert found("psi", train, serve)[0].value == pytest.approx(index, rel=0.02, abs=2e-3)
    assert found("divergence", train, serve)[0].value == pytest.approx(js, rel=0.02, abs=2e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_quantiles_are_those_of_the_raw_values(name: str) -> None:
    train, serve = raw(name, ROWS, ROWS // 2)
    laid = numbers(train, serve)
    for side, counts in ((train, laid.train), (serve, laid.serve)):
        levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
        exact = np.quantile(side.astype(np.float64), levels, method="inverted_cdf")
        place = np.searchsorted(np.cumsum(counts), np.ceil(levels * len(side)))
        slack = laid.radius[place] + 2.0**-22 * np.abs(exact)
        assert (np.abs(laid.value[place] - exact) <= slack).all()


@pytest.mark.parametrize("rows", [10, 60, 250, 1_000, 4_000])
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_of_a_small_train_the_distance_is_exact_to_one_in_a_thousand(name: str, rows: int) -> None:
    rng = np.random.default_rng([rows, len(name)])
    train, serve = SHAPES[name](rng, rows), SHAPES[name](rng, rows)
    numbers = pair(train, serve).numbers
    assert numbers is not None
    distance = ks(numbers.train, numbers.serve, pure=numbers.pure)
    exact = ks_2samp(train, serve, method="asymp").statistic
    assert distance.value == pytest.approx(exact, abs=1e-3)
