"""Counts of texts: the cap, and what becomes of long values."""

from __future__ import annotations

from skewcheck.summaries.categories import CAP, LONGEST, Categories, shortened
from tests.summaries.cases import categories

MANY = [f"id{i}" for i in range(CAP)]


def test_counts_are_kept_up_to_the_cap_and_given_up_beyond_it() -> None:
    assert len(categories(MANY).counts or {}) == CAP
    assert categories([*MANY, "one more"]).counts is None


def test_giving_up_does_not_depend_on_the_order_of_merging() -> None:
    half, rest = categories(MANY[: CAP // 2]), categories([*MANY[CAP // 2 :], "one more"])
    assert half.merge(rest).counts is None
    assert rest.merge(half).counts is None
    assert half.merge(rest).merge(half).counts is None


def test_given_up_counts_stay_given_up_when_saved_merged_or_subtracted() -> None:
    gone = categories([*MANY, "one more"])
    spec = object()
    assert Categories.decode(spec, gone.encode()).counts is None  # type: ignore[arg-type]
    assert gone.merge(categories(["a"])).counts is None
    assert categories(["a"]).merge(gone).counts is None
    assert gone.subtract(categories(["id1"])).counts is None


def test_long_texts_of_one_beginning_stay_apart() -> None:
    start = "x" * LONGEST
    counts = categories([start, start + "a", start + "b", start + "b"]).counts
    assert counts == {start: 1, shortened(start + "a"): 1, shortened(start + "b"): 2}
    assert all(len(name) <= LONGEST + 20 for name in counts)
