"""Pairs in saved profiles: a night's says what its logs say, and nights add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

import skewcheck
from skewcheck import profiling
from skewcheck.cli import run
from skewcheck.errors import InputError, UsageError
from skewcheck.history import findings
from skewcheck.history.tonight import keep
from skewcheck.opened import load
from skewcheck.pairing.pairs import Pairs
from skewcheck.pairing.request import Request
from skewcheck.profile import Profile
from skewcheck.schema import Role
from tests.pairing.lending import TRAIN, loans
from tests.summaries.test_pairsample import seen

DAY = 86_400.0
N = 6000


def night(number: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the recomputation and the log of one night; callers of one app send cents."""
    right = loans(N, 4 + number, start=100_000 * (number + 1)).with_columns(
        ts=1.7e9 + DAY * number + pl.int_range(N) * 10.0,
        caller=pl.Series(["app", "web", "app", "shop"] * (N // 4)),
        who=pl.Series([f"customer {i % 500}" for i in range(N)]),
    )
    served = right.with_columns(
        income=pl.when(pl.col("caller") == "app").then(pl.col("income") * 100).otherwise("income"),
        rate=pl.col("rate").shift(1),
        purpose=pl.col("purpose").str.to_uppercase(),
    )
    return right, served


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two nights' logs, recomputations and profiles, and those of both."""
    folder = tmp_path_factory.mktemp("nights")
    for i in (0, 1):
        right, served = night(i)
        right.write_parquet(folder / f"right{i}.parquet")
        served.write_parquet(folder / f"log{i}.parquet")
        saved(folder, f"night{i}", [folder / f"log{i}.parquet"], [folder / f"right{i}.parquet"])
    logs, rights = ([folder / f"{name}{i}.parquet" for i in (0, 1)] for name in ("log", "right"))
    saved(folder, "both", logs, rights)
    return folder


def saved(folder: Path, name: str, logs: list[Path], right: list[Path]) -> None:
    skewcheck.make_profile(logs, key="k", offline=right, like=TRAIN).save(folder / name)


def pairs_in(path: Path) -> Pairs:
    found = load(path).pairs
    assert isinstance(found, Pairs)
    return found


def state(pairs: Pairs) -> dict[str, Any]:
    """Return all that pairs hold, but places in the log, in a form that compares."""
    return {
        "coverage": pairs.join.coverage,
        "rows": pairs.rows,
        "marked": pairs.marked,
        "unpaired": pairs.unpaired and pairs.unpaired.columns,
        **{name: column_state(column) for name, column in pairs.columns.items()},
        **{lot.by: lot_state(lot) for lot in pairs.neighbours},
    }


def column_state(column: Any) -> list[Any]:
    samples = [[row[:1] + row[2:] for row in seen(s)] for s in (column.differing, column.agreeing)]
    counts = [+column.counts, column.differences, column.ratios, column.confusion]
    right = column.reference  # of its atoms only the heavy ones are saved
    known = [right.spec, right.states, right.numbers, right.categories, right.lengths]
    return [*counts, *known, column.tolerance, repr(samples)]


def lot_state(lot: Any) -> list[Any]:
    arrays = [lot.group, lot.rows.priority, lot.rows.time]
    cells = {
        name: (t.numbers.tolist(), s.texts.tolist(), s.states.tolist(), d.tolist())
        for name, (t, s, d) in lot.cells.items()
    }
    return [lot.bound, *(a.tolist() for a in arrays), repr(cells)]


def columns(result: skewcheck.Result) -> dict[str, dict[str, Any]]:
    found = {c["name"]: c for c in result.to_dict()["columns"]}
    for cause in (cause for c in found.values() for cause in c["causes"]):
        cause.pop("query")  # needs the logs
    return found


def test_a_saved_profile_reads_back_as_the_same_pairs(made: Path) -> None:
    right, log = (made / f"{name}0.parquet" for name in ("right", "log"))
    fresh = skewcheck.make_profile(log, key="k", offline=right, like=TRAIN).pairs
    back = pairs_in(made / "night0")
    assert isinstance(fresh, Pairs) and state(back) == state(fresh)
    assert back.join == fresh.join and len(back.neighbours) == 1
    orders = [[lot.rows.order.tolist() for lot in p.neighbours] for p in (back, fresh)]
    assert orders[0] == orders[1]


def test_nights_add_up_to_what_their_logs_are_together(made: Path) -> None:
    first, second, both = (pairs_in(made / name) for name in ("night0", "night1", "both"))
    merged = first.merge(second)
    assert state(merged) == state(both) == state(second.merge(first))
    assert merged.join.partners == (str(made / "right0.parquet"), str(made / "right1.parquet"))


def test_a_night_says_of_every_column_what_its_logs_say(made: Path) -> None:
    logs = [made / "log0.parquet", made / "log1.parquet"]
    right = [made / "right0.parquet", made / "right1.parquet"]
    raw = columns(skewcheck.compare(TRAIN, logs, offline=right, key="k", time="ts"))
    nights = skewcheck.compare(TRAIN, [made / "night0", made / "night1"])
    kept = columns(nights)
    assert nights.run.partner and not nights.run.partner.relation
    assert raw.pop("ts")["role"] == "time"  # not counted, so not in a profile
    assert kept == raw
    assert raw["income"]["where"]["segment"]["values"] == ["app"]


def test_a_night_that_was_not_paired_lacks_partners(made: Path, tmp_path: Path) -> None:
    _, served = night(2)
    skewcheck.make_profile(served, key="k").save(tmp_path / "alone")
    result = skewcheck.compare(TRAIN, [made / "night0", tmp_path / "alone"])
    pairs = result.run.partner.pairs if result.run.partner else None
    assert pairs and pairs.join.requests == 2 * N and pairs.join.coverage.paired == N
    assert pairs.lot is not None and pairs.lot.rows == N
    checks = {f["check"]: f for c in result.to_dict()["columns"] for f in c["findings"]}
    assert checks["unpaired_rows"]["value"] == 0.5


def test_nights_paired_in_two_ways_do_not_add_up(made: Path, tmp_path: Path) -> None:
    right, served = (made / f"{name}1.parquet" for name in ("right", "log"))
    skewcheck.make_profile(served, key="who", offline=right).save(tmp_path / "other")
    with pytest.raises(InputError, match="paired by k do not add up with rows paired by who"):
        skewcheck.compare(TRAIN, [made / "night0", tmp_path / "other"])


def test_rows_that_are_paired_already_are_not_paired_again(made: Path) -> None:
    with pytest.raises(UsageError, match="paired already"):
        skewcheck.compare(TRAIN, made / "night0", offline=made / "right0.parquet")


def test_the_profile_itself_is_the_same_with_pairs_and_without(made: Path) -> None:
    assert Profile.load(made / "night0").columns == load(made / "night0").columns
    assert load(made / "night0").rows == N and load(made / "night0").pairs is not None


def test_the_command_line_pairs_a_night_and_compares_it(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    TRAIN.write_parquet("train.parquet")
    log, right = (str(made / f"{name}0.parquet") for name in ("log", "right"))
    assert run(["profile", log, "--key", "k", "--offline", right, "-o", "n.profile"]) == 0
    assert run(["profile", log, "--key", "k", "--as-of", "ts", "-o", "x.profile"]) == 2
    capsys.readouterr()
    assert run(["compare", "train.parquet", "n.profile"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "serve = 100 × train" in out and "only where caller = app" in out
    assert "the row before in the log" in out


def test_a_profile_of_profiles_keeps_the_pairs(made: Path, tmp_path: Path) -> None:
    skewcheck.make_profile([made / "night0", made / "night1"]).save(tmp_path / "week")
    assert state(pairs_in(tmp_path / "week")) == state(
        pairs_in(made / "night0").merge(pairs_in(made / "night1"))
    )
    counts = pairs_in(tmp_path / "week").rows.count
    assert counts == 2 * N and np.isfinite(pairs_in(tmp_path / "week").rows.first)


def test_a_history_keeps_what_pairs_said_but_not_their_values(made: Path, tmp_path: Path) -> None:
    night = skewcheck.compare(TRAIN, made / "night0").run
    kept = keep(tmp_path, night)
    assert "row_parity" in {f.check for f in findings(kept, "income")}
    back = load(kept.file)
    assert back.pairs is None and back.columns == load(made / "night0").columns
    assert night.serve.profile.pairs is not None
    with pq.ParquetFile(kept.file) as file:
        assert b"skewcheck.profile" in file.metadata.metadata
        summaries = file.read(columns=["summary"]).column("summary").to_pylist()
    assert "numbers" in summaries and not [s for s in summaries if s and s.startswith("pairs.")]


def test_a_night_knows_its_time_and_what_its_columns_are_for(made: Path, tmp_path: Path) -> None:
    saved_ = load(made / "night0")
    assert saved_.roles["k"].role is Role.KEY and saved_.roles["ts"].role is Role.TIME
    assert saved_.span and saved_.span.first == 1.7e9 and saved_.span.last == 1.7e9 + 10 * (N - 1)
    week = skewcheck.make_profile([made / "night0", made / "night1"])
    assert week.roles == saved_.roles
    assert week.span and week.span.last == saved_.span.last + DAY


def test_the_places_of_pairs_in_one_run_s_data_stay_in_that_run(made: Path) -> None:
    right, log = (made / f"{name}0.parquet" for name in ("right", "log"))
    fresh = skewcheck.make_profile(log, key="k", offline=right, like=TRAIN).pairs
    assert isinstance(fresh, Pairs) and fresh.sampled is not None
    assert pairs_in(made / "night0").sampled is None
    assert fresh.merge(pairs_in(made / "night1")).sampled is None


def test_pairs_by_bucket_of_customers_read_back(tmp_path: Path) -> None:
    right, served = night(0)
    overrides = {Role.KEY: ["k"], Role.ENTITY: ["who"]}
    made = profiling.make_profile(served, overrides=overrides, pairing=Request(right))
    made.save(tmp_path / "night")
    assert isinstance(made.pairs, Pairs)
    fresh, back = made.pairs.clusters, pairs_in(tmp_path / "night").clusters
    assert fresh and back and fresh.rows.sum() == N and fresh.marked["income"].sum() > 0
    assert fresh.rows.tolist() == back.rows.tolist()
    assert {k: v.tolist() for k, v in fresh.marked.items()} == {
        k: v.tolist() for k, v in back.marked.items()
    }
