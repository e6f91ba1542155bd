"""Rows paired end to end: which rows, what they say of a column, and what is refused."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import skewcheck
from skewcheck.errors import SkewcheckError
from tests.pairing.lending import CLEAN, LOGGED, OFFLINE, TRAIN, column, loans, outcome


def refused(*sides: Any, **options: Any) -> str:
    """Return the one line with which a comparison is refused."""
    with pytest.raises(SkewcheckError) as caught:
        skewcheck.compare(*sides, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def join_of(result: skewcheck.Result, check: str) -> dict[str, Any]:
    """Return the finding of a check of the join."""
    found = [f for c in result.to_dict()["columns"] for f in c["findings"] if f["check"] == check]
    assert len(found) == 1
    return dict(found[0])


def test_the_same_rows_offline_agree_and_pass() -> None:
    result = skewcheck.compare(TRAIN, LOGGED, offline=OFFLINE, key="k")
    assert result.passed
    assert result.run.partner and result.run.partner.pairs.join.offline
    for name in ("income", "age", "purpose"):
        assert column(result, name)["parity"]["counts"]["equal"] == len(LOGGED)
        assert column(result, name)["origin"]["origin"] == "fine"


def test_train_is_the_partner_where_its_keys_overlap_wholly() -> None:
    result = skewcheck.compare(LOGGED, LOGGED, key="k")
    assert result.passed
    assert column(result, "income")["parity"]["pairs"] == len(LOGGED)


def test_a_few_rows_that_happen_to_be_in_train_hold_up_no_pass() -> None:
    both = pl.concat([TRAIN.head(20), LOGGED])
    result = skewcheck.compare(TRAIN, both, key="k")
    assert result.passed
    assert column(result, "income")["parity"]["pairs"] == 20
    assert outcome(result, "income", "row_parity") == "unjudged"


def test_a_few_rows_that_happen_to_be_in_train_fail_a_column_when_they_differ() -> None:
    wrong = TRAIN.head(20).with_columns(pl.col("income") + 1)
    result = skewcheck.compare(TRAIN, pl.concat([wrong, LOGGED]), key="k")
    assert result.verdict == "fail"
    assert outcome(result, "income", "row_parity") == "fail"


def test_train_without_a_key_of_serve_is_no_partner() -> None:
    result = skewcheck.compare(TRAIN, LOGGED, key="k")
    assert result.passed and result.to_dict()["pairs"] is None


def test_numbers_of_rows_on_both_sides_are_no_pairs_and_no_failure() -> None:
    train, serve = (f.drop("k").with_row_index("id") for f in (TRAIN, LOGGED))
    for options in ({}, {"key": "id"}):
        result = skewcheck.compare(train, serve, **options)
        assert result.passed and result.to_dict()["pairs"] is None
        assert "id numbers the rows" in result.run.notes[0]


def test_numbers_that_name_the_same_rows_are_pairs_however_wrong_every_column_is() -> None:
    train = CLEAN.drop("k", "purpose").with_row_index("id")
    serve = train.with_columns(pl.col("income") * 100, pl.col("age") * 12)
    result = skewcheck.compare(train, serve, key="id")
    for name, factor in (("income", "100"), ("age", "12")):
        assert column(result, name)["causes"][0]["statement"] == f"serve = {factor} × train"


def test_row_numbers_are_paired_when_that_is_asked_for() -> None:
    train, serve = (f.drop("k").with_row_index("id") for f in (TRAIN, LOGGED))
    result = skewcheck.compare(train, serve, key="id", offline=train)
    assert result.verdict == "fail"
    assert column(result, "income")["origin"]["origin"] == "stale or misjoined"


def spelled(number: int) -> dict[str, tuple[Any, Any]]:
    """Return keys as train and as serve spell them, by the repair that makes them one."""
    name = uuid.UUID(int=number * 7919 + (1 << 100))
    return {
        "type": (number, f"{number}"),
        "padding": (f"{number}", f"{number:09}"),
        "case": (f"r{number}", f"R{number}"),
        "space": (f"r{number}", f" r{number}"),
        "uuid": (str(name), f"{{{name}}}".upper()),
    }


@pytest.mark.parametrize("repair", spelled(1))
@pytest.mark.parametrize("offline", [True, False])
def test_a_key_that_is_spelled_differently_is_a_finding_and_can_be_repaired(
    repair: str, offline: bool
) -> None:
    keys = [spelled(100_000 + i)[repair] for i in range(len(CLEAN))]
    train = CLEAN.with_columns(k=pl.Series([left for left, _ in keys]))
    serve = CLEAN.with_columns(k=pl.Series([right for _, right in keys]))
    options: dict[str, Any] = {"key": "k", **({"offline": train} if offline else {})}
    result = skewcheck.compare(train, serve, **options)
    found = join_of(result, "key_spelling")
    assert found["detail"] == {"repair": repair, "would_pair": len(CLEAN)}
    assert found["verdict"] == "warn"
    assert result.verdict == ("fail" if offline else "pass")  # never applied silently
    repaired = skewcheck.compare(train, serve, repair_key=repair, **options)
    assert repaired.passed
    assert column(repaired, "income")["parity"]["differing"] == 0
    assert column(repaired, "income")["parity"]["pairs"] == len(CLEAN)


def test_a_key_twice_in_serve_with_other_content_is_said_and_one_of_the_rows_is_paired() -> None:
    again = LOGGED.head(500).with_columns(pl.col("income") + 1)
    result = skewcheck.compare(TRAIN, pl.concat([LOGGED, again]), offline=OFFLINE, key="k")
    repeated = join_of(result, "repeated_keys")
    assert repeated["detail"] == {"in_train": 0, "in_serve": 500} and repeated["verdict"] == "warn"
    assert column(result, "income")["parity"]["pairs"] == len(LOGGED)
    assert result.run.serve.ledger.fates["conflicting"] == 500


def test_an_event_logged_twice_is_no_repeated_key() -> None:
    result = skewcheck.compare(
        TRAIN, pl.concat([LOGGED, LOGGED.head(500)]), offline=OFFLINE, key="k"
    )
    assert join_of(result, "repeated_keys")["detail"] == {"in_train": 0, "in_serve": 0}
    assert join_of(result, "unpaired_rows")["value"] == 0.0
    assert result.passed


def test_a_key_twice_offline_is_said() -> None:
    result = skewcheck.compare(
        TRAIN, LOGGED, offline=pl.concat([OFFLINE, OFFLINE.head(500)]), key="k"
    )
    assert join_of(result, "repeated_keys")["detail"] == {"in_train": 500, "in_serve": 0}


def test_rows_without_a_key_are_paired_with_nothing() -> None:
    place = pl.int_range(pl.len())
    holes = (pl.when(place >= 500).then("k")).alias("k")
    result = skewcheck.compare(
        TRAIN, LOGGED.with_columns(holes), offline=OFFLINE.with_columns(holes), key="k"
    )
    found = join_of(result, "null_keys")
    assert found["value"] == 500 / len(LOGGED) and found["detail"] == {"in_train": 500}
    assert column(result, "income")["parity"]["pairs"] == len(LOGGED) - 500


def test_requests_that_the_offline_rows_do_not_cover_fail() -> None:
    result = skewcheck.compare(TRAIN, LOGGED, offline=OFFLINE.head(4000), key="k")
    assert result.verdict == "fail"
    assert join_of(result, "unpaired_rows")["verdict"] == "fail"


def test_offline_rows_without_a_request_warn() -> None:
    more = pl.concat([OFFLINE, loans(6000, 9, start=700_000)])
    result = skewcheck.compare(TRAIN, LOGGED, offline=more, key="k")
    assert result.passed
    assert join_of(result, "unlogged_rows")["verdict"] == "warn"


def test_no_pair_at_all_never_passes_where_pairs_were_asked_for() -> None:
    result = skewcheck.compare(TRAIN, LOGGED, offline=TRAIN, key="k")
    assert result.verdict == "fail"
    assert outcome(result, "income", "row_parity") == "inconclusive"
    times = {"as_of": "at", "time": "ts"}
    train, serve = TRAIN.with_columns(at=pl.lit(9.0)), LOGGED.with_columns(ts=pl.lit(5.0))
    assert skewcheck.compare(train, serve, key="k", **times).verdict == "inconclusive"


def test_several_columns_are_one_key() -> None:
    def two(frame: pl.DataFrame) -> pl.DataFrame:
        number = pl.int_range(pl.len())
        return frame.drop("k").with_columns(batch=number // 50, row=number % 50)

    result = skewcheck.compare(
        two(TRAIN), two(LOGGED), offline=two(OFFLINE).reverse(), key=["batch", "row"]
    )
    assert result.passed
    assert column(result, "income")["parity"]["pairs"] == len(LOGGED)
    assert "no key column is known in both" in refused(
        two(TRAIN), two(LOGGED), offline=two(OFFLINE).drop("row"), key=["batch", "row"]
    )


def test_keys_of_other_names_on_the_two_sides_are_one_key() -> None:
    serve, offline = LOGGED.rename({"k": "request_id"}), OFFLINE.rename({"k": "event_id"})
    for options in ({}, {"key": "request_id"}):
        result = skewcheck.compare(TRAIN.drop("k"), serve, offline=offline, **options)
        assert result.run.partner and result.run.partner.keys == (("event_id", "request_id"),)
        assert result.passed


def snapshots(n: int = 6000) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return hourly snapshots of 200 customers, and requests ten minutes after each."""
    rng = np.random.default_rng(5)
    at = 1.7e9 + np.arange(n) // 200 * 3600.0
    who = [f"c{i % 200}" for i in range(n)]
    balance = rng.normal(1000, 200, n).round(2)
    train = pl.DataFrame({"customer": who, "snapshot": at, "balance": balance})
    serve = pl.DataFrame({"customer": who, "ts": at + 600, "balance": balance})
    return train, serve


