"""The page: one file, inert, small. (What a browser makes of it is tested in tests/browser.)"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest

from skewcheck.comparison import compare
from skewcheck.judge import judge
from skewcheck.render.html import render
from skewcheck.report import Report, build
from tests.report.cases import HOSTILE, Columns, flights, hostile, run
from tests.report.golden import expected
from tests.report.offline import offline

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "details",
    "summary", "h1", "h2", "p", "b", "i", "span", "div", "ul", "li", "dl", "dt", "dd", "table",
    "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "g", "path", "use", "text",
    "form", "input", "label", "select", "option", "button", "output", "script", "br", "pre",
    "a", "caption", "circle",
}  # fmt: skip


class Page(HTMLParser):
    """Collects tags, attributes and the text inside script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside in self.raw:
            self.raw[self.inside].append(data)
        self.inside = ""


@pytest.fixture(scope="module")
def report() -> Report:
    return build(flights())


@pytest.fixture(scope="module", params=["flights", "hostile"])
def text(request: pytest.FixtureRequest) -> str:
    return render(build({"flights": flights, "hostile": hostile}[request.param]()))


def test_the_flights_page_is_as_it_was(report: Report) -> None:
    actual = render(report)
    assert actual == expected("flights.html", actual)


def test_the_policy_comes_first_and_names_exactly_what_is_on_the_page(text: str) -> None:
    page = Page(text)
    assert [tag for tag, _ in page.tags[:3]] == ["html", "head", "meta"]
    policy = page.tags[2][1]["content"] or ""
    assert policy.startswith("default-src 'none'; ")
    assert len(page.raw["script"]) == 2  # the data, which a browser does not run, and the code
    for kind in ("style", "script"):
        raw = page.raw[kind][-1]
        digest = base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_is_fetched_and_nothing_is_inline(text: str) -> None:
    for tag, attributes in Page(text).tags:
        assert tag in ALLOWED
        for name, value in attributes.items():
            assert name != "style" and not name.startswith("on")
            assert name not in ("src", "action", "srcset", "data", "formaction")
            assert name not in ("href", "xlink:href") or re.fullmatch(r"#[\w%.~-]+", value or "")
    assert "url(" not in text and "@import" not in text


def test_a_hostile_page_has_the_nodes_of_a_harmless_twin() -> None:
    """Names and values must not add, remove or change one element."""
    harmless = [f"c{i}" for i in range(len(HOSTILE))]
    page, twin = (Page(render(build(hostile(names)))) for names in (HOSTILE, harmless))
    kinds = [[tag for tag, _ in p.tags if tag not in ("text", "li")] for p in (page, twin)]
    assert kinds[0] == kinds[1]


def test_no_character_that_could_act_is_on_the_page(text: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", text)


def test_every_verdict_has_its_word_and_not_only_a_colour(report: Report) -> None:
    text = render(report)
    for words in ("✕ fail", "? inconclusive", "! warn", "✓ pass"):
        assert words in text


def test_columns_are_ordered_by_damage_and_passing_ones_folded(report: Report) -> None:
    text = render(report)
    names = ("carrier", "gate", "score", "steady")
    order = [text.index(f"<span class=n>{name}<") for name in names]
    assert order == sorted(order)
    assert text.index("1 column within the limits") < order[3]


def test_undefined_measures_show_their_reason(report: Report) -> None:
    assert "not measured, serve has no value in 5,000 rows" in render(report)


def test_five_columns_are_a_small_page(report: Report) -> None:
    assert len(render(report).encode()) < 150_000


def wide(columns: int) -> Report:
    """Return a report of many columns of six shapes, most alike on both sides, fully judged."""

    def side(seed: int, rows: int = 4_000) -> Columns:
        rng = np.random.default_rng(seed)
        shapes: list[pa.Array] = [
            pa.array(rng.normal(0, 1, rows)),
            pa.array(rng.lognormal(0, 1, rows)),
            pa.array(np.where(rng.random(rows) < 0.7, 0, rng.exponential(3, rows))),
            pa.array(rng.choice([f"category {i}" for i in range(20)], rows)),
            pa.array(rng.poisson(12, rows).astype(float)),
            pa.array(rng.normal(seed, 1, rows), mask=rng.random(rows) < 0.05),
        ]
        return {f"a_feature_{i}": shapes[i % 6] for i in range(columns)}

    made = run(side(0), side(1), [])
    findings = compare(made.train.profile, made.serve.profile, made.schema)
    verdict = judge(findings, made.policy)
    return build(replace(made, verdict=verdict))


def test_a_column_costs_at_most_three_kilobytes() -> None:
    few, many = (len(render(wide(n)).encode()) for n in (6, 66))
    assert (many - few) / 60 <= 3_000


def test_a_column_with_a_cause_has_query_place_origin_and_pairs() -> None:
    text = render(offline())
    carrier = text[text.index("<span class=n>carrier<") : text.index("<span class=n>pressure<")]
    summary, _, body = carrier.partition("</summary>")
    assert "pipeline bug: serve = train in lower case" in summary
    assert "only where caller = app-android" in summary
    for words in ("Query for DuckDB", "Where, when", "Skew or drift", "<td>B6<td>b6<td>792 rows"):
        assert words in body
    assert "FROM s JOIN t ON" in body
    assert "12,949 of 12,949 requests have a row in fixtures/flights/offline.parquet" in text


def test_a_column_that_drifted_says_so_in_its_summary() -> None:
    text = render(offline())
    dewp = text[text.index("<span class=n>dewp<") :].partition("</summary>")[0]
    assert "<b>drift: the population moved, all 12,949 paired rows agree</b>" in dewp


def test_a_query_that_cannot_be_shown_as_it_is_is_not_shown() -> None:
    text = render(build(hostile()))
    assert text.count("this query holds names that cannot be shown as they are") > 2
    assert max(map(len, re.findall(r"<pre tabindex=0>(.*?)</pre>", text, re.S))) < 10_000
