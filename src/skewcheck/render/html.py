"""HTML: one page, readable without scripts; it loads nothing, and runs only its own."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from skewcheck import wording
from skewcheck.discovery import discover
from skewcheck.layout import Listing, Matrix, Part, Section, Sweep
from skewcheck.lines import Line
from skewcheck.render import _data, _figures
from skewcheck.report import Report
from skewcheck.schema import Role
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView

SUFFIX = ".html"
INCOMPLETE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>skewcheck: incomplete</title></head>
<body><h1>Incomplete</h1><p>The run that was to write this report has not finished. If nothing is
running any more it was interrupted or failed; there is no verdict.</p></body></html>
"""
STYLES = ("page.css", "columns.css", "figures.css", "print.css")
SCRIPTS = ("svg.js", "charts.js", "column.js", "columns.js", "links.js", "sweep.js", "start.js")
SYMBOLS = {
    Outcome.FAIL: "✕",
    Outcome.INCONCLUSIVE: "?",
    Outcome.WARN: "!",
    Outcome.PASS: "✓",
    Outcome.UNJUDGED: "–",
}
FOLDED = (Outcome.PASS, Outcome.UNJUDGED)
OWN = ("page-", "topic-", "column-")  # how the page's own ids begin
BRIEF = 12  # columns that a notebook shows


@dataclass(frozen=True, slots=True)
class Shown:
    """A column on the page; ``id`` is its anchor, ``link`` the same inside an address."""

    id: str
    column: ColumnView

    @property
    def link(self) -> str:
        """Return the anchor, percent-encoded."""
        return quote(self.id, safe="")


@dataclass(frozen=True, slots=True)
class Row:
    """A finding in a column's table: its cells after the verdict, and remarks below them."""

    line: Line
    cells: list[str]
    remarks: list[str]


def render(report: Report) -> str:
    """Return the report as one page."""
    style, script = _assets("css", STYLES), _assets("js", SCRIPTS)
    word, _, rest = report.headline.partition(": ")
    shown = list(_shown(report))
    topics = _topics(report.sections)
    data = {
        "columns": _data.columns(report, (s.column for s in shown)),
        "sweeps": _data.sweeps(report.sections),
        "meanings": meanings(report),
        "names": [s.column.label for s in shown],
    }
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            word=word,
            headline=rest,
            open=[s for s in shown if s.column.outcome not in FOLDED],
            calm=[s for s in shown if s.column.outcome in FOLDED],
            said=_folded(shown),
            topics=topics,
            roles=sorted({str(s.column.role) for s in shown}),
            causes=sorted({c.title for s in shown for c in s.column.causes}),
            tally=_tally(shown),
            links={s.column.label: s.link for s in shown} | {s.column.name: s.link for s in shown},
            scores=[s for s in shown if s.column.role is Role.SCORE],
            symbols=SYMBOLS,
            style=style,
            script=script,
            data=_data.embedded(data),
            policy=_content_policy(style, script),
            meanings=data["meanings"],
            figures=_figures,
            kind=_kind,
            table=_table,
            count=wording.count,
        )
    )


def brief(report: Report) -> str:
    """Return a short page for a notebook: verdict, failure modes, the worst columns."""
    style = _assets("css", ("page.css", "brief.css"))
    word, _, rest = report.headline.partition(": ")
    worst = [c for c in _worst_first(report) if c.outcome not in FOLDED]
    return (
        _environment()
        .get_template("brief.html.jinja")
        .render(
            report=report,
            word=word,
            headline=rest,
            columns=worst[:BRIEF],
            more=len(worst) - BRIEF,
            symbols=SYMBOLS,
            style=style,
            policy=f"default-src 'none'; style-src '{_digest(style)}'",
            count=wording.count,
        )
    )


def meanings(report: Report) -> dict[str, str]:
    """Return what each check on the page measures, in a sentence: its docstring's first line."""
    checks = discover("skewcheck.checks")
    used = {x.check for c in report.columns for x in c.lines} & checks.keys()
    docs = {
        check: " ".join((checks[check].__doc__ or "").split("\n\n")[0].split()) for check in used
    }
    return {checks[c].TITLE: doc for c, doc in sorted(docs.items())}


def _worst_first(report: Report) -> list[ColumnView]:
    """Return the columns but for the key of the pairing, which has a topic of its own."""
    columns = [c for c in report.columns if c.role is not Role.KEY]
    return sorted(columns, key=lambda c: -c.outcome.severity)


def _shown(report: Report) -> Iterable[Shown]:
    """Yield the columns with an anchor each: the name where a reader could type it."""
    taken: set[str] = set()
    for number, column in enumerate(_worst_first(report)):
        plain = column.name == column.label and not column.name.startswith(OWN)
        id_ = column.name if plain and column.name not in taken else f"column-{number}"
        taken.add(id_)
        yield Shown(id_, column)


def _topics(sections: Iterable[Section]) -> dict[str, list[Section]]:
    """Return the topics by their place on the page: first, middle, health, history."""
    places = {"fix_first": "first", "health": "health", "history": "history"}
    found: dict[str, list[Section]] = {p: [] for p in ("first", "middle", "health", "history")}
    for section in sections:
        found[places.get(section.name, "middle")].append(section)
    return found


def _tally(shown: Iterable[Shown]) -> Mapping[Outcome, int]:
    counts = Counter(s.column.outcome for s in shown)
    return dict(sorted(counts.items(), key=lambda item: -item[0].severity))


def _folded(shown: Iterable[Shown]) -> str:
    """Return what is said of the columns that are folded away."""
    counts = Counter(s.column.outcome for s in shown)
    words = zip(FOLDED, ("within the limits", "not judged"), strict=True)
    said = [f"{wording.rows(counts[o], 'column')} {what}" for o, what in words if counts[o]]
    return ", ".join(said)


def _kind(part: Part) -> str:
    """Return how a part is set: a table, a matrix, a figure, or one with a handle."""
    if isinstance(part, Listing):
        return "listing"
    return (
        "matrix" if isinstance(part, Matrix) else "sweep" if isinstance(part, Sweep) else "figure"
    )


def _table(column: ColumnView, usual_rows: str) -> Iterable[Row]:
    """Yield the findings of a column.

    Rows are given where they are not all rows of the run. A remark that several findings share is
    shown once, and facts not where a finding or all of the column passes: a page of a thousand
    columns must stay small, and JSON has them all.
    """
    told: set[str] = set()
    quiet = (Outcome.PASS, Outcome.UNJUDGED) if column.outcome in FOLDED else (Outcome.PASS,)
    for line in column.lines:
        cells = [line.effect, line.interval, line.limit, line.p]
        cells.append(line.rows if line.rows != usual_rows else "")
        while not cells[-1]:
            cells.pop()
        facts = [] if line.outcome in quiet else [f for f in line.facts if f not in told]
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
def _assets(folder: str, names: tuple[str, ...]) -> str:
    """Return some files as one; scripts share one scope of their own."""
    home = files("skewcheck.render").joinpath("templates", folder)
    text = "".join(home.joinpath(name).read_text(encoding="utf-8") for name in names)
    return f'"use strict";\n{{\n{text}}}\n' if folder == "js" else text


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("skewcheck.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
