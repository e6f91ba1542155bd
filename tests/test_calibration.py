"""The default policy on random halves of one table: it never cries wolf, and it does decide."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skewcheck.comparison import compare
from skewcheck.judge import judge
from skewcheck.policy import Policy
from skewcheck.verdict import Outcome, Verdict
from tests.tables import profiles, schema

SEEDS = range(20)
Table = dict[str, pa.Array]


def table(rows: int, rng: np.random.Generator) -> Table:
    """Return columns of every shape that has ever made a drift check alarm without a drift."""
    zipf = (rng.pareto(1.0, rows) * 3).astype(int)
    amount = np.round(rng.lognormal(4, 1.5, rows), 2)
    made: dict[str, Any] = {
        "normal": rng.normal(0, 1, rows),
        "heavy": rng.standard_cauchy(rows),
        "amount": amount,
        "mostly_zero": np.where(rng.random(rows) < 0.9, 0.0, amount),
        "count": rng.poisson(1.3, rows),
        "rare_count": rng.poisson(0.005, rows),
        "year": rng.integers(1950, 2025, rows),
        "epoch": 1.7e9 + rng.uniform(0, 1e6, rows),
        "percent": np.round(rng.beta(2, 5, rows) * 100),
        "coordinate": rng.normal(40.7, 0.02, rows),
        "constant": np.full(rows, 7.0),
        "id": rng.integers(0, 2**62, rows),
        "with_nan": np.where(rng.random(rows) < 0.03, np.nan, rng.normal(5, 1, rows)),
        "flag": rng.random(rows) < 0.3,
        "rare_flag": rng.random(rows) < 0.001,
        "colour": rng.choice(["red", "green", "blue"], rows, p=[0.7, 0.29, 0.01]).tolist(),
        "zipf": [f"v{i}" for i in zipf],
        "city": [f"city {i}" for i in rng.integers(0, 400, rows)],
        "name": [f"{rng.integers(0, 2**60):x}" for _ in range(rows)],
    }
    made = {name: pa.array(values) for name, values in made.items()}
    missing = rng.random((2, rows))
    made["often_null"] = pa.array(rng.normal(0, 1, rows), mask=missing[0] < 0.4)
    made["rarely_null"] = pa.array(rng.normal(0, 1, rows), mask=missing[1] < 0.002)
    made["nothing"] = pa.nulls(rows)
    return made


def halves(rows: int, seed: int) -> tuple[Table, Table]:
    """Return two random halves of a table."""
    rng = np.random.default_rng(seed)
    whole = table(rows, rng)
    order = rng.permutation(rows)
    first, second = pa.array(order[: rows // 2]), pa.array(order[rows // 2 :])
    return (
        {name: array.take(first) for name, array in whole.items()},
        {name: array.take(second) for name, array in whole.items()},
    )


def verdict(train: Table, serve: Table) -> Verdict:
    """Return the default policy's verdict."""
    return judge(compare(*profiles(train, serve), schema()), Policy())


@pytest.mark.slow
@pytest.mark.parametrize("rows", [500, 5_000, 20_000])
def test_random_halves_never_fail_and_hardly_ever_warn(rows: int) -> None:
    verdicts = [verdict(*halves(rows, seed)) for seed in SEEDS]
    assert all(v.outcome is not Outcome.FAIL for v in verdicts)
    outcomes = Counter(v.column(name) for v in verdicts for name in v.columns)
    assert outcomes[Outcome.WARN] <= outcomes.total() / 500


@pytest.mark.slow
def test_random_halves_of_many_rows_pass() -> None:
    """A tool that never decides never errs either."""
    verdicts = [verdict(*halves(40_000, seed)) for seed in SEEDS[:5]]
    outcomes = Counter(v.column(name) for v in verdicts for name in v.columns)
    assert outcomes[Outcome.PASS] >= 0.95 * (outcomes.total() - outcomes[Outcome.UNJUDGED])


BUGS: dict[str, tuple[str, Any]] = {
    "cents for dollars": ("amount", lambda x, _: x * 100),
    "a default in every twentieth row": ("normal", lambda x, rng: _some(x, -1.0, 0.05, rng)),
    "the mean in every tenth row": ("coordinate", lambda x, rng: _some(x, 40.7, 0.1, rng)),
    "a null in every fiftieth row": ("percent", lambda x, rng: _nulls(x, 0.02, rng)),
    "a NaN in every fiftieth row": ("heavy", lambda x, rng: _some(x, np.nan, 0.02, rng)),
    "a feature not built yet": ("count", lambda x, _: x * 0),
    "times an hour late": ("epoch", lambda x, _: x + 100_000),
}


def _some(values: Any, value: float, share: float, rng: np.random.Generator) -> Any:
    return np.where(rng.random(len(values)) < share, value, values)


def _nulls(values: Any, share: float, rng: np.random.Generator) -> Any:
    return pa.array(values, mask=rng.random(len(values)) < share)


@pytest.mark.parametrize(("column", "bug"), BUGS.values(), ids=BUGS)
def test_a_planted_bug_fails_its_column_and_no_other(column: str, bug: Any) -> None:
    train, serve = halves(20_000, 1)
    rng = np.random.default_rng(2)
    serve[column] = pa.array(bug(serve[column].to_numpy(), rng))
    found = verdict(train, serve)
    assert found.outcome is Outcome.FAIL
    assert [name for name in found.columns if found.column(name) is Outcome.FAIL] == [column]
