"""The comment for a pull request: short on top, everything below, and no text that acts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from skewcheck.layout import Section
from skewcheck.render.markdown import code, prose, render
from skewcheck.report import build
from skewcheck.sanitize import safe
from tests.report.cases import HOSTILE, flights, hostile, nulls, run
from tests.report.golden import expected
from tests.report.offline import offline

ONE = {"a": pa.array([1.0])}
LIMIT = 60_000
OURS = {"<details>", "<summary>", "</summary>", "</details>", "<br>"}
ACTING = re.compile(r"[@#$*_~\[\]<>&\\`|!]|\w:\w|/|www\.|\b[0-9a-f]{7,}\b|\bGH-\d|:\w+:")
EVIL = (
    "@everyone",
    "a@example.com",
    "#1 GH-1 owner/repo#1",
    "www.example.com http://example.com",
    "deadbeefdeadbeef 1234567",
    "[a](javascript:alert(1))",
    "![x](http://example.com/x.png)",
    "</details><h1>big</h1>",
    "a|b||c\\|d\\\\|e",
    "``` `a` ``b``",
    "1) one",
    "- [x] done",
    "# title",
    ":smile: **bold** _it_ ~~no~~ $x$",
    "[^1]: foot <!-- ",
    "&lt;b&gt; &#64;a",
    "back\\",
    "`",
    "  ",
    "%%x%%{{x}}{% x %}",
    "/close",
)


def parsed(text: str) -> list[Token]:
    """Return the tokens of the text as GitHub parses it: CommonMark and tables."""
    return MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(text)


def leaves(tokens: Sequence[Token]) -> list[Token]:
    return [x for t in tokens for x in ([t] if not t.children else leaves(t.children))]


def plain(text: str) -> str:
    """Return all text that is neither code nor HTML, apart by lines."""
    return "\n".join(t.content for t in leaves(parsed(text)) if t.type == "text")


def test_the_flights_case_is_as_it_was() -> None:
    actual = render(offline())
    assert actual == expected("flights-offline.md", actual)


def test_the_verdict_the_worst_column_its_cause_and_place_are_on_top() -> None:
    top, _, _ = render(offline()).partition("<details>")
    assert top.startswith("**skewcheck: FAIL.** 13 of 23 columns differ")
    assert "| **FAIL** | `distance_miles` | pipeline bug: serve = 1.609344 × train" in top
    assert "only where caller = app-android" in top
    assert "`2013-07-08 00:00` UTC" in top
    assert "2 more columns not within the limits" in top


def test_a_run_with_nothing_to_tell_has_no_table_of_columns() -> None:
    text = render(build(run(ONE, ONE, [nulls("a", (0, 200_000), (0, 20_000))])))
    assert text.startswith("**skewcheck: PASS.** 1 column compared, all within the limits")
    assert "why, where" not in text


@pytest.mark.parametrize("names", [HOSTILE, EVIL])
def test_no_name_or_value_acts_on_the_page(names: tuple[str, ...]) -> None:
    text = render(build(hostile(names)))
    tokens = leaves(parsed(text))
    kinds = {t.type for t in tokens}
    html = "".join(t.content for t in tokens if t.type.startswith("html"))
    assert not kinds & {"link_open", "image", "em_open", "s_open", "code_block", "fence", "hr"}
    assert set(re.findall(r"<[^>]*>", html)) <= OURS
    assert not ACTING.findall(plain(text))
    headings = {t.type for t in parsed(text)}
    assert not headings & {"heading_open", "blockquote_open", "ordered_list_open"}


@pytest.mark.parametrize("names", [HOSTILE, EVIL])
def test_every_row_of_a_table_keeps_its_cells(names: tuple[str, ...]) -> None:
    for line in render(build(hostile(names))).splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 4, line


@given(st.text(alphabet=st.sampled_from("aZ0 19.,:;()-+`|\\_*[]<>@#&!/=%~$'\"é?\n\t"), max_size=40))
def test_any_sentence_stays_one_line_of_words_and_code(text: str) -> None:
    for made in (prose(safe(text)), code(safe(text))):
        (table,) = [t for t in parsed(f"|a|b|\n|-|-|\n|x|{made}|\n") if t.type == "tbody_open"]
        tokens = leaves(parsed(f"- {made}\n"))
        assert table and "\n" not in made
        inner = {t.type for t in tokens if t.content}
        assert inner <= {"text", "code_inline"}
        assert not ACTING.findall(plain(f"- {made}\n"))
        opened = [t.type for t in parsed(f"- {made}\n") if t.nesting == 1]
        assert opened == ["bullet_list_open", "list_item_open", "paragraph_open"][: len(opened)]


@given(st.text(alphabet="ab|\\` ", min_size=1, max_size=20))
def test_a_name_in_a_cell_reads_as_it_is_but_for_backticks_and_bars(name: str) -> None:
    shown = safe(name)
    cells = [t for t in leaves(parsed(f"|a|\n|-|\n|{code(shown)}|\n")) if t.type == "code_inline"]
    assert len(cells) == 1
    read = cells[0].content.replace(r"\x60", "`").replace(r"\x7c", "|")
    assert read.strip() == shown.strip()


@pytest.mark.parametrize("name", ["c", "|" * 60, "\U0001f600" * 30, "a\u0301" * 60, "`" * 60])
def test_it_fits_into_a_comment_however_many_columns_there_are(name: str) -> None:
    many = [nulls(f"{i}{name}", (0, 20_000), (9_000, 20_000)) for i in range(1500)]
    text = render(build(run(ONE, ONE, many)))
    assert len(text.encode()) < LIMIT
    assert text.endswith("features and scores; skewcheck `0.1.0`\n")
    assert re.search(r"\d more columns in the other reports, for want of space", text)


def test_a_small_report_says_everything() -> None:
    text = render(build(flights()))
    assert "for want of space" not in text
    for name in ("distance", "dep_hour", "carrier", "wind", "gate"):
        assert f"`{name}`" in text


def test_topics_apart_from_columns_are_told_in_the_details() -> None:
    topic = Section("decisions", "Decisions", ("approved by @all: 3 % more", "b"))
    text = render(replace(build(flights()), sections=(topic,)))
    assert "**Decisions**\n\n- approved by `@all`: 3 % more\n- b\n" in text.split("<details>")[1]
