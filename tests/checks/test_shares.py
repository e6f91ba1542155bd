"""Checks of shares of rows: nulls, NaN, missing columns, types. Counts are exact, so are values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skewcheck.schema import Kind
from tests.checks.cases import defined, found, reason, tried, tried_on
from tests.tables import pair

NAN = float("nan")
THOUSAND = np.arange(1000.0)


def with_nulls(rows: int, nulls: int) -> pa.Array:
    """Return numbers of which the first few are null."""
    return pa.array(np.arange(float(rows)), mask=np.arange(rows) < nulls)


class TestNullRate:
    """null_rate: both directions, where train has nulls."""

    def test_a_rise_and_a_fall_are_the_same_effect(self) -> None:
        rise, detail = found("null_rate", with_nulls(1000, 100), with_nulls(500, 100))
        fall, _ = found("null_rate", with_nulls(500, 100), with_nulls(1000, 100))
        assert rise.value == fall.value == pytest.approx(0.1)
        assert (detail["train_share"], detail["serve_share"]) == (0.1, 0.2)
        assert rise.p_above(0.02) < 1e-3

    def test_the_same_rate_is_no_effect(self) -> None:
        assert found("null_rate", with_nulls(1000, 100), with_nulls(500, 50))[0].value == 0

    def test_a_null_rate_filled_with_zeros_is_seen(self) -> None:
        assert found("null_rate", with_nulls(1000, 100), THOUSAND)[0].value == pytest.approx(0.1)

    def test_absent_counts_as_null(self) -> None:
        train = {"x": with_nulls(100, 50), "y": np.arange(100)}
        effect, detail = defined(tried_on("null_rate", "x", train, {"x": with_nulls(100, 50)}))
        assert (effect.value, detail["absent"]) == (0, 0)

    def test_without_nulls_in_train_it_leaves_the_column_to_new_nulls(self) -> None:
        assert tried("null_rate", THOUSAND, with_nulls(10, 5)) is None
        assert tried("new_nulls", with_nulls(10, 5), THOUSAND) is None

    def test_all_null_on_both_sides_is_no_effect(self) -> None:
        effect, _ = found("null_rate", pa.nulls(2000), pa.nulls(3000))
        assert effect.value == 0
        assert effect.p_below(0.02) < 0.05


class TestNewNulls:
    """new_nulls: nulls where train has none."""

    def test_their_share_is_the_effect(self) -> None:
        effect, detail = found("new_nulls", THOUSAND, with_nulls(1000, 30))
        assert effect.value == pytest.approx(0.03)
        assert detail == {"null": 30, "absent": 0}
        assert effect.p_above(0.001) < 1e-6

    def test_none_is_quiet_and_decided_by_three_thousand_rows(self) -> None:
        few, _ = found("new_nulls", THOUSAND, THOUSAND)
        many, _ = found("new_nulls", np.arange(4000.0), np.arange(4000.0))
        assert few.value == many.value == 0
        assert few.p_below(0.001) > 0.05 > many.p_below(0.001)

    def test_one_row_proves_nothing(self) -> None:
        effect, _ = found("new_nulls", [1.0], pa.nulls(1, pa.float64()))
        assert effect.value == 1
        assert effect.p_above(0.001) > 0.05


class TestNan:
    """nan_rate and new_nan: NaN and infinities among the numbers."""

    def test_nan_where_train_has_none(self) -> None:
        effect, detail = found("new_nan", THOUSAND, [NAN, float("inf"), 1.0, 2.0] * 100)
        assert effect.value == pytest.approx(0.5)
        assert detail == {"nan": 100, "+inf": 100, "-inf": 0}
        assert tried("nan_rate", THOUSAND, [NAN, 1.0]) is None

    def test_nan_that_train_has_too_is_compared_in_rate(self) -> None:
        effect, detail = found("nan_rate", [NAN, 1.0] * 100, [NAN, 1.0, 2.0, 3.0] * 100)
        assert effect.value == pytest.approx(0.25)
        assert detail == {"train_share": 0.5, "serve_share": 0.25}
        assert tried("new_nan", [NAN, 1.0], [1.0]) is None

    def test_nulls_are_no_nan(self) -> None:
        assert found("new_nan", THOUSAND, with_nulls(1000, 500))[0].value == 0

    @pytest.mark.parametrize("other", [["a"], pa.nulls(3, pa.float64()), [True]])
    def test_without_numbers_on_a_side_it_does_not_apply(self, other: Any) -> None:
        for check in ("nan_rate", "new_nan"):
            assert tried(check, [1.0, NAN], other) is None
            assert tried(check, other, [1.0, NAN]) is None


class TestAbsent:
    """absent: rows without the column."""

    def test_a_column_that_serve_lacks_is_absent_in_every_row(self) -> None:
        measured = tried_on("absent", "x", {"x": THOUSAND, "y": THOUSAND}, {"y": THOUSAND})
        effect, detail = defined(measured)
        assert (effect.value, detail) == (1, {"rows": 1000})
        assert effect.p_above(0.001) < 1e-6

    def test_a_column_that_train_never_fills_cannot_be_missed(self) -> None:
        train = {"x": pa.nulls(5), "y": [1] * 5}
        assert tried_on("absent", "x", train, {"y": [1]}) is None

    def test_a_column_with_nulls_in_train_may_be_left_out_now_and_then(self) -> None:
        assert tried("absent", with_nulls(10, 1), with_nulls(10, 9)) is None
        missing = tried_on("absent", "x", {"x": with_nulls(10, 1), "y": [1] * 10}, {"y": [1]})
        assert defined(missing)[0].value == 1

    def test_nulls_are_not_absent(self) -> None:
        assert found("absent", THOUSAND, pa.nulls(1000, pa.float64()))[0].value == 0


class TestNewColumn:
    """new_column: columns that train does not have."""

    def test_the_share_of_rows_that_carry_it_is_the_effect(self) -> None:
        measured = tried_on("new_column", "x", {"y": THOUSAND}, {"x": THOUSAND, "y": THOUSAND})
        effect, detail = defined(measured)
        assert (effect.value, detail) == (1, {"rows": 1000})

    def test_a_column_of_train_is_not_new(self) -> None:
        assert tried("new_column", [1], [1]) is None
        assert tried_on("new_column", "x", {"x": [1], "y": [1]}, {"y": [1]}) is None


YES = ["yes", "no"] * 50
WHOLE = np.arange(100.0)
TIMES = [datetime(2026, 3, day) for day in range(1, 29)]


class TestTypeErrors:
    """type_errors: values of another type than train's."""

    @pytest.mark.parametrize(
        ("train", "serve", "share", "names"),
        [
            (WHOLE, ["12.5"] * 10, 1, {"numbers as text": 10}),
            (WHOLE, ["12.5"] * 5 + ["n/a"] * 5, 1, {"numbers as text": 5, "texts": 5}),
            (WHOLE, [True, False], 1, {"booleans": 2}),
            ([True, False], [0, 1, 1], 1, {"numbers": 3}),
            ([True, False], YES, 1, {"booleans as text": 100}),
            (YES, [True, False], 1, {"booleans": 2}),
            (YES, [1.5], 1, {"numbers": 1}),
            (YES, ["12.5"], 0, {}),
            (WHOLE, [[1.0]], 1, {"lists or objects": 1}),
            (WHOLE, [{"a": 1}], 1, {"lists or objects": 1}),
            ([[1.0]], WHOLE, 1, {"numbers": 100}),
            (TIMES, ["2026-03-01T10:00:00Z", "2026-03-01"], 0, {}),
            (TIMES, [1.77e9], 0, {}),
            (TIMES, ["yesterday"], 1, {"texts": 1}),
            (WHOLE, TIMES, 1, {"times": 28}),
            (WHOLE, [NAN, float("inf")], 0, {}),
        ],
    )
    def test_what_is_found_instead_is_counted_and_named(
        self, train: Any, serve: Any, share: float, names: dict[str, int]
    ) -> None:
        effect, detail = found("type_errors", train, serve)
        assert effect.value == share
        assert detail["found"] == names

    def test_what_train_mixes_too_is_no_increase(self) -> None:
        lists = pa.array(["a", "1", "true"] * 20)
        assert found("type_errors", lists, lists)[0].value == 0

    def test_serve_without_any_value_is_undefined(self) -> None:
        assert reason("type_errors", WHOLE, pa.nulls(5)) == "serve has no value"

    def test_train_without_any_value_has_no_type(self) -> None:
        assert tried("type_errors", pa.nulls(5), WHOLE) is None


