from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from skewcheck.causes import Context
from skewcheck.diagnosis import diagnose, diagnose_grids
from tests.causes.making import pair, sides
from tests.causes.planted import CITIES, CODES, PLANTED, labels, numbers, plant

MINE = sorted({cause for cause, *_ in PLANTED.values()} | {"constant"})
GRIDS = [name for name, (*_, found) in PLANTED.items() if found]
HOSTILE = "x\"'; DROP TABLE t; --\x1b[31m{0}"


def cause(name: str) -> ModuleType:
    return import_module(f"skewcheck.causes.{name}")


def found_rows(train: list[Any], serve: list[Any], condition: str, name: str = "x") -> set[int]:
    """Return the rows that a condition finds in DuckDB."""
    made = []
    for values in (train, serve):
        mixed = len({type(v) for v in values if v is not None}) > 1
        column = [str(v) if mixed and v is not None else v for v in values]
        made.append(pa.table({name: column, "row": range(len(column))}))
    db = duckdb.connect()
    db.register("a", made[0])
    db.register("b", made[1])
    query = f"SELECT t.row FROM a AS t JOIN b AS s ON t.row = s.row WHERE {condition}"
    return {row for (row,) in db.execute(query).fetchall()}


# A category of which a part is unknown is no unknown category.
STRENGTHS = [(n, s) for n in PLANTED for s in (1.0, 0.1, 0.01) if n != "unknown" or s == 1.0]


@pytest.mark.parametrize(("name", "strength"), STRENGTHS)
def test_a_planted_mistake_is_named_among_all_causes(name: str, strength: float) -> None:
    expected, _, _, words, _ = PLANTED[name]
    if expected == "default" and strength == 1.0:
        expected, words = "constant", "on every row"
    if expected == "nulled" and strength < 1.0:
        words = "where train has a value"
    made = pair(*plant(name, strength))
    causes = diagnose(made, Context())
    assert causes, "no cause at all"
    assert (causes[0].name, words in causes[0].statement) == (expected, True), causes[0]
    assert causes[0].explains >= 0.9


@pytest.mark.parametrize("name", PLANTED)
def test_the_condition_finds_the_rows_that_differ(name: str) -> None:
    train, serve = plant(name, 0.5 if name != "unknown" else 1.0)
    made = pair(train, serve)
    (first, *_) = diagnose(made, Context())
    differ = set(np.flatnonzero(made.differs).tolist())
    found = found_rows(train, serve, first.condition)
    assert len(found & differ) >= 0.95 * len(differ)


@pytest.mark.parametrize("name", GRIDS)
def test_a_planted_mistake_is_named_without_pairs(name: str) -> None:
    expected, make, mistake, words, _ = PLANTED[name]
    rng = np.random.default_rng(7)
    train, serve = make(rng, 6_000), [mistake(v) for v in make(rng, 4_000)]
    if expected == "default":
        expected, words = "constant", "on every row"
    causes = diagnose_grids(sides(train, serve), {})
    assert causes, "no cause at all"
    assert (causes[0].name, words in causes[0].statement) == (expected, True), causes[0]


@pytest.mark.parametrize("name", MINE)
def test_a_cause_is_quiet_where_nothing_differs(name: str) -> None:
    rng = np.random.default_rng(3)
    for make in (labels(CITIES), labels(CODES), numbers):
        values = make(rng, 500)
        made = pair(values, values)
        assert list(getattr(cause(name), "on_pairs", lambda *_: ())(made, Context())) == []
        halves = sides(make(rng, 2_000), make(rng, 2_000))
        assert list(getattr(cause(name), "on_grids", lambda *_: ())(halves, {})) == []


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_rows_are_not_called_a_mistake_of_texts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for make in (labels(["US", "us", "u", "US "]), labels(CITIES), labels(CODES), numbers):
        train = make(rng, 2_000)
        serve = [train[i] for i in rng.permutation(2_000)]
        made = pair(train, serve)
        found = {c.name for c in diagnose(made, Context())} & set(MINE)
        assert not found, found


def drifted(rng: np.random.Generator) -> tuple[list[Any], list[Any]]:
    """Return two samples of one column whose shares, and at times labels, moved."""
    names = [str(v) for v in rng.choice([*CODES, "US", "other", "1", "7", "yes", "no"], 8, False)]
    p, q = rng.dirichlet(np.ones(8)), rng.dirichlet(np.ones(8))
    q[rng.random(8) < 0.2] = 0.0
    p[rng.random(8) < 0.2] = 0.0
    p, q = (p + 1e-12) / (p + 1e-12).sum(), (q + 1e-12) / (q + 1e-12).sum()
    return list(rng.choice(names, 1_500, p=p)), list(rng.choice(names, 1_000, p=q))


def claims_under_drift(seeds: range) -> list[tuple[int, str]]:
    wrong = []
    for seed in seeds:
        train, serve = drifted(np.random.default_rng(seed))
        made = sides([str(v) for v in train], [str(v) for v in serve])
        wrong += [(seed, c.name) for c in diagnose_grids(made, {}) if c.name in MINE]
    return wrong


def test_drifting_categories_are_not_called_a_mistake() -> None:
    assert len(claims_under_drift(range(40))) <= 1


@pytest.mark.slow
def test_hundreds_of_drifting_columns_give_hardly_a_claim() -> None:
    assert len(claims_under_drift(range(600))) <= 6


def test_hostile_names_and_values_stay_quoted_in_conditions() -> None:
    train = [HOSTILE + str(i % 5) for i in range(50)]
    serve = [HOSTILE for _ in train]
    made = pair(train, serve, name=HOSTILE)
    for name in MINE:
        for claim in getattr(cause(name), "on_pairs", lambda *_: ())(made, Context()):
            assert found_rows(train, serve, claim.condition, HOSTILE)


def test_two_values_that_are_swapped_on_some_rows_are_luck() -> None:
    rng = np.random.default_rng(5)
    train = labels(["a", "b"])(rng, 1_000)
    hit = rng.random(1_000) < 0.2
    serve = [{"a": "b", "b": "a"}[v] if h else v for v, h in zip(train, hit, strict=True)]
    assert not [c for c in diagnose(pair(train, serve), Context()) if c.name in MINE]
