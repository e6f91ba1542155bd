"""HTML: one page, readable without scripts; it loads nothing, and runs only its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from skewcheck import wording
from skewcheck.lines import Line
from skewcheck.render._svg import HIGH, LEFT, WIDE, Drawing, draw
from skewcheck.report import Report
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView

SUFFIX = ".html"
INCOMPLETE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>skewcheck: incomplete</title></head>
<body><h1>Incomplete</h1><p>The run that was to write this report has not finished. If nothing is
running any more it was interrupted or failed; there is no verdict.</p></body></html>
"""
SYMBOLS = {
    Outcome.FAIL: "✕",
    Outcome.INCONCLUSIVE: "?",
    Outcome.WARN: "!",
    Outcome.PASS: "✓",
    Outcome.UNJUDGED: "–",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A column on the page: its number there, and its drawing."""

    id: int
    column: ColumnView
    drawing: Drawing | None
    scale: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A finding in a column's table: its cells after the verdict, and remarks below them."""

    line: Line
    cells: list[str]
    remarks: list[str]


def render(report: Report) -> str:
    """Return the report as one page."""
    style, script = _asset("report.css"), _asset("report.js")
    shown = list(_shown(report))
    word, _, rest = report.headline.partition(": ")
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            word=word,
            headline=rest,
            sections=[(title, *_split(part)) for title, part in _sections(shown) if part],
            symbols=SYMBOLS,
            style=style,
            script=script,
            policy=_content_policy(style, script),
            wide=WIDE,
            high=HIGH,
            left=LEFT,
            table=_table,
            count=wording.count,
        )
    )


def _shown(report: Report) -> Iterable[Shown]:
    for number, column in enumerate(report.columns):
        chart = report.charts.get(column.name)
        if chart is None:
            yield Shown(number, column, None, "", ())
            continue
        scale = chart.body.scale if chart.body else ""
        yield Shown(number, column, draw(chart), scale, chart.notes)


def _sections(shown: list[Shown]) -> list[tuple[str, list[Shown]]]:
    from skewcheck.schema import Role

    features = [s for s in shown if s.column.role is Role.FEATURE]
    scores = [s for s in shown if s.column.role is Role.SCORE]
    known = (Role.FEATURE, Role.SCORE, Role.KEY)
    service = [s for s in shown if s.column.role not in known]
    return [("Features", features), ("Scores", scores), ("Service", service)]


def _split(part: list[Shown]) -> tuple[list[Shown], list[Shown], str]:
    """Return the columns to look at, those folded away, and what is said of them."""
    folded = {
        outcome: [s for s in part if s.column.outcome is outcome]
        for outcome in (Outcome.PASS, Outcome.UNJUDGED)
    }
    words = zip(folded.values(), ("within the limits", "not judged"), strict=True)
    said = [f"{wording.rows(len(some), 'column')} {what}" for some, what in words if some]
    open_ = [s for s in part if s.column.outcome not in folded]
    return open_, [s for some in folded.values() for s in some], ", ".join(said)


def _table(column: ColumnView, usual_rows: str) -> Iterable[Row]:
    """Yield the findings of a column.

    Rows are given where they are not all rows of the run. A remark that several findings share is
    shown once, and facts not where a finding passes: a page of a thousand columns must stay
    small, and JSON has them all.
    """
    told: set[str] = set()
    for line in column.lines:
        cells = [line.effect, line.interval, line.limit, line.p]
        cells.append(line.rows if line.rows != usual_rows else "")
        while not cells[-1]:
            cells.pop()
        facts = [] if line.outcome is Outcome.PASS else [f for f in line.facts if f not in told]
        told.update(facts)
        reason = [line.sentence] if line.numbers.value is None else []
        yield Row(line, cells, [*reason, *facts, *([line.needs] if line.needs else [])])


def _content_policy(style: str, script: str) -> str:
    """Return a policy that allows this style and this script and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    return files("skewcheck.render").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("skewcheck.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
