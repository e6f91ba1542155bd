"""The real case, end to end: what was planted is found, what is in order passes."""

from __future__ import annotations

import json
from pathlib import Path

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


def test_the_order_of_files_and_how_rows_are_spread_over_threads_change_no_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, log in enumerate(sorted((FLIGHTS / "shadow_logs").iterdir())):
        (tmp_path / f"{99 - number}.jsonl.gz").write_bytes(log.read_bytes())
    as_named = skewcheck.compare(train=FLIGHTS / "train.parquet", serve=FLIGHTS / "shadow_logs")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    reversed_ = skewcheck.compare(train=FLIGHTS / "train.parquet", serve=tmp_path)
    columns = [result.to_dict()["columns"] for result in (as_named, reversed_)]
    for cause in (c for both in columns for column in both for c in column["causes"]):
        assert cause.pop("query")  # it names the files
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
