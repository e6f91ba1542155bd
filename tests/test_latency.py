"""Response times end to end: planted cases whose verdict is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck.config import parse
from skewcheck.errors import ConfigError, UsageError
from skewcheck.failures import failed
from skewcheck.layout import Section
from skewcheck.report import build
from skewcheck.result import Result
from skewcheck.units import unit_of
from skewcheck.verdict import Judgement, Outcome

BUDGET = '[latency]\nbudget = "150ms"\nshare = 0.99\n'
ROWS = 5000
START = datetime(2026, 3, 1)


def features(rows: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {"income": rng.lognormal(10, 0.5, rows), "age": rng.integers(18, 90, rows)}


TRAIN = pl.DataFrame(features(6000, 1))


def logged(times: Any, **columns: Any) -> pl.DataFrame:
    """Return a log of requests that took so many milliseconds."""
    return pl.DataFrame({**features(len(times), 2), "latency_ms": times, **columns})


def quick(rows: int = ROWS, over: float = 0.002, seed: int = 3) -> np.ndarray[Any, Any]:
    """Return times of which this share exceeds 150 ms."""
    rng = np.random.default_rng(seed)
    times = rng.uniform(20, 140, rows)
    times[rng.choice(rows, round(over * rows), replace=False)] = 400.0
    return times.round(2)


def compared(log: pl.DataFrame, policy: str = BUDGET) -> Result:
    found: Result = skewcheck.compare(TRAIN, log, policy=parse(policy, "skewcheck.toml"))
    return found


def section(result: Result) -> Section:
    return next(s for s in build(result.run).sections if s.name == "latency")


def judged(result: Result, check: str = "slo", column: str = "latency_ms") -> Judgement:
    found = [j for j in result.run.verdict.columns[column] if j.finding.check == check]
    assert len(found) == 1
    return found[0]


def test_within_budget_passes_and_over_fails() -> None:
    assert judged(compared(logged(quick()))).outcome is Outcome.PASS
    assert judged(compared(logged(quick(over=0.03)))).outcome is Outcome.FAIL


def test_too_few_requests_are_inconclusive_and_pass_when_those_needed_are_added() -> None:
    rows = 120
    few = judged(compared(logged(quick(rows, over=0.0))))
    assert few.outcome is Outcome.INCONCLUSIVE
    assert few.needed and few.needed.serve
    more = rows + few.needed.serve
    assert judged(compared(logged(quick(more, over=0.0)))).outcome is Outcome.PASS


@pytest.mark.parametrize("time", [0.0, None])
def test_errors_are_over_budget_however_fast_they_fail(time: float | None) -> None:
    status = np.full(ROWS, 200)
    status[:: ROWS // 100] = 503
    times = [time if code == 503 else t for code, t in zip(status, quick(), strict=True)]
    judgement = judged(compared(logged(times, status=status)))
    assert judgement.outcome is Outcome.FAIL
    assert judgement.finding.detail["failed"] == 100


def test_a_request_without_a_time_and_without_an_error_neither_passes_nor_fails() -> None:
    times = [None if i % 20 == 0 else t for i, t in enumerate(quick())]
    judgement = judged(compared(logged(times, status=np.full(ROWS, 200))))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.finding.detail["without_time"] == 250


def test_a_bad_hour_is_named() -> None:
    times = quick(over=0.0)
    at = [START + timedelta(seconds=60 * i) for i in range(ROWS)]
    times[840:870] = 900.0  # half an hour from 14:00
    result = compared(logged(times, event_time=at))
    assert judged(result).outcome is not Outcome.FAIL
    hour = judged(result, "slo_window")
    assert hour.outcome is Outcome.WARN
    assert hour.finding.subject.window == "in the hour from 2026-03-01T14:00 UTC"
    strict = compared(logged(times, event_time=at), BUDGET + "[checks.slo_window]\nfail = 0.01\n")
    assert judged(strict, "slo_window").outcome is Outcome.FAIL


def test_a_bad_version_is_named_and_quiet_hours_are_not() -> None:
    times, version = quick(over=0.005), np.where(np.arange(ROWS) % 5 == 0, "v2", "v1")
    calm = judged(compared(logged(times, model_version=version)), "slo_window")
    assert calm.outcome is Outcome.PASS
    times[version == "v2"] += 30.0
    slow = judged(compared(logged(times, model_version=version)), "slo_window")
    assert slow.outcome is Outcome.WARN
    assert slow.finding.subject.segment == "version = v2"


def test_a_part_of_the_answer_has_its_own_budget() -> None:
    rng = np.random.default_rng(5)
    fetch = [None if i % 2 else x for i, x in enumerate(rng.uniform(1, 30, ROWS))]
    log = logged(quick(), **{"fetch_ms.income": fetch})
    policy = BUDGET + '[latency.columns."fetch_ms.income"]\nbudget = "20ms"\nshare = 0.9\n'
    judgement = judged(compared(log, policy), column="fetch_ms.income")
    assert judgement.outcome is Outcome.FAIL
    assert judgement.rule.fail == 0.1
    assert judgement.finding.n_serve == ROWS // 2
    assert judged(compared(log, policy)).outcome is Outcome.PASS


def test_without_a_budget_times_are_shown_and_not_judged() -> None:
    result = compared(logged(quick()), "")
    assert "latency_ms" not in result.run.verdict.columns
    shown = section(result)
    assert shown.outcome is None
    p50, *_, p999 = shown.data["columns"]["latency_ms"]["quantiles"]
    assert p50["low"] < 80 < p50["high"]
    assert p999["requests_needed"] == 0


def test_the_section_says_what_cannot_be_claimed_yet() -> None:
    result = compared(logged(quick(200)), "")
    shown = section(result)
    assert "requests still needed to claim: p99 168, p99.9 3,488" in shown.sentences


def test_a_unit_that_nobody_knows_is_asked_for() -> None:
    log = logged(quick()).rename({"latency_ms": "latency"}).with_columns(pl.col("latency") / 20)
    unknown = judged(compared(log), column="latency")
    assert unknown.outcome is Outcome.INCONCLUSIVE
    assert "latency.unit" in unknown.finding.measure.reason  # type: ignore[union-attr]
    given = judged(compared(log, BUDGET + 'unit = "ms"\n'), column="latency")
    assert given.outcome is Outcome.PASS


def test_seconds_are_held_against_a_budget_in_milliseconds() -> None:
    log = logged(quick(over=0.03) / 1000).rename({"latency_ms": "latency_s"})
    assert judged(compared(log), column="latency_s").outcome is Outcome.FAIL


def test_a_budget_without_a_column_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no column with a response time; name it"):
        compared(logged(quick()).drop("latency_ms"))


def test_slower_than_train_is_told() -> None:
    roles = '[roles]\nlatency = "latency_ms"\n'
    train = TRAIN.with_columns(latency_ms=pl.Series(quick(6000)))
    for factor, outcome in ((1.0, Outcome.PASS), (1.6, Outcome.FAIL)):
        config = parse(roles, "skewcheck.toml")
        result = skewcheck.compare(train, logged(quick() * factor), policy=config)
        judgement = judged(result, "latency_ratio")
        assert judgement.outcome is outcome
        assert judgement.finding.measure.value == pytest.approx(factor, rel=0.05)  # type: ignore[union-attr]


def test_a_saved_profile_has_the_same_verdict(tmp_path: Any) -> None:
    status = np.full(ROWS, 200)
    status[:100] = 504
    log = logged(quick(), status=status)
    result = compared(log)
    result.run.serve.profile.save(tmp_path / "serve.profile")
    again = skewcheck.compare(
        result.run.train.profile,
        tmp_path / "serve.profile",
        policy=parse(
            BUDGET + '[roles]\nlatency = "latency_ms"\nmodel_version = []\nstatus = "status"\n',
            "skewcheck.toml",
        ),
    )
    assert judged(again).finding.measure == judged(result).finding.measure


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('budget = "150 parsecs"', "'latency.budget' has the unit 'parsecs'"),
        ('budget = "fast"', "'latency.budget' is 'fast'; expected a time such as"),
        ("budget = -1", "expected a time such as .*, above 0"),
        ("budget = true", "expected a time such as"),
        ('budget = "1s"\nshare = 99', "'latency.share' is 99; expected between 0 and 1"),
        ("share = 0.9", "'latency.share' has no budget to go with"),
        ('bugdet = "1s"', "unknown key 'latency.bugdet'; did you mean 'latency.budget'"),
        ("columns.x = {share = 0.9}", "'latency.columns.x' has no budget"),
        ('unit = "hours"', "'latency.unit' has the unit 'hours'"),
    ],
)
def test_a_wrong_budget_is_an_error_that_names_its_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse(f"[latency]\n{text}\n", "skewcheck.toml")


def test_a_budget_for_a_column_that_is_nowhere_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"'latency_mss', given in skewcheck\.toml as latency"):
        compared(logged(quick()), '[latency.columns.latency_mss]\nbudget = "1s"\n')


@pytest.mark.parametrize(
    ("column", "median", "unit"),
    [
        ("latency_ms", 50.0, "ms"),
        ("latencyMs", 0.05, "ms"),
        ("elapsed_us", 900.0, "us"),
        ("duration_s", 0.1, "s"),
        ("fetch_ms.income", 3.0, "ms"),
        ("latency", 0.04, "s"),
        ("latency", 80.0, "ms"),
        ("latency", 90_000.0, "us"),
        ("latency", 3.0, None),
        ("latency", None, None),
        ("took", 20_000.0, None),
    ],
)
def test_a_unit_is_told_by_the_name_or_by_values_without_doubt(
    column: str, median: float | None, unit: str | None
) -> None:
    found = unit_of(column, median)
    assert found.name == unit
    assert found.reason


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        *(("status", code, True) for code in ("500", "503", "599", "408", "429", "504.0")),
        *(("status", code, False) for code in ("200", "204", "302", "400", "404", "0", "1")),
        *(
            ("status", word, True)
            for word in ("timeout", "Timed out", "ERROR", "DEADLINE_EXCEEDED")
        ),
        *(("status", word, False) for word in ("ok", "OK", "success", "no_error", "")),
        *(("error", word, False) for word in ("", "0", "none", "false")),
        *(("error", word, True) for word in ("1", "true", "ValueError: x", "out of memory")),
    ],
)
def test_a_failed_request_is_told_by_its_status(column: str, value: str, wrong: bool) -> None:
    assert failed(column, value) is wrong


@pytest.mark.parametrize("container", ["frame", "parquet", "jsonl"])
def test_the_time_between_request_and_answer_is_made_where_none_is_logged(
    container: str, tmp_path: Path
) -> None:
    start = [START + timedelta(seconds=60 * i) for i in range(ROWS)]
    end = [at + timedelta(milliseconds=t) for at, t in zip(start, quick(over=0.03), strict=True)]
    log: Any = logged(quick(), request_time=start, response_time=end).drop("latency_ms")
    if container == "parquet":
        log.write_parquet(tmp_path / "log.parquet")
        log = tmp_path / "log.parquet"
    if container == "jsonl":
        log.write_ndjson(tmp_path / "log.jsonl")
        log = tmp_path / "log.jsonl"
    result = compared(log)
    name = "response_time - request_time (ms)"
    judgement = judged(result, column=name)
    assert judgement.outcome is Outcome.FAIL
    assert judgement.finding.measure.value == pytest.approx(0.03)  # type: ignore[union-attr]
    assert "made of response_time and request_time" in result.run.schema.columns[name].reason
    assert ("log.parquet" in result.run.serve.relation) == (container == "parquet")


def test_no_time_is_made_of_dates_that_mean_something_else() -> None:
    start = [START + timedelta(days=i % 90) for i in range(ROWS)]
    end = [at + timedelta(days=400) for at in start]
    log = logged(quick(), start_date=start, end_date=end)
    result = compared(log.drop("latency_ms"), "")
    assert not any(side.timed for side in result.run.sides)
    assert not any("(ms)" in column.name for column in compared(log, "").run.schema)


def test_answers_before_their_request_are_said() -> None:
    start = [START + timedelta(seconds=60 * i) for i in range(ROWS)]
    lasted = np.where(np.arange(ROWS) % 50, quick(), -5.0)
    end = [at + timedelta(milliseconds=t) for at, t in zip(start, lasted, strict=True)]
    log = logged(quick(), request_time=start, response_time=end).drop("latency_ms")
    said = " ".join(section(compared(log, "")).sentences)
    assert "100 negative times: the answer came before the request" in said


def test_one_sender_that_waits_for_every_answer_is_said() -> None:
    times = quick()
    waiting = np.concatenate([[0.0], np.cumsum(times + 0.05)[:-1]])
    steady = np.arange(ROWS) * 80.0
    for at, told in ((waiting, True), (steady, False)):
        stamps = [START + timedelta(milliseconds=float(ms)) for ms in at]
        result = compared(logged(times, event_time=stamps), "")
        assert any("coordinated omission" in note for note in result.run.notes) is told


def failing_hour() -> pl.DataFrame:
    """Return ten hours of quick answers; in the third 40 requests fail at once, 20 without time."""
    stamps = [START + timedelta(minutes=600 * i / ROWS) for i in range(ROWS)]
    times = quick(over=0.0)
    status = np.full(ROWS, 200)
    status[1000:1040] = 503
    times[1000:1020] = 1.0
    versions = np.where(np.arange(ROWS) < 1500, "a", "b")
    made = logged(times, event_time=stamps, status=status, model_version=versions)
    row = pl.int_range(pl.len())
    missing = pl.when(row.is_between(1020, 1039)).then(None).otherwise(pl.col("latency_ms"))
    return made.with_columns(missing.alias("latency_ms"))


@pytest.mark.parametrize("form", ["frame", "ndjson", "profile"])
def test_an_hour_in_which_requests_fail_quickly_is_named(form: str, tmp_path: Path) -> None:
    log: Any = failing_hour()
    if form == "ndjson":
        log.write_ndjson(tmp_path / "log.ndjson")
        log = str(tmp_path / "log.ndjson")
    elif form == "profile":
        skewcheck.make_profile(log, like=TRAIN).save(tmp_path / "log.parquet")
        log = str(tmp_path / "log.parquet")
    found: Result = skewcheck.compare(TRAIN, log, policy=parse(BUDGET, "skewcheck.toml"))
    timed = next(s.timed for s in found.run.sides if s.timed)
    hours = {label[-2:]: (t.requests, t.failed, t.unknown) for label, t in timed.hours.items()}
    assert hours == {f"{h:02}": (500, 40 if h == 2 else 0, 0) for h in range(10)}
    versions = {name: (t.requests, t.failed) for name, t in timed.versions.items()}
    assert versions == {"a": (1500, 40), "b": (3500, 0)}
    window = judged(found, "slo_window")
    assert window.outcome is Outcome.WARN
    assert window.finding.subject.window == "in the hour from 2026-03-01T02:00 UTC"
    measure: Any = window.finding.measure
    assert measure.value == 40 / 500
