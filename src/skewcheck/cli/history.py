"""``skewcheck history``: the nights of a folder, the course of a column, folding old profiles."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skewcheck.cli.options import policy_option
from skewcheck.cli.streams import deliver, say
from skewcheck.errors import UsageError, nearest
from skewcheck.write import STDOUT, write

if TYPE_CHECKING:
    from skewcheck.history import Folder
    from skewcheck.nights import Change, Course, StoredRun

LOWER, UPPER = "▁▂▃▄", "▅▆▇█"  # within the limit, and beyond it
PLAIN = str.maketrans(dict(zip(LOWER + UPPER + "·", "____^^^^.", strict=True)))
NIGHTS = 60  # of a course that is drawn
LISTED = 30  # nights that are listed unless all are asked for
SCHEMA_VERSION = 1


class _Commands(click.Group):
    """``history DIR`` is ``history show DIR``: a first word that is no command is an argument."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = (*self.commands, *ctx.help_option_names)
        return super().parse_args(ctx, args if args and args[0] in known else ["show", *args])


@click.group(cls=_Commands, short_help="List earlier runs, or the course of a column.")
def history() -> None:
    """List the runs that `compare --history DIR` left, and what changed from night to night.

    \b
    skewcheck history [DIR]             the nights, oldest first, and what is new
    skewcheck history [DIR] COLUMN      the course of a column
    skewcheck history compact [DIR]     fold old profiles

    DIR may be left out where the policy file names it (history = "DIR").
    """


@history.command(short_help="The nights, or the course of a column.")
@click.argument("words", nargs=-1, metavar="[DIR] [COLUMN]")
@policy_option
@click.option("--all", "every", is_flag=True, help="Every night, and runs that others replaced.")
@click.option("--json", "json_", metavar="PATH", help="Write it as JSON; - is standard output.")
def show(words: tuple[str, ...], policy: Path | None, every: bool, json_: str | None) -> int:
    """List the nights of a history, newest last, or the course of one column."""
    folder, column = _named(words, policy)
    from skewcheck.history import course, newest, read_folder

    held = read_folder(folder)
    nights = newest(held.runs)
    for name, reason in held.troubles.items():
        say(f"note: {Path(folder) / name}: {reason}")
    if column is None:
        found: dict[str, Any] = _document(held, nights)
        text = _listing(held, nights, every=every)
    else:
        _refuse_unknown(column, nights, folder)
        shown = nights[-NIGHTS:]
        courses = course(shown, column)
        found = _course_document(column, shown, courses)
        text = _course(column, shown, courses)
    if json_ is None:
        return deliver(text, 0)
    as_json = json.dumps(found, allow_nan=False, indent=1) + "\n"
    if json_ == STDOUT:
        return deliver(as_json, 0)
    write(as_json, Path(json_))
    return deliver(text, 0)


@history.command(short_help="Fold the profiles of old nights.")
@click.argument("folder", required=False, metavar="[DIR]")
@click.option("--older-than", default="45d", metavar="SPAN", help="As 8w  [default: 45d]")
@policy_option
def compact(folder: str | None, older_than: str, policy: Path | None) -> int:
    """Fold the nights of each four weeks that ended SPAN before the newest night.

    Every verdict and finding stays; of the profiles, the sum of each four weeks. It may be stopped
    at any moment, and run beside nightly jobs.
    """
    from skewcheck.history import compact as fold
    from skewcheck.span import duration
    from skewcheck.wording import rows

    done = fold(folder or _from_policy(policy), duration(older_than))
    for name, reason in done.troubles:
        say(f"note: {name}: {reason}")
    sizes = " to ".join(f"{size / 1e6:,.1f} MB" for size in (done.before, done.after))
    say(f"folded {rows(done.runs, 'run')} into {rows(done.folds, 'file')}, {sizes}")
    return 0


def _named(words: Sequence[str], policy: Path | None) -> tuple[str, str | None]:
    """Return the folder and the column that the words mean; a lone word may be either."""
    if len(words) > 2:
        raise UsageError(f"{len(words)} words; give a folder and a column: history DIR COLUMN")
    if len(words) == 2:
        return words[0], words[1]
    if words and Path(words[0]).is_dir():
        return words[0], None
    from skewcheck.config import load

    known = load(policy).history
    if not words or known:
        return known or _from_policy(policy), words[0] if words else None
    return words[0], None


def _from_policy(policy: Path | None) -> str:
    from skewcheck.config import load

    folder = load(policy).history
    if folder is None:
        raise UsageError('no history is named; give its folder, or history = "DIR" in the policy')
    return folder


def _pairs(nights: Sequence[StoredRun]) -> Iterable[tuple[StoredRun | None, StoredRun]]:
    """Return every night with the one before it."""
    return zip((None, *nights), nights, strict=False)


def _refuse_unknown(column: str, nights: Sequence[StoredRun], folder: str) -> None:
    known = dict.fromkeys(name for night in reversed(nights) for name in night.columns)
    if column not in known:
        raise UsageError(f"no column {column!r} in {folder}; {nearest(column, known)}")


