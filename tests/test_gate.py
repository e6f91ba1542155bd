"""The gate: every demand met and not met, waivers, and that nothing missing is ever a pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck.cli import run
from skewcheck.config import parse
from skewcheck.errors import ConfigError
from skewcheck.gate import Gate, Night, gate
from skewcheck.gating import Demands, Waiver
from skewcheck.history import findings, newest, read_folder
from skewcheck.policy import Policy

START = datetime(2026, 3, 1)
NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)
ROWS = 4000
TODAY = NOW.date()


def log(night: int, *, shift: float = 0.0, rows: int = ROWS, version: str = "v3") -> pl.DataFrame:
    chance = np.random.default_rng(night)
    first = START + timedelta(days=night)
    return pl.DataFrame(
        {
            "x": chance.normal(size=rows) + shift,
            "y": chance.normal(size=rows),
            "timestamp": [first + timedelta(seconds=20 * n) for n in range(rows)],
            "model_version": [version] * rows,
        }
    )


def train(rows: int = 40_000) -> pl.DataFrame:
    chance = np.random.default_rng(99)
    return pl.DataFrame({"x": chance.normal(size=rows), "y": chance.normal(size=rows)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history of three nights in order."""
    made = tmp_path_factory.mktemp("gate") / "history"
    config = parse("[looks]\neach_night = false", "skewcheck.toml")
    for night in range(3):
        skewcheck.compare(train(), log(night), time="timestamp", history=made, policy=config)
    return made


@pytest.fixture(scope="module")
def nights(folder: Path) -> list[Night]:
    held = read_folder(folder)
    return [Night(r, findings(r)) for r in newest(held.runs)]


def asked(seen: list[Night], waivers: tuple[Waiver, ...] = (), **demands: Any) -> Gate:
    return gate(seen, Demands(**demands), waivers=waivers, now=NOW)


def failed(nights: list[Night], column: str = "x", check: str = "ks") -> list[Night]:
    """Return the nights with one finding of the last one failing."""
    last = nights[-1]
    outcome = type(last.run.outcome)("fail")
    broken = [
        replace(f, outcome=outcome) if (f.column, f.check) == (column, check) else f
        for f in last.findings
    ]
    return [*nights[:-1], Night(replace(last.run, outcome=outcome), broken)]


def test_nights_in_order_open_the_gate(nights: list[Night]) -> None:
    found = asked(nights, nights=3, rows=3 * ROWS, days=3, fresh=36 * 3600.0, model_version="v3")
    assert [str(c.outcome) for c in found.conditions if str(c.outcome) != "pass"] == []
    assert found.exit_code == 0
    assert found.sentence == "GATE PASS: shadow mode may be turned off"


@pytest.mark.parametrize(
    ("demands", "name", "code"),
    [
        ({"nights": 4}, "nights", 3),
        ({"nights": 3, "rows": 3 * ROWS + 1}, "rows", 3),
        ({"nights": 3, "days": 4}, "days", 3),
        ({"pairs": 1}, "pairs", 3),
        ({"labels": 1}, "labels", 3),
        ({"fresh": 3600.0}, "fresh", 3),
        ({"model_version": "v4"}, "model version", 1),
        ({"baseline": "0123456789abcdef"}, "baseline", 1),
    ],
)
def test_a_demand_that_is_not_met_closes_the_gate_and_says_what_would_open_it(
    nights: list[Night], demands: dict[str, Any], name: str, code: int
) -> None:
    found = asked(nights, **demands)
    (unmet,) = (c for c in found.conditions if c.wanted)
    assert (unmet.name, found.exit_code) == (name, code)
    assert unmet.wanted in found.sentence


def test_a_demanded_mode_without_evidence_is_no_pass(nights: list[Night]) -> None:
    found = gate(nights, Demands(), policy=Policy(demands=frozenset({"latency"})), now=NOW)
    assert found.exit_code == 3 and "evidence for latency" in found.sentence


