"""The gate: every demand met and not met, waivers, and that nothing missing is ever a pass."""

from __future__ import annotations

import json
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
from skewcheck.verdict import Outcome

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
        for f in last.findings or ()
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


def compared(folder: Path, night: int, shift: float = 0.0, policy: str = "", **more: Any) -> str:
    """Keep one more night; return its verdict."""
    config = parse(policy, "skewcheck.toml")
    frame = log(night, shift=shift, **more)
    done = skewcheck.compare(train(), frame, time="timestamp", history=folder, policy=config)
    return str(done.verdict)


def gated(folder: Path, policy: str = "", *words: str) -> int:
    file = folder.parent / "gate.toml"
    file.write_text(policy)
    return run(["gate", "--history", str(folder), "--policy", str(file), *words])


def copied(folder: Path, tmp_path: Path, *without: str) -> Path:
    """Return a copy of a history, without the nights whose files' names hold these numbers."""
    copy = tmp_path / "history"
    copy.mkdir()
    for file in folder.iterdir():
        if not any(number in file.name for number in without):
            (copy / file.name).write_bytes(file.read_bytes())
    return copy


WEEK = "[checks.divergence]\nfail = 0.002\nwarn = false\n[dependence]\ndesign_effect = 1.0\n"


def test_a_failure_of_the_seven_nights_is_not_waived_with_one_of_the_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, config = tmp_path / "h", parse(WEEK, "skewcheck.toml")
    for night in range(7):
        frame = log(night, shift=0.09).with_columns(pl.col("y") + (night == 6))
        skewcheck.compare(train(), frame, time="timestamp", history=folder, policy=config)
    last = newest(read_folder(folder).runs)[-1]
    failing = [f for f in findings(last) if f.outcome is Outcome.FAIL]
    assert {f.column for f in failing if f.window is None} == {"y"}
    assert {f.column for f in failing if f.window} == {"x", "y"} == set(last.failing)
    waiver = "[[waivers]]\ncolumn = 'y'\nreason = 'r'\nowner = 'o'\nuntil = 2099-01-01\n"
    assert gated(folder, WEEK + waiver) == 1
    assert "it would turn green with x in order on the night" in capsys.readouterr().out


def test_a_night_that_passes_with_its_week_is_decided(nights: list[Night]) -> None:
    last = nights[-1]
    told = [replace(f, outcome=Outcome.INCONCLUSIVE) for f in last.findings or ()]
    found = asked([*nights[:-1], Night(last.run, told)])
    assert found.exit_code == 0


def test_findings_that_cannot_be_read_are_no_pass_whichever_night(nights: list[Night]) -> None:
    found = asked([nights[0], Night(nights[1].run, None), nights[2]], nights=3)
    assert found.exit_code == 3 and "compared again" in found.sentence


def test_a_night_whose_middle_is_damaged_is_no_pass(folder: Path, tmp_path: Path) -> None:
    copy = copied(folder, tmp_path)
    (file,) = (path for path in copy.iterdir() if "000002" in path.name)
    whole = bytearray(file.read_bytes())
    whole[300] ^= 1
    file.write_bytes(whole)
    assert gated(copy, "[gate]\nnights = 3") == 3
    assert gated(copy, "[gate]\nnights = 1") == 0  # what it held is not asked about


