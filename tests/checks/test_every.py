"""What every check has and does, whichever it is."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skewcheck.checks import Measured
from skewcheck.comparison import compare
from skewcheck.errors import InputError
from skewcheck.finding import Finding, Undefined
from skewcheck.policy import Rule
from skewcheck.profile import Plan, Profile
from skewcheck.schema import Role
from tests.checks.cases import CHECKS
from tests.tables import pairs, profiles, schema

EACH = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
RNG = np.random.default_rng(11)
DAY = datetime(2026, 3, 1)

#: Columns of every kind and of kinds mixed up; every pair of them is two sides of one column.
COLUMNS: dict[str, Any] = {
    "numbers": RNG.normal(0, 1, 200),
    "numbers as text": [f"{x:.2f}" for x in RNG.normal(0, 1, 200)],
    "one number": [1.5],
    "one value": [3.0] * 50,
    "far numbers": [1e308, -1e308, 5e-324, 0.0] * 5,
    "NaN": [float("nan")] * 10,
    "odd numbers": [float("nan"), float("inf"), float("-inf"), 1.0],
    "0 and 1": RNG.integers(0, 2, 100),
    "booleans": RNG.random(100) < 0.5,
    "yes and no": RNG.choice(["yes", "no"], 100).tolist(),
    "categories": RNG.choice(["a", "b", "c"], 100).tolist(),
    "ids": [f"id{i}" for i in range(100)],
    "times": [DAY + timedelta(hours=i) for i in range(50)],
    "lists": [[1.0] * (i % 4) for i in range(50)],
    "structs": [{"a": 1}] * 20,
    "nulls": pa.nulls(30),
    "null numbers": pa.nulls(30, pa.float64()),
    "some nulls": pa.array([1.0, None, 3.0, None] * 10),
    "empty texts": [""] * 10,
}


@EACH
def test_a_check_says_what_it_is(check: ModuleType) -> None:
    assert check.TITLE and check.TITLE[0] != " " and not check.TITLE.endswith(".")
    assert isinstance(check.UNIT, str)
    assert isinstance(check.RULE, Rule)
    assert check.RULE.warn is None or check.RULE.fail is None or check.RULE.warn < check.RULE.fail


@EACH
def test_a_checks_docstring_is_its_manual_page(check: ModuleType) -> None:
    text = check.__doc__ or ""
    assert text.split("\n")[0].endswith((".", "?"))
    assert any(line.startswith("Effect:") for line in text.splitlines())
    assert "Interval:" in text or "with its interval" in text
    assert "Undefined" in text


@pytest.mark.parametrize("train", COLUMNS)
def test_every_check_answers_about_any_two_columns(train: str) -> None:
    """Whatever meets: a measure with ordered bounds, a reason, or nothing; never an error."""
    for serve in COLUMNS.values():
        both = pairs({"x": COLUMNS[train]}, {"x": serve})
        for check in CHECKS.values():
            _sound(check.measure(both["x"], both))


@pytest.mark.parametrize("name", COLUMNS)
def test_every_check_answers_about_a_column_on_one_side(name: str) -> None:
    for train, serve in (({"y": [1]}, {"x": COLUMNS[name]}), ({"x": COLUMNS[name]}, {"y": [1]})):
        both = pairs(train, serve)
        for pair, check in product(both.values(), CHECKS.values()):
            _sound(check.measure(pair, both))


def _sound(measured: Measured | None) -> None:
    if measured is None:
        return
    json.dumps(dict(measured.detail), allow_nan=False)
    if isinstance(measured.measure, Undefined):
        assert measured.measure.reason
        return
    effect, (low, high) = measured.measure, measured.measure.bounds()
    assert math.isfinite(effect.value) and effect.value >= 0
    assert 0 <= low <= high
    for limit in (0.001, 0.1):
        assert 0 <= effect.p_above(limit) <= 1
        assert 0 <= effect.p_below(limit) <= 1
        effect.rows_needed(limit)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_compared_with_itself_has_no_effect(name: str) -> None:
    for finding in compare(*profiles({"x": COLUMNS[name]}, {"x": COLUMNS[name]}), schema()):
        if not isinstance(finding.measure, Undefined):
            assert finding.measure.value == 0, finding.check
            assert finding.measure.bounds()[0] == 0, finding.check


class TestCompare:
    """Which columns the checks are tried on."""

    def test_only_features_and_scores_are_compared(self) -> None:
        table = {"x": [1, 2], "id": [1, 2], "y": [0, 1], "p": [0.1, 0.2]}
        roles = schema(id=Role.KEY, y=Role.LABEL, p=Role.SCORE)
        found = {f.subject.column for f in compare(*profiles(table, table), roles)}
        assert found == {"x", "p"}

    def test_a_score_that_train_lacks_has_nothing_to_be_compared_with(self) -> None:
        sides = profiles({"x": [1, 2]}, {"x": [1, 2], "p": [0.1, 0.2]})
        found = {f.subject.column for f in compare(*sides, schema(p=Role.SCORE))}
        assert found == {"x"}

    def test_a_score_that_train_has_and_serve_lost_is_missing_unless_serve_has_another(
        self,
    ) -> None:
        sides = profiles({"x": [1, 2], "p": [0.1, 0.2]}, {"x": [1, 2], "q": [0.1, 0.2]})
        found = [f for f in compare(*sides, schema(p=Role.SCORE)) if f.subject.column == "p"]
        assert "absent" in {f.check for f in found}
        both = compare(*sides, schema(p=Role.SCORE, q=Role.SCORE))
        assert {f.subject.column for f in both} == {"x"}

    def test_every_finding_names_its_check_and_the_rows_it_rests_on(self) -> None:
        found = list(compare(*profiles({"x": [1.0, 2.0, None]}, {"x": [1.0]}), schema()))
        assert {f.check for f in found} <= set(CHECKS)
        ks = next(f for f in found if f.check == "ks")
        assert isinstance(ks, Finding)
        assert (ks.n_train, ks.n_serve) == (2, 1)

    def test_an_empty_side_is_refused(self) -> None:
        full, empty = profiles({"x": [1]}, {"x": [1]})[0], Profile(Plan())
        with pytest.raises(InputError, match="TRAIN has no row"):
            list(compare(empty, full, schema()))
        with pytest.raises(InputError, match="LOGS has no row"):
            list(compare(full, empty, schema()))

    def test_sides_with_nothing_in_common_are_refused(self) -> None:
        with pytest.raises(InputError, match=r"no feature in common: train has x, serve has y"):
            list(compare(*profiles({"x": [1]}, {"y": [1]}), schema()))
        with pytest.raises(InputError, match=r"in common is a feature or score: x \(label\)"):
            list(compare(*profiles({"x": [1]}, {"x": [1]}), schema(x=Role.LABEL)))
