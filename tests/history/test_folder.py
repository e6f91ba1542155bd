"""A history keeps every run, and reads what it kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from benchmarks.history import features

from skewcheck import pipeline, report
from skewcheck.errors import InputError, OutputError, UsageError
from skewcheck.history import findings, profile_of_run, read_folder, runs, stored
from skewcheck.history.tonight import keep, ready
from skewcheck.report import rows
from skewcheck.span import Period
from skewcheck.store import is_profile
from skewcheck.verdict import Outcome
from tests.history.making import FIRST, NOON, a_run, log, names, train


def test_a_run_is_kept_with_verdict_findings_and_profile(tmp_path: Path) -> None:
    run = a_run(0, ["income"])
    kept = keep(tmp_path, run)
    [found] = runs(tmp_path)
    assert found == kept
    assert found.outcome is run.verdict.outcome is Outcome.FAIL
    assert found.columns == {n: run.verdict.column(n) for n in run.verdict.columns}
    assert found.serve["ledger"] == {"ok": 5_000}
    assert found.versions == run.versions
    assert found.night == "2026-03-02T00:00:00+00:00 to 2026-03-03T00:00:00+00:00"
    assert found.causes["income"][0][0] == "factor"
    profile = profile_of_run(found)
    for name, column in run.serve.profile.columns.items():
        assert profile.columns[name].numbers == column.numbers
        assert profile.columns[name].categories == column.categories


def test_the_findings_are_the_rows_of_the_report(tmp_path: Path) -> None:
    run = a_run(0, ["income"])
    found = findings(keep(tmp_path, run))
    shown = {(r["column"], r["check"], r["reason"]): r for r in rows(report.build(run))}
    assert len(found) == len(shown)
    for one in found:
        row = shown[one.column, one.check, one.sentence]
        numbers = ("value", "low", "high", "limit", "warn_limit", "p", "n_train", "n_serve", "unit")
        assert {name: getattr(one, name) for name in numbers} == {n: row[n] for n in numbers}
        assert str(one.outcome) == row["verdict"]
    assert {f.column for f in findings(runs(tmp_path)[0], "age")} == {"age"}


def test_duckdb_queries_the_folder(tmp_path: Path) -> None:
    for day in range(3):
        keep(tmp_path, a_run(day, ["income"] if day == 2 else []))
    query = f"""SELECT count(DISTINCT run), count(*) FILTER (outcome = 'fail')
        FROM '{tmp_path}/*.parquet' WHERE part = 'finding' AND "column" = 'income'"""
    nights, failures = duckdb.execute(query).fetchall()[0]
    assert nights == 3
    assert failures >= 1


def test_running_a_night_again_replaces_nothing_and_the_newest_counts(tmp_path: Path) -> None:
    first = keep(tmp_path, a_run(0, ["income"]))
    bytes_before = first.file.read_bytes()
    again = keep(tmp_path, a_run(0))
    keep(tmp_path, a_run(1))
    assert next(run.id for run in runs(tmp_path)) == again.id
    assert len(runs(tmp_path)) == 2
    assert len(read_folder(tmp_path).runs) == 3
    assert first.file.read_bytes() == bytes_before


def test_an_event_that_comes_late_does_not_make_another_night(tmp_path: Path) -> None:
    whole = log(0)
    for frame in (whole[40:], whole):
        keep(tmp_path, pipeline.compare(train(), frame))
    assert len(runs(tmp_path)) == 1


def test_without_times_the_same_log_is_the_same_night(tmp_path: Path) -> None:
    for day in (0, 0, 1):
        keep(tmp_path, pipeline.compare(train(), log(day).drop("event_time")))
    assert [run.span for run in runs(tmp_path)] == [None, None]
    assert len(read_folder(tmp_path).runs) == 3


def test_a_clock_that_jumps_back_does_not_make_an_older_run_the_newest(tmp_path: Path) -> None:
    keep(tmp_path, a_run(0, ["income"], started="2031-01-01T00:00:00+00:00"))
    last = keep(tmp_path, a_run(0, started="1999-12-31T23:59:59+00:00"))
    before = keep(tmp_path, a_run(1, started="1970-01-01T00:00:00+00:00"))
    assert [run.id for run in runs(tmp_path)] == [last.id, before.id]
    assert [run.sequence for run in read_folder(tmp_path).runs] == [1, 2, 3]
    assert not read_folder(tmp_path).troubles


def test_nights_are_in_the_order_of_their_windows_not_of_their_runs(tmp_path: Path) -> None:
    for day in (3, 1, 2):
        keep(tmp_path, a_run(day))
    shown = [run.night[:10] for run in runs(tmp_path)]
    assert shown == ["2026-03-03", "2026-03-04", "2026-03-05"]


def test_a_fingerprint_changes_with_the_baseline_and_the_policy_only(tmp_path: Path) -> None:
    first, second = keep(tmp_path, a_run(0)), keep(tmp_path, a_run(1))
    assert first.train["fingerprint"] == second.train["fingerprint"]
    assert first.policy == second.policy
    moved = pipeline.compare(train().head(19_999), log(2))
    stricter = replace(moved, policy=replace(moved.policy, level=0.01))
    other = keep(tmp_path, stricter)
    assert other.train["fingerprint"] != first.train["fingerprint"]
    assert other.policy != first.policy


FOREIGN = {
    "notes.txt": b"remember the milk",
    "empty.parquet": b"",
    "run-000099-20260301000000-0123456789ab-0123456789abcdef.parquet": b"PAR1 and then nothing",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_named_and_not_fatal(name: str, tmp_path: Path) -> None:
    kept = keep(tmp_path, a_run(0))
    (tmp_path / name).write_bytes(FOREIGN[name])
    held = read_folder(tmp_path)
    assert held.runs == (kept,)
    assert list(held.troubles) == [name]
    keep(tmp_path, a_run(1))
    assert len(runs(tmp_path)) == 2


def test_other_peoples_parquet_and_saved_profiles_are_named(tmp_path: Path) -> None:
    run = a_run(0)
    keep(tmp_path, run)
    train().write_parquet(tmp_path / "train.parquet")
    run.serve.profile.save(tmp_path / "profile.parquet")
    (tmp_path / "folder").mkdir()
    held = read_folder(tmp_path)
    assert len(held.runs) == 1
    assert set(held.troubles) == {"train.parquet", "profile.parquet", "folder"}


def test_a_flipped_bit_anywhere_is_noticed_or_harmless(tmp_path: Path) -> None:
    kept = keep(tmp_path, a_run(0, ["income"]))
    told, whole = findings(kept), kept.file.read_bytes()
    profile = profile_of_run(kept)
    noticed = 0
    for at in range(5, len(whole), max(1, len(whole) // 60)):
        kept.file.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        held = read_folder(tmp_path)
        if not held.runs:
            noticed += 1
            assert list(held.troubles) == [kept.file.name]
            continue
        assert held.runs == (kept,)
        try:
            assert findings(kept) == told
            assert profile_of_run(kept).columns == profile.columns
        except InputError as error:
            noticed += 1
            assert str(kept.file) in str(error)
    assert noticed > 30


@pytest.mark.parametrize("left", [0.0, 0.3, 0.7, 0.999])
def test_a_file_cut_short_is_named_and_never_counted(left: float, tmp_path: Path) -> None:
    keep(tmp_path, a_run(0))
    cut = keep(tmp_path, a_run(1)).file
    cut.write_bytes(cut.read_bytes()[: int(left * cut.stat().st_size)])
    held = read_folder(tmp_path)
    assert len(held.runs) == 1
    assert cut.name in held.troubles


def test_a_later_format_is_named_as_one(tmp_path: Path) -> None:
    kept = keep(tmp_path, a_run(0))
    table = pq.read_table(kept.file, memory_map=False)
    header = json.loads(pq.read_metadata(kept.file).metadata[stored.MARK])
    raw = json.dumps({**header, "format": 99}).encode()
    digest = hashlib.sha256(raw).hexdigest()
    later = table.replace_schema_metadata({stored.MARK: raw, stored.DIGEST: digest})
    pq.write_table(later, tmp_path / "later.parquet")
    assert "format 99" in read_folder(tmp_path).troubles["later.parquet"]


def test_a_run_that_is_gone_is_named_by_the_one_that_followed(tmp_path: Path) -> None:
    kept = [keep(tmp_path, a_run(day)) for day in range(3)]
    kept[1].file.unlink()
    held = read_folder(tmp_path)
    assert [run.id for run in held.runs] == [kept[0].id, kept[2].id]
    assert held.troubles == {f"run {kept[1].id}": f"is gone: run {kept[2].id} was kept after it"}


def test_what_a_killed_writer_left_behind_is_no_run(tmp_path: Path) -> None:
    kept = keep(tmp_path, a_run(0))
    (tmp_path / ".skewcheck-0123456789abcdef.tmp").write_bytes(kept.file.read_bytes()[:999])
    held = read_folder(tmp_path)
    assert held.runs == (kept,)
    assert not held.troubles


def test_a_folder_that_is_missing_is_an_error_to_read_and_made_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be listed .*--history"):
        runs(tmp_path / "none")
    ready(tmp_path / "none")
    assert names(tmp_path / "none") == []
    with pytest.raises(OutputError, match="create the folder it lies in"):
        ready(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="nothing can be kept there"):
        ready(tmp_path / "file")


def test_a_stored_run_is_a_saved_profile_too(tmp_path: Path) -> None:
    assert is_profile(keep(tmp_path, a_run(0)).file)


def test_several_nights_stand_for_their_logs(tmp_path: Path) -> None:
    kept = [keep(tmp_path, a_run(day)) for day in range(3)]
    both = pipeline.compare(train(), [str(run.file) for run in kept[:2]])
    assert both.serve.rows == 10_000
    assert "event_time" not in both.verdict.columns
    raw = pipeline.compare(train(), pl.concat([log(0), log(1)]))
    assert (
        both.serve.profile.columns["income"].numbers == raw.serve.profile.columns["income"].numbers
    )
    assert both.serve.profile.span == raw.serve.profile.span
    whole = pipeline.compare(train(), str(tmp_path))
    assert whole.serve.rows == 15_000


def test_a_night_run_again_counts_once_in_a_history_and_is_refused_among_files(
    tmp_path: Path,
) -> None:
    kept = [keep(tmp_path, a_run(0)), keep(tmp_path, a_run(0)), keep(tmp_path, a_run(1))]
    assert pipeline.compare(train(), str(tmp_path)).serve.rows == 10_000
    with pytest.raises(UsageError, match="2 files hold the night 2026-03-02"):
        pipeline.compare(train(), [str(run.file) for run in kept])


def test_a_history_with_an_unreadable_night_is_not_merged_in_silence(tmp_path: Path) -> None:
    keep(tmp_path, a_run(0))
    (tmp_path / "run-000002-20260301000000-0123456789ab-0123456789abcdef.parquet").write_bytes(
        b"PAR1"
    )
    with pytest.raises(InputError, match="name the files"):
        pipeline.compare(train(), str(tmp_path))


def test_profiles_are_never_read_as_rows(tmp_path: Path) -> None:
    kept = keep(tmp_path, a_run(0))
    log(1).write_parquet(tmp_path / "log.parquet")
    with pytest.raises(UsageError, match="is a saved profile, and not all are"):
        pipeline.compare(train(), [str(kept.file), str(tmp_path / "log.parquet")])
    with pytest.raises(InputError, match="a saved profile, not rows"):
        pipeline.compare(train(), str(tmp_path / "run-*"))


def test_the_window_asked_for_names_the_night_to_the_second(tmp_path: Path) -> None:
    start = FIRST.timestamp()
    run = pipeline.compare(train(), log(0), period=Period(start + 3600, start + 7200))
    kept = keep(tmp_path, replace(run, started=NOON))
    assert kept.night == "2026-03-02T01:00:00+00:00 to 2026-03-02T02:00:00+00:00"
    assert kept.serve["ledger"]["out of window"] == 5_000 - kept.serve["rows"]


def test_a_night_takes_less_than_three_thousand_bytes_a_column(tmp_path: Path) -> None:
    columns = 20  # two in five continuous, which take the room, and all by customer
    train_rows = features(20_000, columns, 0).drop("event_time", "customer_id")
    kept = keep(tmp_path, pipeline.compare(train_rows, features(10_000, columns, 1)))
    assert kept.file.stat().st_size < 3000 * columns
    # A list of nights reads the footers, which hold what is known of a run only once.
    assert pq.read_metadata(kept.file).serialized_size < 300 * columns + 8000
    assert profile_of_run(kept).rows == 10_000
