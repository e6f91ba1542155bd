"""Rows counted by group: by day, hour, bucket of entities, by the values of a column."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import skewcheck
from skewcheck.breakdown import (
    BUCKETS,
    REST,
    breakdowns,
    coarse,
    cut_of,
    grouped,
    spelled,
    step_of,
)
from skewcheck.engines.local import fold
from skewcheck.peek import first_rows, plan
from skewcheck.profile import Profile
from skewcheck.schema import Role
from skewcheck.sources.batch import Lanes, State
from skewcheck.summaries.cut import FIRST, NAN, NULL, OTHER, Cut
from tests.tables import Columns, schema, source

START = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = schema(
    at=Role.TIME,
    who=Role.ENTITY,
    x=Role.FEATURE,
    kind=Role.FEATURE,
    score=Role.SCORE,
    late=Role.LABEL,
    ms=Role.LATENCY,
)


def table(rows: int, seed: int = 1) -> dict[str, pa.Array]:
    """Return rows over five days, of a few customers."""
    chance = np.random.default_rng(seed)
    numbers = chance.normal(size=rows)
    return {
        "at": pa.array([START + timedelta(hours=float(h)) for h in chance.uniform(0, 120, rows)]),
        "who": pa.array([f"c{n}" for n in chance.integers(0, 300, rows)]),
        "x": pa.array(np.where(chance.random(rows) < 0.1, np.nan, numbers), from_pandas=True),
        "kind": pa.array(chance.choice(["a", "b", "c"], rows)),
        "score": pa.array(chance.random(rows)),
        "late": pa.array(chance.random(rows) < 0.3),
        "ms": pa.array(chance.lognormal(3, 1, rows)),
    }


def profile(columns: Columns, size: int = 65_536) -> Profile:
    made = source(columns, size=size)
    laid = plan(first_rows(made), dict(made.declared))
    return fold(made, replace(laid, by=breakdowns(ROLES, made.declared)), workers=1)


def test_days_are_those_of_the_calendar_in_utc() -> None:
    times = pa.array([START, START + timedelta(days=1, hours=23), None])
    groups = grouped("day", times)
    assert [groups.labels[code] for code in groups.codes[:2]] == ["2026-03-01", "2026-03-02"]
    assert groups.codes[2] == -1


def test_hours_are_written_as_iso_does() -> None:
    groups = grouped("hour", pa.array(["2026-03-01T05:59:59Z", "not a time"]))
    assert [groups.labels[code] for code in groups.codes[:1]] == ["2026-03-01T05"]
    assert groups.codes.tolist()[1] == -1


def test_an_entity_is_always_in_one_bucket() -> None:
    names = [f"c{n % 50}" for n in range(500)]
    groups = grouped("bucket", pa.array(names))
    assert len(groups.labels) == BUCKETS
    assert len(set(zip(names, groups.codes.tolist(), strict=True))) == 50
    lanes = Lanes(
        np.full(500, State.TEXT, np.uint8),
        np.zeros(0),
        pa.array(names, pa.large_string()),
        np.zeros(0, np.bool_),
    )
    assert (grouped("bucket", lanes).codes == groups.codes).all()


def test_a_label_reads_the_same_however_it_is_stored() -> None:
    stored: list[list[Any]] = [
        [True, False, None],
        [1, 0, None],
        [1.0, 0.0, None],
        ["1", "0", None],
    ]
    for values in stored:
        assert spelled(pa.array(values)).to_pylist() == ["1", "0", None]


def test_too_many_values_share_a_group() -> None:
    groups = grouped("version", pa.array([f"v{n}" for n in range(1000)]))
    assert groups.labels[-1] == REST
    assert Counter(groups.codes.tolist())[200] == 800


def test_frequent_numbers_have_a_coarse_cell_of_their_own() -> None:
    cut = cut_of([pa.array([0.0] * 50 + list(range(1, 51)))])
    cells = coarse(pa.array([0.0, 0.0, 0.5, 1e9, None, np.nan]), cut)
    zero = cells[0]
    assert cut.named(int(zero)) == "0"
    assert (cells[0] == cells[1]) and cells[2] != zero
    assert cells[4] == NULL and cells[5] == NAN
    assert cells.max() < cut.cells


def test_unknown_categories_and_other_types_share_a_coarse_cell() -> None:
    cut = cut_of([pa.array(["a", "b", "a"])])
    assert coarse(pa.array(["a", "z", None]), cut).tolist() == [FIRST, OTHER, NULL]
    assert coarse(pa.array([1.5, 2.0]), cut).tolist() == [OTHER, OTHER]


@example(values=[1.7976931348623157e308, -9.9792015476736e291])
@given(st.lists(st.none() | st.floats() | st.booleans() | st.text(max_size=3), max_size=30))
@settings(max_examples=100, deadline=None)
def test_every_row_of_any_type_has_a_coarse_cell(values: list[Any]) -> None:
    for kind in (float, bool, str):
        some = [v if isinstance(v, kind) else None for v in values]
        array = pa.array(some, pa.null() if not any(v is not None for v in some) else None)
        for cut in (Cut(), cut_of([array]), Cut(labels=("a",)), Cut((0.0, 1.0))):
            cells = coarse(array, cut)
            assert len(cells) == len(values)
            assert len(cells) == 0 or (cells.min() >= 0 and cells.max() < max(cut.cells, 4))


def test_counts_by_group_sum_to_the_rows_of_the_column() -> None:
    made = profile(table(3000))
    assert sum(made.groups["day"].values()) == 3000
    for name in ("x", "kind", "score"):
        days, counts = made.blocks["day"][name].matrix(made.plan.spec(name).cut.cells)
        assert len(days) == 5
        assert counts.sum(axis=1).tolist() == [made.groups["day"][day] for day in days]
        assert made.blocks["bucket"][name].matrix(99)[1].sum() == 3000
    late = made.splits["label"]["score"]
    assert set(late) == {"0", "1"}
    whole = late["0"].numbers.merge(late["1"].numbers)
    assert whole == made.columns["score"].numbers


def test_counts_by_group_do_not_depend_on_batches_and_merge() -> None:
    rows = table(2000)
    whole, small = profile(rows), profile(rows, size=97)
    left = {name: values.slice(0, 700) for name, values in rows.items()}
    right = {name: values.slice(700) for name, values in rows.items()}
    made = source(left, right)
    laid = plan(first_rows(source(rows)), dict(made.declared))
    laid = replace(laid, by=breakdowns(ROLES, made.declared))
    parts = [fold(source(part), laid, workers=1) for part in (left, right)]
    for other in (small, parts[0].merge(parts[1])):
        assert other.groups == whole.groups
        assert other.blocks == whole.blocks
        assert {g: p.numbers for g, p in other.splits["hour"]["ms"].items()} == {
            g: p.numbers for g, p in whole.splits["hour"]["ms"].items()
        }


def test_counts_by_group_are_saved_and_read_again(tmp_path: Path) -> None:
    made = profile(table(1000))
    made.save(tmp_path / "p")
    again = Profile.load(tmp_path / "p")
    assert again.groups == made.groups
    assert again.blocks == made.blocks
    assert again.splits["label"]["score"]["1"].numbers == made.splits["label"]["score"]["1"].numbers
    assert again.columns["x"].spec == made.columns["x"].spec


def test_copies_are_taken_off_the_counts_by_group() -> None:
    rows = table(500)
    one = {name: values.slice(0, 100) for name, values in rows.items()}
    made = source(rows)
    laid = plan(first_rows(made), dict(made.declared))
    laid = replace(laid, by=breakdowns(ROLES, made.declared))
    twice = fold(source(rows, one), laid, workers=1)
    left = twice.subtract(fold(source(one), laid, workers=1))
    whole = fold(source(rows), laid, workers=1)
    assert (left.groups, left.blocks) == (whole.groups, whole.blocks)


def test_a_column_that_a_batch_lacks_is_null_in_its_groups() -> None:
    rows = table(300)
    made = source(rows)
    laid = replace(
        plan(first_rows(made), dict(made.declared)), by=breakdowns(ROLES_OF_X, made.declared)
    )
    without = {name: values for name, values in rows.items() if name != "x"}
    _, counts = fold(source(without), laid, workers=1).blocks["day"]["x"].matrix(30)
    assert counts[:, NULL].sum() == counts.sum() == 300


ROLES_OF_X = schema(at=Role.TIME, x=Role.FEATURE)


@pytest.mark.parametrize("rows", [400, 300_000])
def test_rows_paired_by_key_are_counted_by_group_as_rows_that_are_not(
    tmp_path: Path, rows: int
) -> None:
    made = pa.table({"request_id": pa.array([f"r{n}" for n in range(rows)]), **table(rows)})
    for side in ("train", "serve"):
        pq.write_table(made, tmp_path / f"{side}.parquet", row_group_size=rows // 3)
    paths = [str(tmp_path / f"{side}.parquet") for side in ("train", "serve")]
    given_ = {"time": "at", "label": "late", "score": "score"}
    paired = skewcheck.compare(*paths, key="request_id", **given_).run
    alone = skewcheck.compare(*paths, ignore="request_id", **given_).run
    assert paired.partner and not alone.partner
    for side in ("train", "serve"):
        one, other = (getattr(run, side).profile for run in (paired, alone))
        assert one.groups == other.groups and one.groups["day"].total() == rows
        assert one.blocks == other.blocks and one.blocks["day"]


@given(
    ticks=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=50),
    unit=st.sampled_from(["s", "ms", "us"]),
    by=st.sampled_from([("day", 10), ("hour", 13)]),
)
@settings(max_examples=60, deadline=None)
def test_times_in_order_fall_into_the_spans_that_they_fall_into_in_any_order(
    ticks: list[int], unit: str, by: tuple[str, int]
) -> None:
    name, letters = by
    ordered = sorted(t % 4 * 10**9 + t % 10**8 for t in ticks)
    for times in (ordered, ordered[::-1]):
        found = grouped(name, pa.array(times, pa.timestamp(unit)))
        seconds = np.array(times, f"M8[{unit}]").astype("M8[s]")
        spelled_ = [str(moment)[:letters] for moment in seconds]
        assert [found.labels[code] for code in found.codes] == spelled_
        counted = zip(found.labels, found.counts().tolist(), strict=True)
        assert {label: n for label, n in counted if n} == Counter(spelled_)


def test_flags_are_coarse_cells_and_groups_as_their_spelling_is() -> None:
    flags = pa.array([True, None, False, False])
    cut = Cut.of_labels(["false", "false", "true"])
    assert coarse(flags, cut).tolist() == [FIRST + 1, NULL, FIRST, FIRST]
    found = grouped("label", flags)
    assert [None if c < 0 else found.labels[c] for c in found.codes] == ["1", None, "0", "0"]
    assert found.counts().tolist() == [2, 1]


def test_a_sample_that_knows_how_many_rows_will_come_is_the_one_that_does_not() -> None:
    rows = 200_000
    made = source({"x": pa.array(np.arange(rows))}, size=30_000)
    laid = plan(first_rows(made), dict(made.declared))
    samples = [
        fold(made, replace(laid, step=step), workers=2).sample for step in (1, step_of(rows))
    ]
    assert step_of(rows) > 1
    found = [
        sorted(x for _, kept in s.batches for x in pa.array(kept["x"]).to_pylist()) for s in samples
    ]
    assert found[0] == found[1] and samples[0].step == samples[1].step
