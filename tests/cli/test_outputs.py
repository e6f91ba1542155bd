"""The files that a comparison writes, and what GitHub is told."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import polars as pl
import pytest

import skewcheck
from skewcheck.cli import run
from skewcheck.cli.outputs import formats
from skewcheck.cli.streams import inert
from skewcheck.discovery import discover
from tests.cli.conftest import rows

Capture = pytest.CaptureFixture[str]
FILES = {"html": "r.html", "json": "r.json", "junit": "r.xml", "markdown": "r.md"}
ALL = [word for name, file in FILES.items() for word in (f"--{name}", file)]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the step's summary in a job of GitHub Actions."""
    summary = tmp_path / "summary.md"
    summary.write_text("# An earlier command\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def test_every_renderer_with_a_suffix_is_an_option_and_has_what_it_takes() -> None:
    modules = discover("skewcheck.render")
    assert list(formats()) == [name for name, m in modules.items() if hasattr(m, "SUFFIX")]
    assert set(formats()) == set(FILES)
    for name, what in formats().items():
        assert (modules[name].__doc__ or "").startswith(what)
        assert modules[name].INCOMPLETE.endswith("\n") and callable(modules[name].render)
        assert FILES[name].endswith(modules[name].SUFFIX)


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_what_python_saves(name: str, cases: dict[str, str]) -> None:
    assert run(["compare", cases["train"], cases["fail"], "--quiet", f"--{name}", "a"]) == 1
    result = skewcheck.compare(cases["train"], cases["fail"])
    getattr(result, f"save_{name}")("b")
    assert Path("a").stat().st_size > 500
    if name == "markdown":
        assert Path("a").read_text() == Path("b").read_text()


def test_a_failure_and_a_doubt_are_in_the_test_page(cases: dict[str, str]) -> None:
    for case, kind in (("fail", "failures"), ("few", "errors"), ("pass", "")):
        run(["compare", cases["train"], cases[case], "--quiet", "--junit", "r.xml"])
        root = fromstring(Path("r.xml").read_text())
        wrong = {name for name in ("failures", "errors") if root.get(name) != "0"}
        assert wrong == ({kind} if kind else set())


@pytest.mark.parametrize("name", FILES)
def test_a_run_that_cannot_be_done_leaves_no_old_verdict(name: str, cases: dict[str, str]) -> None:
    options = ["--quiet", f"--{name}", FILES[name]]
    run(["compare", cases["train"], cases["pass"], *options])
    assert run(["compare", "nowhere.parquet", cases["pass"], *options]) == 2
    text = Path(FILES[name]).read_text()
    assert text == discover("skewcheck.render")[name].INCOMPLETE
    assert "no verdict" in text or json.loads(text)["verdict"] is None


@pytest.mark.parametrize("name", FILES)
def test_no_output_replaces_the_data_or_another_output(
    name: str, cases: dict[str, str], capsys: Capture
) -> None:
    sides = ["compare", cases["train"], cases["pass"]]
    other = "html" if name != "html" else "junit"
    assert run([*sides, f"--{name}", cases["train"]]) == 2
    assert "would be read as data" in capsys.readouterr().err
    assert run([*sides, f"--{name}", "./x", f"--{other}", "x"]) == 2
    assert "named for two outputs" in capsys.readouterr().err
    assert not list(Path().iterdir())


@pytest.mark.parametrize("name", set(FILES) - {"json"})
def test_only_json_goes_to_standard_output(
    name: str, cases: dict[str, str], capsys: Capture
) -> None:
    assert run(["compare", cases["train"], cases["pass"], f"--{name}", "-"]) == 2
    assert f"--{name} - is not possible" in capsys.readouterr().err


def test_all_outputs_at_once(cases: dict[str, str], capsys: Capture) -> None:
    assert run(["compare", cases["train"], cases["fail"], *ALL]) == 1
    assert capsys.readouterr().err == "".join(f"wrote {file}\n" for file in FILES.values())


def test_in_a_job_there_are_annotations_and_a_summary(
    actions: Path, cases: dict[str, str], capsys: Capture
) -> None:
    assert run(["compare", cases["train"], cases["fail"], "--quiet", "--github"]) == 1
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first.startswith("::error title=skewcheck::FAIL: 1 of 3 columns")
    assert second.startswith("::error title=skewcheck%3A income fail::") and not err
    assert actions.read_text().startswith("# An earlier command\n**skewcheck: FAIL.**")


def test_annotations_stay_out_of_json(
    actions: Path, cases: dict[str, str], capsys: Capture
) -> None:
    run(["compare", cases["train"], cases["fail"], "--json", "-", "--github"])
    out, err = capsys.readouterr()
    assert json.loads(out)["verdict"] == "fail" and err.startswith("::error title=skewcheck::")


def test_outside_of_a_job_nothing_is_annotated_and_the_verdict_stands(
    cases: dict[str, str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    assert run(["compare", cases["train"], cases["pass"], "--quiet", "--github"]) == 0
    out, err = capsys.readouterr()
    assert not out and err.startswith("--github: this is no job of GitHub Actions")
    assert not Path("summary.md").exists()


def test_a_summary_that_cannot_be_written_is_not_a_pass(
    actions: Path, cases: dict[str, str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder.md")
    for case, code in (("pass", 2), ("fail", 1)):
        assert run(["compare", cases["train"], cases[case], "--quiet", "--github"]) == code
        assert "error: no/such/folder.md: the summary cannot" in capsys.readouterr().err
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert run(["compare", cases["train"], cases["pass"], "--quiet", "--github"]) == 0
    assert "no summary of the step" in capsys.readouterr().err


def test_a_columns_name_gives_the_runner_no_command(actions: Path, capsys: Capture) -> None:
    """The runner obeys ``::x::`` at the start of a line, and ``##[x]`` anywhere in it."""
    evil = ("::add-mask::pass", "##[add-mask]pass", "##[error]" * 9, "::error::" * 9)
    train = rows(3000, 1).rename({"age": evil[0], "purpose": evil[1]})
    train = train.with_columns(**{evil[2]: pl.lit("a"), evil[3]: pl.lit("a")})
    train.write_parquet("train.parquet")
    train.with_columns(**{name: pl.lit("b") for name in evil}).write_parquet("log.parquet")
    run(["compare", "train.parquet", "log.parquet", "-v", "--key", "::error::x"])
    run(["compare", "train.parquet", "log.parquet", "-v"])
    run(["compare", "train.parquet", "##[error]nowhere"])
    out, err = capsys.readouterr()
    assert "add-mask" in out and "error" in err
    for line in (out + err).splitlines():
        assert not line.lstrip().startswith("::") and "##[" not in line


def test_text_is_as_it_is_where_no_runner_reads() -> None:
    assert inert("::error::x ##[error]") == "::error::x ##[error]"
