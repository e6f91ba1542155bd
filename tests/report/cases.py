"""Runs with known answers, made of real profiles and real inferences, for all report tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from skewcheck.causes import Cause
from skewcheck.comparison import sides as laid_out
from skewcheck.finding import Finding, Subject, Undefined
from skewcheck.ledger import Ledger
from skewcheck.location import Location
from skewcheck.origin import Origin, Shift
from skewcheck.policy import Policy, Rule
from skewcheck.profile import Plan, Profile
from skewcheck.reasons import Reasons
from skewcheck.run import Run, Side
from skewcheck.schema import Column, Role, Schema
from skewcheck.sources.batch import Batch
from skewcheck.sql import ident, literal
from skewcheck.statistics.divergence import js8
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.intervals import ShareDifference
from skewcheck.statistics.ks import ks
from skewcheck.verdict import Judgement, Outcome, Verdict, worst
from tests.report.paired import column, partner, segment

Columns = Mapping[str, pa.Array]
LEVEL = 0.05
HOSTILE = (
    "</script><script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "\x1b[2J\x1b]8;;http://x\x07link",
    "\u202egnp.exe",
    "nul\x00byte",
    "[link=file:///etc/passwd]rich[/link] [/]",
    "{{ 7*7 }}{% raw %}",
    "n" * 10_000,
    "",
    "a\u0301" * 200,
    "--></style><svg onload=window.pwned=1>",
    "line\u2028separator\r\nX-Header: 1",
)


def profile(columns: Columns) -> Profile:
    """Return the profile of one batch of columns."""
    rows = len(next(iter(columns.values()))) if columns else 0
    made = Profile(Plan())
    made.add(Batch(rows, columns, "case", 0))
    return made.finish()


def judged(
    check: str,
    column: str,
    measure: Inference | Undefined,
    rule: Rule,
    *,
    unit: str = "",
    n: tuple[int, int] = (20_000, 5_000),
    p: float | None = None,
    **detail: Any,
) -> Judgement:
    """Return a judgement whose outcome follows from the bounds, as the policy's rule says."""
    finding = Finding(check, Subject(column), measure, unit, *n, detail)
    if isinstance(measure, Undefined):
        return Judgement(finding, rule, Outcome.INCONCLUSIVE)
    low, high = measure.bounds(LEVEL)
    outcome = Outcome.PASS
    if rule.fail is None:
        outcome = Outcome.UNJUDGED
    elif low > rule.fail:
        outcome = Outcome.FAIL
    elif high >= rule.fail:
        needed = measure.rows_needed(rule.fail)
        return Judgement(finding, rule, Outcome.INCONCLUSIVE, p, needed)
    elif rule.warn is not None and low > rule.warn:
        outcome = Outcome.WARN
    return Judgement(finding, rule, outcome, p)


def nulls(column: str, train: tuple[int, int], serve: tuple[int, int]) -> Judgement:
    """Return a judged null rate from (nulls, rows) of either side."""
    measure = ShareDifference(*train, *serve)
    return judged(
        "null_rate",
        column,
        measure,
        Rule(0.02, 0.005),
        unit="share",
        n=(train[1], serve[1]),
        p=measure.p_above(0.02),
        train_share=train[0] / train[1],
        serve_share=serve[0] / serve[1],
        direction="+" if measure.change > 0 else "-" if measure.change < 0 else "",
    )


def distribution(column: str, train: np.ndarray, serve: np.ndarray) -> list[Judgement]:
    """Return a judged KS and divergence of two samples of numbers."""
    edges = np.unique(np.quantile(train, np.linspace(0, 1, 21)))[1:-1]
    bins = len(edges) + 1
    binned = [np.bincount(np.searchsorted(edges, s), minlength=bins) for s in (train, serve)]
    values = np.unique(np.concatenate([train, serve]))
    exact = [np.bincount(np.searchsorted(values, s), minlength=len(values)) for s in (train, serve)]
    distance, divergence = ks(exact[0], exact[1], pure=True), js8(binned[0], binned[1])
    n = (len(train), len(serve))
    at = float(values[distance.location])
    return [
        judged("ks", column, distance, Rule(0.1), n=n, p=distance.p_above(0.1), at=at),
        judged("divergence", column, divergence, Rule(0.1, 0.02), unit="nats", n=n),
    ]


