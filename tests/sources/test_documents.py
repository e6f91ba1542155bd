from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.errors import InputError
from skewcheck.sources.lines import by_object
from skewcheck.sources.open import open_source
from tests.sources.reading import OTHER, rows, write

TEXTS = st.text(st.sampled_from('ab":\\ {}[],\n\t\x00é'), max_size=8)
JSON = st.recursive(
    st.integers() | TEXTS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "form",
    [
        lambda texts: "[" + ",\n".join(texts) + "]",
        lambda texts: "[\n" + ",".join(texts) + "\n]\n",
        lambda texts: "".join(texts),
        lambda texts: "\n".join(json.dumps(json.loads(t), indent=2) for t in texts),
        lambda texts: "[" + json.dumps(json.loads(texts[0]), indent=2) + "]\n[" + texts[1] + "]",
    ],
    ids=["array", "array in lines", "side by side", "pretty-printed", "two arrays"],
)
def test_objects_in_other_forms_than_lines_are_read(tmp_path: Path, form: Any) -> None:
    texts = ['{"a": 1, "t": "} \\" {", "o": {"b": [{}]}}', '{"a": 2, "t": "", "o": {"b": 1}}']
    found, ledger = rows(open_source(write(tmp_path / "x.json", form(texts))))
    assert found == [
        {"a": 1.0, "t": '} " {', "o.b": OTHER},
        {"a": 2.0, "t": "", "o.b": 1.0},
    ]
    assert ledger.fates == {"ok": 2}


def test_what_stands_between_objects_and_a_cut_end_are_malformed(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", '[{"a": 1},\n 7, {"a": 2}, "x",\n{"a": 3}, {"a": ')
    found, ledger = rows(open_source(path))
    assert [row["a"] for row in found] == [1.0, 2.0, 3.0]
    assert [(line, reason) for _, line, reason in ledger.notes["malformed"]] == [
        (2, "not JSON"),
        (2, "not JSON"),
        (3, "a cut or damaged JSON text"),
    ]


def test_an_object_that_never_ends_is_an_error_not_a_gap(tmp_path: Path) -> None:
    content = '[{"a": 1},\n{"a": {\n' + ", ".join(['{"a": 2}'] * 2_000_000) + "]"
    with pytest.raises(InputError, match=r"x\.json:2: an object does not end within 16 MiB"):
        rows(open_source(write(tmp_path / "x.json", content)))


def test_an_array_larger_than_a_block_is_read_whole(tmp_path: Path) -> None:
    events = [{"i": i, "t": "x{" * 20} for i in range(40_000)]
    path = write(tmp_path / "x.json", json.dumps(events))
    found, ledger = rows(open_source(path))
    assert ledger.fates == {"ok": 40_000}
    assert [row["i"] for row in found] == list(range(40_000))


@settings(
    max_examples=40,
    deadline=None,
)
@given(
    events=st.lists(st.dictionaries(TEXTS, JSON, max_size=3), min_size=1, max_size=6),
    gaps=st.sampled_from(["", ",", "\n", " , \n"]),
    indent=st.none() | st.integers(0, 2),
    block=st.integers(1, 40),
)
def test_objects_that_run_together_come_apart_whatever_the_blocks(
    events: list[dict[str, Any]], gaps: str, indent: int | None, block: int
) -> None:
    content = gaps.join(json.dumps(event, indent=indent) for event in events).encode()
    pieces = [content[i : i + block] for i in range(0, len(content), block)]
    texts = [text for part in by_object(iter(pieces)) for text in part.texts]
    assert [json.loads(text) for text in texts] == events
