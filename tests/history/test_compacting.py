"""Old profiles are folded; no verdict and no finding is lost, whenever it is stopped."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import reduce
from pathlib import Path

import pytest

import skewcheck
from skewcheck import pipeline
from skewcheck.config import parse
from skewcheck.history import compact, findings, profile_of_run, read_folder, runs
from skewcheck.history.tonight import keep, recalled
from skewcheck.profile import Profile
from tests.history.making import FIRST, a_run, features, log, names, train

DAY = 86_400.0
WEEK = 7 * DAY
NIGHTS = 16  # two whole weeks from a Monday, and two nights


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nightly")
    for day in range(NIGHTS):
        keep(folder, a_run(day, ["income"] if day % 5 == 1 else []))
    keep(folder, a_run(3, ["age"]))  # again
    return folder


@pytest.fixture
def folder(nightly: Path, tmp_path: Path) -> Path:
    shutil.copytree(nightly, tmp_path / "runs")
    return tmp_path / "runs"


def known(folder: Path) -> list[tuple[object, ...]]:
    """Return all that must never be lost: every run, and its findings."""
    held = read_folder(folder)
    assert not held.troubles
    return [
        (
            run.id,
            run.sequence,
            run.night,
            run.outcome,
            tuple(run.columns.items()),
            tuple(findings(run)),
        )
        for run in held.runs
    ]


def merged(folder: Path) -> Profile:
    found = pipeline.compare(train(), str(folder)).serve
    assert found.rows == NIGHTS * 5_000
    return found.profile


def test_whole_old_weeks_become_one_file_each_and_nothing_is_lost(folder: Path) -> None:
    before, profile = known(folder), merged(folder)
    done = compact(folder, DAY, span=WEEK)
    assert (done.folds, done.runs) == (2, 15)
    assert done.after < done.before
    assert sum(name.startswith("fold-") for name in names(folder)) == 2
    assert sum(name.startswith("run-") for name in names(folder)) == 2
    assert known(folder) == before
    after = merged(folder)
    for name, column in profile.columns.items():
        assert after.columns[name].numbers == column.numbers
        assert after.columns[name].categories == column.categories


def test_a_week_is_the_sum_of_the_runs_that_count(folder: Path) -> None:
    newest = [run for run in runs(folder) if run.span and run.span.last < _end_of_week(folder)]
    whole = reduce(Profile.merge, [profile_of_run(run) for run in newest])
    compact(folder, DAY, span=WEEK)
    found = profile_of_run(runs(folder)[0])
    assert found.rows == whole.rows == 7 * 5_000
    assert found.columns["age"].numbers == whole.columns["age"].numbers


def _end_of_week(folder: Path) -> float:
    first = runs(folder)[0].span
    assert first
    return first.first + 7 * DAY


def test_nights_that_are_not_old_stay_as_they_are(folder: Path) -> None:
    before = names(folder)
    assert compact(folder, 90 * DAY, span=WEEK).folds == 0
    assert names(folder) == before


def test_compacting_again_changes_nothing(folder: Path) -> None:
    compact(folder, DAY, span=WEEK)
    before = names(folder)
    assert compact(folder, DAY, span=WEEK).folds == 0
    assert names(folder) == before


def test_the_next_run_counts_on_after_compacting(folder: Path) -> None:
    compact(folder, 0.0, span=WEEK)
    assert keep(folder, a_run(20)).sequence == NIGHTS + 2
    assert not read_folder(folder).troubles


@pytest.mark.parametrize("step", range(0, 20, 3))
def test_it_may_be_stopped_after_any_step(
    step: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    left = [step]

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if "run-" in path.name:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
        original(path, missing_ok=missing_ok)

    original = Path.unlink
    before = known(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        try:
            compact(folder, DAY, span=WEEK)
        except Killed:
            assert known(folder) == before
    compact(folder, DAY, span=WEEK)
    assert known(folder) == before
    assert sum(name.startswith("run-") for name in names(folder)) == 2
    merged(folder)


def test_a_damaged_night_is_left_alone_and_named(folder: Path) -> None:
    damaged = runs(folder)[1].file
    whole = bytearray(damaged.read_bytes())
    whole[300] ^= 1
    damaged.write_bytes(whole)
    done = compact(folder, DAY, span=WEEK)
    assert dict(done.troubles).keys() == {damaged.name}
    assert damaged.exists()
    assert len(read_folder(folder).runs) == NIGHTS + 1


def test_weeks_in_which_the_baseline_changed_are_folded_in_parts(tmp_path: Path) -> None:
    for day in range(8):
        frame = (
            train()
            if day < 3
            else features(20_000, 1).with_columns(age=features(20_000, 1)["age"] / 7)
        )
        keep(tmp_path, pipeline.compare(frame, log(day)))
    compact(tmp_path, 0.0, span=WEEK)
    assert sum(name.startswith("fold-") for name in names(tmp_path)) == 2
    assert len(runs(tmp_path)) == 8


def test_a_nightly_run_folds_what_is_old_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    for day in range(0, 56, 4):
        keep(folder, a_run(day))
    ids = [run.id for run in read_folder(folder).runs]
    kept = names(folder)
    config = parse("fold_after = '7d'", "skewcheck.toml")
    skewcheck.compare(train(), log(56), history=folder, policy=replace(config, fold_after=None))
    assert [name for name in names(folder) if name in kept] == kept
    skewcheck.compare(train(), log(57), history=folder, policy=config)
    assert sum(name.startswith("fold-") for name in names(folder)) >= 1
    held = read_folder(folder)
    assert not held.troubles
    assert [run.id for run in held.runs][: len(ids)] == ids
    recent = [run for run in held.runs if run.file.name.startswith("run-")]
    assert len(recent) >= 2


def test_a_night_in_the_future_does_not_make_all_others_old(tmp_path: Path) -> None:
    for day in (*range(4), 20_000):
        keep(tmp_path, a_run(day))
    before = names(tmp_path)
    compact(tmp_path, 90 * DAY, now=FIRST.timestamp() + 5 * DAY)
    assert names(tmp_path) == before


def test_a_folded_night_is_not_taken_for_one_night_of_the_last_seven(tmp_path: Path) -> None:
    for day in range(8):
        keep(tmp_path, a_run(day))
    assert compact(tmp_path, 0.0, span=WEEK).runs == 7
    night = recalled(tmp_path, a_run(8)).night
    assert night is not None
    assert [(view.nights, view.rows) for view in night.views] == [(1, 5_000), (2, 10_000)]


def test_nights_whose_windows_overlap_are_not_added_up(tmp_path: Path) -> None:
    for day in range(3):
        keep(tmp_path, pipeline.compare(train(), log(day, days=3)))
    found = recalled(tmp_path, pipeline.compare(train(), log(4, days=3))).night
    assert found is not None
    assert found.views[1].nights == 2  # of days 4 to 6, and 1 to 3
