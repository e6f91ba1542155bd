"""A report with a topic for every kind of part, made by hand."""

from __future__ import annotations

from dataclasses import replace

from skewcheck.layout import (
    Bars,
    Course,
    Listing,
    Mark,
    Matrix,
    Point,
    Scatter,
    Section,
    Sweep,
)
from skewcheck.report import Report, build
from skewcheck.verdict import Outcome
from tests.report.cases import flights

THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(1, 20))


def fixes(names: tuple[str, ...] = ("distance", "carrier", "wind")) -> Section:
    points = tuple(Point(n, 0.2 + 0.3 * i, 0.9 - 0.35 * i, n) for i, n in enumerate(names[:3]))
    return Section(
        "fix_first",
        "Fix first",
        ("Three fixes would let the run pass.",),
        parts=(
            Scatter(
                "Importance and effort",
                ("effort, days", "importance"),
                (0.5, 0.5),
                points,
                ("quick wins", "big bets", "later", "if there is time"),
            ),
            Listing(
                "Fixes",
                ("column", "fix", "days"),
                tuple((n, f"serve {n} in train's unit", "0.5") for n in names[:3]),
                frozenset({2}),
            ),
        ),
    )


def latency() -> Section:
    edges = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
    series = {
        "serve": (20.0, 300.0, 900.0, 500.0, 150.0, 40.0, 4.0),
        "champion": (80.0, 700.0, 600.0, 300.0, 90.0, 10.0, 0.0),
    }
    marks = (Mark("p50 9 ms", 9), Mark("p99 61 ms", 61), Mark("budget 50 ms", 50))
    hours = tuple(f"{h:02}:00" for h in range(24))
    by_hour = tuple(None if h == 5 else (20.0 + h, 17.0 + h, 24.0 + h) for h in range(24))
    return Section(
        "latency",
        "Response time",
        ("99 % of requests answer within 61 ms (58 to 64 ms), limit 50 ms.",),
        Outcome.FAIL,
        (
            Bars("Response times", "ms", edges, series, marks, log=True),
            Course("99 % quantile by hour", "ms", hours, {"serve": by_hour}, limit=50.0),
        ),
    )


def decisions() -> Section:
    approval = tuple(1 - t for t in THRESHOLDS)
    flips = tuple(0.08 * t if t < 0.9 else None for t in THRESHOLDS)
    value = tuple(1_000 * t * (1 - t) for t in THRESHOLDS)
    return Section(
        "decisions",
        "Scores and decisions",
        ("2.4 % of decisions flip (2.1 to 2.7 %), limit 1 %.",),
        Outcome.FAIL,
        (
            Sweep(
                "What follows from the threshold",
                THRESHOLDS,
                {"approval rate": approval, "flips": flips, "value": value},
                {"approval rate": "share", "flips": "share", "value": "EUR per day"},
                chosen=0.5,
                marks=(Mark("in force", 0.5),),
            ),
            Matrix(
                "Decisions",
                ("approve", "decline"),
                ("approve", "decline"),
                ((4_100, 120), (40, 740)),
            ),
        ),
    )


def history() -> Section:
    nights = tuple(f"2026-11-{d:02}" for d in range(1, 15))
    course = tuple((0.01 * d, 0.008 * d, 0.012 * d) for d in range(1, 15))
    parts = (
        Course("Rows that differ", "share", nights, {"distance": course, "wind": course[::-1]}),
    )
    return Section("history", "History", ("The last 3 of 14 nights failed.",), None, parts)


def topics(report: Report | None = None) -> Report:
    """Return a report with a section for every kind of part."""
    made = report or build(flights())
    names = tuple(c.label for c in made.features[:3])
    return replace(made, sections=(fixes(names), decisions(), latency(), history()))
