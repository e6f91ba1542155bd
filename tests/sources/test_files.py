from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.errors import InputError
from skewcheck.formats import Layout
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.keys import counted, held
from skewcheck.sources.ndjson import JsonFile, JsonPart
from skewcheck.sources.open import open_source
from skewcheck.sources.walk import find
from tests.sources.reading import rows, write

HINT = {"x": Kind.NUMBER, "t": Kind.TEXT}


def nested(i: int) -> str:
    return json.dumps({"id": f"r{i}", "features": {"x": i, "t": "a"}})


def mixed(folder: Path) -> Path:
    """Write a folder in which every file has another container and a name that does not tell."""
    folder.mkdir()
    pq.write_table(pa.table({"id": ["r0"], "features": [{"x": 0.0, "t": "a"}]}), folder / "a.log")
    write(folder / "b", gzip.compress((nested(1) + "\n").encode()))
    write(folder / "c", "id,x,t\nr2,2,a\n")
    write(folder / "d.csv", f"[{nested(3)}]")
    table = pa.table({"id": ["r4"], "features": [{"x": 4.0, "t": "a"}]})
    with pa.ipc.new_file(str(folder / "e"), table.schema) as writer:
        writer.write_table(table)
    packed = zstandard.ZstdCompressor().compress(b"id\tx\tt\nr5\t5\ta\n")
    write(folder / "f.parquet.bak", packed)
    write(folder / "notes.txt", "Nothing to see here.\nMove on.\n")
    write(folder / "empty.jsonl", "")
    return folder


def test_containers_are_told_by_content_and_mixed_in_one_folder(tmp_path: Path) -> None:
    source = open_source(mixed(tmp_path / "logs"), hint=HINT)
    found, ledger = rows(source)
    found.sort(key=lambda row: str(row["id"]))
    assert found == [{"id": f"r{i}", "x": float(i), "t": "a"} for i in range(6)]
    assert ledger.fates == {"ok": 6}
    reasons = {Path(path).name: reason for path, reason in ledger.skipped.items()}
    assert reasons["empty.jsonl"] == "empty, 0 bytes"
    assert reasons["notes.txt"].startswith("neither Parquet")
    assert source.layout.count("nested events") == 1
    assert "flat rows" in source.layout


def test_the_rows_do_not_depend_on_the_order_in_which_files_are_named(tmp_path: Path) -> None:
    folder = mixed(tmp_path / "logs")
    paths = [path for path in folder.iterdir() if path.name not in ("notes.txt", "empty.jsonl")]
    forward = rows(open_source(paths, hint=HINT))
    backward = rows(open_source(paths[::-1], hint=HINT))
    assert forward[0] == backward[0] == rows(open_source(folder, hint=HINT))[0]
    assert forward[1].files == backward[1].files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty, 0 bytes"),
        (b"Obj\x01abc", "Avro files are not read"),
        (b"PK\x03\x04abc", "zip files are not read"),
        (b"\x00\x01\x02\x03", "neither Parquet"),
        (b"just words\nand more\n", "neither Parquet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither Parquet|not UTF-8"),
        (gzip.compress(gzip.compress(b'{"a": 1}\n')), "neither Parquet|not UTF-8"),
    ],
)
def test_a_file_that_is_named_and_is_no_data_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(InputError, match=f"x.*({message})"):
        open_source(write(tmp_path / "x", content))


@pytest.mark.parametrize("name", ["x.gz", "x.jsonl.zst", "x.parquet", "x.arrow"])
def test_an_empty_file_whose_name_promises_content_is_damage_even_in_a_folder(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path / "good.jsonl", nested(1))
    write(tmp_path / name, b"")
    with pytest.raises(InputError, match="empty, 0 bytes"):
        open_source(tmp_path)


def test_a_compressed_file_of_an_hour_without_events_is_passed_over_in_a_folder(
    tmp_path: Path,
) -> None:
    write(tmp_path / "good.jsonl", nested(1))
    quiet = write(tmp_path / "quiet.jsonl.gz", gzip.compress(b""))
    found, ledger = rows(open_source(tmp_path))
    assert len(found) == 1
    assert ledger.skipped == {str(quiet): "holds nothing but blank lines"}


def test_a_folder_of_many_files_is_laid_out_by_files_from_its_beginning_and_its_end(
    tmp_path: Path,
) -> None:
    for i in range(40):
        write(tmp_path / f"{i:02}.jsonl", "garbage\n" if i < 20 else nested(i) + "\n")
    found, ledger = rows(open_source(tmp_path, hint=HINT))
    assert [row["x"] for row in found] == list(range(20, 40))
    assert ledger.fates == {"ok": 20}
    assert len(ledger.skipped) == 20


def test_an_event_anywhere_makes_a_source(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", '{"cut": \n' * 500 + nested(1))
    found, ledger = rows(open_source(tmp_path, hint=HINT))
    assert len(found) == 1
    assert ledger.fates == {"ok": 1, "malformed": 500}


def test_a_file_of_nothing_but_malformed_events_is_counted_beside_others(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "x,t\n1,a\n")
    write(tmp_path / "b.jsonl", '{"cut": \n{"cut": \n')
    found, ledger = rows(open_source(tmp_path, hint=HINT))
    assert found == [{"x": 1.0, "t": "a"}]
    assert ledger.fates == {"ok": 1, "malformed": 2}


def test_the_source_is_named_as_the_user_named_it(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a", nested(1)), write(tmp_path / "b", nested(2))
    assert open_source([a, b]).name == f"{a}, {b}"


TEXTS = st.text(st.sampled_from('ab":\\ {}[],\n\t\x00é'), max_size=8)
JSON = st.recursive(
    st.integers() | TEXTS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    value=st.dictionaries(TEXTS, JSON, max_size=4), colon=st.sampled_from([":", ": ", " :", "\t: "])
)
def test_counted_keys_are_never_fewer_than_there_are(value: dict[str, Any], colon: str) -> None:
    text = json.dumps(value, separators=(",", colon)).encode()
    keys = counted(text)
    assert keys is None or keys >= held(value)


@given(padding=st.integers(0, 200_000))
@settings(max_examples=20, deadline=None)
def test_keys_are_counted_once_across_pieces(padding: int) -> None:
    text = json.dumps({"p": "x" * padding, "a": '\\"k\\":', "b": {"c": 1}}).encode()
    assert counted(text * 3) in (12, None)
    assert counted(b'{"p":"' + b"x" * padding + b'","a":1,"b":2}') == 3


def test_a_json_part_can_be_made_without_a_source(tmp_path: Path) -> None:
    file = find([str(write(tmp_path / "x", nested(1)))], Ledger())[0]
    part = JsonPart((JsonFile(file, lines=True),), Layout(payload=("features",)))
    (batch,) = part.batches(Ledger())
    assert set(batch.columns) == {"id", "x", "t"}
