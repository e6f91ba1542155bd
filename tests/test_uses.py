"""By hand, every night, in CI: the shell of the pages and of the action, run by a shell."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from xml.etree.ElementTree import fromstring

import pytest

from tests.cli.conftest import START, environment

ROOT = Path(__file__).parents[1]
FLIGHTS = ROOT / "fixtures" / "flights"
ACTION = (ROOT / "action.yml").read_text("utf-8")
DOCS = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in (
    "by-hand", "nightly", "ci-gate",
)}  # fmt: skip
MARKED = re.compile(r"^(?:<!-- (.*?) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
Done = subprocess.CompletedProcess[str]


def marked(page: str, language: str, kind: str) -> list[tuple[str, str]]:
    """Return what is written behind the kind in the mark of each such block, and the block."""
    blocks = [(m or "", b) for m, lang, b in MARKED.findall(DOCS[page]) if lang == language]
    return [(m.removeprefix(kind).strip(), b) for m, b in blocks if m.startswith(kind)]


def file(page: str, name: str) -> str:
    """Return the block that is the content of a file."""
    found: list[str] = [b for m, _, b in MARKED.findall(DOCS[page]) if m == f"file {name}"]
    assert len(found) == 1
    return found[0]


def steps(name: str) -> str:
    """Return the shell of one step of the action."""
    step = ACTION.split(f"- id: {name}\n")[1].split("    - id:")[0]
    return dedent(step.split("run: |\n")[1])


def furnish(home: Path) -> Path:
    """Return the folder with the data under the names of the pages, and skewcheck on the path.

    The logs are those of one day, the eleventh, which has every bug: tests are to be quick.
    """
    for name in ("train.parquet", "offline.parquet"):
        (home / name).symlink_to(FLIGHTS / name)
    (home / "shadow_logs").mkdir()
    log = Path("shadow_logs", "2013-07-11.jsonl.gz")
    (home / log).symlink_to(FLIGHTS / log)
    for name, line in (("skewcheck", f'-c "{START}" "$@"'), ("python", '"$@"')):
        program = home / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} {line}\n")
        program.chmod(0o755)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder as the pages have it."""
    return furnish(tmp_path)


def shell(home: Path, script: str, **more: str) -> Done:
    """Return how a script ends, run as GitHub's and other CI's shells run it."""
    known = {
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "",
        **more,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=home, env=environment(**known), text=True, capture_output=True, timeout=120,
        check=False,
    )  # fmt: skip


def day(home: Path, name: str, date: str) -> None:
    """Put logs of the fixtures where the nightly script looks for a day's."""
    (home / "logs").mkdir(exist_ok=True)
    whole = home / name if (home / name).exists() else FLIGHTS / name
    (home / "logs" / date).symlink_to(whole)


@pytest.mark.parametrize("page", DOCS)
def test_every_block_of_shell_is_run_here(page: str) -> None:
    for mark, language, block in MARKED.findall(DOCS[page]):
        if language == "bash":
            assert re.fullmatch(r"exits \d|file \S+\.sh|gate|again", mark), block
            assert ("skewcheck gate" in block) == (mark == "gate")


@pytest.mark.slow
def test_by_hand(home: Path) -> None:
    for code, block in marked("by-hand", "bash", "exits"):
        done = shell(home, block)
        assert str(done.returncode) == code, (block, done.stderr)
    assert json.loads((home / "report.json").read_text())["verdict"] == "fail"
    assert "<summary>" in (home / "report.md").read_text()
    assert fromstring((home / "report.xml").read_text()).get("failures") != "0"
    assert (home / "report.html").stat().st_size > 10_000 and (home / "skewcheck.toml").exists()


