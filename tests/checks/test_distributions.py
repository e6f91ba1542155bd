"""Checks of distributions: planted differences whose size is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from skewcheck.finding import Undefined
from tests.checks.cases import found, reason, tried
from tests.tables import pair

DISTANCES = ["divergence", "js_distance", "psi", "total_variation"]
NUMERIC = ["ks", "wasserstein", "quantile_shift", "out_of_range"]
TENS = np.repeat(np.arange(100.0), 10)
RNG = np.random.default_rng(5)
NORMAL = RNG.normal(0, 1, 4000)


def colours(*counts: int) -> list[str]:
    """Return texts of up to four categories, so many of each."""
    return [name for name, n in zip("rgbw", counts, strict=False) for _ in range(n)]


class TestKs:
    """ks."""

    def test_a_shift_by_a_fifth_of_a_uniform_is_a_fifth(self) -> None:
        effect, detail = found("ks", TENS, TENS + 20)
        assert effect.value == pytest.approx(0.2)
        assert effect.error == 0
        assert detail["train_share"] - detail["serve_share"] == pytest.approx(0.2)
        assert 19 <= detail["at"] <= 99

    def test_equal_sides_are_quiet_and_decided(self) -> None:
        effect, _ = found("ks", NORMAL, NORMAL)
        assert effect.value == 0
        assert effect.p_below(0.1) < 0.05

    def test_nulls_and_nan_are_none_of_its_business(self) -> None:
        some = pa.array(TENS, mask=TENS > 50)
        assert found("ks", TENS[TENS <= 50], some)[0].value == 0
        assert found("ks", TENS, np.concatenate([TENS, [np.nan] * 99]))[0].value == 0

    def test_a_side_without_a_number_is_undefined(self) -> None:
        assert reason("ks", TENS, pa.nulls(4, pa.float64())) == "serve has no number"
        assert reason("ks", pa.nulls(4, pa.float64()), TENS) == "train has no number"
        assert reason("ks", TENS, ["a"]) == "serve has no number"

    def test_one_row_a_side_decides_nothing(self) -> None:
        effect, _ = found("ks", [1.0], [2.0])
        assert effect.value == 1
        assert effect.p_above(0.1) > 0.05 and effect.p_below(0.1) > 0.05


class TestDistances:
    """divergence, js_distance, psi and total_variation, over the same cells."""

    TRAIN, SERVE = colours(500, 300, 200), colours(200, 300, 500)
    P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])

    def test_categories_are_compared_as_scipy_does(self) -> None:
        js = float(jensenshannon(self.P, self.Q, base=2))
        values = {c: found(c, self.TRAIN, self.SERVE)[0].value for c in DISTANCES}
        # Less their noise, smoothed: a few per mille off the plain formulas.
        assert values["js_distance"] == pytest.approx(js, abs=0.005)
        assert values["divergence"] == pytest.approx(8 * np.log(2) * js**2, abs=0.01)
        index = ((self.Q - self.P) * np.log(self.Q / self.P)).sum()
        assert values["psi"] == pytest.approx(index, abs=0.01)
        assert values["total_variation"] == pytest.approx(0.3, abs=0.005)

    def test_the_cell_that_changed_most_is_named(self) -> None:
        _, detail = found("divergence", self.TRAIN, colours(500, 100, 400))
        assert detail["cells"] == 3
        assert detail["cell"] in ("g", "b")
        assert abs(detail["serve_share"] - detail["train_share"]) == pytest.approx(0.2)

    @pytest.mark.parametrize("check", DISTANCES)
    def test_halves_of_one_sample_are_quiet(self, check: str) -> None:
        effect, _ = found(check, NORMAL[:2000], NORMAL[2000:])
        assert effect.bounds()[0] == 0

    @pytest.mark.parametrize("check", DISTANCES)
    def test_nulls_are_a_cell(self, check: str) -> None:
        some = pa.array(NORMAL, mask=np.arange(4000) % 2 == 0)
        effect, detail = found(check, NORMAL, some)
        assert effect.bounds()[0] > 0.05
        assert detail["cell"] == "null"

    @pytest.mark.parametrize("check", DISTANCES)
    def test_too_few_rows_to_tell_cells_apart_are_undefined(self, check: str) -> None:
        assert "too few rows" in reason(check, ["a", "a", "b"], ["a", "b", "b"])

    @pytest.mark.parametrize("check", DISTANCES)
    def test_texts_that_hardly_repeat_have_no_distribution(self, check: str) -> None:
        """More rows would not help: such a column is judged by its lengths and its cells."""
        ids = [f"id{i}" for i in range(20_000)]
        assert tried(check, ids[:10_000], ids[10_000:]) is None
        lengths, _ = found("text_length", ids[:10_000], ids[10_000:])
        assert lengths.value > 0.05

    @pytest.mark.parametrize("check", [*DISTANCES, "l_infinity", "default_fill", "new_category"])
    def test_more_texts_than_are_counted_have_no_cells(self, check: str) -> None:
        ids = [f"id{i}" for i in range(70_000)]
        assert tried(check, ids, ids) is None

    @pytest.mark.parametrize("check", [*DISTANCES, *NUMERIC, "l_infinity", "default_fill"])
    def test_times_and_lists_have_no_distribution_here(self, check: str) -> None:
        times = [datetime(2026, 1, 1) + timedelta(hours=i) for i in range(50)]
        assert tried(check, times, times) is None
        assert tried(check, [[1], [2]], [[1], []]) is None

    def test_a_constant_has_one_cell_and_no_divergence(self) -> None:
        effect, detail = found("divergence", [7.0] * 500, [7.0] * 500)
        assert (effect.value, detail["cells"]) == (0, 1)
        assert effect.p_below(0.1) < 0.05


class TestLInfinity:
    """l_infinity: one value's share."""

    def test_a_default_in_five_percent_of_rows_is_its_share(self) -> None:
        filled = np.where(np.arange(4000) % 20 == 0, -1.0, NORMAL)
        effect, detail = found("l_infinity", NORMAL, filled)
        assert effect.value == pytest.approx(0.05, abs=1e-9)
        assert detail["cell"] == "-1"
        assert effect.bounds()[0] > 0.035

    def test_categories_that_swap_change_by_their_difference(self) -> None:
        effect, detail = found("l_infinity", colours(700, 300), colours(300, 700))
        assert effect.value == pytest.approx(0.4)
        assert detail["cell"] in ("r", "g")

    def test_equal_sides_are_quiet(self) -> None:
        assert found("l_infinity", NORMAL, NORMAL)[0].value == 0

    @pytest.mark.parametrize("serve", [pa.nulls(9, pa.float64()), ["a"] * 9])
    def test_a_side_without_a_number_is_not_measured(self, serve: Any) -> None:
        assert tried("l_infinity", NORMAL, serve) is None


