from __future__ import annotations

import gzip
import json
import math
import time
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skewcheck.errors import InputError
from skewcheck.formats import Layout
from skewcheck.ledger import Ledger
from skewcheck.schema import Kind
from skewcheck.sources.batch import Batch
from skewcheck.sources.decoder import Decoder
from skewcheck.sources.ndjson import JsonFile, JsonPart
from skewcheck.sources.open import open_source
from skewcheck.sources.shape import Shape
from skewcheck.sources.walk import find
from tests.sources.reading import OTHER, batch_rows, rows, write

KEYS = st.sampled_from(["a", "b", "c", "é", "a b", "", 'q"', "back\\", "x:y", "\x01", "d.e"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.sampled_from(["1", "true", ":", '":', "a: NaN, b", "NaN"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.dictionaries(KEYS, VALUES, max_size=5)


def part(path: Path, **changes: Any) -> JsonPart:
    """Return a flat part of one file of lines."""
    made = JsonPart((JsonFile(find([str(path)], Ledger())[0], lines=True),), Layout())
    return replace(made, **changes)


def read(path: Path, **changes: Any) -> tuple[list[dict[str, Any]], Ledger]:
    ledger = Ledger()
    batches = part(path, **changes).batches(ledger)
    return list(chain.from_iterable(map(batch_rows, batches))), ledger


def expected(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return an event as rows show it; None where two fields meet under one name."""
    flat: list[tuple[str, Any]] = []

    def walk(value: dict[str, Any], start: str) -> None:
        for key, inner in value.items():
            if isinstance(inner, dict):
                walk(inner, f"{start}{key}.")
            else:
                flat.append((start + key, cell(inner)))

    walk(event, "")
    return dict(flat) if len(dict(flat)) == len(flat) else None


def cell(value: Any) -> Any:
    if isinstance(value, list):
        return OTHER
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    return type(left) is type(right) and left == right


def equal(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> bool:
    return len(left) == len(right) and all(
        a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
        for a, b in zip(left, right, strict=True)
    )


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(EVENTS, max_size=12), lot=st.integers(1, 5), ahead=st.integers(0, 3))
def test_any_objects_come_back_value_for_value_whatever_the_lot_and_the_shape_known(
    tmp_path: Path, events: list[dict[str, Any]], lot: int, ahead: int
) -> None:
    lines = [json.dumps(event, ensure_ascii=i % 2 == 0) for i, event in enumerate(events)]
    path = write(tmp_path / "x.jsonl", "\n".join(lines))
    shape = Shape().learn(events[:ahead], ahead)
    found, ledger = read(path, lot=lot, rows=lot * 2, shapes=(shape, Shape()))
    wanted = [expected(event) for event in events]
    assert equal(found, [w for w in wanted if w is not None])
    assert ledger.fates["malformed"] == wanted.count(None)
    assert ledger.events == len(events)


@settings(max_examples=60, deadline=None)
@given(events=st.lists(EVENTS, min_size=1, max_size=12), ahead=st.integers(0, 12))
def test_types_and_columns_do_not_depend_on_the_way_a_text_was_decoded(
    events: list[dict[str, Any]], ahead: int
) -> None:
    texts = [json.dumps(event).encode() for event in events]
    learned = Decoder(Layout(), Shape().learn(events[:ahead], ahead)).table(texts)
    naive = Decoder(Layout()).table(texts)
    assert learned.good == naive.good
    assert learned.bad == naive.bad
    assert {n: t for n, (_, t) in learned.columns.items() if t != {type(ABSENT)}} == {
        n: t for n, (_, t) in naive.columns.items()
    }


ABSENT = Decoder(Layout()).table([b'{"a":1}', b'{"b":1}']).columns["a"][0][1]


def test_types_stay_apart_and_absent_is_not_null(tmp_path: Path) -> None:
    events: list[dict[str, Any]] = [
        {"x": 1},
        {"x": "1"},
        {"x": True},
        {"x": None},
        {"y": 0},
        {"x": [1]},
        {"x": 2.5},
    ]
    found, _ = rows(open_source(write(tmp_path / "x.jsonl", _lines(events))))
    assert [row.get("x", "absent") for row in found] == [1.0, "1", True, None, "absent", OTHER, 2.5]
    assert type(found[0]["x"]) is float
    assert type(found[2]["x"]) is bool


def test_a_key_that_comes_late_is_a_column_and_a_type_that_changes_late_is_kept(
    tmp_path: Path,
) -> None:
    events: list[dict[str, Any]] = [{"id": i, "n": i} for i in range(30_000)]
    events[29_000]["late"] = 7
    events[29_500]["n"] = "text"
    events[29_501]["n"] = 2.7
    found, ledger = rows(open_source(write(tmp_path / "x.jsonl", _lines(events))))
    assert ledger.fates == {"ok": 30_000}
    assert [i for i, row in enumerate(found) if "late" in row] == [29_000]
    assert found[29_500]["n"] == "text"
    assert found[29_501]["n"] == 2.7


def test_not_a_number_and_infinity_literals_are_numbers(tmp_path: Path) -> None:
    lines = (
        '{"a": NaN, "t": "a: NaN, b"}\n{"a": Infinity}\n{"a": -Infinity}\n{"a": 1e400}\n{"a": 1}'
    )
    found, ledger = rows(open_source(write(tmp_path / "x.jsonl", lines)))
    values = [row["a"] for row in found]
    assert math.isnan(values[0])
    assert found[0]["t"] == "a: NaN, b"
    assert values[1:] == [math.inf, -math.inf, math.inf, 1.0]
    assert ledger.fates == {"ok": 5}


def test_whole_numbers_beyond_64_bits_and_beyond_floats_do_not_crash(tmp_path: Path) -> None:
    lines = f'{{"id": {2**64}}}\n{{"id": null}}\n{{"id": {10**400}}}\n{{"id": -{10**400}}}'
    found, _ = rows(open_source(write(tmp_path / "x.jsonl", lines)))
    assert [row["id"] for row in found] == [2.0**64, None, math.inf, -math.inf]


MALFORMED = {
    "garbage": b"garbage",
    "a cut line": b'{"a": 1, "b',
    "a list": b"[1, 2]",
    "a scalar": b"null",
    "two objects": b'{"a": 1}{"a": 2}',
    "a trailing comma": b'{"a": 1,}',
    "a leading zero": b'{"a": 01}',
    "not UTF-8": b'{"a": "\xff"}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "a key twice": b'{"a": 1, "b": 2, "a": 3}',
    "a nested key twice": b'{"a": {"x": 1, "x": 2}}',
    "a key twice, oddly spaced": b'{"a" : 1, "a"\t: 2}',
    "a key twice beside JSON text": b'{"t": "{\\"k\\": 1}", "a": 1, "a": 2}',
    "512 objects deep": b'{"a":' * 512 + b"1" + b"}" * 512,
    "100,000 lists deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "65 deep": b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
    "one name twice once flattened": b'{"a.b": 1, "a": {"b": 2}}',
    "a 5,000-digit number": b'{"a": ' + b"9" * 5000 + b"}",
    "NUL bytes": b"\0\0\0\0",
    "UTF-16": '{"a": 1}'.encode("utf-16-le"),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("before", [0, 200])
def test_a_malformed_line_is_counted_with_its_line_and_the_rest_is_read(
    tmp_path: Path, text: bytes, before: int
) -> None:
    lines = [*[b'{"a": 1}'] * before, text, b'{"a": 1}', b'{"a": 2, "t": "x"}']
    path = write(tmp_path / "x.jsonl", b"\n".join(lines))
    found, ledger = rows(open_source(path))
    assert ledger.fates == {"ok": before + 2, "malformed": 1}
    assert ledger.notes["malformed"][0][:2] == (str(path), before + 1)
    assert found[-1] == {"a": 2.0, "t": "x"}


def test_64_deep_is_still_an_event(tmp_path: Path) -> None:
    lines = b'{"a":' + b"[" * 63 + b"]" * 63 + b"}\n" + b'{"a":' * 64 + b"1" + b"}" * 64
    _, ledger = rows(open_source(write(tmp_path / "x.jsonl", lines)))
    assert ledger.fates == {"ok": 2}


def test_equal_keys_in_different_objects_are_no_duplicates(tmp_path: Path) -> None:
    lines = (
        '{"a": {"x": 1}, "b": {"x": 2}, "l": [{"x": 1}, {"x": 2}], "t": ":x", "u": "{\\"x\\":1}"}'
    )
    _, ledger = rows(open_source(write(tmp_path / "x.jsonl", lines)))
    assert ledger.fates == {"ok": 1}


def test_a_line_of_17_mib_is_malformed_and_its_neighbours_are_read(tmp_path: Path) -> None:
    huge = b'{"a": "' + b"x" * (17 << 20) + b'"}'
    for content in (
        b'{"a": 1}\n' + huge + b'\n{"a": 2}\n',
        b'{"a": 1}\n{"a": 2}\n' + huge,
        huge + b'\n{"a": 1}\n{"a": 2}\n',
    ):
        found, ledger = rows(open_source(write(tmp_path / "x.jsonl", content)))
        assert [row["a"] for row in found] == [1.0, 2.0]
        assert ledger.fates == {"ok": 2, "malformed": 1}


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_no_events(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \r\n{"a": 2}\r\n\n'
    found, ledger = rows(open_source(write(tmp_path / "x.jsonl", content)))
    assert [row["a"] for row in found] == [1.0, 2.0]
    assert ledger.fates == {"ok": 2}


@pytest.mark.parametrize("content", [b"null", b"garbage\n{\n", b'{"a": 1,}\n[1]\n', b"[1, 2]"])
def test_a_source_in_which_nothing_is_an_event_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.jsonl"):
        rows(open_source(write(tmp_path / "x.jsonl", content)))


def test_offsets_and_rows_add_up_over_batches(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", _lines([{"a": i} for i in range(20_000)]))
    batches: list[Batch] = list(open_source(path).parts[0].batches(Ledger()))
    assert len(batches) > 1
    ends = [batch.offset + batch.rows for batch in batches]
    assert [batch.offset for batch in batches] == [0, *ends[:-1]]
    assert ends[-1] == 20_000


def test_small_files_are_read_together_and_each_line_keeps_its_file(tmp_path: Path) -> None:
    for i in range(300):
        text = json.dumps({"a": i}) + ("\nbad" if i == 77 else "")
        write(tmp_path / "logs" / f"{i:03}.json", text)
    source = open_source(tmp_path / "logs")
    found, ledger = rows(source)
    assert len(source.parts) == 1
    assert [row["a"] for row in found] == list(range(300))
    assert ledger.notes["malformed"] == [(str(tmp_path / "logs" / "077.json"), 2, "not JSON")]
    assert len(ledger.files) == 300


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_compressed_lines_are_read_whatever_the_file_is_called(tmp_path: Path, pack: Any) -> None:
    packed = pack(b'{"a": 1}\n') + pack(b'{"a": 2}\n')
    found, _ = rows(open_source(write(tmp_path / "log", packed)))
    assert [row["a"] for row in found] == [1.0, 2.0]


def test_ten_thousand_columns_take_seconds(tmp_path: Path) -> None:
    line = json.dumps({f"column_{i}": i / 7 for i in range(10_000)})
    path = write(tmp_path / "x.jsonl", f"{line}\n" * 50)
    start = time.perf_counter()
    batches = list(open_source(path).parts[0].batches(Ledger()))
    assert time.perf_counter() - start < 8
    assert sum(batch.rows for batch in batches) == 50
    assert all(len(batch.columns) == 10_000 for batch in batches)


def test_more_than_twenty_thousand_keys_are_refused(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({f"user_{i}_{k}": 1 for k in range(50)}) for i in range(500))
    with pytest.raises(InputError, match="20,000 different keys"):
        rows(open_source(write(tmp_path / "x.jsonl", lines)))


def test_payloads_that_are_json_text_are_decoded_and_bad_ones_are_malformed(tmp_path: Path) -> None:
    payloads = ['{"x": 1, "y": NaN}', '{"x": "a", "late": true}', None, "oops", '{"x": 2}', "[1]"]
    events: list[dict[str, Any]] = [{"id": i, "features": text} for i, text in enumerate(payloads)]
    events += [{"id": 6}, {"id": 7, "features": {"x": 9}}, {"id": 8, "features": 3}]
    events += [{"id": i, "features": '{"x": 0}'} for i in range(9, 20)]
    hint = {"x": Kind.NUMBER, "y": Kind.NUMBER}
    source = open_source(write(tmp_path / "x.jsonl", _lines(events)), hint=hint)
    found, ledger = rows(source)
    assert "JSON text 'features'" in source.layout
    assert math.isnan(found[0].pop("y"))
    assert found == [
        {"id": 0.0, "x": 1.0},
        {"id": 1.0, "x": "a", "late": True},
        {"id": 2.0},
        {"id": 4.0, "x": 2.0},
        {"id": 6.0},
        {"id": 7.0, "x": 9.0},
        *({"id": float(i), "x": 0.0} for i in range(9, 20)),
    ]
    assert [line for _, line, _ in ledger.notes["malformed"]] == [4, 6, 9]
    assert ledger.events == len(events)


def _lines(events: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


@pytest.mark.parametrize("deep", ["[" * 900 + "]" * 900, '{"k":' * 900 + "1" + "}" * 900])
def test_what_is_nested_hundreds_deep_is_malformed_even_where_the_decoder_lets_it_through(
    deep: str, tmp_path: Path
) -> None:
    lines = ['{"a": 1, "z": [1]}'] * 2000
    lines[1500] = '{"a": 1, "z": ' + deep + "}"
    found, ledger = rows(open_source(write(tmp_path / "log.jsonl", "\n".join(lines))))
    assert len(found) == 1999
    assert ledger.notes["malformed"] == [
        (str(tmp_path / "log.jsonl"), 1501, "nested more than 64 deep")
    ]


def test_a_line_beyond_16_mib_is_malformed_for_its_length(tmp_path: Path) -> None:
    long = '{"a": "' + "x" * (17 << 20) + '"}'
    path = write(tmp_path / "log.jsonl", '{"a": "b"}\n' + long + '\n{"a": "c"}\n')
    found, ledger = rows(open_source(path))
    assert found == [{"a": "b"}, {"a": "c"}]
    assert ledger.notes["malformed"] == [(str(path), 2, "longer than 16 MiB")]
