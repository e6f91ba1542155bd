from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from skewcheck.errors import InputError
from skewcheck.schema import Kind
from skewcheck.sources.open import open_source
from tests.sources.reading import rows, write

TABLE = pa.table({"i": list(range(1000)), "t": [f"v{i}" for i in range(1000)]})


def save(path: Path, *, stream: bool, table: pa.Table = TABLE) -> Path:
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(str(path), table.schema) as writer:
        for batch in table.to_batches(max_chunksize=100):
            writer.write_batch(batch)
    return path


@pytest.mark.parametrize("stream", [False, True])
def test_files_and_streams_come_back(tmp_path: Path, stream: bool) -> None:
    source = open_source(save(tmp_path / "x", stream=stream))
    found, ledger = rows(source)
    assert found == TABLE.to_pylist()
    assert source.declared == {"i": Kind.NUMBER, "t": Kind.TEXT}
    assert ledger.fates == {"ok": 1000}


@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path, stream: bool) -> None:
    data = save(tmp_path / "whole", stream=stream).read_bytes()
    for cut in (*range(10, len(data), len(data) // 40), len(data) - 8, len(data) - 1):
        with pytest.raises(InputError, match="x: damaged Arrow file"):
            rows(open_source(write(tmp_path / "x", data[:cut])))


@pytest.mark.parametrize("stream", [False, True])
def test_flipped_bits_never_crash(tmp_path: Path, stream: bool) -> None:
    data = save(tmp_path / "whole", stream=stream).read_bytes()
    chance = random.Random(1)
    for _ in range(100):
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            rows(open_source(write(tmp_path / "x", bytes(flipped))))
        except InputError as error:
            assert "x: " in str(error)


def test_json_text_payloads_are_decoded(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "features": ['{"x": 1}', '{"x": 2}']})
    source = open_source(save(tmp_path / "x", stream=False, table=table), hint={"x": Kind.NUMBER})
    assert rows(source)[0] == [{"id": 1, "x": 1.0}, {"id": 2, "x": 2.0}]
