from __future__ import annotations

import datetime as dt
import math
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from skewcheck.errors import InputError, UsageError
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.open import open_source
from tests.sources.reading import OTHER, batch_rows, rows

DATA = {"i": [1, 2, None], "f": [0.5, 1.5, 2.5], "t": ["a", None, "c"], "b": [True, False, None]}
ROWS = [dict(zip(DATA, values, strict=True)) for values in zip(*DATA.values(), strict=True)]
KINDS = {"i": Kind.NUMBER, "f": Kind.NUMBER, "t": Kind.TEXT, "b": Kind.BOOLEAN}
TABLE = pa.table(DATA)


class Relation:
    """A DuckDB relation made when the test runs."""

    def __call__(self) -> Any:
        return duckdb.connect().from_arrow(TABLE)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(DATA),
        pl.DataFrame(DATA).lazy(),
        TABLE,
        TABLE.to_batches()[0],
        ds.dataset(TABLE),
        Relation(),
        pd.DataFrame(DATA).astype({"i": "Int64", "b": "boolean"}),
        TABLE.to_pandas(types_mapper=pd.ArrowDtype),
    ],
)
def test_a_table_of_any_library_comes_back_and_can_be_read_twice(frame: object) -> None:
    source = open_source(frame() if isinstance(frame, Relation) else frame)
    for _ in range(2):
        found, ledger = rows(source)
        assert found == ROWS
        assert ledger.fates == {"ok": 3}
    assert source.declared == KINDS


def test_a_reader_can_be_looked_at_but_yields_its_rows_once() -> None:
    table = pa.table({"i": list(range(40_000))})
    source = open_source(table.to_reader(10_000))
    assert next(iter(source.parts[0].batches(Ledger()))).rows == 10_000
    assert [row["i"] for row in rows(source)[0]] == list(range(40_000))
    with pytest.raises(InputError, match="yields its rows only once; give a table"):
        rows(source)


def test_a_small_reader_is_kept_whole_so_that_looking_at_its_first_rows_loses_none() -> None:
    source = open_source(pa.table({"i": list(range(10))}).to_reader(4))
    for _ in range(2):
        assert [row["i"] for row in rows(source)[0]] == list(range(10))


def test_parts_of_a_large_table_have_their_offsets() -> None:
    frame = pl.DataFrame({"i": np.arange(2_500_000)})
    source = open_source(frame)
    assert len(source.parts) == 3
    for part in source.parts:
        for batch in part.batches(Ledger()):
            assert batch_rows(batch)[0]["i"] == batch.offset


def test_polars_types_that_arrow_lacks_or_names_otherwise_are_read() -> None:
    frame = pl.DataFrame(
        {
            "cat": pl.Series(["a", "b"], dtype=pl.Categorical),
            "enum": pl.Series(["a", "b"], dtype=pl.Enum(["a", "b"])),
            "big": pl.Series([2**100, 1], dtype=pl.Int128),
            "dec": pl.Series(["1.5", "2"]).cast(pl.Decimal(10, 2)),
            "list": [[1.0], [2.0, 3.0]],
            "array": pl.Series([[1.0, 2.0], [3.0, 4.0]], dtype=pl.Array(pl.Float64, 2)),
            "at": [dt.datetime(2024, 1, 2), None],
            "struct": [{"x": 1}, {"x": 2}],
            "none": [None, None],
        }
    )
    for data in (frame, frame.lazy()):
        found, _ = rows(open_source(data))
        assert found[0] == {
            "cat": "a",
            "enum": "a",
            "big": 2.0**100,
            "dec": 1.5,
            "list": [1.0],
            "array": [1.0, 2.0],
            "at": dt.datetime(2024, 1, 2),
            "struct.x": 1,
            "none": None,
        }


def test_a_query_that_fails_is_an_input_error_of_one_line() -> None:
    lazy = pl.DataFrame({"t": ["a\nb"]}).lazy().with_columns(pl.col("t").cast(pl.Int64))
    with pytest.raises(InputError, match="polars LazyFrame: could not be read") as caught:
        rows(open_source(lazy))
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="could not be read"):
        rows(open_source(pl.DataFrame({"t": [1]}).lazy().select("missing")))


def test_nan_and_na_of_pandas_are_null_and_objects_keep_their_types() -> None:
    frame = pd.DataFrame(
        {
            "f": [1.0, math.nan, 3.0, 4.0, 5.0, 6.0, 7.0],
            "m": [1, "1", True, None, math.nan, [1], np.float64(2.5)],
        }
    )
    found, _ = rows(open_source(frame))
    assert [row["f"] for row in found[:3]] == [1.0, None, 3.0]
    assert [row["m"] for row in found] == [1.0, "1", True, None, None, OTHER, 2.5]
    assert type(found[2]["m"]) is bool


def test_a_named_index_of_pandas_is_a_column_and_names_become_text() -> None:
    index = pd.Index(["r1", "r2"], name="id")
    frame = pd.DataFrame({0: [1, 2], ("a", "b"): [3, 4]}, index=index)
    found, _ = rows(open_source(frame))
    assert found == [{"id": "r1", "0": 1, "a.b": 3}, {"id": "r2", "0": 2, "a.b": 4}]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]),
        pl.DataFrame({"s": [{"a": 1}], "s.a": [2]}),
    ],
)
def test_two_columns_of_one_name_are_refused(frame: object) -> None:
    with pytest.raises(InputError, match="two columns have this name"):
        open_source(frame)


def test_a_nul_in_a_polars_name_is_refused_before_polars_panics() -> None:
    with pytest.raises(InputError, match="NUL character"):
        open_source(pl.DataFrame({"a\0b": [1]}))


def test_a_payload_in_a_frame_is_taken_apart() -> None:
    hint = {"x": Kind.NUMBER}
    text = pl.DataFrame({"id": [1, 2], "features": ['{"x": 1}', '{"x": 2}']})
    struct = pl.DataFrame({"id": [1, 2], "features": [{"x": 1.0}, {"x": 2.0}]})
    for frame in (text, struct, text.to_pandas(), text.to_arrow()):
        found, _ = rows(open_source(frame, hint=hint))
        assert found == [{"id": 1, "x": 1.0}, {"id": 2, "x": 2.0}]


@pytest.mark.parametrize("data", [None, 3, {"a": [1]}, [], [1], pa.schema([]), pl])
def test_what_is_no_table_is_refused_with_what_can_be_read(data: object) -> None:
    with pytest.raises((UsageError, InputError), match="cannot read rows"):
        open_source(data)