def test_a_shrunken_log_is_no_pass(nights: list[Night]) -> None:
    last = nights[-1]
    small = replace(last.run, serve={**last.run.serve, "rows": ROWS // 3})
    found = asked([*nights[:-1], Night(small, last.findings)])
    assert found.exit_code == 3 and "at least 2,000 rows a night" in found.sentence


def test_another_train_among_the_nights_is_no_pass(nights: list[Night]) -> None:
    first = nights[0]
    other = replace(first.run, train={**first.run.train, "fingerprint": "other"})
    found = asked([Night(other, first.findings), *nights[1:]], nights=3)
    assert found.exit_code == 1 and "baseline" in found.sentence


def test_a_failing_column_closes_the_gate(nights: list[Night]) -> None:
    found = asked(failed(nights))
    assert found.exit_code == 1 and found.sentence.startswith(
        "GATE FAIL: it would turn green with x"
    )


WAIVER = Waiver("x", "known, fixed in May", "ana", TODAY)


@pytest.mark.parametrize(
    ("waiver", "code", "remark"),
    [
        (WAIVER, 0, "waived: x: known"),
        (replace(WAIVER, check="ks"), 0, "waived: x, ks"),
        (replace(WAIVER, check="psi"), 1, "waiver of no use: x, psi"),
        (replace(WAIVER, column="y"), 1, "waiver of no use: y"),
        (replace(WAIVER, until=date(2026, 3, 3)), 1, "expired waiver of x"),
    ],
)
def test_a_waiver_lets_its_finding_pass_until_its_day(
    nights: list[Night], waiver: Waiver, code: int, remark: str
) -> None:
    found = asked(failed(nights), (waiver,))
    assert found.exit_code == code
    assert found.remarks[0].startswith(remark)


def test_no_night_a_night_without_findings_and_a_broken_file_are_no_pass(
    nights: list[Night],
) -> None:
    assert asked([]).exit_code == 3
    assert asked([Night(nights[0].run, ())]).exit_code == 3
    found = gate(nights, Demands(), troubles={"run-1.parquet": "is damaged"}, now=NOW)
    assert found.exit_code == 3 and "run-1.parquet" in found.sentence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[gate]\nrows = -1", "expected a whole number from 0 on"),
        ("[gate]\nshrink = 2", "expected a share from 0 to 1"),
        ("[gate]\nfresh = 'soon'", "'gate.fresh' is 'soon'; expected a span"),
        ("[gate]\nnigths = 3", "did you mean 'gate.nights'"),
        ("[[waivers]]\ncolumn = 'x'", "has no 'reason'"),
        (
            "[[waivers]]\ncolumn = 'x'\nreason = 'r'\nowner = 'o'\nuntil = 'May'",
            "expected a day such as",
        ),
    ],
)
def test_a_wrong_gate_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse(text, "skewcheck.toml")


def test_the_policy_file_is_read() -> None:
    text = "[[waivers]]\ncolumn = 'x'\nreason = 'r'\nowner = 'o'\nuntil = 2026-05-01"
    config = parse(f"[gate]\nnights = 7\nfresh = '36h'\n{text}", "skewcheck.toml")
    assert config.gate == Demands(nights=7, fresh=36 * 3600.0)
    assert config.waivers == (Waiver("x", "r", "o", date(2026, 5, 1)),)


def test_the_command_answers_from_the_history_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "skewcheck.toml"
    policy.write_text("[gate]\nnights = 3\n")
    assert run(["gate", "--history", str(folder), "--policy", str(policy)]) == 0
    assert "GATE PASS" in capsys.readouterr().out
    policy.write_text("[gate]\nnights = 4\n")
    assert run(["gate", "--history", str(folder), "--policy", str(policy)]) == 3
    assert "1 more night" in capsys.readouterr().out


def test_the_command_answers_for_two_sides_and_writes_their_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, frame in (("train", train()), ("good", log(0)), ("bad", log(1, shift=1.0))):
        frame.write_parquet(tmp_path / f"{name}.parquet")
    target = tmp_path / "r.json"
    words = ["gate", str(tmp_path / "train.parquet"), "--time", "timestamp"]
    assert run([*words, str(tmp_path / "good.parquet"), "--json", str(target)]) == 0
    assert target.exists() and "GATE PASS" in capsys.readouterr().out
    assert run([*words, str(tmp_path / "bad.parquet")]) == 1
    assert "GATE FAIL: it would turn green with x" in capsys.readouterr().out


def test_a_history_that_is_not_there_or_empty_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["gate", "--history", str(tmp_path / "gone")]) == 2
    assert run(["gate", "--history", str(tmp_path / "empty")]) == 3


def test_a_damaged_night_is_no_pass(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "history"
    copy.mkdir()
    for file in folder.iterdir():
        data = file.read_bytes()
        (copy / file.name).write_bytes(
            data if "000003" not in file.name else data[: len(data) // 2]
        )
    assert run(["gate", "--history", str(copy)]) == 3
