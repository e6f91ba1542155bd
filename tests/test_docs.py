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
from skewcheck.result import Result

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def test_the_page_of_checks_is_what_the_checks_say() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_checks.py"))["page"]
    text = (ROOT / "docs" / "checks.md").read_text("utf-8")
    assert text == page(), "run: python docs/make_checks.py"


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


def test_the_policy_file_of_the_readme_is_a_policy_file() -> None:
    config = parse(blocks("toml")[0], "skewcheck.toml")
    assert isinstance(config, Config)
    assert config.policy.checks["ks"].fail == 0.05
    assert config.policy.checks["ks"].warn is None
    assert config.policy.columns["income"]["divergence"].fail == 0.2


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


def test_every_check_has_a_manual_page() -> None:
    for name, check in discover("skewcheck.checks").items():
        assert len((check.__doc__ or "").splitlines()) > 2, name
