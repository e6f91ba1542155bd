"""Private columns: no raw value of theirs is in any output, only counts and shapes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import skewcheck
from skewcheck import config
from skewcheck.kept import decode, encode
from skewcheck.privacy import discreet, private
from skewcheck.render.html import brief
from skewcheck.render.html import render as page
from skewcheck.render.json import render as document
from skewcheck.render.terminal import render as terminal
from skewcheck.report import Report
from skewcheck.result import Result
from tests.report.cases import hostile

ROWS = 1_200
TOKEN = "zqsecret"
NUMBER = 48_151_623
POLICY = """
[columns.tier]
private = true
[columns.region]
private = true
[columns.income]
private = true
[roles]
segment = "region"
"""


def sides(*, skewed: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return two sides whose private texts hold the token, and whose income is near the number."""
    rng = np.random.default_rng(5)
    n = ROWS
    tier = rng.choice([f"{TOKEN}-gold", f"{TOKEN}-silver", f"{TOKEN}-tin"], n)
    train = pl.DataFrame(
        {
            "id": [f"id-{TOKEN}-{i}" for i in range(n)],
            "tier": tier,
            "region": rng.choice([f"{TOKEN}-east", f"{TOKEN}-west", f"{TOKEN}-north"], n),
            "note": [f"{TOKEN} wrote {i}" for i in range(n)],
            "income": NUMBER + rng.integers(0, 9, n).astype(float),
            "age": rng.integers(18, 90, n),
        }
    )
    if not skewed:
        return train, train
    serve = train.with_columns(
        tier=pl.when(pl.col("tier").str.ends_with("gold"))
        .then(pl.lit(f"{TOKEN}-platinum"))
        .otherwise(pl.col("tier")),
        note=pl.col("note").str.to_uppercase() + f" {TOKEN}",
        income=pl.col("income").fill_null(0) + NUMBER,
        age=pl.when(pl.col("region").str.ends_with("east"))
        .then(pl.col("age") + 7)
        .otherwise(pl.col("age")),
    )
    return train, serve


def result(tmp_path: Path, *, policy: str = POLICY, paired: bool, skewed: bool = True) -> Result:
    path = tmp_path / "skewcheck.toml"
    path.write_text(policy)
    train, serve = sides(skewed=skewed)
    offline = train if paired else None
    made: Result = skewcheck.compare(train, serve, key="id", policy=path, offline=offline)
    return made


def outputs(made: Result) -> dict[str, str]:
    report = made.report
    return {
        "terminal": terminal(report, width=100, verbose=True),
        "page": page(report),
        "brief": brief(report),
        "json": document(report),
        "notebook": made._repr_html_(),
        "frame": json.dumps(made.to_frame().to_dicts(), default=str),
        "repr": repr(made),
        "kept": told_by(decode(encode(report), "kept")),
        "queries": "\n".join(c.query for v in report.columns for c in v.causes),
    }


def told_by(report: Report) -> str:
    return repr((report, report.charts, report.closeups, report.parity))


@pytest.mark.parametrize("paired", [True, False])
def test_no_output_holds_a_value_of_a_private_column(tmp_path: Path, paired: bool) -> None:
    made = result(tmp_path, paired=paired)
    assert made.verdict == "fail"
    for name, text in outputs(made).items():
        assert TOKEN not in text.lower(), name
        for spelled in (str(NUMBER)[:5], f"{NUMBER:,}"[:6], f"{2 * NUMBER:,}"[:6], "4.815"):
            assert spelled not in text, name


def test_the_same_data_without_a_policy_do_show_their_categories(tmp_path: Path) -> None:
    made = result(tmp_path, policy="", paired=True)
    assert f"{TOKEN}-platinum" in outputs(made)["page"]
    assert f"{TOKEN} wrote" not in outputs(made)["page"]  # free text is private by itself
    assert private(made.run) == {"note"}


def test_counts_and_shapes_of_a_private_column_are_still_told(tmp_path: Path) -> None:
    report = result(tmp_path, paired=True).report
    bars = report.charts["tier"].bars
    assert {bar.label for bar in bars} == {"value 1", "value 2", "value 3", "value 4"}
    views = {c.name: c for c in report.columns}
    assert "only where region = a private value" in views["age"].where
    assert "paired rows differ" in " ".join(views["tier"].pairs.told)  # type: ignore[union-attr]
    assert views["income"].causes and not views["income"].causes[0].query
    assert any(name == "Private" and "income" in text for name, text in report.methods)
    assert json.loads(document(report))["policy"]["private"] == ["income", "region", "tier"]


def test_a_policy_may_make_free_text_public(tmp_path: Path) -> None:
    made = result(tmp_path, policy="[columns.note]\nprivate = false", paired=False)
    assert "note" not in private(made.run)


def test_a_run_without_private_columns_stays_the_same_run() -> None:
    made = hostile()
    assert not private(made)
    assert discreet(made) is made


@pytest.mark.parametrize("text", ['private = "yes"', "private = 1"])
def test_private_is_true_or_false(text: str) -> None:
    with pytest.raises(skewcheck.SkewcheckError, match=r"columns\.x\.private.*true or false"):
        config.parse(f"[columns.x]\n{text}", "skewcheck.toml")


SERVICE = """
[decisions]
bands = "decline < 0.75 <= approve"
[value]
tp = 1
fp = -1
tn = 0
fn = 0
[latency]
budget = "100s"
[columns.score]
private = true
[columns.latency_ms]
private = true
"""


def test_a_private_score_and_a_private_response_time_are_told_without_their_values() -> None:
    rng = np.random.default_rng(6)
    score = 0.731 + 1e-5 * rng.integers(0, 9_999, 6_000)
    train = pl.DataFrame(
        {
            "id": [f"r{i}" for i in range(6_000)],
            "age": rng.normal(40, 9, 6_000),
            "score": score,
            "label": (rng.random(6_000) < score).astype(int),
        }
    )
    serve = train.with_columns(
        score=pl.col("score") - 0.0015, latency_ms=pl.Series(73_100.0 + rng.integers(0, 99, 6_000))
    )
    policy = config.parse(SERVICE, "skewcheck.toml")
    result = skewcheck.compare(train, serve, key="id", policy=policy)
    written = (
        terminal(result.report, verbose=True),
        document(result.report),
        page(result.report).split("<svg")[0],
    )
    for text in written:
        assert not re.search(r"73[,.]?1\d|\b0\.73|\b0\.8[0-3]\d", text)
    assert "Private" in written[0]
    assert "latency_ms, score" in " ".join(written[0].split()) or "score, latency_ms" in written[0]
