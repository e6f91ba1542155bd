"""A finished run as the history keeps it: plain values, nothing that must be measured again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import astuple, replace

import numpy as np

from skewcheck.lines import line
from skewcheck.nights import StoredFinding, StoredRun
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.run import Run
from skewcheck.schema import Role, Schema
from skewcheck.span import Period, Span, iso
from skewcheck.verdict import Judgement, Outcome

UNITS = (86_400, 3600, 60, 1)  # seconds to which the ends of a log are rounded
INSTANT = 1e-3  # seconds before the end of a period that its last event may lie at
DAYS, MODELS = 1000, 100  # so many are kept of one run
OPEN = (Outcome.FAIL, Outcome.INCONCLUSIVE)
JUDGED = (Role.FEATURE, Role.SCORE, Role.ATTRIBUTION)


def record(run: Run, identity: str) -> StoredRun:
    """Return what the history keeps of a run, apart from findings and profile."""
    verdict = run.verdict
    seen = run.serve.profile.span
    return StoredRun(
        id=identity,
        sequence=0,
        started=run.started,
        seconds=round(run.seconds, 3),
        night=night(run.period, run.serve.profile, run.schema),
        span=window(run.period, seen),
        outcome=verdict.outcome,
        exit_code=verdict.exit_code,
        reason=verdict.reason,
        columns=_columns(run),
        modes={mode.name: mode.outcome for mode in verdict.modes},
        causes={
            name: [(c.name, c.statement, round(c.explains, 4)) for c in known.causes]
            for name, known in run.reasons.items()
            if known.causes
        },
        train={
            "path": run.train.path,
            "rows": run.train.rows,
            "fingerprint": fingerprint(run.train.profile, run.schema),
        },
        serve={
            "path": run.serve.path,
            "rows": run.serve.rows,
            "first": seen.first if seen else None,
            "last": seen.last if seen else None,
            "ledger": dict(run.serve.ledger.fates),
            "files": len(run.serve.ledger.files),
            "skipped": len(run.serve.ledger.skipped),
            "days": dict(run.serve.profile.groups.get("day", Counter()).most_common(DAYS)),
            "labels": run.serve.profile.groups.get("label", Counter()).total(),
            "models": _models(run),
        },
        paired=run.partner.pairs.join.coverage.paired if run.partner else 0,
        policy=policy_fingerprint(run.policy),
        level=run.policy.level,
        versions=dict(run.versions),
        command=run.command,
    )


def _columns(run: Run) -> dict[str, Outcome]:
    """Return the outcome of each column; one that fails in the last seven nights fails."""
    found = {name: run.verdict.column(name) for name in run.verdict.columns}
    for view in run.night.views[1:] if run.night else ():
        found |= dict.fromkeys(view.columns(Outcome.FAIL), Outcome.FAIL)
    return found


def _models(run: Run) -> list[str] | None:
    """Return the versions of the model that answered, as texts; None where a row has none.

    Where they are numbers, the least and the greatest stand for all.
    """
    found: set[str] = set()
    for name in run.schema.names(Role.VERSION):
        column = run.serve.profile.columns.get(name)
        if column is None or column.categories.counts is None:
            return None
        if any(column.states[state] for state in ("null", "absent", "nan")):
            return None
        found |= column.categories.counts.keys()
        if column.numbers.total:
            found |= {f"{column.numbers.low:.15g}", f"{column.numbers.high:.15g}"}
    return sorted(found)[:MODELS] or None


def findings_of(run: Run, identity: str) -> list[StoredFinding]:
    """Return the findings of a run with the numbers and the sentence of its report.

    With them those that keep the last seven nights from a pass, ``window`` says so.
    """
    judged = ((name, j) for name, found in run.verdict.columns.items() for j in found)
    found = [_finding(run, identity, name, j) for name, j in judged]
    for view in run.night.views[1:] if run.night else ():
        for name, judgements in view.verdict.columns.items():
            held = [j for j in judgements if j.outcome in OPEN]
            found += [replace(_finding(run, identity, name, j), window=view.name) for j in held]
    return found


def _finding(run: Run, identity: str, name: str, judgement: Judgement) -> StoredFinding:
    told = line(judgement, run.policy.level)
    numbers, subject = told.numbers, judgement.finding.subject
    sides = (run.train.profile.columns.get(name), run.serve.profile.columns.get(name))
    return StoredFinding(
        run=identity,
        column=name,
        role=str(run.schema.role(name)),
        kind=str(next((side.kind for side in sides if side is not None), "empty")),
        check=told.check,
        segment=subject.segment,
        window=subject.window,
        outcome=told.outcome,
        value=numbers.value,
        low=numbers.low,
        high=numbers.high,
        unit=numbers.unit,
        limit=numbers.limit,
        warn_limit=numbers.warn_limit,
        p=numbers.p,
        n_train=numbers.n_train,
        n_serve=numbers.n_serve,
        sentence=told.sentence,
    )


def night(asked: Period, serve: Profile, schema: Schema) -> str:
    """Return the name of the window that a run covers; runs of the same one share it.

    Ends that were asked for count as they are. Those of a log as it was found are taken outwards
    to whole days, hours, minutes or seconds, whichever the log is at least half as long as: an
    event that comes late does not make another night of it. Without times the counts themselves
    name it: the same log again is the same night.
    """
    if serve.span is None:
        return f"log {fingerprint(serve, schema)}"
    size = serve.span.last - serve.span.first
    unit = next((unit for unit in UNITS if size >= unit / 2), 1)
    first = serve.span.first // unit * unit if asked.since is None else asked.since
    last = (serve.span.last // unit + 1) * unit if asked.until is None else asked.until
    return f"{iso(first)} to {iso(last)}"


def window(asked: Period, seen: Span | None) -> Span | None:
    """Return the ends that were asked for, else those of the events."""
    if seen is None:
        return None
    first = seen.first if asked.since is None else asked.since
    last = seen.last if asked.until is None else asked.until - INSTANT
    return Span(first, last)


def fingerprint(profile: Profile, schema: Schema) -> str:
    """Return 16 hex digits that change whenever a compared column of a profile does."""
    digest = hashlib.sha256()
    for name in sorted(profile.columns):
        if schema.role(name) not in JUDGED:
            continue
        column = profile.columns[name]
        states = sorted((+column.states.counts).items())
        kinds = (name, astuple(column.spec), states, sorted(column.categories.encode(), key=repr))
        digest.update(repr(kinds).encode("utf-8", "surrogatepass"))
        for part in (*column.numbers.counts(), *column.lengths.counts()):
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:16]


def policy_fingerprint(policy: Policy) -> str:
    """Return 16 hex digits that change whenever a limit of the policy does."""
    plain = {
        "level": policy.level,
        "checks": {name: astuple(rule) for name, rule in policy.checks.items()},
        "columns": {
            name: {check: astuple(rule) for check, rule in rules.items()}
            for name, rules in policy.columns.items()
        },
        "demands": sorted(policy.demands),
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]