class TestDefaultFill:
    """default_fill: one exact value that train hardly has."""

    @pytest.mark.parametrize("value", [-1.0, -999.0, 0.0, 0.123456, 1e6])
    def test_the_value_is_named_and_its_share_is_the_effect(self, value: float) -> None:
        filled = np.where(np.arange(4000) % 10 == 0, value, NORMAL)
        effect, detail = found("default_fill", NORMAL, filled)
        assert float(detail["cell"]) == pytest.approx(value, rel=1e-6)
        assert effect.value == pytest.approx(0.1, abs=2e-3)
        assert effect.p_above(0.02) < 1e-6

    def test_a_constant_column_is_a_fill_of_all_rows(self) -> None:
        assert found("default_fill", NORMAL, [3.25] * 1000)[0].value == 1

    def test_a_new_category_in_a_tenth_of_rows_is_named(self) -> None:
        effect, detail = found("default_fill", colours(600, 400), colours(500, 400, 0, 100))
        assert effect.value == pytest.approx(0.1)
        assert detail["cell"] == "w"

    def test_a_value_that_train_has_as_often_is_no_fill(self) -> None:
        zeros = np.where(np.arange(4000) % 2 == 0, 0.0, NORMAL)
        assert found("default_fill", zeros, zeros)[0].value == 0

    def test_continuous_halves_are_quiet(self) -> None:
        assert found("default_fill", NORMAL[:2000], NORMAL[2000:])[0].bounds()[0] == 0


class TestOutOfRange:
    """out_of_range: numbers beyond train's extremes."""

    def test_the_share_beyond_is_the_effect_less_what_two_extremes_make(self) -> None:
        serve = np.concatenate([TENS[:900], [-5.0] * 60, [1000.0] * 40])
        effect, detail = found("out_of_range", TENS, serve)
        assert effect.value == pytest.approx(0.1 - 2 / 1000)
        assert (detail["below"], detail["above"]) == (60, 40)
        assert detail["train_range"] == [0, 99]
        assert detail["serve_range"] == [-5, 1000]

    def test_inside_the_range_is_quiet(self) -> None:
        assert found("out_of_range", TENS, TENS[10:-10])[0].value == 0

    def test_a_hundredfold_is_far_out(self) -> None:
        assert found("out_of_range", NORMAL + 10, (NORMAL + 10) * 100)[0].value > 0.99


class TestWasserstein:
    """wasserstein, in train's IQR."""

    def test_a_shift_is_as_long_as_it_is(self) -> None:
        effect, detail = found("wasserstein", TENS, TENS + 50)
        assert detail["scale"] == 50
        assert effect.value == pytest.approx(1, rel=2e-3)

    def test_it_is_scipys_distance_over_the_scale_less_noise(self) -> None:
        serve = NORMAL * 1.5 + 1
        effect, detail = found("wasserstein", NORMAL, serve)
        plain = wasserstein_distance(NORMAL, serve) / detail["scale"]
        assert effect.value == pytest.approx(plain, rel=5e-3)
        assert effect.bounds()[0] < plain < effect.bounds()[1]

    def test_a_single_value_has_no_spread(self) -> None:
        assert "no spread" in reason("wasserstein", [1.0] * 99, TENS)
        assert "no spread" in reason("quantile_shift", [1.0] * 99, TENS)

    def test_the_greatest_float_as_a_sentinel_is_too_far(self) -> None:
        serve = np.where(np.arange(4000) == 7, np.finfo(np.float64).max, NORMAL)
        assert "too far apart" in reason("wasserstein", NORMAL, serve)
        assert "too far apart" in reason("quantile_shift", NORMAL, serve)
        assert found("out_of_range", NORMAL, serve)[1]["above"] == 1


