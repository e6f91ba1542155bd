"""The terminal: the report in at most 100 columns, ending with the verdict and the exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from skewcheck import wording
from skewcheck.layout import Listing, Section
from skewcheck.lines import Line
from skewcheck.report import Report
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView, SideView

WIDEST, NARROWEST = 100, 40
ALSO = 3  # further checks that are named
ROWS = 8  # rows of a table unless all are asked for
FIRST, FIXES = "fix_first", 5  # the section after the readiness, and what it lists of it
MOST = 30  # columns listed unless all are asked for
STYLES = {
    Outcome.FAIL: "bold red",
    Outcome.INCONCLUSIVE: "bold magenta",
    Outcome.WARN: "bold yellow",
    Outcome.PASS: "green",
    Outcome.UNJUDGED: "dim",
}
LOUD = (Outcome.FAIL, Outcome.WARN)
PLAIN = str.maketrans({"→": "->", "…": "..."})


def render(
    report: Report,
    *,
    width: int = WIDEST,
    color: bool = False,
    verbose: bool = False,
    encoding: str = "utf-8",
) -> str:
    """Return the report as text of at most ``width`` (and 100) columns, in this encoding.

    ``verbose`` shows passing columns, every check, guesses and limits. What the encoding cannot
    write becomes ASCII.
    """
    console = Console(
        file=io.StringIO(),
        width=max(NARROWEST, min(width, WIDEST)),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for part in _parts(report, verbose=verbose):
        console.print(part)
    text = "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]
    return _encodable(text + "\n", encoding)


def _encodable(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text


def _parts(report: Report, *, verbose: bool) -> Iterable[Text | Table | Padding]:
    yield _verdict(report)
    yield Text()
    yield _sides(report)
    yield _heading("Readiness")
    yield _readiness(report)
    for section in report.sections:
        if section.name == FIRST:
            yield from _section(section, most=sys.maxsize if verbose else FIXES)
    columns_of = (report.features, report.scores, report.services)
    for title, columns in zip(("Features", "Scores", "Service"), columns_of, strict=True):
        if columns:
            yield _heading(title, _tally(columns))
            yield _columns(columns, report.usual_rows, verbose=verbose)
            yield from _left_out(columns, verbose=verbose)
    for section in report.sections:
        if section.name != FIRST:
            yield from _section(section, most=sys.maxsize if verbose else ROWS)
    if report.pairing:
        yield _heading("Pairs", ", ".join(str(join.outcome) for join in report.joins))
        yield from (_indented(sentence) for sentence in report.pairing)
        if _listed(report.joins, verbose=verbose):
            yield _columns(report.joins, report.usual_rows, verbose=verbose)
    yield _heading("Log health")
    for side in (report.train, report.serve):
        yield from _health(side)
    if report.guesses:
        yield _heading("Guesses")
        yield from (_indented(guess) for guess in report.guesses)
    yield _heading("Method")
    yield _methods(report, verbose=verbose)
    yield Text()
    yield _verdict(report)
    yield Text(report.meaning, "dim")


def _verdict(report: Report) -> Text:
    word, _, rest = report.headline.partition(":")
    return Text.assemble((word, STYLES[report.outcome]), (f":{rest}", "bold"))


def _heading(title: str, note: str = "") -> Text:
    return Text.assemble("\n", (title, "bold"), (f"  {note}" if note else "", "dim"))


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style, overflow="fold"), (0, 0, 0, 2))


def _table(*columns: str) -> Table:
    """Return a grid; ``fix`` columns keep their width, ``free`` ones share what is left."""
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for kind in columns:
        free = kind == "free"
        table.add_column(
            justify="right" if kind == "number" else "left",
            no_wrap=kind in ("fix", "number"),
            overflow="fold",
            ratio=1 if free else None,
        )
    return table


def _sides(report: Report) -> Padding:
    table = _table("fix", "free", "number", "number", "free")
    table.expand = False
    for side in (report.train, report.serve):
        row = (Text(side.title, "bold"), side.path, side.rows, side.files, side.layout)
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return Padding(table, (0, 0, 0, 2))


def _readiness(report: Report) -> Padding:
    """Return a line per failure mode."""
    table = _table("fix", "fix", "free")
    for mode in report.modes:
        word = "NO EVIDENCE" if mode.outcome is Outcome.UNJUDGED else str(mode.outcome).upper()
        table.add_row(Text(word, STYLES[mode.outcome]), Text(mode.title), Text(mode.evidence))
    return Padding(table, (0, 0, 0, 2))


def _section(section: Section, *, most: int) -> Iterable[Text | Padding]:
    """Yield a topic: its sentences, and its tables; figures are for the page."""
    yield _heading(section.title, str(section.outcome or ""))
    yield from (_indented(sentence) for sentence in section.sentences)
    for part in section.parts:
        if isinstance(part, Listing):
            yield _listing(part, most)


def _listing(part: Listing, most: int) -> Padding:
    kinds = ("number" if i in part.right else "free" for i in range(len(part.head)))
    table = _table(*kinds)
    table.add_row(*(Text(word, "dim") for word in part.head))
    for row in part.rows[:most]:
        table.add_row(*map(Text, row))
    if len(part.rows) > most:
        table.add_row(Text(f"and {wording.count(len(part.rows) - most)} more", "dim"))
    return Padding(table, (0, 0, 0, 2))


def _tally(columns: Iterable[ColumnView]) -> str:
    outcomes = [c.outcome for c in columns]
    counts = ((o, outcomes.count(o)) for o in sorted(Outcome, key=lambda o: -o.severity))
    return ", ".join(f"{wording.count(n)} {o}" for o, n in counts if n)


def _columns(columns: Iterable[ColumnView], usual: str, *, verbose: bool) -> Padding:
    table = _table("fix", "name", "free")
    table.columns[1].max_width = 30
    for column in _listed(columns, verbose=verbose):
        outcome = Text(column.outcome.upper(), STYLES[column.outcome])
        table.add_row(outcome, Text(column.label, "bold"), _main(column, usual, verbose=verbose))
        for x in column.lines[1:] if verbose else ():
            table.add_row(Text(str(x.outcome), STYLES[x.outcome]), "", _full(x, usual))
    return Padding(table, (0, 0, 0, 2))


def _listed(columns: Iterable[ColumnView], *, verbose: bool) -> list[ColumnView]:
    if verbose:
        return list(columns)
    return [c for c in columns if c.outcome not in (Outcome.PASS, Outcome.UNJUDGED)][:MOST]


def _left_out(columns: tuple[ColumnView, ...], *, verbose: bool) -> Iterable[Padding]:
    listed = _listed(columns, verbose=verbose)
    passed = sum(c.outcome is Outcome.PASS for c in columns)
    unjudged = sum(c.outcome is Outcome.UNJUDGED for c in columns)
    more = len(columns) - len(listed) - passed - unjudged
    if verbose:
        return
    counts = {"more not listed": more, "within the limits": passed, "unjudged": unjudged}
    for what, n in counts.items():
        if n:
            yield _indented(f"{wording.rows(n, 'column')} {what} (--verbose lists them)", "dim")


def _main(column: ColumnView, usual: str, *, verbose: bool) -> Text:
    """Return why a column differs, its main finding, and what else came to the same outcome."""
    if not column.lines:
        return Text(column.sentence)
    main, *rest = column.lines
    text = Text(overflow="fold")
    for sentence in column.story:
        text.append(f"{sentence}\n", "bold" if column.outcome in LOUD else "")
    text.append_text(_full(main, usual))
    also = [x.title for x in rest if x.outcome is main.outcome]
    if also and not verbose:
        text.append(f"\nalso {main.outcome}: {wording.listed(also, ALSO)}", "dim")
    for sentence in _details(column) if verbose else ():
        text.append(f"\n{sentence}")
    return text


def _details(column: ColumnView) -> Iterable[str]:
    """Yield what only the long report says of causes, place, origin and pairs."""
    if column.outcome is Outcome.PASS:
        return
    for cause in column.causes:
        if cause.also:
            yield f"the data do not tell it from: {'; '.join(cause.also)}"
    if column.where:
        yield f"where: {column.where}"
    if column.origin:
        yield f"skew or drift: {column.origin}"
    if column.pairs:
        yield f"pairs: {'; '.join(column.pairs.sentences)}"


def _full(x: Line, usual: str) -> Text:
    """Return a finding; its rows only where they are not those of the whole run."""
    text = Text(x.sentence, overflow="fold")
    rows = "" if x.rows == usual else f"n {x.rows}"
    for extra in (rows, *x.facts, x.needs):
        if extra:
            text.append(f"; {extra}", "dim")
    return text


def _health(side: SideView) -> Iterable[Padding]:
    fates = " + ".join(f"{n} {fate}" for fate, n in side.fates)
    yield _indented(f"{side.title}: {side.events}" + (f" = {fates}" if fates else ""))
    if side.notes or side.skipped:
        table = _table("fix", "free", "free")
        for fate, place, why in side.notes:
            table.add_row(Text(fate, "yellow"), Text(place), Text(why))
        for file, why in side.skipped:
            table.add_row(Text("skipped", "yellow"), Text(file), Text(why))
        yield Padding(table, (0, 0, 0, 4))


def _methods(report: Report, *, verbose: bool) -> Padding:
    table = _table("fix", "free")
    if verbose:
        for _, title, fail, warn in report.limits:
            table.add_row(Text("Limit", "dim"), Text(f"{title}: fail {fail}, warn {warn}"))
    for name, text in report.methods:
        table.add_row(Text(name, "dim"), Text(text))
    return Padding(table, (0, 0, 0, 2))
