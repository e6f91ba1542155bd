"""The real case, end to end: what was planted is found, what is in order passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skewcheck
from skewcheck.statistics.ks import Ks
from skewcheck.verdict import Outcome
from tests.checks.cases import found

FLIGHTS = Path(__file__).parents[1] / "fixtures" / "flights"
TRUTH = json.loads((FLIGHTS / "truth.json").read_text())["columns"]
PLANTED = {name for name, column in TRUTH.items() if column["expected"] == "fail"}


def outcomes(result: skewcheck.Result) -> dict[str, Outcome]:
    """Return the outcome of every column that was compared."""
    verdict = result.run.verdict
    return {name: verdict.column(name) for name in verdict.columns}


def test_a_clean_log_of_the_same_months_passes() -> None:
    result = skewcheck.compare(train=FLIGHTS / "train.parquet", serve=FLIGHTS / "clean_logs")
    assert result.passed and result.exit_code == 0
    assert set(outcomes(result).values()) == {Outcome.PASS}


def test_against_the_offline_backfill_only_the_planted_bugs_fail_and_nothing_is_open() -> None:
    result = skewcheck.compare(train=FLIGHTS / "offline.parquet", serve=FLIGHTS / "shadow_logs")
    found = outcomes(result)
    failed = {name for name, outcome in found.items() if outcome is Outcome.FAIL}
    assert failed == {*PLANTED, "score"}  # the score follows from the features
    assert {outcome for name, outcome in found.items() if name not in failed} == {Outcome.PASS}


CAUSES = {
    "distance_miles": ("factor", "1.609344"),
    "dep_hour": ("hour_shift", "+ 4"),
    "carrier": ("case", "lower case"),
    "origin_delay_60m": ("constant", "0"),
    "pressure": ("filled", "0"),
    "seats": ("number_as_text", "text"),
}
SEASON = {name for name, column in TRUTH.items() if column["expected"] == "drift"}
CLEAN = {name for name, column in TRUTH.items() if column["expected"] == "pass"}


def by_name(result: skewcheck.Result) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in result.to_dict()["columns"]}


@pytest.fixture(scope="module")
def paired() -> dict[str, dict[str, Any]]:
    """Return the columns of the report with the offline backfill."""
    train, serve = FLIGHTS / "train.parquet", FLIGHTS / "shadow_logs"
    return by_name(skewcheck.compare(train, serve, offline=FLIGHTS / "offline.parquet"))


def test_every_planted_bug_is_named_with_its_cause(paired: dict[str, dict[str, Any]]) -> None:
    assert set(CAUSES) == PLANTED
    for name, (cause, words) in CAUSES.items():
        found = paired[name]["causes"]
        assert [c["cause"] for c in found] == [cause], name
        assert words in found[0]["statement"] and found[0]["explains"] == 1.0
        assert paired[name]["origin"]["origin"].startswith("pipeline bug")
    assert "only where caller = app-android" in paired["carrier"]["where"]["sentence"]
    assert "since 2013-07-08 00:00 UTC" in paired["seats"]["where"]["sentence"]


def test_the_rows_that_differ_are_those_that_were_touched(
    paired: dict[str, dict[str, Any]],
) -> None:
    for name, truth in TRUTH.items():
        parity = paired[name]["parity"]
        assert parity["differing"] == truth["rows_affected"], name
        assert parity["pairs"] == truth["rows_total"], name


def test_the_season_is_a_population_that_moved_and_has_no_cause(
    paired: dict[str, dict[str, Any]],
) -> None:
    for name in SEASON:
        assert paired[name]["verdict"] == "fail"
        assert paired[name]["origin"]["origin"] == "population moved"
        assert paired[name]["causes"] == []


def test_what_is_in_order_has_no_cause_and_no_failure(paired: dict[str, dict[str, Any]]) -> None:
    for name in CLEAN:
        assert paired[name]["causes"] == [] and paired[name]["verdict"] != "fail"
        assert paired[name]["origin"]["origin"] in ("fine", "population moved", "undecided")


def test_without_pairs_causes_are_found_in_the_distributions_and_none_is_wrong() -> None:
    found = by_name(skewcheck.compare(FLIGHTS / "train.parquet", FLIGHTS / "shadow_logs"))
    causes = {name: [c["cause"] for c in column["causes"]] for name, column in found.items()}
    for name in ("seats", "carrier", "dep_hour", "origin_delay_60m"):
        assert causes[name] == [CAUSES[name][0]]
    for name in TRUTH:
        assert causes[name] in ([], [CAUSES[name][0]] if name in CAUSES else []), name


def test_the_ledger_counts_what_the_maker_planted() -> None:
    result = skewcheck.compare(train=FLIGHTS / "train.parquet", serve=FLIGHTS / "shadow_logs")
    ledger = result.run.serve.ledger
    assert (ledger.events, dict(ledger.fates)) == (
        13_072,
        {"ok": 12_949, "malformed": 3, "duplicates": 120, "conflicting": 0},
    )


def test_a_value_that_the_sample_missed_does_not_leave_the_distance_open() -> None:
    weekdays = np.repeat(np.arange(7.0), 2_000)  # sorted: the first rows are all of one day
    effect, _ = found("ks", weekdays, weekdays)
    assert isinstance(effect, Ks)
    assert effect.error == 0.0 and effect.bounds()[1] < 0.02


@pytest.mark.parametrize("offline", [None, FLIGHTS / "offline.parquet"], ids=["alone", "paired"])
def test_the_order_of_files_and_how_rows_are_spread_over_threads_change_no_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: Path | None
) -> None:
    for number, log in enumerate(sorted((FLIGHTS / "shadow_logs").iterdir())):
        (tmp_path / f"{99 - number}.jsonl.gz").write_bytes(log.read_bytes())
    sides = {"train": FLIGHTS / "train.parquet", "offline": offline}
    as_named = skewcheck.compare(serve=FLIGHTS / "shadow_logs", **sides)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("skewcheck.sources.ndjson.ROWS", 1000)
    reversed_ = skewcheck.compare(serve=tmp_path, **sides)
    columns = [result.to_dict()["columns"] for result in (as_named, reversed_)]
    for cause in (c for both in columns for column in both for c in column["causes"]):
        cause.pop("query")  # it names the files
    assert columns[0] == columns[1]


def test_a_saved_profile_stands_for_the_snapshot(tmp_path: Path) -> None:
    saved = tmp_path / "train.profile"
    skewcheck.make_profile(FLIGHTS / "train.parquet").save(saved)
    from_data = skewcheck.compare(train=FLIGHTS / "train.parquet", serve=FLIGHTS / "clean_logs")
    from_counts = skewcheck.compare(train=saved, serve=FLIGHTS / "clean_logs")
    judged = [
        [column for column in result.to_dict()["columns"] if column["findings"]]
        for result in (from_counts, from_data)
    ]
    assert judged[0] == judged[1]
    assert from_counts.passed