class TestQuantileShift:
    """quantile_shift, in train's IQR."""

    def test_a_shift_moves_every_quantile(self) -> None:
        effect, detail = found("quantile_shift", TENS, TENS + 25)
        assert effect.value == pytest.approx(0.5, rel=5e-3)
        assert detail["levels"] == [0.05, 0.25, 0.5, 0.75, 0.95]
        moved = np.array(detail["serve"]) - np.array(detail["train"])
        assert moved == pytest.approx(np.full(5, 25), abs=0.1)

    def test_a_stretched_tail_moves_its_quantile(self) -> None:
        serve = np.where(TENS >= 90, TENS * 2, TENS)
        effect, detail = found("quantile_shift", TENS, serve)
        assert detail["serve"][2] == detail["train"][2]
        assert effect.value == pytest.approx(95 / 50, rel=0.05)

    def test_equal_sides_are_quiet(self) -> None:
        assert found("quantile_shift", NORMAL, NORMAL)[0].value == 0


class TestTextLength:
    """text_length, of texts and lists."""

    def test_truncation_is_seen(self) -> None:
        texts = [f"{i:08d}" * (1 + i % 4) for i in range(1000)]
        effect, detail = found("text_length", texts, [text[:16] for text in texts])
        assert effect.value == pytest.approx(0.5)
        assert detail["at"] == 16

    def test_lists_are_compared_by_their_items(self) -> None:
        effect, _ = found("text_length", [[0.0] * 3] * 500, [[0.0] * 2] * 250 + [[0.0] * 3] * 250)
        assert effect.value == pytest.approx(0.5)

    def test_equal_lengths_are_quiet_and_decided(self) -> None:
        effect, _ = found("text_length", ["abc"] * 2000, ["xyz"] * 2000)
        assert effect.value == 0
        assert effect.p_below(0.1) < 0.05

    def test_a_side_without_texts_is_undefined(self) -> None:
        assert reason("text_length", ["a"], pa.nulls(3, pa.string())) == "serve has no text or list"
        assert reason("text_length", ["a"], [1.0]) == "serve has no text or list"

    def test_numbers_have_no_length(self) -> None:
        assert tried("text_length", TENS, TENS) is None


class TestCells:
    """The table that divergences and l_infinity read."""

    def test_every_row_of_both_sides_is_in_one_cell(self) -> None:
        train = pa.array(np.where(NORMAL > 1, np.nan, NORMAL), mask=NORMAL < -1)
        serve = pa.array(np.where(NORMAL > 1, np.inf, NORMAL), mask=NORMAL < -2)
        cells = pair(train, serve).cells
        assert cells is not None
        assert cells.train.sum() == cells.serve.sum() == 4000
        assert {"null", "NaN", "infinity"} <= set(cells.labels)
        assert len(set(cells.labels)) == len(cells.labels)

    def test_atoms_are_cells_of_their_own_with_their_exact_value(self) -> None:
        prices = RNG.choice([9.99, 19.98, 19.99, 24.95], 4000)
        cells = pair(prices, prices).cells
        assert cells is not None
        assert list(cells.labels) == ["9.99", "19.98", "19.99", "24.95"]

    def test_bins_are_quantiles_of_train(self) -> None:
        cells = pair(NORMAL, NORMAL).cells
        assert cells is not None
        assert len(cells.labels) == 20
        assert cells.train.min() > 150

    def test_what_lies_beyond_train_has_cells_of_its_own(self) -> None:
        cells = pair(TENS, np.concatenate([TENS, [-5.0, 500.0]])).cells
        assert cells is not None
        assert (cells.train[0], cells.serve[0]) == (0, 1)
        assert (cells.train[-1], cells.serve[-1]) == (0, 1)


def test_a_column_of_one_side_has_no_distribution_to_compare() -> None:
    from tests.checks.cases import tried_on

    for check in [*DISTANCES, *NUMERIC, "l_infinity", "default_fill", "text_length"]:
        assert tried_on(check, "x", {"x": TENS, "y": TENS}, {"y": TENS}) is None
        assert tried_on(check, "x", {"y": TENS}, {"x": TENS, "y": TENS}) is None


def test_undefined_is_a_value_and_never_zero() -> None:
    measured = tried("ks", TENS, pa.nulls(4, pa.float64()))
    assert measured is not None
    assert isinstance(measured.measure, Undefined)
    assert (measured.n_train, measured.n_serve) == (1000, 0)
