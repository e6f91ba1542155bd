"""The policy file: what it may say, and how each mistake is named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given as property_of
from hypothesis import settings
from hypothesis import strategies as st

from skewcheck.config import Config, load, parse
from skewcheck.config.template import quoted, render_config
from skewcheck.discovery import discover
from skewcheck.errors import ConfigError, UsageError
from skewcheck.pairing.request import Request
from skewcheck.policy import Policy, Rule
from skewcheck.schema import Column, Role, Schema
from skewcheck.span import duration

RULES = {name: module.RULE for name, module in discover("skewcheck.checks").items()}
CHECK, OTHER = "ks", "null_rate"
FILE = "skewcheck.toml"


def refused(text: str, origin: str = FILE) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, origin)
    return str(caught.value)


def test_an_empty_file_means_the_defaults() -> None:
    assert parse("", FILE) == Config(origin=FILE)
    assert Config().policy == Policy() and Config().level == 0.05


def test_a_file_sets_level_limits_roles_and_paths() -> None:
    config = parse(
        f"""
        level = 0.01
        train = "train.parquet"
        serve = ["monday", "tuesday"]
        [roles]
        key = "request_id"
        score = ["score", "risk"]
        ignore = ["comment"]
        [checks.{CHECK}]
        fail = 0.25
        warn = false
        [columns.income.checks.{CHECK}]
        fail = 0.05
        [columns.debt]
        role = "feature"
        """,
        FILE,
        Path("models"),
    )
    assert config.level == 0.01
    assert (config.train, config.serve) == (
        "models/train.parquet",
        ("models/monday", "models/tuesday"),
    )
    assert config.policy.rule(CHECK, "age", RULES[CHECK]) == Rule(fail=0.25, warn=None)
    assert config.policy.rule(CHECK, "income", RULES[CHECK]) == Rule(fail=0.05, warn=None)
    assert config.policy.rule(OTHER, "income", RULES[OTHER]) == RULES[OTHER]
    roles = {column.name: column.role for column in config.roles.values()}
    assert roles == {
        "request_id": Role.KEY,
        "score": Role.SCORE,
        "risk": Role.SCORE,
        "comment": Role.IGNORED,
        "debt": Role.FEATURE,
    }
    assert config.roles["risk"].reason == "given in skewcheck.toml"


def test_a_limit_that_is_not_set_stays_the_default() -> None:
    rule = parse(f"[checks.{CHECK}]\nwarn = false", FILE).policy.checks[CHECK]
    assert rule == Rule(fail=RULES[CHECK].fail, warn=None)


def test_a_limit_may_be_a_whole_number_or_zero() -> None:
    rules = parse(f"[checks.{CHECK}]\nfail = 1\nwarn = 0", FILE).policy.checks
    assert rules[CHECK] == Rule(fail=1.0, warn=0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lvel = 0.1", "unknown key 'lvel'; did you mean 'level'?"),
        (f"[checks.{CHECK}s]", f"unknown key 'checks.{CHECK}s'; did you mean 'checks.{CHECK}'?"),
        (f"[checks.{CHECK}]\nfial = 1", f"did you mean 'checks.{CHECK}.fail'?"),
        ("[pairing]\nofline = 'x'", "'pairing.ofline'; did you mean 'pairing.offline'?"),
        ("[pairing]\nabstol = 1", "'pairing.abstol'; did you mean 'pairing.abs_tol'?"),
        ("[columns.a]\nrel_tl = 1", "'columns.a.rel_tl'; did you mean 'columns.a.rel_tol'?"),
        ("[roles]\nkye = 'id'", "unknown key 'roles.kye'; did you mean 'roles.key'?"),
        ("[roles]\nignored = 'id'", "unknown key 'roles.ignored'; did you mean 'roles.ignore'?"),
        ("[columns.a]\nrol = 'key'", "unknown key 'columns.a.rol'; did you mean 'columns.a.role'?"),
        ("[columns.a]\nrole = 'keys'", "'columns.a.role' is 'keys'; did you mean 'key'?"),
        ("[columns.a]\nrole = 7", "'columns.a.role' is 7; known are feature, score, decision, key"),
        (f"[columns.a.{CHECK}]\nfail = 1", f"did you mean 'columns.a.checks.{CHECK}'?"),
        (f"[columns.a.checks.{CHECK}s]", f"did you mean 'columns.a.checks.{CHECK}'?"),
        (
            "zzz = 1",
            "unknown key 'zzz'; known are level, train, serve, ",
        ),
    ],
)
def test_an_unknown_word_is_an_error_with_the_nearest_one(text: str, message: str) -> None:
    assert refused(text).startswith(f"{FILE}: ")
    assert message in refused(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("level = 0.5", "'level' is 0.5; expected a number between 0 and 0.5"),
        ("level = 0", "'level' is 0; expected a number between 0 and 0.5"),
        ("level = nan", "'level' is nan; expected a number between 0 and 0.5"),
        ("level = true", "'level' is true; expected a number between 0 and 0.5"),
        ("level = 'low'", "'level' is 'low'; expected a number between 0 and 0.5"),
        (
            f"[checks.{CHECK}]\nfail = -0.1",
            f"'checks.{CHECK}.fail' is -0.1; expected a number from 0",
        ),
        (f"[checks.{CHECK}]\nfail = inf", "is inf; expected a number from 0 on, or false"),
        (f"[checks.{CHECK}]\nfail = nan", "is nan; expected a number from 0 on, or false"),
        (f"[checks.{CHECK}]\nfail = true", "is true; expected a number from 0 on, or false"),
        (f"[checks.{CHECK}]\nwarn = '5 %'", "is '5 %'; expected a number from 0 on, or false"),
        (f"[checks.{CHECK}]\nfail = 0.1\nwarn = 0.2", "is 0.2, past its fail limit 0.1"),
        (f"[checks]\n{CHECK} = 0.1", f"'checks.{CHECK}' is 0.1; expected a table of keys"),
        ("checks = []", "'checks' is a list; expected a table of keys"),
        ("columns = 'a'", "'columns' is 'a'; expected a table of keys"),
        ("[columns]\na = 1", "'columns.a' is 1; expected a table of keys"),
        ("[roles]\nkey = 5", "'roles.key' is 5; expected a name or a list of names"),
        ("[roles]\nkey = ['a', 5]", "'roles.key' is a list; expected a name or a list of names"),
        ("[pairing]\nabs_tol = -1", "'pairing.abs_tol' is -1; expected a number from 0 on"),
        ("[pairing]\nrel_tol = nan", "'pairing.rel_tol' is nan; expected a number from 0 on"),
        ("[pairing]\nrel_tol = true", "'pairing.rel_tol' is true; expected a number from 0 on"),
        ("[columns.a]\nabs_tol = inf", "'columns.a.abs_tol' is inf; expected a number from 0"),
        ("[pairing]\ntolerance = 'soon'", "'pairing.tolerance' is 'soon' is no span of time"),
        ("[pairing]\ntolerance = 5", "'pairing.tolerance' is 5; expected a span of time such as"),
        ("[pairing]\noffline = 5", "'pairing.offline' is 5; expected a path"),
        ("[pairing]\nas_of = 5", "'pairing.as_of' is 5; expected a column"),
        ("[pairing]\nrepair_key = 5", "'pairing.repair_key' is 5; expected a name or a list"),
        ("pairing = 5", "'pairing' is 5; expected a table of keys"),
        ("train = ['a']", "'train' is a list; expected a path"),
        ("[roles]\nkey = 'a'\ntime = 'a'", "column 'a' is given as key and as time"),
        (
            "[roles]\nkey = 'a'\n[columns.a]\nrole = 'time'",
            "column 'a' is given as key and as time",
        ),
    ],
)
def test_a_value_that_cannot_be_is_an_error_with_its_key(text: str, message: str) -> None:
    assert refused(text).startswith(f"{FILE}: ")
    assert message in refused(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [("level = 0.1\n[roles\n", 2), ("a = 1\nb = 2\na = 3", 3), ("x = 'open", 1), ("\n\n= 4", 3)],
)
def test_broken_toml_is_an_error_with_its_line(text: str, line: int) -> None:
    assert refused(text).startswith(f"{FILE}:{line}: broken TOML, ")


@settings(max_examples=80, deadline=None)
@property_of(st.text(max_size=40))
def test_no_text_at_all_is_more_than_a_one_line_error(text: str) -> None:
    try:
        parse(text, FILE)
    except ConfigError as error:
        assert str(error).startswith(FILE)


def test_pyproject_is_read_at_its_table_and_named_in_errors(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text("[project]\nname = 'x'\n[tool.skewcheck]\nlevel = 0.2\n")
    assert load(folder=tmp_path).level == 0.2
    project.write_text("[tool.skewcheck]\nlevle = 0.2\n")
    with pytest.raises(ConfigError, match=r"unknown key 'tool\.skewcheck\.levle'; did you mean"):
        load(folder=tmp_path)


def test_the_file_is_looked_for_in_order(tmp_path: Path) -> None:
    assert load(folder=tmp_path) == Config()
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nlevel = 9\n")
    assert load(folder=tmp_path) == Config()
    (tmp_path / "pyproject.toml").write_text("[tool.skewcheck.checks]\n")
    assert load(folder=tmp_path).origin == str(tmp_path / "pyproject.toml")
    (tmp_path / "skewcheck.toml").write_text("level = 0.02")
    assert load(folder=tmp_path).level == 0.02
    other = tmp_path / "other.toml"
    other.write_text("level = 0.03")
    assert load(other, tmp_path).level == 0.03


def test_a_file_that_was_named_must_be_there_and_be_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read \(No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"level = \xff")
    with pytest.raises(ConfigError, match=r"bad\.toml: not UTF-8 at byte 8"):
        load(tmp_path / "bad.toml")


def test_limits_of_a_column_that_is_on_neither_side_are_an_error() -> None:
    config = parse(f"[columns.incme.checks.{CHECK}]\nfail = 0.1", FILE)
    config.refuse_unknown_columns(["incme"])
    with pytest.raises(ConfigError, match=r"'columns\.incme'; did you mean 'columns\.income'"):
        config.refuse_unknown_columns(["age", "income"])


SCHEMA = Schema(
    {
        name: Column(name, role, reason)
        for name, role, reason in (
            ("age", Role.FEATURE, "default"),
            ("request_id", Role.KEY, "named request_id; 9 of 9 values differ"),
            ('we"ird\n[x] = \x1b', Role.IGNORED, "an id beside\nthe key"),
        )
    }
)
CHECKS = {name: (name, "share", rule) for name, rule in RULES.items()}


def test_a_file_says_how_rows_are_paired() -> None:
    config = parse(
        """
        [pairing]
        offline = "replay.parquet"
        as_of = "snapshot"
        tolerance = "5m"
        repair_key = ["case", "padding"]
        abs_tol = 0.5
        rel_tol = 0
        [columns.income]
        abs_tol = 2
        [columns.rate]
        rel_tol = 1e-3
        """,
        FILE,
        Path("models"),
    )
    assert config.pairing == Request(
        offline="models/replay.parquet",
        as_of="snapshot",
        tolerance=300.0,
        repairs=("case", "padding"),
        absolute={None: 0.5, "income": 2.0},
        relative={None: 0.0, "rate": 1e-3},
    )


def test_one_repair_may_stand_alone_and_no_pairing_is_the_default() -> None:
    assert parse("[pairing]\nrepair_key = 'uuid'", FILE).pairing.repairs == ("uuid",)
    assert parse("[pairing]", FILE).pairing == Request()


def test_what_is_asked_for_wins_over_the_file_and_tolerances_add_up() -> None:
    below = Request("a", "at", 60.0, ("case",), {None: 1.0, "x": 2.0}, {"y": 0.1})
    assert Request().over(below) == below
    above = Request("b", None, 5.0, ("type",), {"x": 3.0}, {None: 0.2})
    assert above.over(below) == Request(
        "b", "at", 5.0, ("type",), {None: 1.0, "x": 3.0}, {"y": 0.1, None: 0.2}
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("1.5 h", 5400), (" 2d ", 172_800), ("1w", 604_800), ("0s", 0)],
)
def test_a_span_of_time_is_read_in_seconds(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 minutes", "5M", "1h30m", "1e3s"])
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no span of time; give a number and s, m, h, d or w"):
        duration(text)


def test_tolerances_of_a_column_that_is_on_neither_side_are_an_error() -> None:
    config = parse("[columns.incme]\nabs_tol = 1", FILE)
    with pytest.raises(ConfigError, match=r"unknown key 'columns\.incme'; did you mean"):
        config.refuse_unknown_columns(["income"])
    parse("[pairing]\nabs_tol = 1", FILE).refuse_unknown_columns(["income"])


def test_a_written_file_reads_back_as_what_was_guessed_and_the_defaults() -> None:
    text = render_config(SCHEMA, CHECKS, train="t.parquet", serve=["logs"])
    config = parse(text, FILE)
    assert config.policy == Policy()
    assert (config.train, config.serve) == ("t.parquet", ("logs",))
    assert {n: c.role for n, c in config.roles.items()} == {
        "request_id": Role.KEY,
        'we"ird\n[x] = \x1b': Role.IGNORED,
    }


def test_a_written_file_says_why_each_role_was_guessed() -> None:
    text = render_config(SCHEMA, CHECKS)
    assert '# request_id: named request_id; 9 of 9 values differ\nkey = ["request_id"]' in text
    assert "\x1b" not in text


def test_the_default_limits_are_there_to_uncomment() -> None:
    text = render_config(SCHEMA, CHECKS)
    commented = text[text.index(f"# [checks.{CHECK}]") :].splitlines()[:3]
    opened = "\n".join(line.removeprefix("# ") for line in commented)
    assert parse(opened, FILE).policy.checks == {CHECK: RULES[CHECK]}


@settings(max_examples=200)
@property_of(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_survives_quoting(name: str) -> None:
    assert tomllib.loads(f"a = {quoted(name)}")["a"] == name


def test_the_age_at_which_nights_are_folded_is_read() -> None:
    assert parse("", FILE).fold_after == 45 * 86_400.0
    assert parse("fold_after = '8w'", FILE).fold_after == 56 * 86_400.0
    assert parse("fold_after = false", FILE).fold_after is None


@pytest.mark.parametrize("age", ["'6d'", "'soon'", "90", "true"])
def test_a_mistake_about_folding_is_named(age: str) -> None:
    with pytest.raises(ConfigError, match=f"'fold_after' is {age}; expected a span of time"):
        parse(f"fold_after = {age}", FILE)
