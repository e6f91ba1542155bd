"""The two sides of a column on common cells."""

from __future__ import annotations

import numpy as np
import pytest

from tests.checks.cases import found


@pytest.mark.parametrize("rows", [3, 5, 10, 20, 30, 40, 80])
def test_a_handful_of_different_rows_in_train_is_no_reason_to_fail(rows: int) -> None:
    rng = np.random.default_rng(rows)
    effect, _ = found("divergence", rng.normal(size=rows), rng.normal(size=3000))
    assert effect.bounds()[0] < 0.1


def test_a_value_that_fills_a_small_train_is_still_told_from_its_neighbours() -> None:
    train = np.where(np.arange(40) % 4 == 0, 7.0, np.linspace(6.0, 8.0, 40))
    effect, detail = found("divergence", train, np.linspace(6.0, 8.0, 3000))
    assert effect.value > 0.1
    assert detail["cell"] == "7"
