"""Checks of categories: new ones, vanished ones, and columns under another name."""

from __future__ import annotations

import numpy as np
import pytest

from tests.checks.cases import defined, found, tried, tried_on
from tests.tables import Columns

RNG = np.random.default_rng(8)
ABC = ["a"] * 500 + ["b"] * 300 + ["c"] * 200


class TestNewCategory:
    """new_category: what train never showed."""

    def test_the_share_of_unseen_values_is_the_effect(self) -> None:
        effect, detail = found("new_category", ABC, ["A"] * 50 + ["B"] * 30 + ["c"] * 920)
        assert effect.value == pytest.approx(0.08)
        assert detail == {"new": [["A", 0, 50], ["B", 0, 30]], "rows": 80}
        assert effect.p_above(0.01) < 1e-3

    def test_known_values_are_quiet(self) -> None:
        effect, detail = found("new_category", ABC * 2, ABC * 2)
        assert (effect.value, detail["new"]) == (0, [])
        assert effect.p_below(0.01) < 0.05

    def test_a_column_of_many_rare_values_is_expected_to_show_new_ones(self) -> None:
        rare = [f"v{int(x)}" for x in RNG.pareto(0.7, 8000) * 5]
        effect, detail = found("new_category", rare[:4000], rare[4000:])
        assert detail["rows"] > 200
        assert effect.p_above(0.01) > 0.05

    def test_only_the_most_frequent_are_named(self) -> None:
        serve = [f"n{i}" for i in range(30) for _ in range(i + 1)]
        _, detail = found("new_category", ABC, serve)
        assert len(detail["new"]) == 10
        assert detail["new"][0] == ["n29", 0, 30]

    def test_a_new_spelling_of_booleans_is_new(self) -> None:
        effect, _ = found("new_category", [True, False] * 100, ["yes", "no"] * 100)
        assert effect.value == 1

    def test_numbers_have_no_categories(self) -> None:
        assert tried("new_category", [1.0], [2.0]) is None
        assert tried("new_category", ABC, [1.0]) is None


class TestVanishedCategory:
    """vanished_category: what serve never shows."""

    def test_the_share_of_train_rows_is_the_effect(self) -> None:
        effect, detail = found("vanished_category", ABC, ["a"] * 600 + ["b"] * 400)
        assert effect.value == pytest.approx(0.2)
        assert detail == {"vanished": [["c", 200, 0]], "rows": 200}
        assert effect.p_above(0.02) < 1e-6

    def test_a_small_serve_side_is_expected_to_miss_some(self) -> None:
        rare = [f"v{int(x)}" for x in RNG.pareto(0.7, 8000) * 5]
        effect, _ = found("vanished_category", rare[:7000], rare[7000:])
        assert effect.p_above(0.02) > 0.05

    def test_equal_sides_are_quiet(self) -> None:
        assert found("vanished_category", ABC, ABC)[0].value == 0


NUMBERS = RNG.normal(50, 10, 4000)
OTHERS = RNG.normal(0, 1, 4000)


class TestRenamed:
    """renamed: a missing column that a new one resembles."""

    def _found(self, train: Columns, serve: Columns) -> dict[str, object]:
        return defined(tried_on("renamed", "annual_income", train, serve))[1]

    def test_the_column_of_the_same_distribution_is_found(self) -> None:
        train = {"annual_income": NUMBERS[:2000], "y": OTHERS[:2000]}
        serve = {"annualIncome": NUMBERS[2000:], "other": OTHERS[2000:], "y": OTHERS[:2000]}
        found = self._found(train, serve)
        assert found["looks_like"] == "annualIncome"
        assert found["name_likeness"] == 0.96

    def test_among_columns_alike_the_likest_name_is_chosen(self) -> None:
        train = {"annual_income": NUMBERS[:2000], "y": [1] * 2000}
        serve = {"zzz": NUMBERS[2000:], "income": NUMBERS[1000:3000], "y": [1] * 2000}
        assert self._found(train, serve)["looks_like"] == "income"

    def test_texts_are_found_by_their_categories(self) -> None:
        train = {"annual_income": ABC, "y": [1] * 1000}
        serve = {"income_class": ABC, "words": ["x", "y"] * 500, "y": [1] * 1000}
        assert self._found(train, serve)["looks_like"] == "income_class"

    def test_where_nothing_is_alike_it_does_not_apply(self) -> None:
        train = {"annual_income": NUMBERS, "y": OTHERS}
        for serve in ({"y": OTHERS}, {"y": OTHERS, "z": OTHERS}, {"y": OTHERS, "z": ABC * 4}):
            assert tried_on("renamed", "annual_income", train, serve) is None

    def test_a_column_that_is_there_was_not_renamed(self) -> None:
        train, serve = {"annual_income": NUMBERS}, {"annual_income": NUMBERS, "z": NUMBERS}
        assert tried_on("renamed", "annual_income", train, serve) is None
