"""Labels of a file of their own, joined to serve by key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import skewcheck
from skewcheck import Result
from skewcheck.arrivals import Arrivals, read_labels
from skewcheck.cli import run
from skewcheck.config import parse
from skewcheck.errors import UsageError
from skewcheck.opened import open_side
from skewcheck.schema import Role
from tests.labelled import side
from tests.tables import schema

TRAIN, SERVE = side(6000, 1), side(6000, 2)
LATE = SERVE.select("id", "label")
LOGS = SERVE.drop("label")


def joined(keys: list[Any], labels: list[Any], wanted: list[Any]) -> tuple[list[Any], Arrivals]:
    """Return the labels that these keys get, and the arrivals."""
    logs = open_side(pa.table({"id": pa.array(wanted), "x": [1.0] * len(wanted)}))
    found = read_labels(pa.table({"id": keys, "late": labels}), logs, schema(id=Role.KEY))
    return found.of(pa.array(wanted)).to_pylist(), found


def figures(result: Result) -> dict[str, Any]:
    section = next(s for s in result.report.sections if s.name == "performance")
    return {f["name"]: f["serve"] for f in section.data["figures"]}


class TestJoining:
    """Which row gets which label."""

    def test_every_key_gets_its_own_and_the_others_none(self) -> None:
        labels, found = joined(["a", "b", "c"], [1, 0, 1], ["c", "x", "a", "a"])
        assert labels == ["1", None, "1", "1"]
        assert found.seen.sum() == 2

    def test_labels_that_contradict_are_left_out_and_said(self) -> None:
        labels, found = joined(["a", "a", "b", "b"], [1, 0, 1, 1], ["a", "b"])
        assert labels == [None, "1"]
        assert "contradict each other: 1" in found.note
        assert "rows that repeat a label: 1" in found.note

    def test_rows_without_key_or_label_are_counted(self) -> None:
        _, found = joined(["a", None, "b"], [1, 0, None], ["a", "b"])
        assert (found.keyless, found.empty, len(found.hashes)) == (1, 1, 1)
        assert "rows without a key: 1; rows without a label: 1" in found.note

    def test_labels_without_a_request_are_said(self) -> None:
        _, found = joined(["a", "b"], [1, 0], ["a"])
        assert "1 of 2 keys in" in found.note and "1 belong to none" in found.note

    def test_numbers_are_one_key_however_they_are_stored(self) -> None:
        for wanted in ([3, 1], [3.0, 1.0], ["3", "1"]):
            assert joined([1, 2, 3], [0, 0, 1], wanted)[0] == ["1", "0"]

    @given(st.dictionaries(st.text(min_size=1, max_size=6), st.sampled_from("01"), min_size=1))
    def test_a_join_by_key_is_a_lookup(self, truth: dict[str, str]) -> None:
        wanted = [*truth, "surely another key"]
        labels, _ = joined(list(truth), list(truth.values()), wanted)
        assert labels == [*truth.values(), None]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "ndjson"])
def test_joined_labels_give_the_figures_of_labels_in_the_log(tmp_path: Path, suffix: str) -> None:
    """Whatever the containers, and whether labels come in order or not."""
    for name, frame in (("late", LATE.sample(fraction=1, shuffle=True, seed=5)), ("logs", LOGS)):
        getattr(frame, f"write_{suffix}")(tmp_path / f"{name}.{suffix}")
    late, logs = (str(tmp_path / f"{name}.{suffix}") for name in ("late", "logs"))
    apart = skewcheck.compare(TRAIN, logs, labels=late)
    assert figures(apart) == figures(skewcheck.compare(TRAIN, SERVE))
    assert any("6,000 of 6,000 keys" in note for note in apart.run.notes)


def test_a_label_of_another_name_stands_for_that_of_train() -> None:
    result = skewcheck.compare(TRAIN, LOGS, labels=LATE.rename({"label": "came_back"}))
    assert result.run.schema.names(Role.LABEL) == ["label"]
    assert figures(result)["auc"][0] > 0.7


def test_a_label_that_only_its_file_has_can_be_named() -> None:
    late = LATE.rename({"label": "paid"}).with_columns(note=pl.lit("a"), by=pl.lit("b"))
    result = skewcheck.compare(TRAIN.drop("label"), LOGS, labels=late, label="paid")
    assert figures(result)["auc"][0] > 0.7


@pytest.mark.parametrize(
    ("train", "logs", "late", "words"),
    [
        (TRAIN, SERVE, LATE, "has a column 'label' already"),
        (TRAIN, LOGS.drop("id"), LATE, "labels are joined by one key column"),
        (TRAIN, LOGS, LATE.rename({"id": "who"}).head(2), "no column 'id' to join labels by"),
        (
            TRAIN.drop("label"),
            LOGS,
            LATE.select("id", a="label", b="label"),
            "which column is the label is not plain",
        ),
    ],
)
def test_what_is_not_plain_is_refused(
    train: pl.DataFrame, logs: pl.DataFrame, late: pl.DataFrame, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        skewcheck.compare(train, logs, labels=late)


def test_the_command_line_and_the_policy_take_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, frame in (("train", TRAIN), ("logs", LOGS), ("late", LATE)):
        frame.write_parquet(f"{name}.parquet")
    assert run(["compare", "train.parquet", "logs.parquet", "--labels", "late.parquet"]) == 0
    assert "6,000 of 6,000 keys in late.parquet" in " ".join(capsys.readouterr().out.split())
    assert parse('labels = "late.parquet"', "x.toml", Path("day")).labels == "day/late.parquet"
