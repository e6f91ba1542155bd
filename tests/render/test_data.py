"""The data on the page: no string can end the block, and the drawings are what the charts are."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.render._data import PEAK, columns, embedded, sweeps
from skewcheck.render._figures import figure, told_at
from skewcheck.render.html import render
from skewcheck.report import build
from tests.report.cases import HOSTILE, flights, hostile
from tests.report.topics import decisions, latency, topics


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_text_reads_back_and_none_is_markup(data: object) -> None:
    text = embedded(data)
    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029") & set(text)


def test_the_block_of_a_hostile_page_is_whole() -> None:
    found = re.findall(
        r'<script type="application/json" id="page-data">(.*?)</script>',
        render(build(hostile())),
        re.S,
    )
    assert len(json.loads(found[0])["columns"]) == len(HOSTILE)


def test_heights_are_shares_of_the_highest_bar_and_none_is_lost() -> None:
    report = build(flights())
    for column, drawn in zip(report.columns, columns(report, report.columns), strict=True):
        chart = report.charts.get(column.name)
        if chart is None or chart.body is None:
            continue
        body = drawn["b"][0]
        assert max(*body["t"], *body["s"]) == PEAK
        assert [bool(h) for h in body["t"]] == [share > 0 for share in chart.body.train]


def test_the_thresholds_of_the_page_are_those_of_the_topic() -> None:
    (data,) = sweeps([latency(), decisions()])
    assert len(data["t"]) == 19 and [name for name, *_ in data["s"]][2] == "value"
    assert told_at(decisions().parts[0])[0] == ("approval rate", "50.0 %")  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [0, 1])
def test_a_figure_says_in_numbers_what_it_draws(place: int) -> None:
    part = latency().parts[place]
    drawn = figure(part)  # type: ignore[arg-type]
    rows = {row[0]: row[1:] for row in drawn.table.rows}
    assert drawn.summary.startswith(("Histogram of Response times", "99 % quantile by hour"))
    if place:
        assert rows["05:00"] == ("not known",)
        assert rows["00:00"] == ("20 ms (17 ms to 24 ms)",)
    else:
        assert rows["5"] == ("10", "900", "600")


def test_every_kind_of_part_is_on_the_page_with_its_links() -> None:
    text = render(topics())
    for word in ("quick wins", "Response times", "What follows from the threshold", "limit 50 ms"):
        assert word in text
    assert '<a href="#carrier" aria-label="carrier"><circle' in text
    assert "4,100 (82.0 %)" in text
