"""The JSON Schema of the policy file takes what the loader takes and refuses what it refuses."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from skewcheck.cli import run
from skewcheck.config import FILE, ROLES, parse, shapes
from skewcheck.config.file import File
from skewcheck.config.roles import RolesTable
from skewcheck.config.schema import schema
from skewcheck.config.template import quoted
from skewcheck.errors import ConfigError
from skewcheck.pairing.spelling import REPAIRS
from skewcheck.statistics.sequential import NIGHTS
from tests.test_docs import ROOT, blocks

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TOML = [(page.name, block) for page in PAGES for block in blocks("toml", page.read_text("utf-8"))]


def plain(value: Any) -> Any:
    """Return a TOML value as JSON has it: days become texts."""
    if isinstance(value, dict):
        return {key: plain(content) for key, content in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def valid(text: str) -> bool:
    return not list(VALIDATOR.iter_errors(plain(tomllib.loads(text))))


def loads(text: str) -> bool:
    try:
        parse(text, FILE)
    except ConfigError:
        return False
    return True


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_nothing_but_words_stands_beside_a_reference() -> None:
    # Taplo, and all that know drafts up to 7 only, would not see it.
    for table in (SCHEMA, *SCHEMA["$defs"].values()):
        for about in table.get("properties", {}).values():
            assert "$ref" not in about or about.keys() <= {"$ref", "description"}


def test_the_page_and_the_schema_are_what_the_types_say() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_policy.py"))
    for path, text in ((made["PAGE"], made["page"]()), (made["FILE"], made["text"]())):
        assert path.read_text("utf-8") == text, "run: python docs/make_policy.py"


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


def test_a_key_without_a_meaning_cannot_be_told() -> None:
    make = runpy.run_path(str(ROOT / "docs" / "make_policy.py"))["_row"]
    with pytest.raises(KeyError, match="description"):
        make("key", {"type": "string"}, False)


def test_the_page_has_every_key() -> None:
    page = (ROOT / "docs" / "policy.md").read_text("utf-8")
    for key, about in paths(SCHEMA):
        if referred(about) is None and "items" not in about:
            assert f"| `{key.rpartition('.')[2]}` |" in page, key


@pytest.mark.parametrize(("page", "block"), TOML)
def test_every_policy_of_the_documents_is_valid_and_loads(page: str, block: str) -> None:
    file = tomllib.loads(block)
    own = file.get("tool", {}).get("skewcheck", file)
    assert not [*VALIDATOR.iter_errors(plain(own))], page
    parse(block, "pyproject.toml" if "tool" in file else FILE)


LAYER = "[decisions]\nthreshold = 0.5\n"
WRONG = [
    "lvel = 0.1",
    "level = 0.5",
    "level = 0",
    "level = true",
    "level = 'low'",
    "train = ['a']",
    "serve = [1]",
    "history = 1",
    "fold_after = 90",
    "labels = []",
    "checks = []",
    "[checks.kss]",
    "[checks.ks]\nfial = 1",
    "[checks.ks]\nfail = -0.1",
    "[checks.ks]\nfail = true",
    "[checks.ks]\nwarn = '5 %'",
    "[checks]\nks = 0.1",
    "columns = 'a'",
    "[columns]\na = 1",
    "[columns.a]\nrole = 'keys'",
    "[columns.a]\nrole = 7",
    f"{LAYER}[value]\nunit = 7",
    f"{LAYER}[value]\nunit = 'EUR'",
    f"{LAYER}[value]\ntp = 1",
    f"{LAYER}[value]\ntp = true\nfp = 1\ntn = 1\nfn = 1",
    f"{LAYER}[value]\ntp = 1\nfp = 1\ntn = 1\nfn = 1\ndecisions.above = 1",
    f"{LAYER}[value.decisions]\nabove = '2 *'\nbelow = 0",
    f"{LAYER}[value.decisions]\nabove = '2 * 3 * a'\nbelow = 0",
    f"{LAYER}[value.decisions]\nabove = {{ yes = 1 }}\nbelow = 0",
    f"{LAYER}[value.decisions]\nabove = {{ yes = 1, no = 2, perhaps = 3 }}\nbelow = 0",
    "[columns.a]\nprivate = 1",
    "[columns.a]\nabs_tol = -1",
    "[columns.a.ks]\nfail = 1",
    "[columns.a.checks.kss]",
    "[columns.a.checks.ks]\nfail = 'x'",
    "[roles]\nkye = 'id'",
    "[roles]\nignored = 'id'",
    "[roles]\nkey = 5",
    "[roles]\nkey = ['a', 5]",
    "pairing = 5",
    "[pairing]\nabs_tol = -1",
    "[pairing]\nrel_tol = true",
    "[pairing]\ntolerance = 'soon'",
    "[pairing]\ntolerance = 5",
    "[pairing]\nrepair_key = 5",
    "[pairing]\nrepair_key = ['uid']",
    "[pairing]\ntolerance = ''",
    "[replay]\nmodel = 'm'\npredict = 'a:b'",
    "[replay]\nmodel = 1",
    "[replay]\nfeatures = 1",
    "[readiness]\ndemand = 'skw'",
    "[readiness]\ndemand = ['skew', 'skw']",
    "[decisions]\nscore = 'p'",
    "[decisions]\nrate = 0.1\ntop = 5",
    "[decisions]\nrate = 1",
    "[decisions]\ntop = 0",
    "[decisions]\ntop = 1.5",
    "[decisions]\nthreshold = 'x'",
    "[decisions]\nthreshold = 0.5\napproval_rate = 0",
    "[decisions]\nthreshold = 0.5\napprove = 1",
    "[latency]\nbudget = 'soon'",
    "[latency]\nbudget = '5 parsecs'",
    "[latency]\nbudget = 0",
    "[latency]\nshare = 0.9",
    "[latency]\nbudget = 1\nshare = 1",
    "[latency]\nbudget = 1\nunit = 'min'",
    "[latency]\nbudget = 1\nunit = []",
    "[latency]\nbudget = 1\ncolumn = 1",
    "[latency.columns.a]\nshare = 0.9",
    "[latency.columns.a]\nbudget = 5\nshare = 2",
    "[manifest]\nfrozen = 1",
    "[manifest]\nimportance = 1",
    "[features]\na = 1",
    "[features.a]\nimportance = -1",
    "[features.a]\neffort = 'much'",
    "[features.a]\nstatus = 'dead'",
    "[features.a]\nfallback = true",
    "[features.a]\nowner = 5",
    "[features.a]\nmax_age = 'old'",
    "[looks]\nfalse_alarms_per_year = 0",
    f"[looks]\nfalse_alarms_per_year = {NIGHTS}",
    "[looks]\neach_night = 1",
    "[dependence]\nestimate = 'yes'",
    "[dependence]\ndesign_effect = 0.5",
    "[gate]\nnight = 1",
    "[gate]\nnights = -1",
    "[gate]\nrows = 1.5",
    "[gate]\nfresh = '36'",
    "[gate]\nshrink = 1.1",
    "[gate]\nbaseline = 5",
    "[waivers]\ncolumn = 'a'",
    "[[waivers]]\ncolumn = 'a'",
    "[[waivers]]\ncolumn = 'a'\nreason = 'r'\nowner = 'o'\nuntil = 'soon'",
    "[[waivers]]\ncolumn = 'a'\nreason = 1\nowner = 'o'\nuntil = 2030-01-01",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_the_loader_refuses_is_not_valid(text: str) -> None:
    assert not loads(text) and not valid(text)


@pytest.mark.parametrize("table", sorted(File.__struct_fields__))
def test_every_table_has_a_wrong_file_above(table: str) -> None:
    assert any(re.search(rf"^(\[\[?)?{table}\b", text, re.MULTILINE) for text in WRONG)


BEYOND = [
    "fold_after = '1m'",  # less than a week
    "[checks.ks]\nfail = 0.1\nwarn = 0.2",  # two keys held against each other
    "[roles]\nkey = 'a'\ntime = 'a'",  # a column with two roles
    "[decisions]\nbands = 'low'",  # a language of its own
    "[decisions]\nthreshold = 0.5\napprove = 'yes'",
    "[manifest]\nfrozen = true",
    "[value]\ntp = 1\nfp = 1\ntn = 1\nfn = 1",
    f"{LAYER}[value.decisions]\nabove = 1",
    f"{LAYER}[value.decisions]\nabove = 1\nbelow = 1\nbeside = 1",
    "[manifest]\nimportance = 'none.csv'",
]


@pytest.mark.parametrize("text", BEYOND)
def test_the_loader_alone_sees_what_takes_more_than_one_key(text: str) -> None:
    assert not loads(text) and valid(text)


def paths(table: dict[str, Any], name: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return every key of the schema with a TOML table that may hold it."""
    found: list[tuple[str, dict[str, Any]]] = []
    for key, about in table.get("properties", {}).items():
        found.append((f"{name}.{key}".lstrip("."), about))
        below = referred(about)
        if below is not None and "check" not in key:
            column = ".x" if "additionalProperties" in about else ""
            found += paths(below, f"{name}.{key}{column}".lstrip("."))
    return found


