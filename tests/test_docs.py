"""What the documents say is what the code does."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from skewcheck import Config
from skewcheck.cli import run
from skewcheck.config import parse
from skewcheck.discovery import discover
from skewcheck.manifest import Origin
from skewcheck.pairing.column import SAMPLE
from skewcheck.pairing.spelling import REPAIRS
from skewcheck.policy import MODES
from skewcheck.replay.rerun import PERMUTED
from skewcheck.result import Result

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


READINESS = (ROOT / "docs" / "readiness.md").read_text("utf-8")
PARITY = (ROOT / "docs" / "row-parity.md").read_text("utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    """Return the fenced blocks of a page, of the README by default, in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, an empty one beside the fixtures."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def arguments(command: str) -> list[str]:
    """Return what a line of shell gives to skewcheck."""
    name, *words = shlex.split(command.replace("\\\n", " "))
    assert name == "skewcheck"
    return words


def test_the_page_of_checks_is_what_the_checks_say() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_checks.py"))["page"]
    text = (ROOT / "docs" / "checks.md").read_text("utf-8")
    assert text == page(), "run: python docs/make_checks.py"


def test_the_page_of_causes_is_what_the_causes_say() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_causes.py"))["page"]
    text = (ROOT / "docs" / "causes.md").read_text("utf-8")
    assert text == page(), "run: python docs/make_causes.py"


def test_the_main_line_of_the_readme_exits_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(blocks("bash")[0])
    arguments = words[words.index(".venv/bin/skewcheck") + 1 :]
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    assert "exits with 1" in README
    assert run(arguments) == 1
    assert "fail" in capsys.readouterr().out.lower()
    assert (tmp_path / "report.html").stat().st_size > 0


def test_the_python_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    result = names["result"]
    assert isinstance(result, Result)
    assert result.verdict == "fail"
    assert (tmp_path / "report.html").stat().st_size > 0


@pytest.mark.usefixtures("here")
def test_the_readme_shows_the_first_lines_that_the_offline_run_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command, shown = blocks("bash", README.split("<!-- why -->")[1])[0], blocks("text")[0]
    assert run(arguments(command)) == 1
    printed = capsys.readouterr().out
    assert len(shown.splitlines()) > 10
    assert printed.startswith(shown), "copy the first lines again"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", blocks("bash", PARITY))
def test_every_command_of_the_page_on_row_parity_runs(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = arguments(command)
    assert run(words) == (1 if words[0] == "compare" else 0)
    assert capsys.readouterr().out.startswith("FAIL: " if words[0] == "compare" else words[1])


@pytest.mark.usefixtures("here")
def test_the_python_example_of_the_page_on_row_parity_names_the_planted_bugs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exec(blocks("python", PARITY)[0], {})
    named = dict(line.split()[:2] for line in capsys.readouterr().out.splitlines())
    assert named == {
        "distance_miles": "factor",
        "dep_hour": "hour_shift",
        "origin_delay_60m": "constant",
        "seats": "number_as_text",
        "carrier": "case",
        "pressure": "filled",
    }


def test_the_policy_file_of_the_page_on_row_parity_is_one() -> None:
    config = parse(blocks("toml", PARITY)[0], "skewcheck.toml")
    assert config.pairing.repairs == ("type", "padding")
    assert config.pairing.absolute == {"distance_miles": 0.5}
    assert config.pairing.relative == {None: 1e-6}


def test_the_page_on_row_parity_names_every_repair_and_no_other() -> None:
    named = re.findall(r"^\| `--repair-key (\w+)`", PARITY, re.M)
    assert sorted(named) == sorted(REPAIRS)


def test_the_page_on_row_parity_says_how_many_pairs_causes_are_tested_on() -> None:
    assert f"more than {SAMPLE:,} differ" in PARITY
    assert f"all {SAMPLE:,} differing rows tested" in PARITY


def test_the_policy_file_of_the_readme_is_a_policy_file() -> None:
    beyond, config = (parse(block, "skewcheck.toml") for block in blocks("toml"))
    assert isinstance(config, Config)
    assert beyond.policy.decisions is not None and beyond.policy.latency.asked
    assert set(beyond.policy.manifest.features) == {"income", "bureau_score"}
    assert config.policy.checks["ks"].fail == 0.05
    assert config.policy.checks["ks"].warn is None
    assert config.policy.columns["income"]["divergence"].fail == 0.2
    assert config.pairing.offline == "offline.parquet"
    assert config.pairing.absolute == {"income": 0.01}


def test_the_speed_table_of_the_readme_was_measured() -> None:
    table = README.split("<!-- speed -->\n")[1].split("<!-- /speed -->")[0]
    assert table, "run: python benchmarks/run.py --quote README.md"
    assert table in (ROOT / "benchmarks" / "results.md").read_text("utf-8")


@pytest.mark.parametrize("folder", ["docs", "."])
def test_links_lead_to_files_that_exist(folder: str) -> None:
    for page in (ROOT / folder).glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_module_of_the_house_is_on_its_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    for name in " | ".join(layers).split(" | "):
        assert f"`{name}`" in page, name


def test_every_dependency_has_an_exact_version_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line) for line in lines)
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["test"], *extras["lint"]]
    assert {re.split(r"[<>=]", name)[0] for name in wanted} <= pinned


@pytest.mark.parametrize("kind", ["checks", "causes"])
def test_every_check_and_cause_has_a_manual_page(kind: str) -> None:
    for name, module in discover(f"skewcheck.{kind}").items():
        assert len((module.__doc__ or "").splitlines()) > 2, name


def test_the_policy_files_of_the_page_on_readiness_are_ones() -> None:
    manifest, champion = (parse(b, "skewcheck.toml").policy for b in blocks("toml", READINESS))
    assert manifest.manifest.frozen and manifest.manifest.origin is Origin.PERMUTATION
    assert manifest.manifest.features["income"].max_age == 86400
    assert champion.decisions is not None and champion.decisions.champion
    assert champion.checks["disagreement"].fail == 0.05


def test_the_page_on_readiness_names_every_failure_mode_and_origin_of_importance() -> None:
    assert re.findall(r"^\| `(\w+)`", READINESS, re.M) == list(MODES)
    assert all(str(origin) in READINESS for origin in Origin)
    assert f"{PERMUTED:,} rows of train" in READINESS