def test_as_of_a_time_each_request_has_the_latest_snapshot_before_it() -> None:
    train, serve = snapshots()
    result = skewcheck.compare(train, serve, key="customer", time="ts", as_of="snapshot")
    assert result.passed
    assert column(result, "balance")["parity"]["counts"] == {"equal": len(serve)}
    late = serve.with_columns(pl.col("ts") - 1200)  # before the snapshot: the one before it counts
    shifted = skewcheck.compare(train, late, key="customer", time="ts", as_of="snapshot")
    assert column(shifted, "balance")["parity"]["pairs"] == len(serve) - 200
    assert column(shifted, "balance")["verdict"] == "fail"


def test_a_snapshot_older_than_the_tolerance_is_no_partner() -> None:
    train, serve = snapshots()
    options = {"key": "customer", "time": "ts", "as_of": "snapshot"}
    near = skewcheck.compare(train, serve, tolerance="10m", **options)
    assert column(near, "balance")["parity"]["pairs"] == len(serve)
    far = skewcheck.compare(train, serve, tolerance="9m", **options)
    assert column(far, "balance")["parity"]["pairs"] == 0
    assert far.verdict == "inconclusive"


def test_what_a_request_cannot_mean_is_refused(tmp_path: Path) -> None:
    saved = tmp_path / "train.profile"
    skewcheck.make_profile(OFFLINE).save(saved)
    rows: dict[str, Any] = {"key": "k", "offline": OFFLINE}
    assert "saved profile" in refused(TRAIN, LOGGED, key="k", offline=saved)
    assert "saved profile" in refused(TRAIN, skewcheck.make_profile(LOGGED), **rows)
    assert "no row to pair" in refused(TRAIN, LOGGED, key="k", offline=OFFLINE.head(0))
    assert "no repair 'foo'" in refused(TRAIN, LOGGED, repair_key="foo", **rows)
    assert "--as-of" in refused(TRAIN, LOGGED, tolerance="5m", **rows)
    assert "'income'" in refused(TRAIN, LOGGED, abs_tol={"incom": 1.0}, **rows)
    assert "from 0 on" in refused(TRAIN, LOGGED, rel_tol=-1.0, **rows)
    assert "from 0 on" in refused(TRAIN, LOGGED, rel_tol=float("nan"), **rows)
    assert "no span of time" in refused(TRAIN, LOGGED, as_of="k", tolerance="5", **rows)
    assert "no column 'when'" in refused(TRAIN, LOGGED, as_of="when", time="age", **rows)
    assert "--key" in refused(TRAIN.drop("k"), LOGGED.drop("k"), offline=OFFLINE.drop("k"))