def run(
    train: Columns,
    serve: Columns,
    judgements: Iterable[Judgement],
    *,
    schema: Schema | None = None,
    **changes: Any,
) -> Run:
    """Return a run over these columns with these judgements, worst outcome deciding."""
    columns: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        columns.setdefault(judgement.finding.subject.column, []).append(judgement)
    outcome = worst(j.outcome for js in columns.values() for j in js)
    names = dict.fromkeys([*train, *serve])
    sides = [
        Side(
            path,
            made.rows,
            layout,
            changes.pop(f"{title}_ledger", _ledger(made.rows)),
            made,
            f"FROM read_parquet('{title}.parquet')",
        )
        for title, path, layout, made in (
            ("train", "train.parquet", "Parquet", profile(train)),
            ("serve", "shadow_logs/", "JSON lines, features in 'features'", profile(serve)),
        )
    ]
    known = schema or Schema({n: Column(n, Role.FEATURE) for n in names})
    fields: dict[str, Any] = {
        "sides": tuple(laid_out(sides[0].profile, sides[1].profile, known)),
        "schema": known,
        "policy": Policy(level=LEVEL),
        "verdict": Verdict(outcome, {n: tuple(j) for n, j in columns.items()}, "judged by hand"),
        "command": "skewcheck compare train.parquet shadow_logs/",
        "started": "2026-11-22T21:48:43Z",
        "seconds": 1.25,
        "versions": {"skewcheck": "0.1.0", "polars": "2.1.0"},
        **changes,
    }
    return Run(train=sides[0], serve=sides[1], **fields)


def _ledger(rows: int) -> Ledger:
    ledger = Ledger(files=["part-0"])
    ledger.count("ok", rows)
    return ledger


def logged(rows: int) -> Ledger:
    """Return the ledger of a log with some of every trouble."""
    ledger = Ledger(files=["2013-01-01.jsonl.gz", "2013-01-02.jsonl.gz"])
    ledger.count("ok", rows)
    ledger.count("duplicates", 41)
    ledger.note("malformed", "shadow_logs/2013-01-02.jsonl.gz", 17, "not JSON: unexpected end")
    ledger.note("malformed", "shadow_logs/2013-01-02.jsonl.gz", 311, "not an object: 42")
    ledger.skipped["shadow_logs/.DS_Store"] = "hidden file"
    return ledger


