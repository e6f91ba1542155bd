"""Serve's events of a period: compared alone, the rest counted."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck import pipeline, profiling
from skewcheck.column import ColumnProfile
from skewcheck.errors import InputError, UsageError
from skewcheck.profile import Profile
from skewcheck.run import Run
from skewcheck.span import Period
from tests.history.making import FIRST, features, log, train

DAY = 86_400.0
START = FIRST.timestamp()
DAYS = 4
WHOLE = log(0, rows=2_000, days=DAYS)


def run(serve: object, period: Period | None = None) -> Run:
    return pipeline.compare(train(), serve, period=period)


def counted(found: Run) -> dict[str, ColumnProfile]:
    return found.serve.profile.columns


def as_json(frame: pl.DataFrame, folder: Path) -> Path:
    """Write the rows as nested events, their times as text."""
    rows = frame.with_columns(pl.col("event_time").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"))
    events = []
    for row in rows.iter_rows(named=True):
        time = row.pop("event_time")
        events.append(json.dumps({"event_time": time, "features": row}))
    path = folder / "log.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(events).encode()))
    return path


def as_parquet(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_parquet(folder / "log.parquet", row_group_size=300)
    return folder / "log.parquet"


@pytest.mark.parametrize("write", [as_json, as_parquet])
def test_only_the_events_of_the_window_are_compared_whatever_the_container(
    write: Callable[[pl.DataFrame, Path], Path], tmp_path: Path
) -> None:
    path = write(WHOLE, tmp_path)
    since, until = START + DAY, START + 2 * DAY
    inside = WHOLE.filter(
        (pl.col("event_time").dt.epoch("us") >= since * 1e6)
        & (pl.col("event_time").dt.epoch("us") < until * 1e6)
    )
    found, alone = run(str(path), Period(since, until)), run(inside)
    assert found.serve.rows == alone.serve.rows == 500
    for name, column in counted(alone).items():
        assert counted(found)[name].numbers == column.numbers
        assert counted(found)[name].categories == column.categories
    assert found.serve.ledger.fates["out of window"] == 1_500
    assert found.serve.ledger.events == 2_000


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.01, DAYS - 0.01), min_size=1, max_size=4, unique=True))
def test_windows_side_by_side_count_every_event_once(cuts: list[float]) -> None:
    ends = [None, *(START + DAY * cut for cut in sorted(cuts)), None]
    periods = [Period(*pair) for pair in pairwise(ends)]
    found = []
    for period in periods:
        try:
            found.append(run(WHOLE, period))
        except InputError as error:
            assert "no event of that time" in str(error)
    assert sum(one.serve.rows for one in found) == len(WHOLE)
    merged = found[0].serve.profile
    for one in found[1:]:
        merged = merged.merge(one.serve.profile)
    for name, column in counted(run(WHOLE)).items():
        assert merged.columns[name].numbers == column.numbers
        assert merged.columns[name].categories == column.categories


def test_the_last_span_of_the_log_ends_with_its_last_event(tmp_path: Path) -> None:
    found = run(str(as_parquet(WHOLE, tmp_path)), Period(length=DAY))
    assert found.serve.rows == 500
    assert found.period.until is not None
    assert found.period.until > WHOLE["event_time"].max().timestamp()  # type: ignore[union-attr]


def test_an_event_without_a_time_is_not_lost_but_told() -> None:
    some = WHOLE.with_columns(
        pl.when(pl.int_range(pl.len()) % 10 == 0)
        .then(None)
        .otherwise(pl.col("event_time"))
        .alias("event_time")
    )
    found = run(some, Period(START, START + DAY))
    fates = found.serve.ledger.fates
    assert (fates["ok"], fates["without a time"], fates["out of window"]) == (450, 200, 1_350)


def test_a_window_without_an_event_is_an_error_that_counts_the_others() -> None:
    with pytest.raises(InputError, match="no event of that time: 2,000 out of window"):
        run(WHOLE, Period(START - 2 * DAY, START - DAY))


def test_a_log_without_times_cannot_be_cut_by_time() -> None:
    with pytest.raises(InputError, match=r"no time to choose rows by.*--time"):
        run(features(500, 2), Period(START))


def test_a_saved_profile_cannot_be_cut_by_time() -> None:
    with pytest.raises(UsageError, match="holds no rows to choose by time"):
        run(run(WHOLE).serve.profile, Period(START))


def test_a_profile_knows_the_span_of_its_events_and_keeps_it(tmp_path: Path) -> None:
    profile = profiling.make_profile(WHOLE)
    times = WHOLE["event_time"].dt.epoch("us") / 1e6
    assert profile.span
    assert (profile.span.first, profile.span.last) == pytest.approx((times.min(), times.max()))
    profile.save(tmp_path / "night")
    assert Profile.load(tmp_path / "night").span == profile.span


def test_a_profile_of_logs_does_not_make_its_time_a_missing_column(tmp_path: Path) -> None:
    both = train().with_columns(event_time=pl.lit(FIRST))
    profiling.make_profile(WHOLE).save(tmp_path / "night")
    found = pipeline.compare(both, str(tmp_path / "night"))
    assert "event_time" not in found.verdict.columns


def test_the_query_for_rows_of_a_cause_shows_those_of_the_window_only(tmp_path: Path) -> None:
    path = as_parquet(WHOLE, tmp_path)
    found = run(str(path), Period(START + DAY, START + 2 * DAY))
    rows = duckdb.execute(f"SELECT count(*) FROM ({found.serve.relation})").fetchall()
    assert rows == [(500,)]
