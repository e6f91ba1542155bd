"""The log over time: rows per day, days without any, and versions that answered side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from skewcheck import wording
from skewcheck.layout import Course, Section
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role

ORDER = 80
NAME = 40  # width of a name


def section(run: Run) -> Section | None:
    """Return the rows of each day and the versions; None where the log tells neither."""
    days = {day: n for day, n in sorted(run.serve.profile.groups.get("day", {}).items()) if n > 0}
    versions = dict(_versions(run))
    mixed = {column: counts for column, counts in versions.items() if len(counts) > 1}
    if len(days) < 2 and not mixed:
        return None
    gap = gaps(days)
    series = {"serve": tuple((float(n),) * 3 for n in days.values())}
    course = Course("Rows per day", "rows", tuple(days), series)
    return Section(
        "health",
        "The log over time",
        tuple(_sentences(days, gap, mixed)),
        None,
        (course,) if len(days) > 1 else (),
        {"days": days, "gaps": gap, "versions": versions},
    )


def gaps(days: Mapping[str, int]) -> int:
    """Return how many days between the first and the last have no row."""
    known = sorted(filter(None, (_date(day) for day in days)))
    return (known[-1] - known[0]).days + 1 - len(known) if known else 0


def _date(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _versions(run: Run) -> Iterable[tuple[str, dict[str, int]]]:
    for name in run.schema.names(Role.VERSION):
        column = run.serve.profile.columns.get(name)
        counts = column.categories.counts if column else None
        if counts:
            yield name, {value: n for value, n in sorted(counts.items()) if n > 0}


def _sentences(
    days: Mapping[str, int], gap: int, mixed: Mapping[str, Mapping[str, int]]
) -> Iterable[str]:
    if days:
        least = min(days, key=lambda day: days[day])
        fewest = f"fewest on {safe(least, NAME)} ({wording.rows(days[least])})"
        yield f"Rows on {wording.rows(len(days), 'day')}, {fewest}."
    if gap:
        yield f"{wording.rows(gap, 'day')} in between without any row."
    for column, counts in mixed.items():
        total = sum(counts.values())
        named = [f"{safe(v, NAME)} ({wording.percent(n / total)})" for v, n in counts.items()]
        yield f"Several versions answered ({safe(column, NAME)}): {wording.listed(named)}."
