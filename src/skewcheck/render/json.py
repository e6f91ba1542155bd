"""JSON: the report's raw numbers under a versioned contract, strict and in plain ASCII."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from skewcheck.ledger import Ledger
from skewcheck.lines import Line
from skewcheck.policy import Policy, Rule
from skewcheck.report import Report, rules
from skewcheck.run import Side
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView, fates

SUFFIX = ".json"
SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Return the report as one JSON object; what is undefined is null and says why."""
    return json.dumps(document(report), allow_nan=False, indent=1, default=str) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as JSON-able data, the same as the file holds."""
    run = report.run
    passed = report.outcome in (Outcome.PASS, Outcome.WARN)
    failed = report.outcome is Outcome.FAIL
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": "pass" if passed else "fail" if failed else "inconclusive",
        "exit_code": report.exit_code,
        "status": "complete",
        "reason": report.headline,
        "train": {**_side(run.train), "ledger": _ledger(run.train.ledger)},
        "serve": _side(run.serve),
        "ledger": _ledger(run.serve.ledger),
        "columns": [_column(c) for c in (*report.columns, *report.others)],
        "readiness": [],
        "fix_first": [],
        "guesses": list(report.guesses),
        "policy": _policy(run.policy),
        "versions": dict(run.versions),
        "command": run.command,
        "started": run.started,
        "seconds": round(run.seconds, 3),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "path": side.path,
        "rows": side.rows,
        "layout": side.layout,
        "files": len(side.ledger.files),
    }


def _ledger(ledger: Ledger) -> dict[str, Any]:
    """Return the fates of all events; ``duplicates`` is null where no key told them apart."""
    counts = {"ok": 0, "malformed": 0, "duplicates": None, "conflicting": None}
    return {
        "events": ledger.events,
        **counts,
        **{fate: ledger.fates[fate] for fate in fates(ledger)},
        "skipped": dict(ledger.skipped),
        "notes": {
            fate: [{"file": file, "line": at, "reason": why} for file, at, why in places]
            for fate, places in ledger.notes.items()
        },
    }


def _column(column: ColumnView) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": str(column.role),
        "kind": column.kind,
        "verdict": str(column.outcome),
        "findings": [_finding(x) for x in column.lines],
        "causes": [],
    }


def _finding(x: Line) -> dict[str, Any]:
    numbers = x.numbers
    return {
        "check": x.check,
        "value": numbers.value,
        "low": numbers.low,
        "high": numbers.high,
        "unit": numbers.unit,
        "n_train": numbers.n_train,
        "n_serve": numbers.n_serve,
        "verdict": str(x.outcome),
        "reason": x.sentence,
        "error": numbers.error,
        "limit": numbers.limit,
        "warn_limit": numbers.warn_limit,
        "p": numbers.p,
        "rows_needed": _needed(numbers.needed),
        "detail": _plain(numbers.detail),
    }


def _needed(needed: RowsNeeded | None) -> dict[str, Any] | None:
    if needed is None:
        return None
    return {"serve": needed.serve, "train": needed.train, "borderline": needed.borderline}


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "level": policy.level,
        "checks": {name: _rule(rule) for name, rule in rules(policy).items()},
        "columns": {
            column: {name: _rule(rule) for name, rule in own.items()}
            for column, own in policy.columns.items()
        },
    }


def _rule(rule: Rule) -> dict[str, float | None]:
    return {"fail": rule.fail, "warn": rule.warn}


def _plain(value: Any) -> Any:
    """Return a detail as strict JSON: numbers that JSON has no word for become text."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
