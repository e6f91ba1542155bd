"""JSON: the raw numbers under a versioned contract, strict, in plain ASCII; - is stdout."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from skewcheck.account import CauseView
from skewcheck.layout import Section
from skewcheck.lines import Line
from skewcheck.modes import ModeView
from skewcheck.report import Report
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView

SUFFIX = ".json"
SCHEMA_VERSION = 1
UNFINISHED = {
    "schema_version": SCHEMA_VERSION,
    "status": "incomplete",
    "verdict": None,
    "exit_code": 4,
}
INCOMPLETE = json.dumps(UNFINISHED) + "\n"


def render(report: Report) -> str:
    """Return the report as one JSON object; what is undefined is null and says why."""
    return json.dumps(document(report), allow_nan=False, indent=1, default=str) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as JSON-able data, the same as the file holds."""
    basis = report.basis
    passed = report.outcome in (Outcome.PASS, Outcome.WARN)
    failed = report.outcome is Outcome.FAIL
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": "pass" if passed else "fail" if failed else "inconclusive",
        "exit_code": report.exit_code,
        "status": "complete",
        "reason": report.headline,
        "train": dict(basis.train),
        "serve": {name: value for name, value in basis.serve.items() if name != "ledger"},
        "ledger": basis.serve["ledger"],
        "pairs": None if basis.pairs is None else _plain(basis.pairs),
        "columns": [_column(report, c) for c in (*report.columns, *report.others)],
        "readiness": [_mode(mode) for mode in report.modes],
        "fix_first": list(basis.fixes),
        "sections": {section.name: _section(section) for section in report.sections},
        "guesses": list(report.guesses),
        "policy": basis.policy,
        "versions": dict(basis.versions),
        "command": basis.command,
        "started": basis.started,
        "seconds": round(basis.seconds, 3),
    }


def _mode(mode: ModeView) -> dict[str, Any]:
    return {
        "mode": mode.name,
        "title": mode.title,
        "verdict": str(mode.outcome),
        "evidence": mode.evidence,
        "demanded": mode.demanded,
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "verdict": None if section.outcome is None else str(section.outcome),
        "sentences": list(section.sentences),
        **_plain(section.data),
    }


def _column(report: Report, column: ColumnView) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": str(column.role),
        "kind": column.kind,
        "verdict": str(column.outcome),
        "story": list(column.story),
        "findings": [_finding(x) for x in column.lines],
        "causes": [_cause(cause) for cause in column.causes],
        "parity": report.parity.get(column.name),
        "where": _where(column),
        "origin": _origin(column),
    }


def _cause(cause: CauseView) -> dict[str, Any]:
    return {
        "cause": cause.name,
        "explains": cause.explains,
        "statement": cause.statement,
        "reason": cause.reason,
        "sentence": cause.sentence,
        "paired": cause.paired,
        "also": list(cause.also),
        "query": cause.query,
    }


def _where(column: ColumnView) -> dict[str, Any] | None:
    found = column.reasons.where if column.reasons else None
    if found is None:
        return None
    return {
        "sentence": column.where,
        "rows": found.rows,
        "differing": found.marked,
        "segment": _plain(asdict(found.segment)) if found.segment else None,
        "since": _plain(asdict(found.since)) if found.since else None,
        "until": _plain(asdict(found.until)) if found.until else None,
    }


def _origin(column: ColumnView) -> dict[str, Any] | None:
    shift = column.reasons.shift if column.reasons else None
    if shift is None:
        return None
    return {
        "origin": str(shift.origin),
        "sentence": column.origin,
        "drift_seen": shift.seen,
        "drift_of_population": shift.moved,
        "explained": shift.explained,
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


def _plain(value: Any) -> Any:
    """Return a detail as strict JSON: numbers that JSON has no word for become text."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
