"""Champion against challenger: how far they agree, and whose approval each alone would give."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skewcheck import wording
from skewcheck.champion import COLUMN, OTHER, crossed
from skewcheck.decisions import Decisions
from skewcheck.layout import Listing, Matrix
from skewcheck.privacy import private
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.sections._decided import NAME
from skewcheck.statistics.intervals import Share
from skewcheck.statistics.netchange import net_change

MOST = 20  # segments that are listed
Table = NDArray[np.int64]


def challenge(
    run: Run, decisions: Decisions
) -> tuple[list[str], list[Matrix | Listing], dict[str, Any]]:
    """Return champion against challenger in words, as a table and as numbers; nothing without."""
    if decisions.champion is None:
        return [], [], {}
    both = next((s for s in run.sides if s.role is Role.AGREEMENT), None)
    counts = both.serve.categories.counts if both and both.serve else None
    table = crossed(decisions, counts or {})
    if not table.sum():
        name = safe(decisions.champion, NAME)
        told = f"Champion and challenger cannot be compared: no logged request has {name} and a "
        return [f"{told}score, or the log was read as a saved profile"], [], {}
    level = run.policy.level
    sentences, data = _agreement(table, level)
    more, swaps = _swaps(decisions, table, level)
    labels = tuple(safe(label, NAME) for label in decisions.labels)
    words = (*labels, OTHER) if table[-1].any() else labels
    cells = tuple(tuple(row) for row in table[: len(words)].tolist())
    title = "Requests by what champion and challenger decide"
    matrix = Matrix(title, words, labels, cells, ("champion", "challenger"), "requests")
    parts, listed = _segments(run, decisions)
    return [*sentences, *more], [matrix, *parts], {**data, **swaps, "segments": listed}


def _segments(run: Run, decisions: Decisions) -> tuple[list[Listing], list[dict[str, Any]]]:
    """Return agreement and swap set by segment, the least agreeing first; nothing without one."""
    found: list[dict[str, Any]] = []
    of = run.schema.first(Role.SEGMENT) or ""
    if of in private(run):
        return [], found  # its values would be the rows' names
    for segment, column in run.serve.profile.splits.get("segment", {}).get(COLUMN, {}).items():
        table = crossed(decisions, column.categories.counts or {})
        if not table.sum():
            continue
        _, data = _agreement(table, run.policy.level)
        _, swaps = _swaps(decisions, table, run.policy.level)
        found.append({"segment": segment, **data, **swaps})
    found.sort(key=lambda x: (x["agreeing"] / x["requests"], x["segment"]))
    if len(found) < 2:
        return [], found
    name = safe(of, NAME)
    head = (name, "requests", "decided alike", "interval", "challenger alone", "champion alone")
    rows = tuple(map(_segment, found[:MOST]))
    title = f"Champion and challenger by {name}"
    return [Listing(title, head, rows, frozenset(range(1, 6)))], found


def _segment(found: dict[str, Any]) -> tuple[str, ...]:
    """Return a segment's row; what either alone approves is unknown where no decision is."""
    low, high = wording.percent(found["low"]), wording.percent(found["high"])
    alone = (found.get(f"{who}_alone") for who in ("challenger", "champion"))
    return (
        safe(found["segment"], NAME),
        wording.count(found["requests"]),
        wording.percent(found["agreeing"] / found["requests"]),
        f"{low} to {high}",
        *("" if n is None else wording.count(n) for n in alone),
    )


def _agreement(table: Table, level: float) -> tuple[list[str], dict[str, Any]]:
    n, same = int(table.sum()), int(np.trace(table))
    low, high = Share(same, n).bounds(level)
    told = [
        f"Champion and challenger decide {wording.count(same)} of {wording.rows(n, 'request')} "
        f"alike: {wording.percent(same / n, 2)} ({wording.percent(low, 2)} to "
        f"{wording.percent(high, 2)})"
    ]
    unknown = int(table[-1].sum())
    if unknown:
        told.append(
            f"{wording.rows(unknown, 'request')} of the champion's hold a decision that "
            "[decisions] does not name: they count as decided otherwise"
        )
    return told, {"requests": n, "agreeing": same, "low": low, "high": high, "unknown": unknown}


def _swaps(decisions: Decisions, table: Table, level: float) -> tuple[list[str], dict[str, Any]]:
    """Return the swap set: who is approved by one of the two only."""
    approved = np.array([label in decisions.approve for label in decisions.labels])
    known = table[:-1]
    n = int(known.sum())
    if not n:
        return [], {}
    gained, lost = (
        int(known[~approved][:, approved].sum()),
        int(known[approved][:, ~approved].sum()),
    )
    value, least, most = net_change(gained, lost, n, level=level)
    told = (
        f"Swap set: the challenger alone approves {_part(gained, n, level)}, the champion alone "
        f"{_part(lost, n, level)}; approvals change by {100 * value:+.2f} points "
        f"({100 * least:+.2f} to {100 * most:+.2f})"
    )
    net = {"value": value, "low": least, "high": most}
    return [told], {"challenger_alone": gained, "champion_alone": lost, "net": net}


def _part(x: int, n: int, level: float) -> str:
    low, high = Share(x, n).bounds(level)
    interval = f"{wording.percent(low, 2)} to {wording.percent(high, 2)}"
    return f"{wording.count(x)} ({wording.percent(x / n, 2)}, {interval})"
