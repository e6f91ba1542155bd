"""Planted keys of every kind, and a law: the join is that of a plain dict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.pairing.join import AsOf, Joined, join
from skewcheck.pairing.shelf import Shelf
from skewcheck.sources.batch import Source
from skewcheck.sources.open import open_source
from tests.tables import Columns, source

UUID = "12345678-1234-1234-1234-123456789abc"
K = [("k", "k")]


def joined(
    train: Columns | Source, serve: Columns | Source, keys: Any = K, **options: Any
) -> Joined:
    sides = [s if isinstance(s, Source) else source(s, size=3) for s in (train, serve)]
    with Shelf(sides[0]) as left, Shelf(sides[1]) as right:
        return join(left, right, keys, **options)


def pairs(found: Joined) -> list[tuple[int, int]]:
    return list(zip(found.train.tolist(), found.serve.tolist(), strict=True))


def test_a_repeated_key_pairs_its_first_row_and_null_keys_pair_none() -> None:
    found = joined({"k": ["a", "b", "a", None, "c"]}, {"k": ["c", "zz", "a", "a", None]})
    assert pairs(found) == [(4, 0), (0, 2)]
    seen = found.coverage
    assert (seen.keys_train, seen.null_train, seen.repeated_train) == (3, 1, 1)
    assert (seen.keys_serve, seen.null_serve, seen.repeated_serve) == (3, 1, 1)
    assert found.alone.tolist() == [1, 4]  # row 3 is a copy of row 2's key, which has a partner


def test_numbers_join_as_numbers_and_nan_joins_nothing() -> None:
    nan = float("nan")
    found = joined({"k": [1.0, 2.0, nan, 4.5]}, {"k": pa.array([2, 1, 4])})
    assert pairs(found) == [(1, 0), (0, 1)]
    assert not pairs(joined({"k": [nan]}, {"k": [nan]}))


def test_large_whole_numbers_that_a_float_cannot_tell_apart_do_not_join() -> None:
    assert pairs(joined({"k": [2**53 + 1, 2**53]}, {"k": [2**53]})) == [(1, 0)]


def test_several_columns_make_one_key_in_their_order() -> None:
    train, serve = {"a": ["x", "y"], "b": ["y", "x"]}, {"c": ["y", "y"], "d": ["x", "z"]}
    assert pairs(joined(train, serve, [("a", "c"), ("b", "d")])) == [(1, 0)]


@pytest.mark.parametrize(
    ("train", "serve", "spelled"),
    [
        (["1", "2"], [1, 2], {"type": 2}),
        (["A", "b"], ["a", "B"], {"case": 2}),
        ([" a", "b"], ["a", "b\t"], {"space": 2}),
        (["007", "42"], ["7", "042"], {"padding": 2}),
        ([UUID], ["urn:uuid:" + UUID.upper()], {"uuid": 1}),
        (["{" + UUID + "}"], [UUID.replace("-", "")], {"uuid": 1}),
        (["00123"], [123], {"type+padding": 1}),
        (["00123", "5"], [123, 5], {"type": 1, "type+padding": 2}),
        (["a"], ["b"], {}),
    ],
)
def test_a_planted_spelling_is_named_and_never_applied(
    train: list[Any], serve: list[Any], spelled: dict[str, int]
) -> None:
    found = joined({"k": train}, {"k": serve})
    assert not pairs(found)
    assert dict(found.coverage.spelled) == spelled
    for repair, rows in spelled.items():
        assert len(joined({"k": train}, {"k": serve}, repairs=(repair,)).serve) == rows


def test_a_request_takes_the_latest_snapshot_before_it_within_the_tolerance() -> None:
    train = {"k": ["a", "a", "a", "b"], "m": [1e9, 1e9 + 10, 1e9 + 10, 1e9]}
    serve = {"k": ["a", "a", "a", "b", "a"], "n": [1e9 + 5, 1e9 + 10, 1e9 + 11, 1e9 + 99, 9e8]}
    found = joined(train, serve, as_of=AsOf("m", "n", 50.0))
    assert pairs(found) == [(0, 0), (1, 1), (1, 2)]
    assert pairs(joined(train, serve, as_of=AsOf("m", "n")))[-1] == (3, 3)


def test_hostile_names_and_values_of_keys_are_only_data() -> None:
    name, values = 'k"; DROP TABLE t; --\n', ["'", '"; ATTACH', "\x00", "\ud7ff", ""]
    assert len(joined({name: values}, {name: values[::-1]}, [(name, name)]).serve) == 5


def test_a_hive_folder_of_parquet_joins_a_log_of_json_lines(tmp_path: Path) -> None:
    for day, keys in (("1", ["a", "b"]), ("2", ["c", "d"])):
        folder = tmp_path / "train" / f"day={day}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"k": keys, "x": [1.0, 2.0]}), folder / "x.parquet")
    log = tmp_path / "log.ndjson"
    log.write_text("".join(f'{{"k": "{key}", "x": 1}}\n' for key in "dxa"))
    train, serve = open_source(str(tmp_path / "train")), open_source(str(log))
    assert pairs(joined(train, serve)) == [(3, 0), (0, 2)]


CELLS = st.lists(
    st.one_of(st.none(), st.sampled_from(["", "a", "b", "1"])), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None)
@given(CELLS, CELLS)
def test_the_join_is_that_of_a_plain_dict(train: list[str | None], serve: list[str | None]) -> None:
    text = pa.string()
    found = joined({"k": pa.array(train, text)}, {"k": pa.array(serve, text)})
    first = {k: i for i, k in reversed(list(enumerate(train))) if k is not None}
    once = {k: i for i, k in reversed(list(enumerate(serve))) if k is not None}
    assert pairs(found) == sorted(
        ((first[k], i) for k, i in once.items() if k in first), key=lambda pair: pair[1]
    )


@pytest.mark.slow
def test_two_million_keys_join_within_100_megabytes() -> None:
    keys = np.random.default_rng(1).permutation(2_000_000)
    found = joined(
        source({"k": np.arange(2_000_000)}), source({"k": keys}), memory="100MB", threads=2
    )
    assert np.array_equal(found.train, keys)
