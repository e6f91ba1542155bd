"""The JSON contract."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest

from skewcheck.causes import Cause
from skewcheck.finding import Undefined
from skewcheck.ledger import Ledger
from skewcheck.origin import Origin, Shift
from skewcheck.policy import Policy, Rule
from skewcheck.reasons import Reasons
from skewcheck.render.json import render
from skewcheck.report import build
from skewcheck.run import Run
from skewcheck.statistics.intervals import Share
from tests.report.cases import HOSTILE, LEVEL, flights, hostile, judged, nulls, run
from tests.report.golden import expected
from tests.report.offline import offline
from tests.report.paired import located, moment, numbers, partner, segment, window

JULY = moment("2013-07-08T00:00+00:00")
ONE = {"a": pa.array([1.0, 2.0, 3.0])}
TOP = {
    "schema_version", "verdict", "exit_code", "status", "reason", "train", "serve", "ledger",
    "pairs", "columns", "readiness", "fix_first", "sections", "guesses", "policy", "versions",
    "command", "started", "seconds",
}  # fmt: skip
COLUMN = {
    "name", "role", "kind", "verdict", "story", "findings", "causes", "parity", "where", "origin",
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


def test_the_causes_of_the_flights_are_as_they_were() -> None:
    """What is asked of the pairs, without the findings, which another file holds."""
    told = ("name", "verdict", "story", "causes", "parity", "where", "origin")
    made = strict(render(offline()))
    columns = [{k: c[k] for k in told} for c in made["columns"] if c["causes"]]
    actual = {"reason": made["reason"], "pairs": made["pairs"], "columns": columns}
    text = json.dumps(rounded(actual), indent=1) + "\n"
    assert json.loads(text) == json.loads(expected("flights-offline.json", text))


def test_the_contract_has_its_keys() -> None:
    made = document(flights())
    assert set(made) == TOP
    assert made["schema_version"] == 1 and made["status"] == "complete"
    assert made["train"] | {"path": "train.parquet", "rows": 20_000} == made["train"]
    assert all(set(c) == COLUMN for c in made["columns"])
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


def _paired() -> Any:
    """Return the one column of a run with a cause on paired rows, and the run's pairs."""
    miles = [float(x) for x in range(1, 11)]
    served = [x * 1.609344 for x in miles[:4]] + miles[4:]
    cause = Cause("factor", "serve = 1.609344 × train", "kilometres?", 1.0, True, 's."a" > 3')
    where = located(4, 10, segment("caller", ("web",), 4, 4, 10), window(JULY))
    made = run(
        ONE,
        ONE,
        [judged("row_parity", "a", Share(4, 10), Rule(0.001), unit="share", n=(10, 10))],
        reasons={"a": Reasons((cause,), where, Shift(Origin.BOTH, 2.0, 0.5))},
        partner=partner({"a": numbers(list(miles), list(served))}, spelled={"case": 300}),
    )
    found = document(made)
    return found["columns"][0], found["pairs"]


def test_a_cause_has_its_name_its_share_its_statement_and_its_query() -> None:
    (cause,) = _paired()[0]["causes"]
    assert set(cause) == {
        "cause", "explains", "statement", "reason", "sentence", "paired", "also", "query",
    }  # fmt: skip
    assert (cause["cause"], cause["explains"], cause["paired"]) == ("factor", 1.0, True)
    assert cause["statement"] == "serve = 1.609344 × train"
    assert cause["sentence"].endswith("on all 4 paired rows that differ: kilometres?")
    assert cause["query"].endswith('WHERE s."a" > 3\nLIMIT 20')


def test_the_story_of_a_column_is_what_the_other_reports_say_first() -> None:
    (sentence,) = _paired()[0]["story"]
    assert sentence.startswith("pipeline bug, and drift: serve = 1.609344 × train")


def test_the_parity_of_a_column_has_the_interval_of_its_share() -> None:
    parity = _paired()[0]["parity"]
    assert set(parity) == {
        "pairs", "differing", "share", "low", "high", "counts", "differences", "ratios",
        "confusion",
    }  # fmt: skip
    assert (parity["pairs"], parity["differing"], parity["share"]) == (10, 4, 0.4)
    exact = binomtest(4, 10).proportion_ci(1 - 2 * LEVEL, "exact")
    assert (parity["low"], parity["high"]) == pytest.approx((exact.low, exact.high))
    assert parity["counts"] == {"equal": 6, "different": 4}
    assert parity["ratios"]["50 %"] == pytest.approx(1.609344)
    assert parity["differences"]["100 %"] == pytest.approx(4 * 0.609344)


def test_where_and_when_are_there_as_numbers() -> None:
    where = _paired()[0]["where"]
    assert set(where) == {"sentence", "rows", "differing", "segment", "since", "until"}
    assert (where["rows"], where["differing"], where["until"]) == (10, 4, None)
    assert where["segment"]["column"] == "caller" and where["segment"]["values"] == ["web"]
    assert where["since"]["at"] == JULY.at


def test_the_origin_says_how_much_of_the_drift_is_the_pipelines() -> None:
    origin = _paired()[0]["origin"]
    assert set(origin) == {"origin", "sentence", "drift_seen", "drift_of_population", "explained"}
    assert origin["origin"] == "pipeline bug and population moved"
    assert (origin["drift_seen"], origin["drift_of_population"], origin["explained"]) == (
        2.0, 0.5, 0.75,
    )  # fmt: skip


def test_the_pairs_of_the_run_are_accounted_for() -> None:
    pairs = _paired()[1]
    assert {"path", "offline", "key", "as_of", "paired", "spelled"} <= set(pairs)
    assert (pairs["path"], pairs["key"], pairs["paired"]) == ("offline.parquet", "request_id", 290)
    assert pairs["spelled"] == {"case": 300}


def test_without_pairs_there_is_no_parity_no_place_and_no_origin() -> None:
    made = document(run(ONE, ONE, []))
    assert made["pairs"] is None
    for column in made["columns"]:
        assert column["parity"] is column["where"] is column["origin"] is None
        assert column["causes"] == column["story"] == []


def test_a_column_of_no_pair_has_no_share_and_no_interval() -> None:
    made = document(run(ONE, ONE, [], reasons={}, partner=partner({"a": numbers([], [])})))
    parity = made["columns"][0]["parity"]
    assert parity["pairs"] == 0
    assert parity["share"] is parity["low"] is parity["high"] is None