@pytest.mark.slow
def test_from_a_notebook(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    ((_, block),) = marked("by-hand", "python", "")
    names: dict[str, object] = {}
    exec(block, names)
    assert names["result"].verdict == "fail"  # type: ignore[attr-defined]
    assert {"report.html", "report.md", "report.xml"} <= {p.name for p in home.iterdir()}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder after what the page says is done once, with the scripts of the page."""
    home = furnish(tmp_path_factory.mktemp("nightly"))
    day(home, "clean_logs", "2013-06-30")
    for code, block in marked("nightly", "bash", "exits"):
        done = shell(home, block)
        assert str(done.returncode) == code, done.stderr
    for name in ("nightly.sh", "alert.sh"):
        (home / name).write_text(file("nightly", name))
    day(home, "shadow_logs", "2013-07-14")
    return home


@pytest.fixture
def nightly(prepared: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return shutil.copytree(prepared, tmp_path / "model", symlinks=True)


@pytest.mark.parametrize(
    ("date", "code", "verdict"), [("2013-06-30", 0, "pass"), ("2013-07-14", 1, "fail")]
)
def test_a_night_ends_with_its_verdict(nightly: Path, date: str, code: int, verdict: str) -> None:
    done = shell(nightly, f"bash nightly.sh {date}")
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(r"kept history/run-000001-\S+\.parquet\n", done.stderr)
    assert json.loads((nightly / "reports" / "last.json").read_text())["verdict"] == verdict
    assert {f"{date}.html", f"{date}.xml"} <= {p.name for p in (nightly / "reports").iterdir()}


def test_a_night_is_shown_again_without_its_data(nightly: Path) -> None:
    assert shell(nightly, "bash nightly.sh 2013-07-14").returncode == 1
    shutil.rmtree(nightly / "logs")
    (nightly / "model.profile").unlink()
    ((_, block),) = marked("nightly", "bash", "again")
    done = shell(nightly, block)
    assert done.returncode == 1 and done.stdout.startswith("FAIL: "), done.stderr
    for again, first in (("night.html", "2013-07-14.html"), ("night.json", "last.json")):
        assert (nightly / again).read_bytes() == (nightly / "reports" / first).read_bytes()


def test_a_night_without_a_log_is_an_error_that_leaves_no_verdict(nightly: Path) -> None:
    assert shell(nightly, "bash nightly.sh 2013-06-30").returncode == 0
    done = shell(nightly, "bash nightly.sh 2013-07-01")
    assert done.returncode == 2 and "logs/2013-07-01" in done.stderr
    assert json.loads((nightly / "reports" / "last.json").read_text())["status"] == "incomplete"


@pytest.mark.slow
def test_the_line_of_the_crontab_judges_yesterday_and_alerts_by_exit_code(nightly: Path) -> None:
    ((_, line),) = marked("nightly", "text", "crontab")
    *when, command = line.strip().split(" ", 5)
    assert len(when) == 5 and "%" not in command
    command = command.replace("/srv/model", str(nightly))
    missing = shell(nightly, command)
    assert missing.stdout.startswith("skewcheck: operations: could not run")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    for date in (yesterday, yesterday + timedelta(days=1)):  # midnight may pass meanwhile
        day(nightly, "shadow_logs", str(date))
    failed = shell(nightly, command)
    assert failed.stdout.startswith("skewcheck: the model's owner: the policy failed")
    assert "error: " in (nightly / "reports" / "notes.log").read_text()


def test_every_exit_code_alerts_and_is_in_the_table(nightly: Path) -> None:
    table = DOCS["nightly"].split("## What to alert on")[1]
    for code, whom in ((1, "owner"), (2, "operations"), (3, "owner"), (4, "operations")):
        said = shell(nightly, f"bash alert.sh {code}").stdout
        assert whom in said
        assert re.search(rf"^\| {code} \|.*{whom}", table, re.MULTILINE)
    assert "no verdict" in shell(nightly, "bash alert.sh 137").stdout


def test_every_scheduler_runs_the_script_that_is_tested() -> None:
    unit, dag = file("nightly", "skewcheck.service"), file("nightly", "skewcheck_dag.py")
    assert "ExecStart=/usr/bin/env bash /srv/model/nightly.sh\n" in unit
    assert '"bash /srv/model/nightly.sh {{ ds }} "' in dag
    compile(dag, "skewcheck_dag.py", "exec")
    assert '["bash", "/srv/model/nightly.sh"]' in file("nightly", "cronjob.yaml")


def gates() -> tuple[str, str]:
    """Return the shell of the page: the gate on logs, and from the history alone."""
    (_, on_logs), (_, from_history) = marked("ci-gate", "bash", "gate")
    assert "--history" in from_history and "--history" not in on_logs
    return on_logs, from_history


@pytest.mark.parametrize(("logs", "code"), [("clean_logs", 0), ("shadow_logs", 1)])
def test_the_gate_on_logs_is_open_for_logs_in_order_only(home: Path, logs: str, code: int) -> None:
    (home / "skewcheck.toml").write_text("[gate]\nrows = 700\ndays = 1\n")
    if logs == "clean_logs":
        shutil.rmtree(home / "shadow_logs")
        (home / "shadow_logs").symlink_to(FLIGHTS / logs)
    done = shell(home, gates()[0])
    assert done.returncode == code, done.stderr
    assert f"\nGATE {'FAIL' if code else 'PASS'}: " in done.stdout


def test_the_gate_on_logs_fails_closed(home: Path) -> None:
    assert shell(home, gates()[0]).returncode == 2  # no policy
    ((_, policy),) = marked("ci-gate", "toml", "")
    (home / "skewcheck.toml").write_text(policy)
    done = shell(home, gates()[0])
    assert done.returncode == 1
    assert "  INCONCLUSIVE  nights: 1 of 7 nights" in done.stdout
    for wanted in ("6 more nights", "more rows", "only model version v3", "younger than 36 h"):
        assert wanted in done.stdout.split("GATE FAIL: ")[1]
    assert "  PASS          baseline: train is 1435634e7b3274c8" in done.stdout


def test_the_gate_judges_the_history_that_the_nights_left(nightly: Path) -> None:
    for date, code, words in (
        (None, 2, ""),
        ("2013-06-30", 0, "GATE PASS: shadow mode may be turned off"),
        ("2013-07-14", 1, "GATE FAIL: it would turn green with "),
    ):
        if date:
            shell(nightly, f"bash nightly.sh {date}")
        done = shell(nightly, gates()[1])
        assert (done.returncode, words in done.stdout) == (code, True), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("code", "block"), marked("ci-gate", "bash", "exits"))
def test_any_other_pipeline_is_stopped(home: Path, code: str, block: str) -> None:
    assert str(shell(home, block).returncode) == code
    assert fromstring((home / "report.xml").read_text()).get("failures") != "0"


def test_only_doubt_is_let_through_where_the_page_says_so(home: Path) -> None:
    (_, block) = marked("ci-gate", "bash", "exits")[1]
    for code, end in ((0, 0), (1, 1), (2, 2), (3, 0), (4, 4)):
        program = home / "bin" / "skewcheck"
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        assert shell(home, block).returncode == end


def job(home: Path, **inputs: str) -> tuple[Done, dict[str, str]]:
    """Return how the action's step ends, and its outputs."""
    given = {"COMMAND": "compare", "TRAIN": "", "LOGS": "", "POLICY": "p.toml", "ARGUMENTS": ""}
    (home / "p.toml").touch()
    (home / "output").write_text("")
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(home / "output"),
        "GITHUB_STEP_SUMMARY": str(home / "summary.md"),
        "BIN": str(home / "bin"),
        "REPORTS": "my reports",
    }
    done = shell(home, steps("run"), **given | job | inputs)
    lines = (home / "output").read_text().splitlines()
    return done, dict(line.split("=", 1) for line in lines)


