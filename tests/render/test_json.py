"""The JSON contract."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skewcheck.finding import Undefined
from skewcheck.ledger import Ledger
from skewcheck.policy import Policy, Rule
from skewcheck.render.json import render
from skewcheck.report import build
from skewcheck.run import Run
from skewcheck.statistics.intervals import Share
from tests.report.cases import HOSTILE, flights, hostile, judged, nulls, run
from tests.report.golden import expected

ONE = {"a": pa.array([1.0, 2.0, 3.0])}
TOP = {
    "schema_version", "verdict", "exit_code", "status", "reason", "train", "serve", "ledger",
    "columns", "readiness", "fix_first", "guesses", "policy", "versions", "command", "started",
    "seconds",
}  # fmt: skip
FINDING = {
    "check", "value", "low", "high", "unit", "n_train", "n_serve", "verdict", "reason", "error",
    "limit", "warn_limit", "p", "rows_needed", "detail",
}  # fmt: skip


def strict(text: str) -> Any:
    """Return parsed JSON; NaN, Infinity and repeated keys are errors."""

    def refuse(token: str) -> None:
        raise ValueError(token)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({k for k, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def document(made: Run) -> Any:
    return strict(render(build(made)))


def rounded(value: Any) -> Any:
    """Return the document with floats at nine figures: libraries differ in the last bits."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


def test_the_flights_case_is_as_it_was() -> None:
    actual = document(flights())
    text = json.dumps(rounded(actual), indent=1) + "\n"
    assert json.loads(text) == json.loads(expected("flights.json", text))


def test_the_contract_has_its_keys() -> None:
    made = document(flights())
    assert set(made) == TOP
    assert made["schema_version"] == 1 and made["status"] == "complete"
    assert made["train"] | {"path": "train.parquet", "rows": 20_000} == made["train"]
    assert {"name", "role", "kind", "verdict", "findings", "causes"} == set(made["columns"][0])
    assert all(set(f) == FINDING for c in made["columns"] for f in c["findings"])


@pytest.mark.parametrize(
    ("serve", "verdict", "code", "column"),
    [
        ((0, 20_000), "pass", 0, "pass"),
        ((180, 20_000), "pass", 0, "warn"),
        ((9_000, 20_000), "fail", 1, "fail"),
        ((1, 100), "inconclusive", 3, "inconclusive"),
    ],
)
def test_verdicts_and_exit_codes(
    serve: tuple[int, int], verdict: str, code: int, column: str
) -> None:
    made = document(run(ONE, ONE, [nulls("a", (0, 200_000), serve)]))
    assert (made["verdict"], made["exit_code"]) == (verdict, code)
    assert made["columns"][0]["verdict"] == column


def test_what_is_undefined_is_null_with_a_reason() -> None:
    made = document(run(ONE, ONE, [judged("ks", "a", Undefined("no number"), Rule(0.1))]))
    (finding,) = made["columns"][0]["findings"]
    assert finding["value"] is finding["low"] is finding["high"] is finding["error"] is None
    assert "no number" in finding["reason"]
    assert finding["verdict"] == "inconclusive"


def test_duplicates_are_null_where_no_key_told_them_apart() -> None:
    made = document(run(ONE, ONE, []))
    assert made["ledger"]["malformed"] == 0
    assert made["ledger"]["duplicates"] is None


def test_the_ledger_sums_up() -> None:
    ledger = document(flights())["ledger"]
    assert ledger["events"] == ledger["ok"] + ledger["malformed"] + ledger["duplicates"]
    assert ledger["notes"]["malformed"][0]["line"] == 17
    assert ledger["skipped"] == {"shadow_logs/.DS_Store": "hidden file"}


def test_an_empty_ledger_has_all_its_keys() -> None:
    made = document(run(ONE, ONE, [], serve_ledger=Ledger()))
    assert made["ledger"]["events"] == made["ledger"]["ok"] == 0


def test_columns_that_are_not_compared_are_there_and_unjudged() -> None:
    made = document(flights())
    (key,) = [c for c in made["columns"] if c["name"] == "request_id"]
    assert (key["role"], key["verdict"], key["findings"]) == ("key", "unjudged", [])


def test_details_with_what_json_has_no_word_for_stay_strict() -> None:
    detail: dict[str, Any] = {
        "at": math.inf,
        "count": np.int64(3),
        "deep": [{"x": float("nan"), "y": np.float64(2)}],
    }
    made = document(run(ONE, ONE, [judged("ks", "a", Share(1, 9), Rule(0.1), **detail)]))
    assert made["columns"][0]["findings"][0]["detail"] == {
        "at": "inf",
        "count": 3,
        "deep": [{"x": "nan", "y": 2.0}],
    }


def test_limits_in_force_are_recorded() -> None:
    policy = Policy(checks={"ks": Rule(0.07)}, columns={"a": {"ks": Rule(None, 0.2)}})
    made = document(run(ONE, ONE, [], policy=policy))["policy"]
    assert made["level"] == 0.05
    assert made["checks"]["ks"] == {"fail": 0.07, "warn": None}
    assert made["checks"]["null_rate"]["fail"] == 0.02
    assert made["columns"] == {"a": {"ks": {"fail": None, "warn": 0.2}}}


def test_hostile_names_survive_and_the_text_is_plain_ascii() -> None:
    text = render(build(hostile()))
    assert text.isascii()
    assert {c["name"] for c in strict(text)["columns"]} == set(HOSTILE)


def test_a_path_that_is_no_unicode_can_be_written() -> None:
    made = run(ONE, ONE, [], command="skewcheck \udcff")
    render(build(made)).encode("utf-8")