def _listing(held: Folder, nights: Sequence[StoredRun], *, every: bool) -> str:
    """Return the nights as a table, with what changed from one to the next."""
    from skewcheck.history import change
    from skewcheck.sections.history import told
    from skewcheck.wording import rows as rows_of

    if not nights:
        return f"no run in {held.path}\n"
    changes = {
        night.id: change(before, night) if before else None for before, night in _pairs(nights)
    }
    listed = list(held.runs) if every else nights[-LISTED:]
    rows: list[tuple[str, ...]] = [
        ("window", "verdict", "fail", "incl", "warn", "pass", "since the night before")
    ]
    rows += [_row(night, changes) for night in listed]
    text = _aligned(rows)
    hidden = len(nights) - len(listed)
    if hidden > 0:
        text += f"and {hidden:,} earlier nights (--all lists them)\n"
    superseded = len(held.runs) - len(nights)
    again = f", {rows_of(superseded, 'run')} replaced by a later one" if superseded else ""
    text += f"\n{rows_of(len(nights), 'night')}{again}\n"
    last = changes[nights[-1].id]
    return text + (f"last night: {told(last)}\n" if last else "")


def _row(night: StoredRun, changes: dict[str, Change | None]) -> tuple[str, ...]:
    from skewcheck.sections.history import window
    from skewcheck.verdict import Outcome

    shown = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.WARN, Outcome.PASS)
    counts = (f"{night.count(outcome):,}" for outcome in shown)
    since = _short(changes[night.id]) if night.id in changes else "replaced by a later run"
    return (window(night), str(night.outcome), *counts, since)


def _short(change: Change | None) -> str:
    """Return a change in numbers."""
    if change is None:
        return "first"
    lots = ("new", "fixed", "persisting", "undecided")
    found = ((len(getattr(change, lot)), lot) for lot in lots)
    return ", ".join(f"{n:,} {lot}" for n, lot in found if n) or "nothing"


def _aligned(rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose numbers are flush right."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(
            text.rjust(width) if 2 <= at <= 5 else text.ljust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
    return "".join(f"{line}\n" for line in lines)


def _course(column: str, nights: Sequence[StoredRun], courses: Sequence[Course]) -> str:
    """Return the course of a column as lines: a bar per night, and the last value."""
    from skewcheck.sanitize import safe
    from skewcheck.sections.history import window
    from skewcheck.wording import rows as rows_of

    outcomes = [str(night.columns.get(column, "absent")) for night in nights]
    text = f"{safe(column)}, {rows_of(len(nights), 'night')} from {window(nights[0])}\n"
    text += f"last night: {outcomes[-1]}; fail on {outcomes.count('fail'):,}\n\n"
    width = max((len(one.check) for one in courses), default=0)
    lines = [f"{one.check:<{width}}  {_bars(one)}  {_last(one)}\n" for one in courses]
    legend = f"{LOWER} within the limit, {UPPER} beyond it (bars end at twice the limit)\n"
    return _encodable(text + "".join(lines) + "\n" + legend)


def _bars(course: Course) -> str:
    """Return a bar per night: its lower half is what the limit allows."""
    values = [None if f is None else f.value for f in course.findings]
    top = 2 * course.limit if course.limit else max((abs(v) for v in values if v), default=1.0)
    return "".join("·" if v is None else _bar(abs(v) / top) for v in values)


def _bar(share: float) -> str:
    steps = LOWER + UPPER
    return steps[min(len(steps) - 1, max(0, -(-int(share * 800) // 100) - 1))]


def _last(course: Course) -> str:
    found = course.findings[-1]
    if found is None or found.value is None:
        return "not measured"
    limit = f", limit {found.limit:g}" if found.limit is not None else ""
    return f"{found.value:.4g} {found.unit}".rstrip() + f"{limit}: {found.outcome}"


def _encodable(text: str) -> str:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN)
    return text


def _document(held: Folder, nights: Sequence[StoredRun]) -> dict[str, Any]:
    from skewcheck.history import change
    from skewcheck.sections.history import night_data

    listed = []
    for before, night in _pairs(nights):
        changed = asdict(change(before, night)) if before else None
        listed.append({**night_data(night), "file": night.file.name, "change": changed})
    return {
        "schema_version": SCHEMA_VERSION,
        "folder": str(held.path),
        "runs": len(held.runs),
        "nights": listed,
        "troubles": dict(held.troubles),
    }


def _course_document(
    column: str, nights: Sequence[StoredRun], courses: Sequence[Course]
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "column": column,
        "nights": [night.night for night in nights],
        "verdicts": [str(night.columns.get(column, "absent")) for night in nights],
        "checks": [
            {
                "check": one.check,
                "unit": one.unit,
                "limit": one.limit,
                "values": [None if f is None else [f.value, f.low, f.high] for f in one.findings],
                "outcomes": [None if f is None else str(f.outcome) for f in one.findings],
            }
            for one in courses
        ],
    }