def test_a_reader_that_runs_once_is_compared_unpaired_and_refused_where_pairs_are_asked() -> None:
    wide = [loans(9000, seed, start=seed * 10_000) for seed in (1, 2)]
    tables = [frame.to_arrow().combine_chunks() for frame in wide]

    def once(table: pa.Table) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(table.schema, table.to_batches())

    assert skewcheck.compare(tables[0], once(tables[0]), key="k").to_dict()["pairs"] is None
    assert skewcheck.compare(once(tables[0]), tables[0], key="k").to_dict()["pairs"] is None
    odd = wide[1].with_columns(
        purpose=pl.when(pl.int_range(pl.len()) < 400).then(pl.lit("boat")).otherwise("purpose")
    )
    new = once(odd.drop("k").to_arrow().combine_chunks())
    assert skewcheck.compare(wide[0].drop("k"), new).verdict == "fail"
    assert skewcheck.compare(TRAIN, LOGGED, key="k", offline=once(OFFLINE.to_arrow())).passed


def test_the_first_batch_of_a_reader_is_not_lost_when_train_is_json(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(TRAIN.drop("k").write_ndjson())
    table = LOGGED.drop("k").to_arrow().combine_chunks()
    once = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    assert skewcheck.compare(tmp_path / "train.jsonl", once).run.serve.rows == len(LOGGED)


def test_floats_cut_and_numbers_printed_are_no_failure_and_are_called_so() -> None:
    cut = LOGGED.with_columns(pl.col("income").cast(pl.Float32), pl.col("rate").cast(pl.Float32))
    result = skewcheck.compare(TRAIN, cut, offline=OFFLINE, key="k")
    assert result.passed
    counts = column(result, "rate")["parity"]["counts"]
    assert counts["float32"] > 0.9 * len(LOGGED) and sum(counts.values()) == len(LOGGED)
    assert not column(result, "rate")["causes"]
    printed = LOGGED.with_columns(
        pl.Series("rate", [float(f"{x:.6g}") for x in LOGGED["rate"].to_list()])
    )
    result = skewcheck.compare(TRAIN, printed, offline=OFFLINE, key="k")
    assert result.passed
    counts = column(result, "rate")["parity"]["counts"]
    assert counts["printed"] > 0.9 * len(LOGGED) and not column(result, "rate")["causes"]


@pytest.mark.parametrize(("n", "verdict"), [(2000, "inconclusive"), (3200, "pass")])
def test_no_difference_in_n_rows_is_a_pass_only_from_some_n_on(n: int, verdict: str) -> None:
    rows = loans(n, 3, start=100_000)
    result = skewcheck.compare(rows, rows, offline=rows, key="k")
    assert outcome(result, "income", "row_parity") == verdict
    assert result.verdict == verdict


def test_a_tolerance_makes_near_values_the_same_in_its_column_alone() -> None:
    off = LOGGED.with_columns(pl.col("income") + 0.4, pl.col("rate") + 0.4)
    rows: dict[str, Any] = {"offline": OFFLINE, "key": "k"}
    result = skewcheck.compare(TRAIN, off, abs_tol={"income": 0.5}, **rows)
    assert column(result, "income")["parity"]["counts"] == {"tolerated": len(off)}
    assert outcome(result, "rate", "row_parity") == "fail"
    relative = skewcheck.compare(TRAIN, off, rel_tol={None: 0.01, "rate": 0.0}, **rows)
    assert outcome(relative, "income", "row_parity") == "pass"
    assert outcome(relative, "rate", "row_parity") == "fail"


def test_a_column_that_fails_only_for_one_caller_fails() -> None:
    rows = loans(60_000, 7, start=100_000)
    few = pl.int_range(pl.len()) < 30  # 0.05 % of the rows: the column as a whole is within 0.1 %
    logged = rows.with_columns(
        caller=pl.when(few).then(pl.lit("ios")).otherwise("caller"),
        income=pl.when(few).then(pl.col("income") * 100).otherwise("income"),
    )
    offline = rows.with_columns(caller=logged["caller"])
    result = skewcheck.compare(offline, logged, offline=offline, key="k")
    assert column(result, "income")["verdict"] == "fail"
    assert column(result, "income")["where"]["segment"]["values"] == ["ios"]
    assert column(result, "income")["origin"]["origin"] == "pipeline bug"
    assert column(result, "income")["causes"][0]["statement"] == "serve = 100 × train"
    assert column(result, "age")["verdict"] == "pass"


def test_a_column_that_fails_only_for_an_hour_fails() -> None:
    rows = loans(60_000, 7, start=100_000).with_columns(ts=1.7e9 + 60.0 * pl.int_range(pl.len()))
    place = pl.int_range(pl.len())
    bad = (place >= 30_000) & (place < 30_040)
    logged = rows.with_columns(income=pl.when(bad).then(pl.col("income") * 100).otherwise("income"))
    result = skewcheck.compare(rows.drop("ts"), logged, offline=rows, key="k", time="ts")
    found = column(result, "income")
    assert found["verdict"] == "fail"
    assert abs(found["where"]["since"]["at"] - (1.7e9 + 60 * 30_000)) < 3600
    assert abs(found["where"]["until"]["at"] - (1.7e9 + 60 * 30_040)) < 3600


def test_a_looser_limit_of_the_policy_does_not_hide_a_segment(tmp_path: Path) -> None:
    policy = tmp_path / "skewcheck.toml"
    policy.write_text("[checks.row_parity]\nfail = 0.01\n")
    rows = loans(60_000, 7, start=100_000)
    place = pl.int_range(pl.len())
    sparse = (place % 300 == 0) | (place < 60)  # 0.4 % of all rows, and all rows of one caller
    logged = rows.with_columns(
        caller=pl.when(place < 60).then(pl.lit("ios")).otherwise("caller"),
        income=pl.when(sparse).then(pl.col("income") * 100).otherwise("income"),
    )
    offline = rows.with_columns(caller=logged["caller"])
    result = skewcheck.compare(offline, logged, offline=offline, key="k", policy=policy)
    assert column(result, "income")["verdict"] == "fail"


def test_without_keys_a_new_category_from_one_caller_alone_fails() -> None:
    train, rows = (loans(60_000, seed).drop("k") for seed in (1, 2))
    place = pl.int_range(pl.len())
    logged = rows.with_columns(
        caller=pl.when(place < 60).then(pl.lit("ios")).otherwise("caller"),
        purpose=pl.when(place < 50).then(pl.lit("boat")).otherwise("purpose"),
    )
    train = train.with_columns(caller=pl.when(place < 60).then(pl.lit("ios")).otherwise("caller"))
    result = skewcheck.compare(train, logged)
    found = column(result, "purpose")
    assert found["verdict"] == "fail"
    assert found["where"]["segment"]["column"] == "caller"
    assert found["where"]["segment"]["values"] == ["ios"]


def test_new_values_are_found_beside_a_few_pairs_with_train() -> None:
    train, rows = loans(60_000, 1), loans(60_000, 2, start=100_000)
    place = pl.int_range(pl.len())
    ios = pl.when(place < 60).then(pl.lit("ios")).otherwise("caller").alias("caller")
    logged = rows.with_columns(
        ios, purpose=pl.when(place < 50).then(pl.lit("boat")).otherwise("purpose")
    )
    train = train.with_columns(ios)
    result = skewcheck.compare(train, pl.concat([logged, train.head(20)]), key="k")
    assert column(result, "purpose")["parity"]["pairs"] == 20
    assert column(result, "purpose")["verdict"] == "fail"


HOSTILE = (
    "'; DROP TABLE t; --",
    'a "quoted" name',
    "line\nbreak",
    "<script>alert(1)</script>",
    "x" * 10_000,
    "\x1b[31mred",
)


def test_hostile_names_and_keys_are_data() -> None:
    rows = CLEAN.with_columns(
        k=pl.Series([f"{HOSTILE[i % len(HOSTILE)]}{i}" for i in range(len(CLEAN))])
    )
    names = dict(zip(("income", "rate", "purpose"), HOSTILE, strict=False))
    train = rows.rename({**names, "k": "the 'key'\n"})
    serve = train.with_columns(
        pl.col(names["income"]) * 100, pl.col(names["purpose"]).str.to_uppercase()
    )
    result = skewcheck.compare(train, serve, offline=train, key="the 'key'\n")
    found = {c["name"]: [x["cause"] for x in c["causes"]] for c in result.to_dict()["columns"]}
    assert found[names["income"]] == ["factor"] and found[names["purpose"]] == ["case"]
    assert "\x1b" not in str(result) and str(result)


def test_long_texts_are_compared_and_reported_in_short() -> None:
    texts = pl.Series([("é" * 10_000) + str(i % 7) for i in range(300)])
    train = loans(300, 1).with_columns(note=texts)
    serve = train.with_columns(note=texts.str.to_uppercase())
    result = skewcheck.compare(train, serve, key="k", offline=train)
    assert column(result, "note")["parity"]["differing"] == 300
    assert len(str(result)) < 20_000


def test_the_order_of_files_of_threads_and_of_batches_change_no_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = loans(12_000, 4, start=100_000)
    served = rows.with_columns(
        pl.col("income").shuffle(seed=3),
        pl.col("rate").shift(1),
        age=pl.when(pl.int_range(pl.len()) % 3 > 0).then(pl.col("age") * 12).otherwise("age"),
    )
    for i in range(4):
        part = served[i * 3000 : (i + 1) * 3000]
        for folder, name in (("forth", i), ("back", 9 - i)):
            (tmp_path / folder).mkdir(exist_ok=True)
            part.write_csv(tmp_path / folder / f"{name}.csv")
    found = []
    for folder, threads in (("forth", 2), ("back", 1)):
        monkeypatch.setattr("os.cpu_count", lambda threads=threads: threads)
        result = skewcheck.compare(TRAIN, tmp_path / folder, offline=rows, key="k")
        found.append(result.to_dict()["columns"])
        for cause in (c for x in found[-1] for c in x["causes"]):
            cause.pop("query")
    assert found[0] == found[1]
    assert {c["cause"] for x in found[0] for c in x["causes"]} >= {"permuted", "factor"}


@pytest.mark.slow
def test_thousands_of_columns_take_seconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wide = pl.DataFrame(rng.normal(size=(500, 2000)), schema=[f"f{i}" for i in range(2000)])
    wide = wide.with_columns(k=pl.Series([f"r{i}" for i in range(500)]))
    bad = wide.with_columns(f7=pl.col("f7") * 100)
    wide.write_parquet(tmp_path / "train.parquet")
    bad.write_parquet(tmp_path / "serve.parquet")
    started = time.perf_counter()
    result = skewcheck.compare(tmp_path / "train.parquet", tmp_path / "serve.parquet", key="k")
    assert result.verdict == "fail"
    assert [c.name for c in result.run.reasons["f7"].causes] == ["factor"]
    assert time.perf_counter() - started < 60
