"""A report that is kept comes back equal, and every format says the same of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.errors import InputError
from skewcheck.kept import FORMAT, INCOMPLETE, MARK, decode, encode
from skewcheck.layout import Section
from skewcheck.render import github, html, json, junit, markdown, terminal
from skewcheck.report import Report, build
from skewcheck.tree import Unreadable, pack, reachable, unpack
from skewcheck.verdict import Outcome
from tests.report.cases import HOSTILE, flights, hostile
from tests.report.offline import offline
from tests.report.topics import topics

CASES = ("flights", "offline", "hostile", "topics")
CLASSES = reachable(Section)
WORDS = st.text(st.characters(), max_size=8)  # lone surrogates and NUL among them
NUMBERS = st.floats(allow_nan=False) | st.integers() | st.booleans() | st.none()
VALUES = st.recursive(
    NUMBERS | WORDS | st.binary(max_size=8) | st.sampled_from(Outcome),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.frozensets(WORDS, max_size=1)
        | st.dictionaries(WORDS | st.integers(), inner, max_size=4)
        | inner.map(lambda v: Section("name", "title", ("one",), None, (), {"v": v}))
    ),
    max_leaves=20,
)


@cache
def case(name: str) -> Report:
    if name == "offline":
        return offline()
    if name == "topics":
        return topics()
    return build({"flights": flights, "hostile": hostile}[name]())


@pytest.mark.parametrize("name", CASES)
def test_a_report_comes_back_equal(name: str) -> None:
    made = case(name)
    again = decode(encode(made), "file")
    assert again == made
    assert again.charts == made.charts
    assert again.closeups == made.closeups
    assert again.parity == made.parity


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("form", [github, html, json, junit, markdown])
def test_every_format_says_the_same(name: str, form: object) -> None:
    made = case(name)
    assert form.render(decode(encode(made), "file")) == form.render(made)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("verbose", [False, True])
def test_the_terminal_says_the_same(name: str, verbose: bool) -> None:
    told = [
        terminal.render(report, width=100, color=True, verbose=verbose)
        for report in (case(name), decode(encode(case(name)), "file"))
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize("name", CASES)
def test_what_is_kept_is_the_same_bytes_again(name: str) -> None:
    kept = encode(case(name))
    assert encode(decode(kept, "file")) == kept


def test_hostile_names_survive() -> None:
    again = decode(encode(build(hostile())), "file")
    assert {column.name for column in again.columns} >= set(HOSTILE)


@given(VALUES)
def test_values_come_back_equal_and_of_their_kind(value: object) -> None:
    again = unpack(pack(value, CLASSES), CLASSES)
    assert again == value and repr(again) == repr(value)


def test_numbers_that_no_other_equals_come_back() -> None:
    kept = [float("nan"), float("inf"), -0.0, 2**70, -(2**63), 5e-324, np.float64(0.1), np.int8(3)]
    again = unpack(pack(kept, ()), ())
    assert [repr(x) for x in again] == [repr(getattr(x, "item", lambda x=x: x)()) for x in kept]


def test_what_no_reader_could_make_is_refused_when_it_is_kept() -> None:
    for odd in (object(), lambda: 1, case("flights").detail):
        with pytest.raises(TypeError, match="cannot be kept"):
            pack([odd], CLASSES)


@given(st.data())
def test_damage_is_noticed(data: st.DataObject) -> None:
    kept = bytearray(encode(case("flights")))
    at = data.draw(st.integers(0, len(kept) - 1))
    kept[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InputError, match="file: "):
        decode(bytes(kept), "file")


@given(st.integers(0, 1 << 20))
def test_a_part_of_a_file_is_refused(length: int) -> None:
    kept = encode(case("flights"))
    with pytest.raises(InputError, match="file: "):
        decode(kept[: length % len(kept)], "file")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"\x80\x04N.", MARK, MARK + b"1", b"{}\n" * 99])
def test_a_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="file: is no run that skewcheck kept; give"):
        decode(content, "file")


def test_a_report_of_a_later_format_is_refused_by_name() -> None:
    kept = encode(case("flights")).replace(
        b"report %d\n" % FORMAT, b"report %d\n" % (FORMAT + 1), 1
    )
    with pytest.raises(InputError, match=f"format '{FORMAT + 1}', this version reads {FORMAT}"):
        decode(kept, "file")


def test_a_run_that_has_not_finished_is_named_so() -> None:
    with pytest.raises(InputError, match="its run has not finished"):
        decode(INCOMPLETE.encode(), "file")


def test_another_tree_than_a_report_is_refused() -> None:
    with pytest.raises(InputError, match="is no run that skewcheck kept"):
        decode(MARK + b"%d\n" % FORMAT + pack([1], ()), "file")


def test_a_field_that_came_later_takes_its_default() -> None:
    whole = Section("name", "title", ("one",))
    older = _with_table(whole, ["name", "title", "sentences"], ["name", "title", ["one"]])
    assert replace(older, sentences=tuple(older.sentences)) == whole


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        (["name", "title"], ["name", "title"]),  # one without a default is missing
        (["name", "title", "sentences", "colour"], ["name", "title", [1], "red"]),  # one is unknown
        (["name", "title", "sentences"], ["name", "title"]),
    ],
)
def test_fields_that_do_not_fit_are_refused(fields: list[str], values: list[object]) -> None:
    with pytest.raises(Unreadable, match="does not know"):
        _with_table(Section("name", "title", ("one",)), fields, values)


def _with_table(whole: Section, fields: list[str], values: list[object]) -> Section:
    """Return what is read where a Section was written with these fields."""
    import msgspec
    import zstandard

    from skewcheck.tree import FIRST, LIST

    told = [[LIST, *v] if isinstance(v, list) else v for v in values]
    content = msgspec.msgpack.encode([[[type(whole).__name__, fields]], [FIRST, *told]])
    found: Section = unpack(zstandard.compress(content), CLASSES)
    return found
