"""What Evidently itself reads in the workspace is what skewcheck's JSON report says."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skewcheck.config import parse
from skewcheck.render import evidently as extra
from skewcheck.result import Result
from tests.evidently_extra.nights import HOSTILE, night

STATUS = {"pass": "SUCCESS", "warn": "WARNING", "fail": "FAIL", "inconclusive": "ERROR"}


@pytest.fixture(scope="module")
def failing() -> Result:
    return night(0, income=pl.col("income") * 100)


@pytest.fixture(scope="module")
def short() -> Result:
    return night(1, n=40, age=pl.lit(None, pl.Float64))


def read(workspace: Path) -> list[Any]:
    """Return the snapshots of the only project, as the package loads them, by time."""
    extra.ready(workspace)
    from evidently.ui.workspace import Workspace

    space = Workspace(str(workspace))
    (project,) = space.list_projects()
    found = [space.get_run(project.id, run) for run in space.list_runs(project.id)]
    return sorted(found, key=lambda run: run.timestamp)


def values(run: Any, kind: str) -> dict[tuple[str, ...], float]:
    """Return the metrics of a kind, by their labels."""
    found = {}
    for metric in run.metric_results.values():
        params = dict(metric.metric_value_location.metric.params)
        if params.pop("type") == f"evidently:metric_v2:Skewcheck{kind}":
            found[tuple(params.values())] = metric.value
    return found


def effects(result: Result) -> list[tuple[str, str, float]]:
    """Return the defined numbers of the JSON report with their column and check."""
    columns = result.to_dict()["columns"]
    pairs = ((c["name"], f) for c in columns for f in c["findings"])
    return sorted((name, f["check"], f["value"]) for name, f in pairs if f["value"] is not None)


def test_every_number_is_that_of_the_json_report(failing: Result, tmp_path: Path) -> None:
    failing.add_to_evidently(tmp_path / "space")
    (run,) = read(tmp_path / "space")
    measured = {**values(run, "Effect"), **values(run, "EffectInPart")}
    assert sorted((*labels[:2], value) for labels, value in measured.items()) == effects(failing)
    assert len(values(run, "Effect")) > 20
    assert values(run, "ExitCode") == {(): 1}
    tally = {(str(outcome),): n for outcome, n in failing.report.tally.items()}
    assert {k: v for k, v in values(run, "Columns").items() if v} == tally
    assert values(run, "Rows") == {("train",): 4000, ("serve",): 4000}
    worst = values(run, "Worst")
    assert worst[("ks",)] == max(v for _, check, v in effects(failing) if check == "ks")
    assert values(run, "Limit")[("ks",)] == 0.1


@pytest.mark.parametrize("name", ["failing", "short"])
def test_every_judgement_with_a_limit_is_a_test(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    result: Result = request.getfixturevalue(name)
    result.add_to_evidently(tmp_path / "space")
    (run,) = read(tmp_path / "space")
    tests = [test for metric in run.metric_results.values() for test in metric.tests]
    found = sorted((t.name, t.status.value) for t in tests if t.name != "Verdict")
    judged = ((c, x) for c in result.report.columns for x in c.lines)
    expected = ((f"{c.label}: {x.title}", str(x.outcome)) for c, x in judged)
    assert found == sorted((n, STATUS[o]) for n, o in expected if o in STATUS)
    (verdict,) = (t for t in tests if t.name == "Verdict")
    assert verdict.status.value == STATUS[str(result.report.outcome)]


def test_what_is_undefined_has_no_number_and_does_not_pass(short: Result, tmp_path: Path) -> None:
    file = short.add_to_evidently(tmp_path / "space")
    json.loads(file.read_text(), parse_constant=pytest.fail)  # neither NaN nor infinity
    (run,) = read(tmp_path / "space")
    findings = [(c["name"], f) for c in short.to_dict()["columns"] for f in c["findings"]]
    lacking = {(n, f["check"]) for n, f in findings if f["value"] is None and f["limit"]}
    assert lacking, "the case must have something that cannot be measured"
    assert not lacking & set(values(run, "Effect"))
    assert all(map(math.isfinite, values(run, "Effect").values()))
    tests = [test for metric in run.metric_results.values() for test in metric.tests]
    unmeasured = [t for t in tests if "not measured" in t.description]
    assert len(unmeasured) == len(lacking)
    assert {t.status.value for t in unmeasured} == {"ERROR"}


def test_nights_stand_in_the_order_of_their_windows(tmp_path: Path) -> None:
    for day in (1, 0):
        night(day).add_to_evidently(tmp_path / "space")
    first, second = read(tmp_path / "space")
    assert first.name == "2025-07-01T00:00:00+00:00 to 2025-07-02T00:00:00+00:00"
    assert (first.timestamp.day, second.timestamp.day) == (1, 2)
    assert first.timestamp.tzinfo is None  # as Evidently's own: it compares them


def test_a_night_that_is_run_again_replaces_its_snapshot(tmp_path: Path) -> None:
    night(0).add_to_evidently(tmp_path / "space")
    night(0, income=pl.col("income") * 100).add_to_evidently(tmp_path / "space")
    (run,) = read(tmp_path / "space")
    assert run.metadata["verdict"] == "fail"


def test_a_project_keeps_the_panels_that_its_owner_made_of_it(tmp_path: Path) -> None:
    from evidently.ui.workspace import Workspace

    night(0).add_to_evidently(tmp_path / "space", "credit")
    (project,) = Workspace(str(tmp_path / "space")).search_project("credit")
    model = project.dashboard.model()
    assert [tab.title for tab in model.tabs] == ["Nights", "Worst column", "Every column"]
    project.dashboard.delete_panel("Rows", "Nights")
    night(1).add_to_evidently(tmp_path / "space", "credit")
    assert "Rows" not in [panel.title for panel in project.dashboard.model().panels]
    assert len(read(tmp_path / "space")) == 2


def test_models_of_two_projects_do_not_meet(tmp_path: Path) -> None:
    for name in ("credit", "fraud"):
        night(0).add_to_evidently(tmp_path / "space", name)
    assert len(list((tmp_path / "space").glob("*/snapshots/*.json"))) == 2


def test_hostile_names_stay_apart_and_end_no_script(tmp_path: Path) -> None:
    more: dict[str, Any] = {name: pl.col("income") * 2 for name in (*HOSTILE, "n" * 10_001)}
    file = night(0, **more).add_to_evidently(tmp_path / "space", "</script>\x1b")
    (run,) = read(tmp_path / "space")
    assert len({column for column, check in values(run, "Effect") if check == "ks"}) == 6
    from evidently.core.report import Snapshot

    page = Snapshot.load_model(run).get_html_str(as_iframe=False)
    assert "alert(1)" in page and "<script>alert(1)" not in page
    plain = json.dumps(json.loads(file.read_text()), ensure_ascii=False)
    assert "\u202e" not in plain and "\\u001b" not in plain


def test_no_value_of_a_private_column_is_in_the_workspace(tmp_path: Path) -> None:
    policy = parse("[columns.purpose]\nprivate = true\n", "policy")
    file = night(0, policy=policy).add_to_evidently(tmp_path / "space")
    text = file.read_text()
    assert "purpose" in text
    assert not [value for value in ("car", "home", "other") if f'"{value}' in text]


def test_the_snapshot_ends_whole(failing: Result, tmp_path: Path) -> None:
    file = failing.add_to_evidently(tmp_path / "space")
    assert json.loads(file.read_text())["tags"] == ["skewcheck", "fail"]
    assert not list(tmp_path.rglob("*.tmp"))
