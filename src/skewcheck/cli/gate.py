"""``skewcheck gate``: may shadow mode be turned off, by the policy's demands; it fails closed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from skewcheck.cli.announce import announce
from skewcheck.cli.compare import compared, comparing, printed
from skewcheck.cli.outputs import write_files
from skewcheck.cli.streams import deliver
from skewcheck.cli.workspace import add_to_workspace
from skewcheck.errors import UsageError

if TYPE_CHECKING:
    from skewcheck.config import Config
    from skewcheck.gate import Gate, Night
    from skewcheck.history import Folder
    from skewcheck.nights import StoredRun
    from skewcheck.report import Report
    from skewcheck.run import Run

ALONE = ("history", "policy", "exit_zero", "quiet", "verbose", "no_color", "no_progress")


@click.command(short_help="May shadow mode be turned off? For CI.")
@click.argument("train", required=False)
@click.argument("logs", nargs=-1)
@comparing
@click.pass_obj
def gate(command: str | None, /, **options: Any) -> int:
    """Hold TRAIN against LOGS and the policy's [gate] demands: rows, nights, pairs, waivers ...

    With --history DIR alone the nights that are kept there are held against them. What is missing,
    stale or changed is never a pass.
    """
    if options["train"] is None and options["history"]:
        return _from_history(options)
    done = compared(command or "skewcheck gate", options)
    answer = _answer(done.config, *_nights(done.run, done.config, done.folder))
    report = _under(answer, done.report)
    write_files(report, done.targets)
    done.keep()
    add_to_workspace(report, options)
    code = 0 if options["exit_zero"] else answer.exit_code
    code = printed(report, code, done.targets, options)
    if not options["quiet"] and not done.stdout:
        code = deliver(_told(answer), code)
    # A history knows the verdicts of comparisons, the last report that of the gate.
    return announce(report, code, done.reported or done.before, options)


def _from_history(options: dict[str, Any]) -> int:
    from skewcheck.config import load
    from skewcheck.history import read_folder

    context = click.get_current_context()
    given = [
        option
        for option in context.command.params
        if isinstance(option, click.Option)
        and option.name not in ALONE
        and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
    ]
    if given:
        raise UsageError(f"{given[0].opts[-1]} needs TRAIN and LOGS; a history alone holds neither")
    config = load(options["policy"])
    folder = read_folder(options["history"])
    answer = _answer(config, *_stored(folder, _newest(folder), config))
    code = 0 if options["exit_zero"] else answer.exit_code
    return code if options["quiet"] else deliver(_told(answer), code)


def _newest(folder: Folder) -> list[StoredRun]:
    """Return the runs that count, the oldest window first."""
    from skewcheck.history import newest

    return newest(folder.runs)


def _answer(config: Config, nights: list[Night], troubles: dict[str, str]) -> Gate:
    from skewcheck.gate import gate as held

    return held(
        nights, config.gate, policy=config.policy, waivers=config.waivers, troubles=troubles
    )


def _stored(
    folder: Folder, runs: Sequence[StoredRun], config: Config, more: int = 0
) -> tuple[list[Night], dict[str, str]]:
    """Return nights of a history, with the findings of those that are asked for, and its troubles.

    ``more`` are the nights that come after them.
    """
    from skewcheck.errors import InputError
    from skewcheck.gate import Night
    from skewcheck.history import concerning, findings

    first = max(0, len(runs) + more - max(1, config.gate.nights))
    asked, nights = runs[first:], [Night(run, None) for run in runs[:first]]
    troubles = concerning(folder, asked)
    for run in asked:
        try:
            nights.append(Night(run, findings(run)))
        except InputError as error:
            nights.append(Night(run, None))  # never a pass
            troubles[run.file.name] = error.problem
    return nights, troubles


def _nights(run: Run, config: Config, folder: str | None) -> tuple[list[Night], dict[str, str]]:
    """Return the nights before this run, where there is a history, and this run as the last.

    With them, what could not be read.
    """
    from skewcheck.gate import Night
    from skewcheck.history import read_folder
    from skewcheck.history.record import findings_of, record

    tonight = record(run, "now")
    earlier: list[Night] = []
    troubles: dict[str, str] = {}
    if folder and os.path.lexists(folder):
        held = read_folder(folder)
        end = (tonight.order[0], float("inf"))
        runs = [r for r in _newest(held) if r.night != tonight.night and r.order[:2] < end]
        earlier, troubles = _stored(held, runs, config, more=1)
    return [*earlier, Night(tonight, findings_of(run, "now"))], troubles


def _under(answer: Gate, report: Report) -> Report:
    """Return the report with the gate's answer for its verdict, where they differ."""
    if answer.exit_code == report.exit_code:
        return report
    from skewcheck.report import MEANINGS

    code = answer.exit_code
    waived = f" ({'; '.join(answer.remarks)})" if code == 0 else ""
    return replace(
        report,
        outcome=answer.outcome,
        exit_code=code,
        headline=answer.sentence + waived,
        meaning=MEANINGS[code] if code else "Exit code 0: the gate's demands are met.",
    )


def _told(answer: Gate) -> str:
    lines = ["", "Gate"]
    lines += [f"  {str(c.outcome).upper():13} {c.name}: {c.found}" for c in answer.conditions]
    lines += [f"  {remark}" for remark in answer.remarks]
    return "\n".join([*lines, "", answer.sentence, f"Exit code {answer.exit_code}.", ""])
