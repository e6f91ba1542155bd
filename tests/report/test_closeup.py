"""What a column's own page draws: curves, the fitted cause, differences of pairs and places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skewcheck import axis
from skewcheck.charts import chart
from skewcheck.closeup import SPANS, closeup
from skewcheck.report import Report, build
from tests.report.cases import flights
from tests.report.offline import offline, offline_run


@pytest.fixture(scope="module")
def report() -> Report:
    return offline()


def test_quantiles_lie_where_the_values_do() -> None:
    run = flights()
    sides = next(s for s in run.sides if s.name == "wind")
    made = chart(sides)
    assert made is not None and made.body is not None and made.body.curves is not None
    numbers, curves = sides.numbers, made.body.curves
    assert numbers is not None
    laid = axis.lay(numbers.value, [numbers.train / 20_000, numbers.serve / 5_000])
    rows = np.repeat(numbers.value, numbers.train)
    expected = laid.place(np.quantile(rows, np.linspace(0, 1, 33), method="inverted_cdf"))
    assert np.allclose(curves.train, expected.clip(0, 1), atol=0.02)


def test_the_gap_is_the_kolmogorov_smirnov_distance(report: Report) -> None:
    for column in report.columns:
        found = [x.numbers.value for x in column.lines if x.check == "ks" and not x.place]
        drawn = report.charts.get(column.name)
        if found and found[0] is not None and drawn and drawn.body and drawn.body.curves:
            _, train, serve = drawn.body.curves.gap
            assert abs(train - serve) == pytest.approx(found[0], abs=1e-9)


def test_a_cause_that_is_a_function_is_drawn_along_train(report: Report) -> None:
    cause = offline_run().reasons["distance_miles"].causes[0]
    assert len(cause.curve) > 10
    assert all(serve == pytest.approx(1.609344 * train) for train, serve in cause.curve)
    body = report.charts["distance_miles"].body
    assert body is not None and body.curves is not None
    assert all(0 <= x <= 1 for point in body.curves.fit for x in point)
    assert not offline_run().reasons["carrier"].causes[0].curve


def test_the_other_axis_is_of_the_other_kind(report: Report) -> None:
    both = [c for c in report.charts.values() if c.body and c.other]
    assert both
    for made in both:
        assert made.body is not None and made.other is not None
        assert made.body.log != made.other.log
        assert sum(made.other.train) == pytest.approx(sum(made.body.train), abs=0.05)


def test_places_count_every_pair_once(report: Report) -> None:
    pairs = offline_run().partner.pairs  # type: ignore[union-attr]
    assert set(report.closeups) == {
        n for n, c in pairs.columns.items() if c.counts.mismatches and n in _names(report)
    }
    for name, found in report.closeups.items():
        assert found.times is not None and len(found.times.labels) <= SPANS
        assert sum(found.times.rows) == pairs.rows.count
        assert sum(found.times.differing) == pairs.columns[name].counts.mismatches
        for part in found.segments:
            assert all(0 <= d <= n for d, n in zip(part.differing, part.rows, strict=True))
        for spread in found.spreads:
            assert sum(spread.shares) == pytest.approx(1.0, abs=0.01)


def _names(report: Report) -> set[str]:
    return {c.name for c in report.columns}


def test_a_column_without_differing_pairs_has_no_closeup() -> None:
    assert closeup(offline_run(), "temp") is None
    assert closeup(replace(offline_run(), partner=None), "carrier") is None
    assert build(flights()).closeups == {}
