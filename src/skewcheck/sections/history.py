"""How this run stands against the nights before: what is new, fixed, persisting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from skewcheck import wording
from skewcheck.layout import Course as Line
from skewcheck.layout import Listing, Part, Section
from skewcheck.nights import Change, Course, Past, StoredFinding, StoredRun
from skewcheck.sanitize import safe
from skewcheck.span import iso
from skewcheck.verdict import Outcome

if TYPE_CHECKING:
    from skewcheck.run import Run

ORDER = 90
NAMED = 6  # columns that a sentence names
LISTED = 14  # nights in the table
DRAWN = 8  # columns whose course is drawn
NAME = 60


def section(run: Run) -> Section | None:
    """Return what the history says; None for a run without one."""
    past = run.past
    if past is None:
        return None
    return Section(
        "history",
        "History",
        (*_nightly(run), *_sentences(past)),
        parts=tuple(_parts(past)),
        data={**_data(past), "views": _views(run)},
    )


def _nightly(run: Run) -> Iterable[str]:
    """Yield what the last night says, and what the last seven say together."""
    if run.night is None:
        return
    yield safe(run.night.reason, 400)
    level = wording.number(100 * run.night.views[0].level, 2)
    budget = wording.number(run.policy.false_alarms_per_year)
    yield f"failures hold at {level} % in each view: {budget} false alarm a year for both"
    yield from (safe(reason, 200) for reason in run.night.missing)


def _sentences(past: Past) -> Iterable[str]:
    folder = safe(past.folder, 200)
    if past.change is None:
        yield f"the first night in {folder}: nothing to compare with"
    else:
        before = past.nights[-2]
        yield f"since the night before ({window(before)}, {before.outcome}): {told(past.change)}"
        nights = wording.rows(len(past.nights), "night")
        yield f"{nights} up to this one in {folder}, {_streak(past.nights)}"
    for name, reason in past.troubles.items():
        yield f"{safe(name)} {safe(reason, 200)}"


def window(night: StoredRun) -> str:
    """Return the window that a run covers, to the minute in UTC."""
    if night.span is None:
        return safe(night.when)
    first, last = (iso(at)[:16].replace("T", " ") for at in (night.span.first, night.span.last))
    return f"{first} to {last[11:] if first[:10] == last[:10] else last}"


def told(change: Change) -> str:
    """Return a change in words: which columns fail newly, no longer, still."""
    lots = (
        (change.new, "new"),
        (change.fixed, "fixed"),
        (change.persisting, "persisting"),
        (change.undecided, "failed then, undecided now"),
    )
    parts = []
    for names, what in lots:
        if names:
            shown = wording.listed([safe(name, NAME) for name in names], NAMED)
            parts.append(f"{wording.count(len(names))} {what} ({shown})")
    return "; ".join(parts) or "no column fails, none did"


def _streak(nights: tuple[StoredRun, ...]) -> str:
    """Return for how many nights the verdict has been what it is."""
    last = nights[-1].outcome
    same = 0
    for night in reversed(nights):
        if night.outcome is not last:
            break
        same += 1
    return f"{last} for {wording.rows(same, 'night')} running"


def _parts(past: Past) -> Iterable[Part]:
    if len(past.nights) < 2:
        return
    shown = past.nights[-LISTED:]
    rows = tuple(_row(night) for night in reversed(shown))
    head = ("night", "verdict", "fail", "inconclusive", "warn", "pass", "rows of serve")
    yield Listing("The last nights", head, rows, right=frozenset(range(2, 7)))
    places = tuple(window(night) for night in past.nights)
    for course in _main(past.courses):
        values = {course.check: tuple(map(_point, course.findings))}
        title = f"{safe(course.column, NAME)}: {course.check.replace('_', ' ')}"
        yield Line(title, course.unit, places, values, course.limit)


def _row(night: StoredRun) -> tuple[str, ...]:
    shown = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.WARN, Outcome.PASS)
    counts = (wording.count(night.count(outcome)) for outcome in shown)
    rows = wording.count(int(night.serve["rows"]))
    return (window(night), str(night.outcome), *counts, rows)


def _main(courses: Iterable[Course]) -> list[Course]:
    """Return of each column that fails tonight the check that tells of it, some columns only."""
    found: dict[str, Course] = {}
    for course in courses:
        last = course.findings[-1]
        if last is not None and last.outcome is Outcome.FAIL:
            found.setdefault(course.column, course)
    return list(found.values())[:DRAWN]


def _point(found: StoredFinding | None) -> tuple[float, float, float] | None:
    if found is None or found.value is None or found.low is None or found.high is None:
        return None
    return found.value, found.low, found.high


def _data(past: Past) -> Mapping[str, Any]:
    change = past.change or Change()
    return {
        "folder": past.folder,
        "runs_known": past.known,
        "first": past.change is None,
        "new": list(change.new),
        "fixed": list(change.fixed),
        "persisting": list(change.persisting),
        "undecided": list(change.undecided),
        "nights": [night_data(night) for night in past.nights],
        "troubles": dict(past.troubles),
    }


def night_data(night: StoredRun) -> dict[str, Any]:
    """Return a night as JSON-able data."""
    return {
        "night": night.night,
        "window": [night.span.first, night.span.last] if night.span else None,
        "started": night.started,
        "verdict": str(night.outcome),
        "exit_code": night.exit_code,
        "reason": night.reason,
        "rows": {"train": night.train["rows"], "serve": night.serve["rows"]},
        "failing": list(night.failing),
        "columns": {str(outcome): n for outcome in Outcome if (n := night.count(outcome))},
    }


def _views(run: Run) -> list[dict[str, Any]]:
    views = run.night.views if run.night else ()
    return [
        {
            "view": view.name,
            "nights": view.nights,
            "rows": view.rows,
            "level": view.level,
            "verdict": str(view.verdict.outcome),
            "failing": list(view.columns(Outcome.FAIL)),
        }
        for view in views
    ]
