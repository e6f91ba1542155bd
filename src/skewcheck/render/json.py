"""JSON: the raw numbers under a versioned contract, strict, in plain ASCII; - is stdout."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from skewcheck.account import CauseView
from skewcheck.apart import confusion, quantiles
from skewcheck.fixes import fixes
from skewcheck.layout import Section
from skewcheck.ledger import Ledger
from skewcheck.lines import Line
from skewcheck.modes import ModeView
from skewcheck.policy import Policy, Rule
from skewcheck.privacy import said
from skewcheck.report import Report, rules
from skewcheck.run import Run, Side
from skewcheck.sections.fix_first import documents
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.intervals import Share
from skewcheck.summaries.grid import Grid
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView, fates

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
        "pairs": _pairs(run),
        "columns": [_column(run, c) for c in (*report.columns, *report.others)],
        "readiness": [_mode(mode) for mode in report.modes],
        "fix_first": documents(fixes(run)),
        "sections": {section.name: _section(section) for section in report.sections},
        "guesses": list(report.guesses),
        "policy": _policy(run.policy),
        "versions": dict(run.versions),
        "command": run.command,
        "started": run.started,
        "seconds": round(run.seconds, 3),
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


def _column(run: Run, column: ColumnView) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": str(column.role),
        "kind": column.kind,
        "verdict": str(column.outcome),
        "story": list(column.story),
        "findings": [_finding(x) for x in column.lines],
        "causes": [_cause(cause) for cause in column.causes],
        "parity": _parity(run, column.name),
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


def _parity(run: Run, name: str) -> dict[str, Any] | None:
    """Return the pairs of a column: what became of each, and how far apart they are."""
    column = run.partner.pairs.columns.get(name) if run.partner else None
    if column is None:
        return None
    n, differing = column.counts.pairs, column.counts.mismatches
    low, high = Share(differing, n).bounds(run.policy.level) if n else (None, None)
    return {
        "pairs": n,
        "differing": differing,
        "share": differing / n if n else None,
        "low": low,
        "high": high,
        "counts": {str(parity): count for parity, count in column.counts.items()},
        "differences": _quantiles(column.differences),
        "ratios": _quantiles(column.ratios),
        "confusion": confusion(column),
    }


def _quantiles(grid: Grid) -> dict[str, float] | None:
    """Return quantiles of a grid, None where it is empty."""
    return {f"{100 * q:g} %": value for q, value in quantiles(grid)} or None


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


def _pairs(run: Run) -> dict[str, Any] | None:
    if run.partner is None:
        return None
    join = run.partner.pairs.join
    return {
        "path": run.partner.path,
        "offline": join.offline,
        "key": join.key,
        "as_of": join.as_of,
        **_plain(asdict(join.coverage)),
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
        "private": said(policy),
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