class TestKindsThatDiffer:
    """Columns whose sides hold different kinds are laid on one table, every row in it once."""

    @pytest.mark.parametrize(
        ("train", "serve", "kind"),
        [
            (WHOLE, ["12.5"] * 10, Kind.NUMBER),
            (WHOLE, ["12.5", "n/a", "x"], Kind.NUMBER),
            (WHOLE, [True, False], Kind.NUMBER),
            ([True, False], YES, Kind.BOOLEAN),
            ([True, False], [0, 1, 1], Kind.BOOLEAN),
            (["true", "false"], [True, False], Kind.TEXT),
            (["a", "b"], [1.0, 2.0], Kind.TEXT),
        ],
    )
    def test_every_row_is_in_one_cell(self, train: Any, serve: Any, kind: Kind) -> None:
        both = pair(train, serve)
        assert both.kind is kind
        if both.cells is not None:
            assert both.cells.train.sum() == len(train)
            assert both.cells.serve.sum() == len(serve)

    def test_numbers_as_text_are_compared_as_numbers(self) -> None:
        text = [str(x) for x in WHOLE.tolist()]
        assert found("ks", WHOLE, text)[0].value == 0
        assert found("type_errors", WHOLE, text)[0].value == 1

    def test_booleans_spelled_alike_differ_in_type_only(self) -> None:
        spelled = ["true", "false"] * 500
        effect, _ = found("l_infinity", [x == "true" for x in spelled], spelled)
        assert effect.value == 0
        assert found("type_errors", [x == "true" for x in spelled], spelled)[0].value == 1

    def test_booleans_spelled_otherwise_differ_in_both(self) -> None:
        effect, _ = found("l_infinity", [True, False] * 500, ["yes", "no"] * 500)
        assert effect.value == 0.5
