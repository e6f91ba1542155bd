"""What to fix first: one ranked list over all columns, with cause, effort and owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skewcheck import wording
from skewcheck.fixes import QUADRANTS, Fix, fixes, middles
from skewcheck.layout import Listing, Part, Point, Scatter, Section
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.views import NAME
from skewcheck.worth import worth

ORDER = 1
MOST = 20  # fixes that are listed
TEXT = 300  # width of a cause
HEAD = ("column", "why", "importance", "rows", "effort", "quadrant", "owner")
ALWAYS = (0, 1)  # the others are shown where they tell columns apart


def section(run: Run) -> Section | None:
    """Return the ranked list; None where every column is well."""
    found = fixes(run)
    if not found:
        return None
    return Section(
        "fix_first",
        "Fix first",
        tuple(_sentences(run, found)),
        None,
        tuple(_parts(found)),
    )


def _sentences(run: Run, found: tuple[Fix, ...]) -> Iterable[str]:
    origin = worth(run).origin
    measured = any(fix.measured for fix in found)
    damage = "what the model does with it" if measured else "how far it is beyond its limit"
    if origin:
        told = f"importance (by {origin}) x damage ({damage}) x share of rows"
    else:
        told = f"damage ({damage}) x share of rows; nobody says what a feature is worth"
    yield f"Ranked by {told}."
    after = [safe(fix.column, NAME) for fix in found if fix.follows]
    if after:
        yield f"Last comes what follows from other columns: {wording.listed(after)}."


def _parts(found: tuple[Fix, ...]) -> Iterable[Part]:
    table = [_row(fix) for fix in found[:MOST]]
    kept = [i for i in range(len(HEAD)) if i in ALWAYS or len({row[i] for row in table}) > 1]
    rows = tuple(tuple(row[i] for i in kept) for row in table)
    right = frozenset(place for place, i in enumerate(kept) if i in (2, 3, 4))
    yield Listing("What to fix first", tuple(HEAD[i] for i in kept), rows, right)
    points = tuple(
        Point(safe(fix.column, NAME), fix.effort, fix.importance, fix.column)
        for fix in found
        if fix.effort is not None and fix.importance is not None
    )
    cut = middles(found)
    if points and cut:
        axes = ("effort", "importance")
        yield Scatter("Importance against effort", axes, cut, points, QUADRANTS)


def _row(fix: Fix) -> tuple[str, ...]:
    return (
        safe(fix.column, NAME),
        safe(fix.cause, TEXT),
        "unknown" if fix.importance is None else wording.percent(fix.importance),
        "" if fix.share is None else wording.percent(fix.share),
        "" if fix.effort is None else wording.number(fix.effort, 3),
        fix.quadrant,
        safe(fix.owner, NAME) if fix.owner else "",
    )


def documents(found: tuple[Fix, ...]) -> list[dict[str, Any]]:
    """Return the list as JSON-able data."""
    return [
        {
            "column": fix.column,
            "role": str(fix.role),
            "verdict": str(fix.outcome),
            "cause": fix.cause,
            "importance": fix.importance,
            "damage": fix.damage,
            "damage_measured": fix.measured,
            "share": fix.share,
            "effort": fix.effort,
            "quadrant": fix.quadrant or None,
            "owner": fix.owner or None,
            "score": fix.score,
            "pipeline_bug": fix.bug,
            "follows": fix.follows,
        }
        for fix in found
    ]
