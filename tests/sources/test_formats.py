from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skewcheck.discovery import discover
from skewcheck.formats import Layout, choose, leaves
from skewcheck.schema import Kind
from skewcheck.sources.open import open_source
from tests.sources.reading import rows, write

TRAIN = ["age", "income", "score"]
FEATURES = {"age": 31, "income": 2.5}


def event(**fields: Any) -> dict[str, Any]:
    return {"request_id": "r1", "timestamp": "2026-01-01T00:00:00Z", **fields}


@pytest.mark.parametrize(
    "name", ["features", "inputs", "payload", "instance", "data", "feature_values", "whatever"]
)
def test_the_object_that_holds_trains_columns_is_the_payload_whatever_its_name(name: str) -> None:
    logged = event(**{name: FEATURES, "context": {"host": "h", "zone": "z", "pod": "p"}})
    layout = choose([logged], TRAIN)
    assert layout.payload == (name,)
    assert [layout.name(path) for path in leaves(logged)] == [
        "request_id",
        "timestamp",
        "age",
        "income",
        "context.host",
        "context.zone",
        "context.pod",
    ]


def test_a_payload_two_objects_down_is_found() -> None:
    layout = choose([event(request={"features": FEATURES, "user": "u"})], TRAIN)
    assert layout.payload == ("request", "features")
    assert layout.name(("request", "user")) == "request.user"


def test_without_train_a_usual_name_or_most_fields_make_a_payload() -> None:
    assert choose([event(features=FEATURES)]).payload == ("features",)
    assert choose([event(vector={f"x{i}": i for i in range(9)})]).payload == ("vector",)
    assert choose([event(geo={"lat": 1, "lon": 2}, a=1, b=2, c=3)]).payload == ()


def test_flat_events_stay_flat_even_beside_an_object() -> None:
    layout = choose([event(**FEATURES, score=0.5, context={"a": 1, "b": 2})], TRAIN)
    assert layout.payload == ()
    assert layout.name(("context", "a")) == "context.a"


@pytest.mark.parametrize("prefix", ["feature_", "f_", "features.", "feat_"])
def test_a_prefix_is_cut_off_only_where_that_finds_trains_columns(prefix: str) -> None:
    logged = event(**{f"{prefix}{name}": value for name, value in FEATURES.items()})
    layout = choose([logged], TRAIN)
    assert layout.prefix == prefix
    assert layout.name((f"{prefix}age",)) == "age"
    assert layout.name(("request_id",)) == "request_id"
    same = choose([logged], [f"{prefix}{name}" for name in FEATURES])
    assert same.prefix == ""


def test_a_feature_keeps_its_name_when_metadata_has_it_too() -> None:
    layout = choose([event(features={**FEATURES, "timestamp": 1}, score=0.5)], TRAIN)
    assert layout.name(("features", "timestamp")) == "timestamp"
    assert layout.name(("timestamp",)) == "event.timestamp"
    assert layout.name(("score",)) == "score"


def test_a_feature_that_comes_late_under_a_taken_name_keeps_its_path() -> None:
    layout = choose([event(features=FEATURES)], TRAIN)
    assert layout.name(("features", "timestamp")) == "features.timestamp"
    assert layout.name(("features", "late")) == "late"


def test_names_that_are_nobodys_train_columns_fall_back_on_size() -> None:
    layout = choose([event(features={"other": 1, "names": 2})], TRAIN)
    assert layout.payload == ("features",)


def test_json_text_is_a_payload_like_an_object() -> None:
    layout = choose([event(features=json.dumps(FEATURES)), event(features=None)], TRAIN)
    assert (layout.payload, layout.encoded) == (("features",), True)
    assert layout.inner().name(("age",)) == "age"


def test_every_layout_has_a_reason_and_every_module_recognises() -> None:
    assert choose([]).reason == Layout().reason
    for module in discover("skewcheck.formats").values():
        layout = module.recognise([event(features=FEATURES)], frozenset(TRAIN))
        assert layout is None or layout.reason


def test_the_layout_is_told_in_one_sentence_of_the_source(tmp_path: Path) -> None:
    lines = json.dumps(event(features=FEATURES, score=0.5))
    hint = dict.fromkeys(TRAIN, Kind.NUMBER)
    source = open_source(write(tmp_path / "x.jsonl", lines), hint=hint)
    assert source.layout == "nested events: the object 'features' holds 2 of train's 3 columns"
    assert rows(source)[0] == [event(age=31.0, income=2.5, score=0.5)]
