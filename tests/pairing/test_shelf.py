"""A shelf gives back what went in, whatever it was stored as."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skewcheck.errors import InputError, OutputError
from skewcheck.pairing.shelf import Shelf
from skewcheck.sources.batch import Lanes, State
from skewcheck.sources.open import open_source
from tests.tables import source


def listed(shelf: Shelf, name: str) -> list[object]:
    """Return a column that is an Arrow array as a list."""
    found = shelf.column(name)
    assert isinstance(found, pa.Array)
    values: list[object] = found.to_pylist()
    return values


def test_a_column_that_some_containers_lack_is_absent_there() -> None:
    with Shelf(source({"k": [1, 2], "x": ["a", None]}, {"k": [3]})) as shelf:
        found = shelf.column("x")
        assert isinstance(found, Lanes)
        assert found.states.tolist() == [State.TEXT, State.NULL, State.ABSENT]
        assert listed(shelf, "k") == [1, 2, 3]
        nowhere = shelf.column("nowhere")
        assert isinstance(nowhere, Lanes)
        assert nowhere.states.tolist() == [State.ABSENT] * 3
        assert (shelf.rows, shelf.names) == (3, ("k", "x"))


def test_types_that_differ_between_containers_become_lanes() -> None:
    with Shelf(source({"x": ["a", "b"]}, {"x": [1.5]}, {"x": [True]})) as shelf:
        found = shelf.taken("x", np.array([3, 2, 0]))
    assert isinstance(found, Lanes)
    assert found.states.tolist() == [State.BOOLEAN, State.NUMBER, State.TEXT]
    assert (found.texts.to_pylist(), found.numbers.tolist()) == (["a"], [1.5])


def test_dictionaries_of_texts_are_unified_and_stay_dictionaries() -> None:
    parts = [pa.array(v).dictionary_encode() for v in (["a", "b"], ["b", "c"])]
    with Shelf(source({"x": parts[0]}, {"x": parts[1]})) as shelf:
        found = shelf.column("x")
    assert isinstance(found, pa.Array) and pa.types.is_dictionary(found.type)
    assert found.to_pylist() == ["a", "b", "b", "c"]


def test_lines_of_mixed_types_come_back_from_the_spool(tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    log.write_text('{"x": 1}\n{"x": "a"}\n{}\n{"x": null}\n{"x": false}\n{"x": [1]}\n')
    with Shelf(open_source(str(log))) as shelf:
        found = shelf.column("x")
    assert isinstance(found, Lanes)
    assert found.states.tolist() == [2, 3, 0, 1, 4, 5]
    assert (found.numbers.tolist(), found.booleans.tolist()) == ([1.0], [False])


def test_parquet_is_read_by_column_without_a_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({"x": [1, 2, 3]}), tmp_path / "x.parquet", row_group_size=2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with Shelf(open_source(str(tmp_path / "x.parquet"))) as shelf:
        assert listed(shelf, "x") == [1, 2, 3]
        assert listed(shelf, "x") == [1, 2, 3]


def test_a_missing_folder_for_temporary_files_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(OutputError, match="TMPDIR"):
        Shelf(source({"x": [1]}))


def test_a_wide_and_low_parquet_file_is_opened_once_and_says_the_same(tmp_path: Path) -> None:
    wide = pa.table({f"c{i}": pa.array([i, None, i + 0.5]) for i in range(300)})
    pq.write_table(wide, tmp_path / "wide.parquet", row_group_size=2)
    with Shelf(open_source(str(tmp_path / "wide.parquet"))) as shelf:
        (tmp_path / "wide.parquet").unlink()  # nothing is read from it again
        assert shelf.rows == 3 and len(shelf.names) == 300
        assert listed(shelf, "c7") == [7.0, None, 7.5]


def test_no_temporary_file_is_left_after_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader = pa.table({"x": list(range(40_000))}).to_reader(10_000)
    opened = open_source(reader)
    with Shelf(opened) as shelf:
        assert listed(shelf, "x") == list(range(40_000))
    with pytest.raises(InputError, match="once"):
        Shelf(opened)
    assert not list(tmp_path.iterdir())