def test_the_action_ends_with_the_verdict_and_says_it(home: Path) -> None:
    logs = "\n".join(str(path) for path in sorted((FLIGHTS / "clean_logs").iterdir()))
    for given, code, verdict in ((logs, 0, "pass"), ("shadow_logs\n", 1, "fail")):
        done, outputs = job(home, TRAIN="train.parquet", LOGS=given)
        assert (done.returncode, outputs["exit-code"]) == (code, str(code)), done.stderr
        assert outputs["verdict"] == verdict
        assert all(
            (home / outputs[name]).is_file() for name in ("html", "json", "junit", "markdown")
        )
        level = "notice" if verdict == "pass" else "error"
        assert f"::{level} title=skewcheck::{verdict.upper()}" in done.stdout
    assert (home / "summary.md").read_text().count("**skewcheck: ") == 2


def test_the_action_names_no_verdict_where_there_is_none(home: Path) -> None:
    assert job(home, TRAIN="train.parquet", LOGS="shadow_logs")[0].returncode == 1
    for logs in ("$(touch pwned)`touch pwned`; touch pwned", "--exit-zero"):
        done, outputs = job(home, TRAIN="train.parquet", LOGS=logs)
        assert done.returncode == 2
        assert outputs == {"exit-code": "2", "verdict": "none"}
    assert not (home / "pwned").exists()


@pytest.mark.slow
def test_the_action_tells_the_verdict_also_where_the_code_is_to_be_zero(home: Path) -> None:
    more = "--exit-zero\n--ignore\ndest"
    done, outputs = job(home, TRAIN="train.parquet", LOGS="shadow_logs", ARGUMENTS=more)
    assert (done.returncode, outputs["verdict"]) == (0, "fail")
    columns = json.loads((home / outputs["json"]).read_text())["columns"]
    assert {c["role"] for c in columns if c["name"] == "dest"} == {"ignored"}


def test_the_action_runs_nothing_but_a_comparison_or_the_gate(home: Path) -> None:
    done, outputs = job(home, COMMAND="demo", TRAIN="train.parquet", LOGS="shadow_logs")
    assert done.returncode == 2 and not outputs


def test_no_input_of_the_action_is_pasted_into_its_shell() -> None:
    for name in ("install", "run"):
        assert "${{" not in steps(name)
        done = subprocess.run(["bash", "-n", "-c", steps(name)], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_page_names_every_input_and_output_of_the_action() -> None:
    inputs, outputs = ACTION.split("\ninputs:\n")[1].split("\nruns:\n")[0].split("\noutputs:\n")
    tables = DOCS["ci-gate"].split("| input |")[1].split("What skewcheck prints")[0]
    for part in (inputs, outputs):
        for name in re.findall(r"^  ([\w-]+):$", part, re.MULTILINE):
            assert f"`{name}`" in tables, name