def flights() -> Run:
    """Return a small run with every outcome: a unit bug, new nulls, a rename, a score, a tie."""
    rng = np.random.default_rng(20131)
    n, m = 20_000, 5_000
    miles, km = _miles(rng, n), _miles(rng, m) * 1.609
    train = {
        "request_id": pa.array([f"r{i}" for i in range(n)]),
        "distance": pa.array(miles),
        "dep_hour": pa.array(rng.choice(np.arange(5, 24), n).astype(float)),
        "carrier": pa.array(rng.choice(["UA", "B6", "EV", "DL", "AA", "MQ"], n)),
        "wind": pa.array(rng.gamma(2.0, 5.0, n).round(1)),
        "precip": pa.array(np.where(rng.random(n) < 0.9, 0.0, rng.exponential(0.1, n))),
        "score": pa.array(rng.beta(2, 5, n)),
    }
    nulled = rng.random(m) < 0.124
    hours = (rng.choice(np.arange(5, 24), m) + 5) % 24
    serve = {
        "request_id": pa.array([f"s{i}" for i in range(m)]),
        "distance": pa.array(km),
        "dep_hour": pa.array(hours.astype(float)),
        "carrier": pa.array(rng.choice(["ua", "B6", "EV", "DL", "AA", "MQ"], m)),
        "wind": pa.array(rng.gamma(2.0, 5.0, m).round(1), mask=nulled),
        "precip": pa.array(np.where(rng.random(m) < 0.9, 0.0, rng.exponential(0.1, m))),
        "score": pa.array(rng.beta(2.4, 5, m)),
    }
    judgements = [
        *distribution("distance", miles, km),
        nulls("distance", (0, n), (0, m)),
        *distribution("dep_hour", train["dep_hour"].to_numpy(), hours.astype(float)),
        nulls("dep_hour", (0, n), (0, m)),
        _unseen("carrier", m, int(np.sum(np.array(serve["carrier"]) == "ua"))),
        nulls("carrier", (0, n), (0, m)),
        nulls("wind", (0, n), (int(nulled.sum()), m)),
        *distribution("wind", train["wind"].to_numpy(), serve["wind"].drop_null().to_numpy()),
        *distribution("precip", train["precip"].to_numpy(), serve["precip"].to_numpy()),
        nulls("precip", (412, n), (185, m)),
        *distribution("score", train["score"].to_numpy(), serve["score"].to_numpy()),
        judged("ks", "gate", Undefined("serve has no value in 5,000 rows"), Rule(0.1)),
        nulls("steady", (10, n), (3, m)),
    ]
    roles = {"request_id": Role.KEY, "score": Role.SCORE}
    reasons = {"request_id": "unique in both sides", "score": "shares between 0 and 1, by name"}
    names = [*train, "gate", "steady"]
    schema = Schema(
        {k: Column(k, roles.get(k, Role.FEATURE), reasons.get(k, "default")) for k in names}
    )
    return run(train, serve, judgements, schema=schema, serve_ledger=logged(m))


def _unseen(column: str, n: int, new: int) -> Judgement:
    measure = ShareDifference(0, 20_000, new, n)
    rule = Rule(0.01)
    return judged("new_category", column, measure, rule, unit="share", p=0.0, new=[["ua", new]])


def _miles(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.clip(rng.lognormal(6.7, 0.6, n), 80, 4983).round()


def hostile(names: Sequence[str] = HOSTILE) -> Run:
    """Return a run whose names, values, paths, causes and places try to break out."""
    rng = np.random.default_rng(7)
    train = {name: pa.array(rng.choice(names, 500)) for name in names}
    serve = {name: pa.array(rng.choice([*names, "new"], 400)) for name in names}
    judgements = [
        judged(
            "new_category",
            name,
            ShareDifference(0, 500, 300 if i % 2 else 1, 400),
            Rule(0.01),
            unit="share",
            n=(500, 400),
            new=[[other, 3] for other in names],
            cell=name,
        )
        for i, name in enumerate(names)
    ]
    judgements.append(judged("ks", names[0], Undefined(names[1]), Rule(0.1)))
    ledger = logged(400)
    for name in names:
        ledger.note("malformed", name, 3, name)
        ledger.skipped[name] = name
    return run(
        train,
        serve,
        judgements,
        schema=Schema(
            {n: Column(n, Role.SCORE if i % 3 else Role.FEATURE, n) for i, n in enumerate(names)}
        ),
        serve_ledger=ledger,
        notes=names,
        reasons={name: _reasons(name, names) for name in names},
        partner=partner(
            {name: column(train[name][:300], serve[name][:300]) for name in names},
            path=names[0],
            key=names[1],
            spelled=dict.fromkeys(names, 310),
        ),
        command="skewcheck compare " + " ".join(names),
    )


def _reasons(name: str, names: Sequence[str]) -> Reasons:
    """Return causes, a place and an origin made of hostile text; the query is built as usual."""
    cause = Cause(
        "relabelling",
        f"serve = {name}",
        f"{name}?",
        0.75,
        True,
        f"s.{ident(name)} = {literal(name)}",
        tuple(f"or {other}" for other in names[:3]),
    )
    where = Location(75, 300, segment(name, (name, names[0]), 75, 80, 300), None, 10)
    return Reasons((cause, cause), where, Shift(Origin.BOTH, 2.0, 0.5))
