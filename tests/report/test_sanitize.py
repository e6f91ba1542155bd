"""Foreign text may show anything and do nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.sanitize import UNSAFE, safe
from tests.report.cases import HOSTILE

ANY_TEXT = st.text(st.characters(), max_size=200)


@given(ANY_TEXT)
def test_no_character_that_could_act_is_left(text: str) -> None:
    assert not any(unicodedata.category(char) in UNSAFE for char in safe(text))


@given(ANY_TEXT, st.integers(4, 60))
def test_text_is_never_wider_than_asked(text: str, cells: int) -> None:
    shown = safe(text, cells)
    wide = sum(
        0
        if unicodedata.category(c) in ("Mn", "Me")
        else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in shown
    )
    assert wide <= cells + 2  # blank text gets its quotes on top


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert safe(text, 100) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\u202eevil", r"\u202eevil"),
        ("\ud800", r"\ud800"),
        ("\x00", r"\x00"),
        ("\u2028", r"\u2028"),
        ("", '""'),
        ("   ", '"   "'),
        ("日本語", "日本語"),
    ],
)
def test_what_cannot_be_shown_becomes_its_escape(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_pile_of_combining_marks_is_cut() -> None:
    assert len(safe("a" + "\u0301" * 500)) == 5


def test_a_long_name_ends_in_an_ellipsis_even_where_it_would_break_an_escape() -> None:
    assert safe("n" * 10_000, 10) == "n" * 9 + "…"
    assert safe("12345678\x1b", 10) == "12345678…"
    assert safe("日" * 10, 5) == "日日…"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_lose_every_control_character(text: str) -> None:
    assert safe(text).isprintable()
