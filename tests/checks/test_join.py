"""Checks of how rows were paired, on coverages whose shares are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skewcheck.checks import Measured
from skewcheck.discovery import discover
from skewcheck.finding import Undefined
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.forensics import Coverage
from skewcheck.pairing.pairs import Join
from skewcheck.profile import Plan
from skewcheck.schema import Role
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share
from skewcheck.summaries.parity import Parity, Tolerance

CHECKS = discover("skewcheck.checks")
JOIN = ("unpaired_rows", "unlogged_rows", "repeated_keys", "null_keys", "key_spelling")
COVERAGE = Coverage(
    rows_train=1000,
    rows_serve=900,
    keys_train=950,
    keys_serve=800,
    null_train=20,
    null_serve=40,
    repeated_train=30,
    repeated_serve=60,
    paired=700,
)
OFFLINE = Join("k", COVERAGE, offline=True)


def key(join: Join | None) -> Sides:
    """Return the key as the checks of a join see it."""
    return Sides("k", Role.KEY, None, None, 1000, 900, join=join)


def measured(check: str, join: Join) -> Measured:
    found = CHECKS[check].measure(key(join), {})
    assert isinstance(found, Measured)
    return found


def share(check: str, join: Join = OFFLINE) -> Share:
    found = measured(check, join).measure
    assert isinstance(found, Share)
    return found


def applies(check: str, join: Join | None) -> bool:
    return CHECKS[check].measure(key(join), {}) is not None


@pytest.mark.parametrize("check", JOIN)
def test_without_a_join_there_is_nothing_to_say(check: str) -> None:
    assert CHECKS[check].ON == "join" and not applies(check, None)


def test_requests_are_keys_and_rows_without_one_so_repeats_count_once() -> None:
    assert share("unpaired_rows") == Share(800 + 40 - 700, 840)
    assert measured("unpaired_rows", OFFLINE).detail == {"without_key": 40, "paired": 700}


def test_as_of_a_time_every_row_is_a_request() -> None:
    assert share("unpaired_rows", replace(OFFLINE, as_of=True)) == Share(200, 900)


def test_rows_of_train_owe_no_request_and_requests_owe_train_no_row() -> None:
    train = replace(OFFLINE, offline=False)
    assert not applies("unpaired_rows", train) and not applies("unlogged_rows", train)
    assert applies("null_keys", train) and applies("repeated_keys", train)


def test_offline_rows_without_a_request_are_those_whose_key_is_not_paired() -> None:
    assert share("unlogged_rows") == Share(950 + 20 - 700, 970)
    assert not applies("unlogged_rows", replace(OFFLINE, as_of=True))


def test_the_worse_side_is_judged_for_repeated_keys_and_copies_are_none() -> None:
    assert share("repeated_keys") == Share(60, 900)
    assert share("repeated_keys", replace(OFFLINE, copies=40)) == Share(30, 1000)
    assert share("repeated_keys", replace(OFFLINE, copies=90)) == Share(30, 1000)
    assert not applies("repeated_keys", replace(OFFLINE, as_of=True))


def test_null_keys_are_a_share_of_the_requests() -> None:
    assert share("null_keys") == Share(40, 840)
    assert measured("null_keys", OFFLINE).detail == {"in_train": 20}


def test_the_best_repair_of_the_keys_is_named_with_what_it_gains() -> None:
    spelled = replace(OFFLINE, coverage=replace(COVERAGE, spelled={"case": 710, "type": 790}))
    assert share("key_spelling", spelled) == Share(90, 840)
    assert measured("key_spelling", spelled).detail == {"repair": "type", "would_pair": 790}
    assert share("key_spelling") == Share(0, 840)
    assert measured("key_spelling", OFFLINE).detail == {}


def parity(join: Join, **counts: int) -> Measured:
    """Return what row parity says of pairs counted by their parity."""
    column = PairColumn(Plan({}).spec("x"), Tolerance())
    column.counts.update({Parity(name): n for name, n in counts.items()})
    side = Sides("x", Role.FEATURE, None, None, 1000, 900, column, join=join)
    found = CHECKS["row_parity"].measure(side, {})
    assert isinstance(found, Measured)
    return found


def test_rows_that_agree_in_another_way_are_no_mismatch_and_are_counted() -> None:
    found = parity(OFFLINE, equal=90, float32=5, printed=3, tolerated=1, retyped=1)
    assert found.measure == Share(0, 100)
    assert found.detail == {"float32": 5, "printed": 3, "tolerated": 1, "retyped": 1}


def test_nulls_other_types_and_other_values_are_mismatches() -> None:
    found = parity(OFFLINE, equal=90, null_train=4, null_serve=3, other_type=2, different=1)
    assert found.measure == Share(10, 100) and found.n_serve == 100


def test_pairs_are_needed_for_a_pass_only_where_they_were_asked_for() -> None:
    train = replace(OFFLINE, offline=False)
    assert parity(OFFLINE, equal=5).required
    assert not parity(train, equal=5).required
    assert parity(replace(train, as_of=True), equal=5).required


def test_no_pair_is_no_parity() -> None:
    for join in (OFFLINE, replace(OFFLINE, offline=False)):
        found = parity(join)
        assert isinstance(found.measure, Undefined)
        assert found.required == join.offline


def test_row_parity_is_silent_where_nothing_is_paired() -> None:
    assert CHECKS["row_parity"].measure(Sides("x", Role.FEATURE, None, None, 1, 1), {}) is None
