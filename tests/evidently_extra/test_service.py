"""Evidently's own service on loopback, asked for the numbers as its dashboard asks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skewcheck.result import Result
from skewcheck.verdict import Outcome
from tests.evidently_extra.nights import night

pytestmark = pytest.mark.slow
Ask = Callable[..., Any]
SERVE = "import sys; from evidently.cli import app; sys.argv[0] = 'evidently'; app()"
METRIC = "evidently:metric_v2:Skewcheck"


@pytest.fixture(scope="module")
def nights() -> tuple[Result, Result]:
    return night(0), night(1, income=pl.col("income") * 100)


@pytest.fixture(scope="module")
def space(nights: tuple[Result, Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("space")
    for result in reversed(nights):  # the later night first: time orders them, not the writing
        result.add_to_evidently(folder)
    return folder


@pytest.fixture(scope="module")
def ask(space: Path) -> Iterator[Ask]:
    """Return a function that asks the service, which runs for as long as the module's tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def asked(path: str, body: Any = None) -> Any:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        text, kind = json.dumps(body), {"Content-Type": "application/json"}
        connection.request("POST" if body else "GET", f"/api/{path}", text, kind)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 400, content
        return json.loads(content)

    words = ["ui", "--workspace", str(space), "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-c", SERVE, *words]
    told = {**os.environ, "DO_NOT_TRACK": "1"}
    with (space.parent / "service.log").open("w") as log:
        service = subprocess.Popen(command, env=told, stdout=log, stderr=log)
        try:
            wait(lambda: asked("version"))
            yield asked
        finally:
            service.terminate()
            service.wait(20)


def wait(for_what: Callable[[], Any]) -> Any:
    """Return what the function returns, once it is true."""
    for _ in range(300):
        try:
            if found := for_what():
                return found
        except (OSError, HTTPException):
            pass
        time.sleep(0.2)
    raise TimeoutError


def series(ask: Ask, project: str, kind: str, **labels: str) -> list[list[float | None]]:
    """Return the values over the nights of every series of a kind, as a panel plots them."""
    one = {"metric": METRIC + kind, "metric_labels": labels, "tags": [], "metadata": {}}
    found = ask(f"v2/snapshots/{project}/data_series_batch", {"series_filter": [one]})
    return [line["values"] for line in found["series"]]


def number(result: Result, column: str, check: str) -> float | None:
    """Return a number of the JSON report."""
    (found,) = (c for c in result.to_dict()["columns"] if c["name"] == column)
    return next((f["value"] for f in found["findings"] if f["check"] == check), None)


def test_the_service_plots_the_numbers_of_both_nights(
    ask: Ask, nights: tuple[Result, Result]
) -> None:
    (project,) = ask("projects/")
    assert project["name"] == "skewcheck"
    for column in ("income", "age"):
        (line,) = series(ask, project["id"], "Effect", column=column, check="ks")
        assert line == [number(result, column, "ks") for result in nights]
    assert series(ask, project["id"], "ExitCode") == [[r.exit_code for r in nights]]
    (worst,) = series(ask, project["id"], "Worst", check="ks")
    assert worst[1] == number(nights[1], "income", "ks")
    failing = [r.report.tally.get(Outcome.FAIL, 0) for r in nights]
    assert series(ask, project["id"], "Columns", verdict="fail") == [failing]
    assert failing[1] >= 1


def test_the_service_lists_the_nights_and_their_tests(
    ask: Ask, nights: tuple[Result, Result]
) -> None:
    (project,) = ask("projects/")
    listed = {s["timestamp"][:10]: s for s in ask(f"projects/{project['id']}/snapshots")}
    assert [listed[day]["tags"][1] for day in ("2025-07-01", "2025-07-02")] == ["pass", "fail"]
    night_id = listed["2025-07-02"]["id"]
    page = json.dumps(ask(f"projects/{project['id']}/{night_id}/data"))
    assert nights[1].report.headline in page
    assert "income: Kolmogorov-Smirnov distance" in page


def test_every_panel_of_the_dashboard_asks_for_something_that_is_there(ask: Ask) -> None:
    (project,) = ask("projects/")
    dashboard = ask(f"v2/dashboards/{project['id']}")
    assert [tab["title"] for tab in dashboard["tabs"]] == ["Nights", "Worst column", "Every column"]
    for panel in dashboard["panels"]:
        for value in panel["values"]:
            kind = value["metric"].removeprefix(METRIC)
            assert series(ask, project["id"], kind, **value["metric_labels"]), panel["title"]


def test_a_night_added_while_the_service_runs_is_seen(ask: Ask, space: Path) -> None:
    night(2).add_to_evidently(space)
    (project,) = ask("projects/")
    wait(lambda: len(series(ask, project["id"], "ExitCode")[0]) == 3)
    night(2, income=pl.col("income") * 100).add_to_evidently(space)
    wait(lambda: series(ask, project["id"], "ExitCode")[0][2] == 1)
    assert len(series(ask, project["id"], "ExitCode")[0]) == 3
