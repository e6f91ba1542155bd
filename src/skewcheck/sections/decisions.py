"""What follows from the scores: approvals, flips, and where the threshold would have to be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from skewcheck import wording
from skewcheck.checks.approval_rate import approvals
from skewcheck.decisions import Decisions
from skewcheck.finding import Undefined
from skewcheck.layout import Listing, Matrix, Part, Section
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.sections._another import another_model
from skewcheck.sections._challenge import challenge
from skewcheck.sections._decided import NAME, Seen, cells_of, directions
from skewcheck.sections._expected import expected
from skewcheck.sections._sweep import sweep
from skewcheck.statistics.inference import Inference
from skewcheck.statistics.intervals import Share
from skewcheck.statistics.netchange import net_change
from skewcheck.statistics.restoring import restoring

ORDER = 20
NEAR = 0.01  # of the scores' range: so close to a threshold a score is fragile


def section(run: Run) -> Section | None:
    """Return the decisions of a run, None where the policy has none."""
    column = next((s for s in run.sides if s.role is Role.DECISION), None)
    if column is None or column.decisions is None:
        return None
    name = _score(run, column.decisions)
    hidden = name is not None and run.policy.private.get(name, False)
    score = None if hidden else next((s for s in run.sides if s.name == name), None)
    judged = run.verdict.columns.get(column.name, ())
    seen = Seen(column.decisions, column, score, run.policy.level, judged)
    told, data = _approval(seen)
    flips, flipped = _flips(seen)
    edge, moved = _restoring(seen)
    rivals, table, champion = challenge(run, column.decisions)
    parts: list[Part] = [
        _shares(seen),
        *_matrix(seen),
        *table,
        *sweep(seen, moved, expected(run, seen)),
    ]
    if champion:
        data["champion"] = champion
    return Section(
        "decisions",
        "Decisions",
        (*told, *flips, *another_model(seen, run), *rivals, *edge, *_fragile(seen)),
        run.verdict.column(column.name),
        tuple(parts),
        {"bands": _bands(seen.decisions), **data, "flips": flipped, "threshold": moved},
    )


def _score(run: Run, decisions: Decisions) -> str | None:
    return decisions.score or run.schema.first(Role.SCORE)


def _bands(decisions: Decisions) -> dict[str, Any]:
    return {
        "labels": list(decisions.labels),
        "edges": list(decisions.edges),
        "approve": list(decisions.approve),
    }


def _approval(seen: Seen) -> tuple[list[str], dict[str, Any]]:
    """Return the approval rates in words and as numbers."""
    rates: dict[str, float | None] = {"train": seen.decisions.trained, "serve": None}
    words = []
    for name, side in (("train", seen.column.train), ("serve", seen.column.serve)):
        approved, rows = approvals(side, seen.decisions.approve) if side else (0, 0)
        if rows:
            rates[name] = approved / rows
            low, high = Share(approved, rows).bounds(seen.level)
            interval = f"{wording.percent(low)} to {wording.percent(high)}"
            words.append(f"{name} {wording.percent(approved / rows)} ({interval})")
        elif rates[name] is not None:
            words.append(f"{name} {wording.percent(rates[name] or 0.0)} (as the policy says)")
        else:
            words.append(f"{name} has no score")
    named = wording.listed([safe(label, NAME) for label in seen.decisions.approve])
    return [f"Approval rate ({named}): {', '.join(words)}"], {"approval": rates}


def _shares(seen: Seen) -> Listing:
    rows = []
    for label in seen.decisions.labels:
        cells = [safe(label, NAME)]
        for side in (seen.column.train, seen.column.serve):
            counts = side.categories.counts if side else None
            total = sum((counts or {}).values())
            n = (counts or {}).get(label, 0)
            cells += [wording.count(n), wording.percent(n / total) if total else ""]
        rows.append(tuple(cells))
    head = ("decision", "train rows", "share", "serve rows", "share")
    return Listing("Decisions by side", head, tuple(rows), frozenset({1, 2, 3, 4}))


def _flips(seen: Seen) -> tuple[list[str], dict[str, Any] | None]:
    pairs = seen.column.pairs
    if pairs is None or not pairs.counts.pairs:
        return [], None
    n, flips = pairs.counts.pairs, pairs.counts.mismatches
    measure, effect = _measured(seen, Share(flips, n))
    low, high = measure.bounds(seen.level)
    gained, lost = directions(seen, pairs)
    fewer = (count / effect for count in (gained, lost, n))
    value, least, most = net_change(*fewer, level=seen.level)
    told = (
        f"{wording.count(flips)} of {wording.rows(n, 'pair')} are decided otherwise in serve "
        f"({wording.percent(low, 2)} to {wording.percent(high, 2)}): {wording.count(gained)} gain "
        f"approval, {wording.count(lost)} lose it, net {100 * value:+.2f} points "
        f"({100 * least:+.2f} to {100 * most:+.2f})"
    )
    if effect > 1:
        told += f"; rows of one customer flip together (design effect {wording.number(effect)})"
    return [told], {
        "design_effect": effect,
        "pairs": n,
        "flips": flips,
        "low": low,
        "high": high,
        "gained": gained,
        "lost": lost,
        "net": {"value": value, "low": least, "high": most},
    }


def _measured(seen: Seen, alone: Share) -> tuple[Inference, float]:
    """Return the share of flips as it was judged, and its design effect; else as of alone rows."""
    for finding in (judgement.finding for judgement in seen.judged):
        whole = finding.check == "flips" and not (finding.subject.segment or finding.subject.window)
        if whole and not isinstance(finding.measure, Undefined):
            return finding.measure, float(finding.detail.get("design_effect", 1.0))
    return alone, 1.0


def _matrix(seen: Seen) -> Iterator[Matrix]:
    """Yield who is decided how on both sides, with the pairs that agree on the diagonal."""
    pairs = seen.column.pairs
    if pairs is None or pairs.confusion is None or not pairs.counts.pairs:
        return
    labels = seen.decisions.labels
    found = {(t, s): n for (t, s), n in pairs.confusion.items() if t in labels and s in labels}
    right = pairs.reference.categories.counts or {}
    total = sum(right.values())
    scale = pairs.counts.pairs / total if total else 0.0
    rows = []
    for label in labels:
        off = {s: found.get((label, s), 0) for s in labels if s != label}
        same = max(0, round(right.get(label, 0) * scale) - sum(off.values()))
        rows.append(tuple(off.get(s, same) for s in labels))
    named = tuple(safe(label, NAME) for label in labels)
    yield Matrix("Pairs by what train and serve decide", named, named, tuple(rows))


def _restoring(seen: Seen) -> tuple[list[str], dict[str, Any] | None]:
    """Return the threshold that would give serve train's approval rate."""
    edge, cells = seen.edge, cells_of(seen)
    if edge is None:
        return [], None
    chosen = {"chosen": edge, "restoring": None, "low": None, "high": None}
    if cells is None or seen.column.train is None:
        return [], chosen
    values, _, serve = cells
    approved, rows = approvals(seen.column.train, seen.decisions.approve)
    if not rows:
        return [], chosen
    less = approved if seen.low else rows - approved
    value, low, high = restoring(values, serve, (less, rows), level=seen.level)
    ends = [wording.number(x, 3) if math.isfinite(x) else "unknown" for x in (low, high)]
    figures = f"{wording.number(value, 3)} ({ends[0]} to {ends[1]})"
    if low <= edge <= high:
        told = f"The threshold {wording.number(edge)} gives serve train's approval rate"
    else:
        told = f"A threshold of {figures} in place of {wording.number(edge)} would give serve "
        told += "train's approval rate; what moved the scores comes first"
    finite = {k: x if math.isfinite(x) else None for k, x in (("low", low), ("high", high))}
    return [told], {**chosen, "restoring": value, **finite}


def _fragile(seen: Seen) -> list[str]:
    """Return how many of serve's scores lie close to a threshold."""
    cells = cells_of(seen)
    if cells is None or not seen.decisions.edges:
        return []
    values, _, serve = cells
    reach = NEAR * float(values[-1] - values[0])
    near = np.zeros(len(values), np.bool_)
    for edge in seen.decisions.edges:
        near |= np.abs(values - edge) <= reach
    share = float(serve[near].sum() / serve.sum())
    return [
        f"{wording.percent(share)} of serve's scores lie within {wording.number(reach, 2)} of a "
        "threshold: a small shift decides them"
    ]
