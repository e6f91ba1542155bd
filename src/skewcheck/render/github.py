"""GitHub Actions: annotations, in the form of workflow commands: a line each, all escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skewcheck import wording
from skewcheck.report import Report
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView

MOST = 10  # of one kind and step are all that GitHub shows
LEVELS = {Outcome.FAIL: "error", Outcome.INCONCLUSIVE: "warning", Outcome.WARN: "warning"}
DATA = {ord(c): f"%{ord(c):02X}" for c in "%\r\n"}
PROPERTY = {ord(c): f"%{ord(c):02X}" for c in "%\r\n:,"}


def render(report: Report) -> str:
    """Return at most ten annotations, a line each: the verdict, then the worst columns."""
    bad = [c for c in report.columns if c.outcome in LEVELS]
    shown = bad if len(bad) < MOST else bad[: MOST - 2]
    lines = [_verdict(report), *map(_annotation, shown)]
    if len(bad) > len(shown):
        more = wording.rows(len(bad) - len(shown), "more column")
        lines.append(_command("warning", "skewcheck", f"{more} not within the limits"))
    return "".join(f"{line}\n" for line in lines)


def _verdict(report: Report) -> str:
    level = {0: "notice", 1: "error"}.get(report.exit_code, "warning")
    return _command(level, "skewcheck", report.headline)


def _annotation(column: ColumnView) -> str:
    told: Iterable[str] = dict.fromkeys((*column.story, column.sentence))
    title = f"skewcheck: {column.label} {column.outcome}"
    return _command(LEVELS[column.outcome], title, "\n".join(told))


def _command(level: str, title: str, text: str) -> str:
    return f"::{level} title={_escaped(title, PROPERTY)}::{_escaped(text, DATA)}"


def _escaped(text: str, how: Mapping[int, str]) -> str:
    return text.translate(how)
