from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.batch import Lanes
from skewcheck.sources.open import open_source
from tests.sources.reading import first, rows, write


def save(path: Path, table: pa.Table | dict[str, list[object]], **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path, **options)
    return path


def test_rows_come_back_in_order_whatever_the_row_groups(tmp_path: Path) -> None:
    table = {"i": list(range(1000)), "t": [f"v{i % 7}" for i in range(1000)]}
    for size in (1, 7, 1000, 4000):
        path = save(tmp_path / "x", table, row_group_size=size)
        found, ledger = rows(open_source(path))
        assert found == [{"i": i, "t": f"v{i % 7}"} for i in range(1000)]
        assert ledger.fates == {"ok": 1000}


def test_large_row_groups_are_parts_of_their_own_and_small_ones_go_together(tmp_path: Path) -> None:
    table = pa.table({"i": np.arange(1_200_000)})
    assert len(open_source(save(tmp_path / "a", table, row_group_size=600_000)).parts) == 2
    small = open_source(save(tmp_path / "b", table, row_group_size=10_000))
    assert len(small.parts) == 9
    offsets = [batch.offset for part in small.parts for batch in part.batches(Ledger())]
    assert offsets == sorted(offsets)
    assert sum(batch.rows for part in small.parts for batch in part.batches(Ledger())) == 1_200_000


def test_numbers_keep_their_width_and_texts_that_repeat_come_as_dictionaries(
    tmp_path: Path,
) -> None:
    table = pa.table(
        {
            "f": pa.array([1.5, None] * 5000),
            "f32": pa.array([1.5, 2] * 5000, pa.float32()),
            "i": pa.array([1, 2**62] * 5000),
            "u": pa.array([1, 2**64 - 1] * 5000, pa.uint64()),
            "t": pa.array(["a", None] * 5000),
            "b": pa.array([True, None] * 5000),
        }
    )
    columns = first(open_source(save(tmp_path / "x", table)))
    types = {name: str(getattr(cells, "type", "")) for name, cells in columns.items()}
    assert types.pop("t").startswith("dictionary<values=string")
    assert types == {"f": "double", "f32": "float", "i": "int64", "u": "uint64", "b": "bool"}


def test_odd_types_become_what_the_profile_counts(tmp_path: Path) -> None:
    table = pa.table(
        {
            "money": pa.array([Decimal("1.25"), None]),
            "day": pa.array([dt.date(2024, 1, 2), None]),
            "at": pa.array([dt.datetime(2024, 1, 2), None], pa.timestamp("ms", "UTC")),
            "noon": pa.array([dt.time(12), None], pa.time64("us")),
            "took": pa.array([dt.timedelta(seconds=1.5), None], pa.duration("ms")),
            "bytes": pa.array([b"abc", None], pa.binary()),
            "raw": pa.array([b"\xff", b"ok"], pa.binary()),
            "list": pa.array([[1, 2], None]),
            "map": pa.array([[("k", 1.0)], None], pa.map_(pa.string(), pa.float64())),
            "none": pa.nulls(2),
        }
    )
    source = open_source(save(tmp_path / "x", table))
    columns = first(source)
    values = {n: c.to_pylist() for n, c in columns.items() if not isinstance(c, Lanes)}
    assert values["money"] == [1.25, None]
    assert values["noon"] == [43200.0, None]
    assert values["took"] == [1.5, None]
    assert values["bytes"] == ["abc", None]
    raw = columns["raw"]
    assert isinstance(raw, Lanes)
    assert raw.texts.to_pylist() == ["ok"]
    assert source.declared == {
        "money": Kind.NUMBER,
        "day": Kind.DATETIME,
        "at": Kind.DATETIME,
        "noon": Kind.NUMBER,
        "took": Kind.NUMBER,
        "bytes": Kind.TEXT,
        "raw": Kind.TEXT,
        "list": Kind.LIST,
        "map": Kind.LIST,
        "none": Kind.EMPTY,
    }


def test_a_struct_of_features_loses_its_name_and_others_are_dotted(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": ["r1", "r2"],
            "features": [{"x": 1.0, "id": "f", "deep": {"y": 2}}, None],
            "meta": [{"host": "h"}, {"host": None}],
        }
    )
    source = open_source(save(tmp_path / "x", table), hint={"x": Kind.NUMBER})
    found, _ = rows(source)
    assert found == [
        {"event.id": "r1", "x": 1.0, "id": "f", "deep.y": 2, "meta.host": "h"},
        {"event.id": "r2", "x": None, "id": None, "deep.y": None, "meta.host": None},
    ]
    assert "object 'features' holds 1 of train's 1 columns" in source.layout


def test_features_that_are_json_text_are_decoded(tmp_path: Path) -> None:
    texts = ['{"x": 1, "y": "a"}', '{"x": NaN}', None, "oops", '{"x": 4, "late": null}']
    table = pa.table({"id": list(range(5)), "request_payload": texts, "n": [1, 2, 3, 4, 5]})
    source = open_source(save(tmp_path / "x", table), hint={"x": Kind.NUMBER, "y": Kind.TEXT})
    found, ledger = rows(source)
    assert found[1].pop("x") != found[1].get("x")
    assert found == [
        {"id": 0, "n": 1, "x": 1.0, "y": "a"},
        {"id": 1, "n": 2},
        {"id": 2, "n": 3},
        {"id": 4, "n": 5, "x": 4.0, "late": None},
    ]
    assert ledger.fates == {"ok": 4, "malformed": 1}
    assert ledger.notes["malformed"][0][1] == 4


