"""``init``, ``profile``, ``explain``, ``demo`` and the start of the program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from skewcheck.cli import run
from skewcheck.config import load
from skewcheck.discovery import discover
from skewcheck.schema import Role
from tests.cli.conftest import environment

Capture = pytest.CaptureFixture[str]
HEAVY = ("polars", "pyarrow", "duckdb", "scipy", "numpy", "rich", "jinja2", "msgspec")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_init_writes_what_it_guessed_and_compare_follows_it(
    cases: dict[str, str], capsys: Capture
) -> None:
    assert run(["init", cases["train"], cases["fail"]]) == 0
    out, err = capsys.readouterr()
    assert "request_id is taken as key: named request_id; 6,000 of 6,000 values differ" in out
    assert "3 columns are features" in out and err == "wrote skewcheck.toml\n"
    roles = {name: column.role for name, column in load().roles.items()}
    assert roles == {"request_id": Role.KEY, "score": Role.SCORE, "status": Role.STATUS}
    assert run(["compare", "--quiet"]) == 1


def test_init_names_its_sides_as_seen_from_the_file(
    cases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(cases["train"]).parent
    monkeypatch.chdir(home)
    assert run(["init", "train.parquet", "fail", "-o", str(tmp_path / "policy.toml")]) == 0
    monkeypatch.chdir("/")
    assert run(["compare", "--quiet", "--policy", str(tmp_path / "policy.toml")]) == 1


def test_init_replaces_a_file_only_by_force(cases: dict[str, str], capsys: Capture) -> None:
    Path("skewcheck.toml").write_text("level = 0.2\n")
    assert run(["init", cases["train"], cases["pass"]]) == 2
    assert "replace it by --force" in capsys.readouterr().err
    assert Path("skewcheck.toml").read_text() == "level = 0.2\n"
    assert run(["init", cases["train"], cases["pass"], "--force"]) == 0
    assert "level = 0.05" in Path("skewcheck.toml").read_text()


def test_init_points_editors_at_the_schema_where_it_is(
    cases: dict[str, str], capsys: Capture
) -> None:
    assert run(["init", cases["train"], cases["pass"]]) == 0
    assert not Path("skewcheck.toml").read_text().startswith("#:schema")
    capsys.readouterr()
    assert run(["schema"]) == 0
    Path("skewcheck.schema.json").write_text(capsys.readouterr().out)
    assert run(["init", cases["train"], cases["pass"], "--force"]) == 0
    first = Path("skewcheck.toml").read_text().splitlines()[0]
    assert first == "#:schema ./skewcheck.schema.json"


def test_init_follows_the_roles_it_is_given(cases: dict[str, str], capsys: Capture) -> None:
    assert run(["init", cases["train"], cases["pass"], "--label", "age"]) == 0
    assert "age is taken as label: given on the command line" in capsys.readouterr().out


@pytest.mark.parametrize(("case", "code"), [("pass", 0), ("fail", 1), ("few", 3)])
def test_a_profile_stands_for_its_data(case: str, code: int, cases: dict[str, str]) -> None:
    assert run(["profile", cases["train"], "-o", "train.profile"]) == 0
    assert run(["compare", "train.profile", cases[case], "--quiet"]) == code
    assert run(["compare", cases["train"], cases[case], "--quiet"]) == code


@pytest.mark.parametrize("given", [["--key", "request_id"], ["--key", "nmae"]])
def test_a_profile_refuses_a_column_that_the_command_line_names_and_it_lacks(
    given: list[str], cases: dict[str, str], capsys: Capture
) -> None:
    Path("skewcheck.toml").write_text('[roles]\nkey = "request_id"\n')
    assert run(["profile", cases["train"], "-o", "train.profile", *given]) == 2
    expected = f"column {given[1]!r}, given on the command line as key, is not in the data; "
    assert expected in capsys.readouterr().err and not Path("train.profile").exists()


def test_a_policy_that_names_columns_of_one_side_serves_profiles_of_both(
    cases: dict[str, str], capsys: Capture
) -> None:
    home = Path("two")
    home.mkdir()
    key = pl.Series("row", [f"t{i}" for i in range(6000)])
    train = pl.read_parquet(cases["train"]).with_columns(key, pl.Series("late", [0, 1] * 3000))
    train.write_parquet(home / "train.parquet")
    policy = '[roles]\nkey = ["row", "request_id"]\nscore = "score"\nlabel = "late"\n'
    Path("skewcheck.toml").write_text(policy)
    assert run(["profile", "two/train.parquet", "-o", "train.profile"]) == 0
    assert run(["profile", cases["pass"], "--like", "train.profile", "-o", "day.profile"]) == 0
    for sides in (
        ["train.profile", cases["pass"]],
        ["train.profile", "day.profile"],
        ["two/train.parquet", "day.profile"],
    ):
        assert run(["compare", *sides, "--quiet"]) == 0, capsys.readouterr().err
    Path("skewcheck.toml").write_text(policy.replace("request_id", "reqest_id"))
    for train_side in ("train.profile", "two/train.parquet"):
        assert run(["compare", train_side, cases["pass"], "--quiet"]) == 2
        assert "'reqest_id', given in skewcheck.toml as key" in capsys.readouterr().err


def test_a_policy_may_name_columns_that_train_alone_has_where_logs_are_paired(
    cases: dict[str, str], capsys: Capture
) -> None:
    events = [json.loads(line) for line in Path(cases["pass"], "a.jsonl").read_text().splitlines()]
    offline = [{"request_id": one["request_id"], **one["features"]} for one in events]
    pl.DataFrame(offline).write_parquet("offline.parquet")
    Path("skewcheck.toml").write_text('[roles]\nkey = "request_id"\nlabel = "late"\n')
    command = ["profile", cases["pass"], "--offline", "offline.parquet", "-o", "day.profile"]
    assert run(command) == 0, capsys.readouterr().err


def test_profiles_add_up(cases: dict[str, str], capsys: Capture) -> None:
    run(["profile", cases["train"], "-o", "a.profile"])
    run(["profile", cases["train"], "-o", "b.profile"])
    capsys.readouterr()
    assert run(["profile", "a.profile", "b.profile", "-o", "both.profile"]) == 0
    assert capsys.readouterr().err == "wrote both.profile: 12,000 rows, 3 columns\n"


def test_a_profile_does_not_replace_its_data(cases: dict[str, str], capsys: Capture) -> None:
    assert run(["profile", cases["train"], "-o", cases["train"]]) == 2
    assert "would be read as data" in capsys.readouterr().err


def test_explain_lists_every_check_and_every_cause(capsys: Capture) -> None:
    assert run(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    named = [line.split()[0] for line in lines if line.startswith("  ")]
    assert named == [*discover("skewcheck.checks"), *discover("skewcheck.causes")]


@pytest.mark.parametrize("cause", list(discover("skewcheck.causes")))
def test_explain_tells_of_a_cause_when_it_is_named(cause: str, capsys: Capture) -> None:
    assert run(["explain", cause]) == 0
    out = capsys.readouterr().out
    module = discover("skewcheck.causes")[cause]
    assert out.startswith(f"{cause}: {module.TITLE}\n") and "\nTested on " in out
    assert (module.__doc__ or "").splitlines()[0] in out


@pytest.mark.parametrize("check", list(discover("skewcheck.checks")))
def test_explain_tells_text_unit_and_limits(check: str, capsys: Capture) -> None:
    assert run(["explain", check]) == 0
    out = capsys.readouterr().out
    module = discover("skewcheck.checks")[check]
    assert module.TITLE in out and (module.__doc__ or "").splitlines()[0] in out
    assert "Limits when nothing is set: fail = " in out and f"[checks.{check}]" in out


def test_the_demo_finds_its_bugs_and_nothing_else(capsys: Capture) -> None:
    assert run(["demo", "--rows", "4000", "--html", "demo.html"]) == 0
    out, err = capsys.readouterr()
    assert out.rstrip().endswith("bugs planted; no wrong verdicts")
    assert "wrote demo.html" in err and "WRONG" not in out


def test_the_demo_keeps_its_data_on_request_and_replaces_none(capsys: Capture) -> None:
    assert run(["demo", "--rows", "500", "--folder", "kept"]) == 0
    assert Path("kept/train.parquet").exists() and list(Path("kept/shadow_logs").iterdir())
    assert run(["demo", "--rows", "500", "--folder", "kept"]) == 2
    assert "has data already" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_start_imports_nothing_heavy(argument: str) -> None:
    ask = (
        "import sys, skewcheck.cli as c\n"
        "c.run(sys.argv[1:])\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask, argument],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stdout.endswith("[]\n")


def test_the_pipeline_reads_while_scipy_is_still_loading() -> None:
    ask = "import sys, skewcheck.pipeline; print('scipy' in sys.modules)"
    command = [sys.executable, "-c", ask]
    done = subprocess.run(
        command, env=environment(), capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("command", ["compare", "profile", "init", "schema", "explain", "demo"])
def test_every_command_has_help_that_fits(command: str, capsys: Capture) -> None:
    assert run([command, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Usage: skewcheck {command}") and max(map(len, lines)) <= 100


def test_numpy_gets_one_thread_for_linear_algebra() -> None:
    tell = "c.settle_in(); print(os.environ['OPENBLAS_NUM_THREADS'])"
    command = [sys.executable, "-c", f"import os, skewcheck.cli as c; {tell}"]
    env = {k: v for k, v in environment().items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == "1\n"
