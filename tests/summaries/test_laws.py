"""The laws of mergeable summaries, for every summary there is."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.discovery import discover
from tests.summaries.cases import CASES, Case

EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
SUBTRACTING = {name: case for name, case in CASES.items() if hasattr(case.kind, "subtract")}


def _summaries(module: ModuleType) -> list[type]:
    return [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "decode")
    ]


def test_every_summary_is_under_law() -> None:
    """A summary added tomorrow needs a case here."""
    found = {kind for m in discover("skewcheck.summaries").values() for kind in _summaries(m)}
    assert found == {case.kind for case in CASES.values()}


@EACH
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_nothing_is_the_identity_of_merging(case: Case, data: st.DataObject) -> None:
    summary = case.of(data.draw(case.rows))
    assert summary.merge(case.of([])) == summary == case.of([]).merge(summary)


@EACH
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_merging_is_commutative_and_associative(case: Case, data: st.DataObject) -> None:
    a, b, c = (case.of(data.draw(case.rows)) for _ in range(3))
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))


@EACH
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_counting_rows_together_is_merging_their_summaries(case: Case, data: st.DataObject) -> None:
    x, y = data.draw(case.rows), data.draw(case.rows)
    assert case.of(x + y) == case.of(x).merge(case.of(y))


@EACH
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_merging_leaves_both_sides_as_they_were(case: Case, data: st.DataObject) -> None:
    x, y = data.draw(case.rows), data.draw(case.rows)
    a, b = case.of(x), case.of(y)
    a.merge(b)
    assert a == case.of(x)
    assert b == case.of(y)


@EACH
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_matter(case: Case, data: st.DataObject) -> None:
    rows = data.draw(case.rows)
    shuffled = data.draw(st.permutations(rows))
    assert list(case.of(rows).encode()) == list(case.of(shuffled).encode())


@EACH
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_saved_summary_comes_back(case: Case, data: st.DataObject) -> None:
    summary: Any = case.of(data.draw(case.rows))
    rows = list(summary.encode())
    back = case.kind.decode(case.spec, rows)  # type: ignore[attr-defined]
    assert back == case.saved(summary)
    assert list(back.encode()) == rows


@pytest.mark.parametrize("case", SUBTRACTING.values(), ids=SUBTRACTING)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_copies_of_rows_can_be_taken_off_again(case: Case, data: st.DataObject) -> None:
    rows = data.draw(case.rows)
    copies = data.draw(st.lists(st.sampled_from(rows), max_size=5)) if rows else []
    assert case.of(rows + copies).subtract(case.of(copies)) == case.of(rows)
