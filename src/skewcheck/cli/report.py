"""``skewcheck report``: a run that was kept, set in type again; nothing is measured anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skewcheck.cli.announce import GITHUB, announce
from skewcheck.cli.compare import printed
from skewcheck.cli.outputs import asked, check, output_options, write_files
from skewcheck.errors import InputError, UsageError, nearest

if TYPE_CHECKING:
    from skewcheck.nights import StoredRun
    from skewcheck.report import Report

NAMED = 6  # nights that a message lists


@click.command(short_help="Show a kept run again, in any format.")
@click.argument("run")
@click.option(
    "--night",
    metavar="NIGHT",
    help="Of a history: a day, as 2026-03-02, a window or a run's id  [default: the newest night]",
)
@output_options
@GITHUB
@click.option("--exit-code", is_flag=True, help="Exit as the run itself did: 0, 1 or 3.")
@click.option("-q", "--quiet", is_flag=True, help="No report on the terminal.")
@click.option("-v", "--verbose", is_flag=True, help="Every column, check, guess and limit.")
@click.option("--no-color", is_flag=True, help="Plain text (as does the variable NO_COLOR).")
def report(run: str, night: str | None, **options: Any) -> int:
    """Show RUN again, as it was reported when it ran; neither data nor logs are needed.

    RUN is the folder of a history, a file in it, or a file that `compare --save` wrote. Every
    format has the same text as then. Exits with 0 when all is written, whatever the verdict was.
    """
    targets = asked(options)
    check(targets.values(), [run])
    found = _found(Path(run), night)
    write_files(found, targets)
    code = found.exit_code if options["exit_code"] else 0
    code = printed(found, code, targets, options)
    return announce(found, code, None, {**options, "notify": None})


def _found(path: Path, night: str | None) -> Report:
    """Return the report that a path means."""
    from skewcheck.kept import decode

    if path.is_dir():
        return _kept(_chosen(_held(path), night, path))
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        if parquet:
            return _kept(_chosen(_alone(path), night, path))
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "give a run that was kept, or the folder of a history"
        raise InputError(f"cannot be read ({reason})", file=str(path), hint=hint) from error
    if night is not None:
        raise UsageError(f"--night chooses from a history; {path} is one run")
    return decode(content, str(path))


def _alone(path: Path) -> Sequence[StoredRun]:
    from skewcheck.history.stored import look
    from skewcheck.kept import HINT

    try:
        return look(path).runs
    except InputError as error:
        raise InputError(error.problem, file=str(path), hint=HINT) from error


def _held(folder: Path) -> Sequence[StoredRun]:
    from skewcheck.cli.streams import say
    from skewcheck.history import read_folder

    held = read_folder(folder)
    for name, reason in held.troubles.items():
        say(f"note: {folder / name}: {reason}")
    if not held.runs:
        raise InputError("holds no run", file=str(folder), hint="compare --history DIR keeps one")
    return held.runs


def _chosen(runs: Sequence[StoredRun], night: str | None, path: Path) -> StoredRun:
    """Return the run of a night, the newest of those it was run; of a history the last night's."""
    from skewcheck.history import newest
    from skewcheck.sections.history import window

    by_id = next((run for run in runs if run.id == night), None)
    if by_id is not None:
        return by_id
    nights = newest(runs)
    if night is None:
        return nights[-1]
    found = [run for run in nights if window(run).startswith(night) or run.night == night]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(window(run) for run in found[:NAMED])
        raise UsageError(f"{len(found)} nights of {path} begin with {night!r}: {names}")
    raise UsageError(f"no night {night!r} in {path}; {nearest(night, map(window, nights))}")


def _kept(run: StoredRun) -> Report:
    from skewcheck.history import report_of_run
    from skewcheck.kept import decode

    content = report_of_run(run)
    if content is None:
        hint = "compare again with --history; an earlier version kept verdicts and findings only"
        raise InputError(f"run {run.id} was kept without a report", file=str(run.file), hint=hint)
    return decode(content, str(run.file))
