"""What became of the keys adds up, also where only one night saw a repair to ask for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skewcheck.pairing.forensics import Coverage

counts = st.integers(0, 1000)
coverages = st.builds(
    Coverage,
    rows_train=counts,
    rows_serve=counts,
    keys_train=counts,
    keys_serve=counts,
    null_train=counts,
    null_serve=counts,
    repeated_train=counts,
    repeated_serve=counts,
    paired=counts,
    spelled=st.dictionaries(st.sampled_from(["case", "uuid", "case+uuid"]), counts, max_size=3),
)
NOTHING = Coverage(0, 0, 0, 0, 0, 0, 0, 0, 0)


@given(coverages, coverages, coverages)
def test_coverage_adds_up_in_any_order(a: Coverage, b: Coverage, c: Coverage) -> None:
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(b) == b.merge(a)
    assert a.merge(NOTHING) == a


def test_a_night_without_a_repair_to_ask_for_pairs_as_many_with_it() -> None:
    one = Coverage(9, 9, 9, 9, 0, 0, 0, 0, 4, {"case": 7})
    other = Coverage(9, 9, 9, 9, 0, 0, 0, 0, 9)
    assert one.merge(other).spelled == {"case": 16}
