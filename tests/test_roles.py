"""Guesses of roles: what is taken for metadata, and above all what is not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given as property_of
from hypothesis import settings
from hypothesis import strategies as st

from skewcheck.errors import UsageError
from skewcheck.roles import given, guess, layered
from skewcheck.roles.evidence import look
from skewcheck.roles.names import spelled
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Batch, Lanes, State

N = 400
RNG = np.random.default_rng(3)
START = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = [START + timedelta(minutes=7 * i) for i in range(N)]

UUIDS = [str(uuid.UUID(int=int(i) << 64)) for i in RNG.integers(1, 2**60, N)]
COUNTER = list(range(1, N + 1))
REPEATED = [int(i) for i in RNG.integers(1, 20, N)]
CUSTOMERS = [f"C{i}" for i in RNG.integers(0, 150, N)]
ISO = [t.isoformat() for t in TIMES]
DAYS = [f"{t:%Y-%m-%d}" for t in TIMES]
SECONDS = [t.timestamp() for t in TIMES]
MILLIS = [int(t.timestamp() * 1e3) for t in TIMES]
NANOS = [int(t.timestamp()) * 10**9 for t in TIMES]
SHARES = [float(x) for x in RNG.uniform(0, 1, N)]
POINTS = [float(x) for x in RNG.integers(300, 851, N)]
AMOUNTS = [float(x) for x in RNG.lognormal(3, 1, N)]
FLAGS = [int(x) for x in RNG.integers(0, 2, N)]
WORDS = [("red", "green", "blue")[i % 3] for i in range(N)]
MONTHS = [int(x) for x in RNG.choice([12, 24, 36, 48, 60], N)]
HTTP = [200] * (N - 5) + [500] * 5
VERSIONS = ["credit-7"] * N
NOTES = [f"customer wrote note number {i}" for i in range(N)]

FEATURE, IGNORED = Role.FEATURE, Role.IGNORED

# A column of train and of serve, with a feature beside it on both sides.
BOTH = [
    *(
        ("request_id", UUIDS, Role.KEY),
        ("requestId", UUIDS, Role.KEY),
        ("event-id", UUIDS, Role.KEY),
    ),
    *(("id", COUNTER, Role.KEY), ("ID", COUNTER, Role.KEY), ("instant", COUNTER, Role.KEY)),
    *(("", COUNTER, Role.KEY), ("Unnamed: 0", COUNTER, Role.KEY), ("No", COUNTER, Role.KEY)),
    *(("customerID", UUIDS, Role.KEY), ("whatever", UUIDS, Role.KEY)),
    *(("customer_id", CUSTOMERS, Role.ENTITY), ("user_id", CUSTOMERS, Role.ENTITY)),
    *(("timestamp", ISO, Role.TIME), ("event_time", SECONDS, Role.TIME), ("ts", MILLIS, Role.TIME)),
    *(("eventTime", TIMES, Role.TIME), ("date", DAYS, Role.TIME), ("dteday", DAYS, Role.TIME)),
    *(("timestamp_ms", MILLIS, Role.TIME), ("time", NANOS, Role.TIME)),
    *(
        ("score", SHARES, Role.SCORE),
        ("prediction", AMOUNTS, Role.SCORE),
        ("y_hat", AMOUNTS, Role.SCORE),
    ),
    *(
        ("p_default", SHARES, Role.SCORE),
        ("proba", SHARES, Role.SCORE),
        ("prob1", SHARES, Role.SCORE),
    ),
    *(("ground_truth", FLAGS, Role.LABEL), ("label", FLAGS, Role.LABEL)),
    ("model_version", VERSIONS, Role.VERSION),
    # Features that look like something else.
    *(("time_since_last_order", AMOUNTS, FEATURE), ("age", REPEATED, FEATURE)),
    *(("credit_score", POINTS, FEATURE), ("duration_months", MONTHS, FEATURE)),
    *(("id_type", WORDS, FEATURE), ("store_id", REPEATED, FEATURE), ("item_id", REPEATED, FEATURE)),
    *(("customer_id_type", WORDS, FEATURE), ("user_age", REPEATED, FEATURE)),
    *(("key", REPEATED, FEATURE), ("index", AMOUNTS, FEATURE), ("no", WORDS, FEATURE)),
    *(("time", WORDS, FEATURE), ("time", REPEATED, FEATURE), ("date", REPEATED, FEATURE)),
    *(("signup_date", DAYS, FEATURE), ("date_of_birth", DAYS, FEATURE)),
    *(("account_created_at", ISO, FEATURE), ("last_login_timestamp", SECONDS, FEATURE)),
    *(("lead_time", REPEATED, FEATURE), ("time_of_day", WORDS, FEATURE)),
    *(("propensity_score", SHARES, FEATURE), ("utilisation", SHARES, FEATURE)),
    *(
        ("p_class", REPEATED, FEATURE),
        ("p", AMOUNTS, FEATURE),
        ("probability_of_rain", POINTS, FEATURE),
    ),
    *(("status", WORDS, FEATURE), ("status", HTTP, FEATURE), ("region", WORDS, FEATURE)),
    *(
        ("channel", WORDS, FEATURE),
        ("duration", AMOUNTS, FEATURE),
        ("session_ms", AMOUNTS, FEATURE),
    ),
    *(("latency", AMOUNTS, FEATURE), ("model", WORDS, FEATURE), ("version", WORDS, FEATURE)),
    *(("is_weekend", FLAGS, FEATURE), ("default", FLAGS, FEATURE), ("target", FLAGS, FEATURE)),
    *(("class", WORDS, FEATURE), ("y", AMOUNTS, FEATURE), ("comment", NOTES, FEATURE)),
    *(("amount", AMOUNTS, FEATURE), ("名前", WORDS, FEATURE), ("PAY_0", REPEATED, FEATURE)),
]
SERVE_ONLY = [
    *(
        ("request_id", UUIDS, Role.KEY),
        ("trace_id", UUIDS, Role.KEY),
        ("logged_id", UUIDS, Role.KEY),
    ),
    *(("user_id", CUSTOMERS, Role.ENTITY), ("inferenceTime", ISO, Role.TIME)),
    *(
        ("captured_at", ISO, Role.TIME),
        ("@timestamp", ISO, Role.TIME),
        ("ts_millis", MILLIS, Role.TIME),
    ),
    *(("response.score", SHARES, Role.SCORE), ("risk_score", POINTS, Role.SCORE)),
    *(("output", SHARES, Role.SCORE), ("predicted_price", AMOUNTS, Role.SCORE)),
    *(("latency_ms", AMOUNTS, Role.LATENCY), ("took", AMOUNTS, Role.LATENCY)),
    *((n, AMOUNTS, Role.LATENCY) for n in ("fetch_ms.income", "fetch_us_age", "income_fetch_ms")),
    *(("duration_s", AMOUNTS, Role.LATENCY), ("fetch_features_ms", AMOUNTS, Role.LATENCY)),
    *(("model_version", VERSIONS, Role.VERSION), ("model_name", VERSIONS, Role.VERSION)),
    *(
        ("status", HTTP, Role.STATUS),
        ("status", WORDS, Role.STATUS),
        ("error", [None] * N, Role.STATUS),
    ),
    *(
        ("caller", WORDS, Role.SEGMENT),
        ("host", WORDS, Role.SEGMENT),
        ("variant", WORDS, Role.SEGMENT),
    ),
    *(
        ("new_feature", AMOUNTS, FEATURE),
        ("status", COUNTER, FEATURE),
        ("region", AMOUNTS, FEATURE),
    ),
    *(
        ("latency_ms", WORDS, FEATURE),
        ("is_weekend", FLAGS, FEATURE),
        ("host", NOTES, FEATURE),
    ),
]
TRAIN_ONLY = [
    *(("label", FLAGS, Role.LABEL), ("y", AMOUNTS, Role.LABEL), ("class", WORDS, Role.LABEL)),
    *(("Churn", ["Yes", "No"] * (N // 2), Role.LABEL), ("is_fraud", FLAGS, Role.LABEL)),
    *(("default.payment.next.month", FLAGS, Role.LABEL), ("is_canceled", FLAGS, Role.LABEL)),
    *(("prob2_outcome", FLAGS, Role.LABEL), ("customerID", UUIDS, Role.KEY)),
    *(
        ("is_weekend", FLAGS, FEATURE),
        ("default_rate", SHARES, FEATURE),
        ("late", AMOUNTS, FEATURE),
    ),
    *(
        ("score", SHARES, FEATURE),
        ("has_default_flag", AMOUNTS, FEATURE),
        ("income", AMOUNTS, FEATURE),
    ),
    *(("latency_ms", AMOUNTS, FEATURE), ("host", WORDS, FEATURE), ("status", HTTP, FEATURE)),
]


def batch(columns: Mapping[str, Sequence[Any]]) -> Batch:
    rows = len(next(iter(columns.values())))
    return Batch(rows, {name: pa.array(values) for name, values in columns.items()}, "file", 0)


def kinds(columns: Mapping[str, Sequence[Any]]) -> dict[str, Kind]:
    return {
        name: Kind.TEXT if isinstance(v[0], str) else Kind.NUMBER for name, v in columns.items()
    }


def guessed(
    train: Mapping[str, Sequence[Any]],
    serve: Mapping[str, Sequence[Any]],
    overrides: Mapping[str, Column] | None = None,
) -> Schema:
    return guess(kinds(train), batch(serve), batch(train), overrides or {})


BESIDE: dict[str, list[Any]] = {"amount_owed": AMOUNTS}


@pytest.mark.parametrize(("name", "values", "role"), BOTH)
def test_a_column_of_both_sides_gets_its_role_by_name_and_values(
    name: str, values: list[Any], role: Role
) -> None:
    schema = guessed({**BESIDE, name: values}, {**BESIDE, name: values})
    assert schema.role(name) is role, schema.columns[name].reason
    assert schema.role("amount_owed") is FEATURE


@pytest.mark.parametrize(("name", "values", "role"), SERVE_ONLY)
def test_a_column_only_in_serve_may_be_metadata(name: str, values: list[Any], role: Role) -> None:
    schema = guessed(BESIDE, {**BESIDE, name: values})
    assert schema.role(name) is role, schema.columns[name].reason


@pytest.mark.parametrize(("name", "values", "role"), TRAIN_ONLY)
def test_a_column_only_in_train_is_missing_unless_it_is_the_label(
    name: str, values: list[Any], role: Role
) -> None:
    schema = guessed({**BESIDE, name: values}, BESIDE)
    assert schema.role(name) is role, schema.columns[name].reason


def test_the_table_of_names_has_at_least_sixty_lines() -> None:
    assert len(BOTH) + len(SERVE_ONLY) + len(TRAIN_ONLY) >= 100


def test_text_that_holds_numbers_and_times_is_read_as_such() -> None:
    texts = {"ts": list(map(str, MILLIS)), "score": list(map(str, SHARES))}
    schema = guessed(texts, texts)
    assert [schema.role(name) for name in texts] == [Role.TIME, Role.SCORE]


def test_a_reason_says_what_was_seen() -> None:
    schema = guessed(BESIDE, {**BESIDE, "request_id": UUIDS, "ts": MILLIS, "score": SHARES})
    assert schema.columns["request_id"].reason == "named request_id; 400 of 400 values differ"
    assert schema.columns["ts"].reason == "named ts; values are epoch milliseconds"
    assert schema.columns["score"].reason.startswith("named score, not in train; values from 0.0")
    assert schema.columns["amount_owed"].reason == "default"


def test_a_key_of_both_sides_wins_over_better_named_ids_of_one_side() -> None:
    schema = guessed({"record_id": UUIDS, **BESIDE}, {"record_id": UUIDS, "request_id": UUIDS})
    assert schema.names(Role.KEY) == ["record_id"]
    assert schema.role("request_id") is IGNORED
    assert "beside the key" in schema.columns["request_id"].reason


def test_each_side_may_have_a_key_of_its_own() -> None:
    schema = guessed({"row_id": COUNTER, **BESIDE}, {"request_id": UUIDS, **BESIDE})
    assert schema.names(Role.KEY) == ["row_id", "request_id"]


def test_the_id_of_a_person_is_the_key_only_where_nothing_names_the_event() -> None:
    schema = guessed({"customer_id": UUIDS, **BESIDE}, {"customer_id": UUIDS, "event_id": UUIDS})
    assert schema.role("customer_id") is Role.ENTITY
    assert schema.role("event_id") is Role.KEY


def test_an_id_that_repeats_on_one_side_is_not_the_key() -> None:
    schema = guessed({"order_id": COUNTER, **BESIDE}, {"order_id": REPEATED, **BESIDE})
    assert schema.role("order_id") is FEATURE


def test_an_event_id_that_only_serve_repeats_is_the_key_so_that_copies_are_found() -> None:
    again: dict[str, Sequence[Any]] = {
        "id": [*COUNTER, *COUNTER, *COUNTER],
        "amount": [1.5] * 3 * len(COUNTER),
    }
    assert guessed({"id": COUNTER, **BESIDE}, again).role("id") is Role.KEY
    assert guessed(BESIDE, {"request_id": 3 * UUIDS}).role("request_id") is Role.KEY
    assert guessed({"id": REPEATED, **BESIDE}, {"id": REPEATED, **BESIDE}).role("id") is FEATURE


def test_few_rows_do_not_make_an_id_of_a_feature_whose_name_ends_in_id() -> None:
    one: dict[str, list[Any]] = {"store_id": [4], "amount": [3.5]}
    schema = guess({"store_id": Kind.NUMBER, "amount": Kind.NUMBER}, batch(one), None, {})
    assert schema.role("store_id") is FEATURE


def test_a_second_time_is_set_aside_with_its_reason() -> None:
    schema = guessed(BESIDE, {"timestamp": ISO, "stored_at": ISO, **BESIDE})
    assert schema.names(Role.TIME) == ["timestamp"]
    assert schema.columns["stored_at"].reason.startswith("a second time")


DATED = {"amount_owed": Kind.NUMBER, "departs": Kind.DATETIME, "born": Kind.DATETIME}


def dated(serve: Mapping[str, Sequence[Any]], **more: Sequence[Any]) -> Schema:
    train = {**BESIDE, "departs": TIMES, "born": [t.date() for t in TIMES], **more}
    return guess(DATED | dict.fromkeys(more, Kind.DATETIME), batch(serve), batch(train), {})


def test_timestamps_that_serve_lacks_are_the_time_of_train_when_serve_has_its_own() -> None:
    schema = dated({**BESIDE, "timestamp": ISO, "born": DAYS})
    assert schema.names(Role.TIME) == ["departs", "timestamp"]
    assert schema.columns["departs"].reason.startswith("the only times that serve lacks")


def test_timestamps_that_serve_lacks_are_missing_where_it_is_not_plain_that_they_are_the_time() -> (
    None
):
    assert dated(BESIDE).role("departs") is FEATURE
    two = dated({**BESIDE, "timestamp": ISO}, opened=TIMES)
    assert two.names(Role.TIME) == ["timestamp"]
    few = dated({**BESIDE, "timestamp": ISO}, departs=[TIMES[i % 9] for i in range(N)])
    assert few.names(Role.TIME) == ["timestamp"]
    assert few.role("born") is FEATURE


def test_two_columns_that_could_be_the_label_both_stay_features() -> None:
    train = {"is_fraud": FLAGS, "returned": FLAGS, **BESIDE}
    schema = guessed(train, BESIDE)
    assert schema.names(Role.LABEL) == []
    assert "--label" in schema.columns["returned"].reason


def test_a_plain_label_leaves_an_outcome_beside_it_a_feature() -> None:
    schema = guessed({"target": FLAGS, "returned": FLAGS, **BESIDE}, BESIDE)
    assert schema.names(Role.LABEL) == ["target"]
    assert schema.role("returned") is FEATURE


def test_y_beside_x_is_a_coordinate() -> None:
    schema = guessed({"x": AMOUNTS, "y": AMOUNTS}, {"x": AMOUNTS})
    assert schema.role("y") is FEATURE


def test_two_unnamed_shares_are_not_guessed_to_be_the_score() -> None:
    schema = guessed(BESIDE, {**BESIDE, "a": SHARES, "b": SHARES})
    assert schema.names(Role.SCORE) == []


def test_a_given_role_wins_over_every_guess() -> None:
    overrides = given({Role.FEATURE: ["request_id"], Role.IGNORED: ["score"]}, "here")
    schema = guessed(BESIDE, {"request_id": UUIDS, "score": SHARES, **BESIDE}, overrides)
    assert schema.role("request_id") is FEATURE
    assert schema.columns["score"] == Column("score", IGNORED, "given here")


def test_a_given_key_time_and_label_end_the_guessing_of_others() -> None:
    roles = {Role.KEY: ["order_no"], Role.TIME: ["day"], Role.LABEL: ["bad"]}
    train: dict[str, list[Any]]
    train = {"order_no": REPEATED, "day": DAYS, "bad": FLAGS, "returned": FLAGS, "id": COUNTER}
    schema = guessed({**train, "ts": ISO}, train, given(roles, "here"))
    assert schema.names(Role.KEY) == ["order_no"]
    assert schema.names(Role.TIME) == ["day"]
    assert schema.names(Role.LABEL) == ["bad"]
    assert schema.role("id") is IGNORED and schema.role("ts") is IGNORED


def test_a_given_column_that_does_not_exist_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"'reqest_id', given here as key.*mean 'request_id'"):
        guessed(BESIDE, {"request_id": UUIDS}, given({Role.KEY: ["reqest_id"]}, "here"))


@pytest.mark.parametrize("role", list(Role))
def test_a_missing_column_matters_where_the_run_would_judge_less_without_it(role: Role) -> None:
    overrides = given({role: ["gone"]}, "here")
    if role in (Role.IGNORED, Role.SEGMENT, Role.STATUS, Role.VERSION, Role.ENTITY):
        assert list(guessed(BESIDE, BESIDE, overrides).columns) == ["amount_owed"]
    else:
        with pytest.raises(UsageError, match="'gone', given here as"):
            guessed(BESIDE, BESIDE, overrides)


def test_a_column_known_to_serve_but_not_in_its_head_is_not_missing() -> None:
    columns = {"is_fraud": Kind.BOOLEAN, "amount": Kind.NUMBER}
    head = batch({"amount": AMOUNTS})
    late = guess(columns, head, None, {}, serve_columns=["amount", "is_fraud"])
    assert late.role("is_fraud") is FEATURE
    assert guess(columns, head, None, {}).role("is_fraud") is Role.LABEL


def test_one_column_cannot_be_given_two_roles() -> None:
    with pytest.raises(UsageError, match="'a' is given as key and as time"):
        given({Role.KEY: ["a"], Role.TIME: ["a"]}, "on the command line")


def test_columns_are_in_the_order_of_train_then_of_serve() -> None:
    schema = guessed({"b": AMOUNTS, "a": AMOUNTS}, {"z": AMOUNTS, "a": AMOUNTS, "b": AMOUNTS})
    assert [column.name for column in schema] == ["b", "a", "z"]


def test_a_column_of_lists_or_of_no_values_is_no_reason_to_stop() -> None:
    columns = {
        "embedding": pa.array([[1.0, 2.0]] * N),
        "score": pa.nulls(N),
        "id": pa.array([{"a": 1}] * N),
        "ts": pa.array(ISO, pa.string_view()),
        "host": pa.array(WORDS).dictionary_encode(),
    }
    schema = guess({}, Batch(N, columns, "file", 0), None, {})
    roles = [FEATURE, FEATURE, FEATURE, Role.TIME, Role.SEGMENT]
    assert [schema.role(name) for name in columns] == roles


def test_lanes_of_a_log_are_read_by_the_type_that_most_values_have() -> None:
    states = np.full(N, State.NUMBER, dtype=np.uint8)
    states[:3] = State.TEXT
    texts = pa.array(["0.5", "n/a", "0.25"])
    lanes = Lanes(states, np.array(SHARES[3:]), texts, np.array([], dtype=np.bool_))
    head = Batch(N, {"score": lanes}, "file", 0)
    seen = look([head], "score")
    assert seen is not None and seen.rows == N - 3
    assert guess({}, head, None, {}).role("score") is Role.SCORE


def test_a_head_of_many_tiny_batches_is_looked_at_as_one() -> None:
    rows = [batch({"request_id": [u], "host": [h]}) for u, h in zip(UUIDS, WORDS, strict=True)]
    seen = look(rows, "host")
    assert seen is not None and (seen.rows, seen.distinct) == (N, 3)
    schema = guess({}, rows, None, {})
    assert schema.columns["request_id"].reason == "named request_id; 400 of 400 values differ"


def test_batches_that_differ_in_type_are_read_by_the_commonest() -> None:
    head = [batch({"a": [1.5, 2.5, 3.5]}), batch({"a": ["x"]}), batch({"b": [1]})]
    seen = look(head, "a")
    assert seen is not None and seen.values.to_pylist() == [1.5, 2.5, 3.5]


def test_a_key_given_above_ends_the_key_given_below_but_ignored_columns_add_up() -> None:
    below = given({Role.KEY: ["a"], Role.TIME: ["t"], Role.IGNORED: ["x"]}, "in a file")
    above = given({Role.KEY: ["b"], Role.IGNORED: ["y"]}, "here")
    assert set(layered(below, above)) == {"b", "t", "x", "y"}
    assert layered(below, given({Role.FEATURE: ["a"]}, "here"))["a"].role is FEATURE


def test_one_spelling_stands_for_all_ways_to_write_a_name() -> None:
    written = ("customerID", "Customer-Id", "customer id", "CUSTOMER_ID", "customerId")
    assert {spelled(name) for name in written} == {"customer_id"}


names_ = st.one_of(st.sampled_from([n for n, _, _ in BOTH + SERVE_ONLY + TRAIN_ONLY]), st.text())
values_ = st.sampled_from([v for _, v, _ in BOTH + SERVE_ONLY + TRAIN_ONLY])
tables_ = st.dictionaries(names_, values_, min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@property_of(tables_, tables_)
def test_every_column_has_one_role_and_each_side_at_most_one_key_and_time(
    train: dict[str, list[Any]], serve: dict[str, list[Any]]
) -> None:
    schema = guessed(train, serve)
    assert set(schema.columns) == {*train, *serve}
    for role in (Role.KEY, Role.TIME):
        found = schema.names(role)
        assert len([name for name in found if name in train]) <= 1
        assert len([name for name in found if name in serve]) <= 1
    assert all(schema.role(name) is not Role.SEGMENT for name in train)