def referred(about: dict[str, Any]) -> dict[str, Any] | None:
    reference = about.get("$ref") or (about.get("additionalProperties") or {}).get("$ref", "")
    found: dict[str, Any] | None = SCHEMA["$defs"].get(reference.rpartition("/")[2])
    return found


KEYS = sorted(dict(paths(SCHEMA)))
VALUES = st.one_of(
    st.booleans().map(lambda x: str(x).lower()),
    st.integers(-3, 400).map(str),
    st.floats(-2, 2).filter(lambda x: not x.is_integer()).map(repr),
    st.sampled_from(["1m", "5 s", "skew", "live", "ms", "key", "uuid", "", "150ms", "x y"]).map(
        quoted
    ),
    st.just("[]"),
    st.just("['case', 'type']"),
    st.just("['skew']"),
    st.just("{}"),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KEYS), VALUES)
def test_schema_and_loader_agree_about_any_key_and_value(key: str, value: str) -> None:
    text = f"{key} = {value}"
    if key.startswith(
        (
            "decisions.bands",
            "decisions.approve",
            "manifest.",
            "waivers",
            "value.decisions",
            "fold_after",
        )
    ):
        return
    assert loads(text) == valid(text), text


def test_the_types_list_what_the_loader_can_read() -> None:
    assert set(RolesTable.__struct_fields__) == ROLES.keys()
    assert set(shapes.REPAIRS) == set(REPAIRS)


def written(about: dict[str, Any]) -> str:
    default = about["default"]
    return quoted(default) if isinstance(default, str) else str(default).lower()


DEFAULTS = [(key, about) for key, about in paths(SCHEMA) if "default" in about]


@pytest.mark.parametrize(("key", "about"), DEFAULTS)
def test_a_default_that_is_told_is_the_one_in_force(key: str, about: dict[str, Any]) -> None:
    if key == "pairing.rel_tol":
        from skewcheck.statistics.agreement import RELATIVE

        assert about["default"] == RELATIVE
        return
    beside = {"latency.share": "latency.budget = 5\n", "features": ""}.get(key, "")
    above = key.rpartition(".")[0]
    empty = f"[{above}]" if above.endswith(".x") else ""
    assert parse(f"{beside}{key} = {written(about)}", FILE) == parse(beside or empty, FILE)


def test_every_key_has_a_meaning() -> None:
    for key, about in paths(SCHEMA):
        below = referred(about) or referred(about.get("items", {}))
        assert about.get("description") or (below or {}).get("description"), key