def test_a_night_missing_in_the_middle_is_no_pass(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "history"
    for night in (0, 1, 2, 4):
        compared(copy, night)
    assert gated(copy, "[gate]\nnights = 4") == 3
    assert "the nights missing after" in capsys.readouterr().out
    assert gated(copy, "[gate]\nnights = 4\ngap = '3d'") == 0
    assert gated(copy, "[gate]\nnights = 1") == 0


def test_a_run_that_is_gone_closes_the_gate_while_it_may_be_asked_about(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copied(folder, tmp_path, "000002")
    assert gated(copy, "[gate]\nnights = 2") == 3
    assert "back in its place, or as many nights after it" in capsys.readouterr().out
    compared(copy, 3)
    compared(copy, 4)
    assert gated(copy, "[gate]\nnights = 2") == 0


def test_what_a_killed_writer_left_is_no_night(folder: Path, tmp_path: Path) -> None:
    copy = copied(folder, tmp_path)
    (copy / ".skewcheck-0123456789abcdef.tmp").write_bytes(b"PAR1")
    assert gated(copy, "[gate]\nnights = 3") == 0
    assert gated(copy, "[gate]\nnights = 4") == 3


def test_a_clock_that_was_set_back_is_no_pass(nights: list[Night]) -> None:
    waiver = replace(WAIVER, until=date(2026, 2, 1))
    back = NOW - timedelta(days=60)
    found = gate(failed(nights), Demands(fresh=3600.0), waivers=[waiver], now=back)
    assert found.exit_code == 3 and "clock" in found.sentence


def test_a_limit_set_since_is_a_check_that_was_skipped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gated(folder, "[checks.ks]\nfail = 0.08") == 3
    assert "judged by a milder limit: x (ks), y (ks)" in capsys.readouterr().out
    assert gated(folder, "[checks.ks]\nfail = 0.2") == 0
    assert gated(folder, "[columns.gone.checks.ks]\nfail = 0.2") == 3
    assert "not judged: gone (ks)" in capsys.readouterr().out
    assert gated(folder, "level = 0.01") == 3


def test_rows_of_windows_that_overlap_count_once(nights: list[Night]) -> None:
    first, last = nights[0].run, nights[-1].run
    assert first.span and last.span
    wide = replace(last, span=replace(last.span, first=first.span.first))
    found = asked([nights[0], Night(wide, nights[-1].findings)], nights=2, rows=ROWS + 1)
    assert found.exit_code == 3
    assert {c.name: c.found for c in found.conditions}["rows"] == f"4,000 of {ROWS + 1:,} rows"


def test_a_day_asked_for_that_has_no_rows_is_none(tmp_path: Path) -> None:
    config = parse("", "skewcheck.toml")
    for night in range(2):
        skewcheck.compare(
            train(),
            log(night),
            time="timestamp",
            history=tmp_path / "h",
            policy=config,
            since="2026-02-01" if night == 0 else "2026-03-02",
            until=f"2026-03-{night + 2:02d}",
        )
    assert gated(tmp_path / "h", "[gate]\nnights = 2\ndays = 2\ngap = '60d'") == 0
    assert gated(tmp_path / "h", "[gate]\nnights = 2\ndays = 3\ngap = '60d'") == 3


@pytest.mark.parametrize(
    ("versions", "wanted", "code"),
    [(["v3", None], "v3", 3), (["v3", "v4"], "v3", 1), ([3.0, 3.0], "3", 0), ([3, 4], "3", 1)],
)
def test_every_row_has_the_version_asked_for(
    versions: list[Any], wanted: str, code: int, tmp_path: Path
) -> None:
    frame = log(0).with_columns(model_version=pl.Series(versions * (ROWS // 2)))
    skewcheck.compare(train(), frame, time="timestamp", history=tmp_path / "h")
    assert gated(tmp_path / "h", f"[gate]\nmodel_version = '{wanted}'") == code


def test_a_waiver_without_a_reason_or_an_owner_is_refused() -> None:
    text = "[[waivers]]\ncolumn = 'x'\nreason = ' '\nowner = 'o'\nuntil = 2026-05-01"
    with pytest.raises(ConfigError, match=r"'waivers\.1\.reason' is empty"):
        parse(text, "skewcheck.toml")


def test_without_a_gate_in_the_policy_it_is_said_what_was_not_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gated(folder) == 0
    out = capsys.readouterr().out
    assert "no [gate] in the policy" in out and "no gate.fresh asks of it" in out


def test_from_a_history_alone_what_needs_the_logs_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--junit", "r.xml"], ["--github"], ["--since", "7d"], ["--label", "y"]):
        assert gated(folder, "", *words) == 2
        assert f"{words[0]} needs TRAIN and LOGS" in capsys.readouterr().err


def test_with_logs_and_a_history_both_are_held_against_the_demands(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copied(folder, tmp_path)
    train().write_parquet(tmp_path / "train.parquet")
    log(3).write_parquet(tmp_path / "log.parquet")
    policy, target = tmp_path / "skewcheck.toml", tmp_path / "r.json"
    words = ["gate", str(tmp_path / "train.parquet"), str(tmp_path / "log.parquet"), "-q"]
    words += ["--time", "timestamp", "--policy", str(policy), "--history", str(copy)]
    policy.write_text("[gate]\nnights = 5")
    assert run([*words, "--json", str(target)]) == 3
    report = json.loads(target.read_bytes())  # what machines read says what the gate says
    assert (report["verdict"], report["exit_code"]) == ("inconclusive", 3)
    assert "1 more night" in report["reason"]
    policy.write_text("[gate]\nnights = 4")
    assert run([*words, "--json", str(target)]) == 0
    (copy / "run-000009-20260301000000-0123456789ab-0123456789abcdef.parquet").write_bytes(b"x")
    assert run(words) == 3