def test_files_that_differ_keep_their_own_columns_and_types(tmp_path: Path) -> None:
    save(tmp_path / "d" / "1", {"a": [1], "Age": [1]})
    save(tmp_path / "d" / "2", {"a": [0.5], "age": [2]})
    save(tmp_path / "d" / "3", {"a": ["text"], "late": [True]})
    source = open_source(tmp_path / "d")
    found, _ = rows(source)
    assert found == [{"a": 1, "Age": 1}, {"a": 0.5, "age": 2}, {"a": "text", "late": True}]
    assert source.declared == {
        "a": Kind.NUMBER,
        "Age": Kind.NUMBER,
        "age": Kind.NUMBER,
        "late": Kind.BOOLEAN,
    }


def test_keys_of_the_path_are_texts_numbers_only_where_train_says_so_and_the_file_wins(
    tmp_path: Path,
) -> None:
    save(tmp_path / "zip=00123" / "year=2023" / "id=9" / "x", {"id": [1]})
    save(tmp_path / "zip=12345" / "year=2024" / "id=9" / "x", {"id": [2]})
    hint = {"zip": Kind.NUMBER, "year": Kind.NUMBER}
    for known, year in ((None, ["2023", "2024"]), (hint, [2023.0, 2024.0])):
        source = open_source(tmp_path, hint=known)
        found, _ = rows(source)
        assert found == [
            {"id": 1, "zip": "00123", "year": year[0]},
            {"id": 2, "zip": "12345", "year": year[1]},
        ]
        assert source.declared["year"] is (Kind.NUMBER if known else Kind.TEXT)
        assert source.declared["zip"] is Kind.TEXT


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    with pytest.raises(InputError, match="x: column 'a': two columns have this name"):
        open_source(save(tmp_path / "x", table))
    table = pa.table({"a": [{"b": 1}], "a.b": [1]})
    with pytest.raises(InputError, match=r"y: column 'a\.b'"):
        open_source(save(tmp_path / "y", table))


def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    table = pa.table({"f": np.random.default_rng(1).normal(size=5000), "t": ["x"] * 5000})
    data = save(tmp_path / "whole", table).read_bytes()
    for cut in (*range(4, len(data), len(data) // 30), len(data) - 1):
        path = write(tmp_path / "x", data[:cut])
        with pytest.raises(InputError, match="x: damaged Parquet file"):
            rows(open_source(path))


def test_with_page_checksums_no_flipped_bit_changes_a_value_unseen(tmp_path: Path) -> None:
    chance = random.Random(1)
    table = pa.table({"f": np.random.default_rng(1).normal(size=3000), "t": ["x"] * 3000})
    path = save(tmp_path / "x", table, write_page_checksum=True)
    data, wanted = path.read_bytes(), rows(open_source(path))[0]
    refused = 0
    for _ in range(60):
        flipped = bytearray(data)
        flipped[chance.randrange(4, len(data))] ^= 1 << chance.randrange(8)
        try:
            assert rows(open_source(write(path, bytes(flipped))))[0] == wanted
        except InputError as error:
            refused += "x: " in str(error)
    assert refused > 50


@pytest.mark.parametrize("content", [b"", b"PAR1", b"garbage", b"PAR1" + b"x" * 20 + b"PAR1"])
def test_what_is_named_parquet_and_is_none_is_refused_even_in_a_folder(
    tmp_path: Path, content: bytes
) -> None:
    save(tmp_path / "a.parquet", {"a": [1]})
    write(tmp_path / "b.parquet", content)
    with pytest.raises(InputError, match=r"b\.parquet: "):
        rows(open_source(tmp_path))


def test_a_file_that_is_replaced_after_it_was_listed_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "x", {"a": [1]})
    source = open_source(path)
    save(path, {"a": list(range(1000))})
    with pytest.raises(InputError, match="changed while it was read"):
        rows(source)


def test_a_file_without_rows_is_a_source_without_rows(tmp_path: Path) -> None:
    source = open_source(save(tmp_path / "x", pa.table({"a": pa.array([], pa.float64())})))
    assert rows(source)[0] == []
    assert source.declared == {"a": Kind.NUMBER}


def test_a_column_is_neither_decoded_to_know_that_it_is_there_nor_for_its_first_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "x", {"i": list(range(900))}, row_group_size=300)
    source = open_source(path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a whole column was decoded")

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", refuse)
    for batch in source.parts[0].batches(Ledger()):
        assert "i" in batch.columns and "j" not in batch.columns
        values = batch.first("i", 4)
        assert isinstance(values, pa.Array) and values.to_pylist() == [0, 1, 2, 3]


def test_the_first_part_is_looked_at_and_counted_from_one_decoding(tmp_path: Path) -> None:
    table = {"i": list(range(900)), "t": ["a", "b", "c"] * 300}
    source = open_source(save(tmp_path / "x", table, row_group_size=300))
    for batch in source.parts[0].batches(Ledger()):
        head = batch.head(5).columns["i"]
        assert isinstance(head, pa.Array) and head.to_pylist() == [0, 1, 2, 3, 4]
    assert rows(source)[0] == [{"i": i, "t": "abc"[i % 3]} for i in range(900)]
    assert rows(source)[0] == [{"i": i, "t": "abc"[i % 3]} for i in range(900)]
