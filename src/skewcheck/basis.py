"""What a report rests on, in plain numbers: the rows read, the pairs made, the policy in force.

All of it is JSON-able, so that a report can be kept and set in type again without its run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from skewcheck.apart import confusion, quantiles
from skewcheck.discovery import discover
from skewcheck.fixes import fixes
from skewcheck.history.record import night, window
from skewcheck.ledger import Ledger
from skewcheck.policy import Policy, Rule
from skewcheck.privacy import said
from skewcheck.run import Run, Side
from skewcheck.sections.fix_first import documents
from skewcheck.statistics.intervals import Share
from skewcheck.summaries.grid import Grid
from skewcheck.views import fates


@dataclass(frozen=True, slots=True)
class Basis:
    """The numbers of a run that are no column's: as the JSON report tells them.

    ``train`` and ``serve`` are path, rows, layout, files and ledger of a side; ``pairs`` is None
    where no row was paired; ``fixes`` rank what to mend; ``policy`` are the limits in force;
    ``night`` names the window that serve covers, ``last`` is its end in seconds since 1970.
    """

    train: Mapping[str, Any]
    serve: Mapping[str, Any]
    pairs: Mapping[str, Any] | None
    fixes: tuple[Mapping[str, Any], ...]
    policy: Mapping[str, Any]
    versions: Mapping[str, str]
    command: str
    started: str
    seconds: float
    night: str
    last: float | None


def basis(run: Run) -> Basis:
    """Return what the report of a run rests on."""
    seen = window(run.period, run.serve.profile.span)
    return Basis(
        train=_side(run.train),
        serve=_side(run.serve),
        pairs=_pairs(run),
        fixes=tuple(documents(fixes(run))),
        policy=_policy(run.policy),
        versions=dict(run.versions),
        command=run.command,
        started=run.started,
        seconds=run.seconds,
        night=night(run.period, run.serve.profile, run.schema),
        last=seen.last if seen else None,
    )


def rules(policy: Policy) -> dict[str, Rule]:
    """Return the rule of every check that holds for columns without one of their own."""
    defaults = {n: getattr(m, "RULE", Rule()) for n, m in discover("skewcheck.checks").items()}
    return {**defaults, **policy.checks}


def parity(run: Run, name: str) -> dict[str, Any] | None:
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


def _side(side: Side) -> dict[str, Any]:
    return {
        "path": side.path,
        "rows": side.rows,
        "layout": side.layout,
        "files": len(side.ledger.files),
        "ledger": _ledger(side.ledger),
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


def _pairs(run: Run) -> dict[str, Any] | None:
    if run.partner is None:
        return None
    join = run.partner.pairs.join
    return {
        "path": run.partner.path,
        "offline": join.offline,
        "key": join.key,
        "as_of": join.as_of,
        **asdict(join.coverage),
    }


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
