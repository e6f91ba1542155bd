"""Markdown: a comment for a pull request, all but the worst columns collapsed.

Foreign text cannot be escaped for good where pages turn plain words into mentions, issues, commits
and emoji after Markdown is done. They leave code alone, so every word that is not plain prose is
set as code, in which only a backtick and, in tables, a bar could act: those are shown as escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from skewcheck import wording
from skewcheck.report import Report
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView, SideView

SUFFIX = ".md"
BUDGET = 58_000  # bytes; GitHub refuses comments of more than 65,536 characters
WORST = 15  # columns in the table on top
SENTENCES_OF_TOPIC = 6
SENTENCES = 2  # of a column's story, in a cell
INCOMPLETE = (
    "**skewcheck: incomplete.** The run that was to write this report has not finished; "
    "there is no verdict.\n"
)
PROSE = re.compile(
    r"""
    (?! \(? [0-9a-f]{7,} \b)                                # a commit
    (?: \(? [A-Za-z]+ (?: -[A-Za-z]+ )* (?: '[a-z]+ )? \)?  # a word
      | [+-]? \d{1,3} (?: ,\d{3} )* (?! [.)] )              # a number, not that of a list
      | [+-]? \d{1,3} (?: ,\d{3} )* \.\d{1,6} \)?
      | \( [+-]? \d{1,3} (?: ,\d{3} )* (?: \.\d{1,6} )? \)?
      | [=×→÷%] \)? )
    [,;:.?]?
    """,
    re.X,
)
PEELED = re.compile(r"(\(*)(.*?)([),;:?]*)")  # brackets and stops around a word set as code
CODED = str.maketrans({"`": r"\x60", "|": r"\x7c"})


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown of at most 60 kB."""
    bad = [c for c in report.columns if c.outcome not in (Outcome.PASS, Outcome.UNJUDGED)]
    around = [_top(report), *_collapsed([_sides(report), _readiness(report)]), _closing(report)]
    room = BUDGET - sum(map(size, around))
    rows = _fitting(map(_row, bad[:WORST]), room // 2)
    details = _fitting(map(_details, bad), room - sum(map(size, rows)))
    return "\n".join(
        [
            _top(report),
            *_table(rows, len(bad)),
            *_collapsed(
                [*details, _left(len(bad) - len(details)), _sides(report), _readiness(report)]
            ),
            _closing(report),
        ]
    )


def _top(report: Report) -> str:
    word, _, rest = report.headline.partition(": ")
    return f"**skewcheck: {word}.** {prose(rest)}\n\n{prose(report.meaning)}\n"


def _table(rows: list[str], columns: int) -> list[str]:
    """Return the table of the worst columns, and how many there are beside them."""
    if not columns:
        return []
    more = wording.rows(columns - len(rows), "more column")
    last = [f"| | | {more} not within the limits |"] if columns > len(rows) else []
    return ["| verdict | column | why, where and how much |", "|---|---|---|", *rows, *last, ""]


def _row(c: ColumnView) -> str:
    told = "<br>".join(prose(x) for x in (*c.story[:SENTENCES], c.sentence))
    return f"| {_loud(c.outcome)} | {code(c.label)} | {told} |"


def _loud(outcome: Outcome) -> str:
    return f"**{outcome.upper()}**" if outcome is Outcome.FAIL else str(outcome)


def _details(column: ColumnView) -> str:
    """Return all findings of a column that are not within the limits, as a list."""
    lines = [f"**{column.outcome.upper()}** {code(column.label)}", ""]
    known = [*column.story, column.where, column.origin]
    lines += [f"- {prose(sentence)}" for sentence in dict.fromkeys(known) if sentence]
    for x in column.lines:
        if x.outcome not in (Outcome.PASS, Outcome.UNJUDGED):
            rest = "".join(f"; {prose(extra)}" for extra in (*x.facts, x.needs) if extra)
            lines.append(f"- {x.outcome}: {prose(x.sentence)}{rest}")
    return "\n".join([*lines, ""])


def _fitting(blocks: Iterable[str], budget: int) -> list[str]:
    """Return the first blocks, as many as fit into so many bytes."""
    kept: list[str] = []
    for block in blocks:
        budget -= size(block)
        if budget < 0:
            break
        kept.append(block)
    return kept


def _left(columns: int) -> str:
    if not columns:
        return ""
    return f"{wording.rows(columns, 'more column')} in the other reports, for want of space.\n"


def _sides(report: Report) -> str:
    lines = [f"- {side.title}: {_read(side)}" for side in (report.train, report.serve)]
    lines += [f"- {prose(sentence)}" for sentence in report.pairing]
    return "\n".join(["**Read**", "", *lines, ""])


def _read(side: SideView) -> str:
    fates = " + ".join(f"{n} {fate}" for fate, n in side.fates)
    events = f"{side.events} = {fates}" if fates else side.events
    return f"{code(side.path)}, {prose(side.layout)}; {side.rows} of {side.files}; {prose(events)}"


def _readiness(report: Report) -> str:
    rows = [f"| {_loud(m.outcome)} | {m.title} | {prose(m.evidence)} |" for m in report.modes]
    head = ["| verdict | failure mode | evidence |", "|---|---|---|"] if rows else []
    return "\n".join([*head, *rows, "", *_topics(report)])


def _topics(report: Report) -> Iterable[str]:
    for section in report.sections:
        yield f"**{prose(section.title)}**"
        yield ""
        yield from (f"- {prose(sentence)}" for sentence in section.sentences[:SENTENCES_OF_TOPIC])
        yield ""


def _closing(report: Report) -> str:
    counts = ", ".join(f"{wording.count(n)} {outcome}" for outcome, n in report.tally.items())
    return f"{counts or 'no column'} of features and scores; skewcheck {prose(report.version)}\n"


def _collapsed(blocks: list[str]) -> list[str]:
    """Return Markdown inside an element that opens on a click; blank lines keep it Markdown."""
    return ["<details><summary>Details</summary>", "", *blocks, "</details>", ""]


def size(text: str) -> int:
    """Return the bytes of a text and of the line's end after it."""
    return len(text.encode()) + 1


def prose(text: str) -> str:
    """Return a sentence in which words that could be taken for more than words are set as code."""
    words = [word for word in text.split(" ") if word]
    parts = groupby(words, key=lambda word: PROSE.fullmatch(word) is not None)
    return " ".join((" ".join if plain else _coded)(some) for plain, some in parts)


def _coded(words: Iterable[str]) -> str:
    before, core, after = PEELED.fullmatch(" ".join(words)).groups()  # type: ignore[union-attr]
    return f"{before}{code(core) if core else ''}{after}"


def code(text: str) -> str:
    """Return one line of text as a code span, in which nothing acts."""
    return f"`{text.translate(CODED)}`"
