"""``skewcheck compare``: the main job."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import click

from skewcheck.cli.announce import (
    announce,
    announcing_options,
    check_address,
    verdict_before,
    verdict_of_last_night,
    without_address,
)
from skewcheck.cli.options import (
    given_model,
    given_pairing,
    given_period,
    given_roles,
    pairing_options,
    policy_option,
    progress_option,
    replay_options,
    role_options,
    two_sides,
    window_options,
)
from skewcheck.cli.outputs import asked, check, mark_incomplete, output_options, write_files
from skewcheck.cli.progress import bar
from skewcheck.cli.streams import deliver, say
from skewcheck.cli.workspace import add_to_workspace, check_workspace, workspace_options
from skewcheck.errors import ConfigError, UsageError
from skewcheck.write import STDOUT

if TYPE_CHECKING:
    from skewcheck.config import Config
    from skewcheck.report import Report
    from skewcheck.run import Run


OPTIONS = (
    role_options,
    click.option(
        "--labels",
        metavar="PATH",
        help="Labels that arrived later, by the key of LOGS: a file of keys and labels.",
    ),
    pairing_options,
    replay_options,
    window_options,
    policy_option,
    output_options,
    announcing_options,
    click.option(
        "--history", metavar="DIR", help="Keep the run in this folder, and tell of others."
    ),
    workspace_options,
    click.option(
        "--exit-zero", is_flag=True, help="Exit 0 also when the policy fails or is unsure."
    ),
    click.option("-q", "--quiet", is_flag=True, help="No report on the terminal."),
    click.option("-v", "--verbose", is_flag=True, help="Every column, check, guess and limit."),
    click.option("--no-color", is_flag=True, help="Plain text (as does the variable NO_COLOR)."),
    progress_option,
)
F = TypeVar("F", bound=Callable[..., Any])


def comparing(command: F) -> F:
    """Add all options of a comparison to a command; ``compared`` reads them."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Compared:
    """A finished comparison with where its reports go; ``before`` is the verdict of the last one.

    ``reported`` is the one that the last JSON report holds, None where there is none; ``folder`` is
    the history that it belongs to, None without one.
    """

    run: Run
    report: Report
    config: Config
    targets: Mapping[str, str]
    before: str | None
    folder: str | None
    reported: str | None = None

    @property
    def stdout(self) -> bool:
        """Return whether a report for a program goes to standard output."""
        return STDOUT in self.targets.values()

    def keep(self) -> None:
        """Leave the run in the history, and fold there what is old enough."""
        from skewcheck.history.tonight import keep, tidy
        from skewcheck.kept import encode

        if self.folder is None:
            return
        say(f"kept {keep(self.folder, self.run, encode(self.report)).file}")
        if note := tidy(self.folder, self.config.fold_after):
            say(note)


@click.command(short_help="Compare a training snapshot with logs and judge.")
@click.argument("train", required=False)
@click.argument("logs", nargs=-1)
@comparing
@click.pass_obj
def compare(command: str | None, /, **options: Any) -> int:
    """Compare TRAIN, a training snapshot, with LOGS of the model in shadow mode.

    Each is a file, a folder, a glob, or a profile that `skewcheck profile` saved; several LOGS
    are read as one. Both may be left out when the policy file names them.
    """
    done = compared(command or "skewcheck compare", options)
    code = 0 if options["exit_zero"] else done.report.exit_code
    write_files(done.report, done.targets)
    done.keep()
    add_to_workspace(done.report, options)
    code = printed(done.report, code, done.targets, options)
    return announce(done.report, code, done.before, options)


def compared(command: str, options: Mapping[str, Any]) -> Compared:
    """Return the comparison that a command line asks for; older reports are marked incomplete."""
    from skewcheck.config import load

    targets = asked(options)
    check_address(options["notify"])
    check(targets.values(), [path for path in (options["train"], *options["logs"]) if path])
    before = reported = verdict_before(targets)
    try:
        config = load(options["policy"])
        pairing, period = given_pairing(options), given_period(options)
        replaying = given_model(options)
        train, logs = two_sides(options["train"], options["logs"], (config.train, config.serve))
    except (ConfigError, UsageError):
        mark_incomplete(targets)
        raise
    offline = pairing.offline or config.pairing.offline
    labels = options["labels"] or config.labels
    model = replaying.model or config.replaying.model
    inputs = (train, *logs, offline, labels, model)
    check(targets.values(), [str(path) for path in inputs if path])
    folder = options["history"] or config.history
    mark_incomplete(targets)
    check_workspace(options, [str(path) for path in inputs if path])

    from skewcheck import pipeline

    if folder is not None:
        from skewcheck.history.tonight import ready

        ready(folder)
    # What words a report loads scipy, which takes as long as a million rows: beside the reading.
    Thread(target=_load_renderers, args=(options["quiet"],), daemon=True).start()
    with bar(not (options["no_progress"] or options["quiet"])) as progress:
        run = pipeline.compare(
            train,
            logs if len(logs) > 1 else logs[0],
            config=config,
            overrides=given_roles(options),
            pairing=pairing,
            labels=labels,
            replaying=replaying,
            period=period,
            progress=progress,
            command=without_address(command, options["notify"]),
        )
    from skewcheck import report

    if folder is not None:
        from skewcheck.history.tonight import recalled

        run = recalled(folder, run)
        before = verdict_of_last_night(run)
    return Compared(run, report.build(run), config, targets, before, folder, reported)


def _load_renderers(quiet: bool) -> None:
    """Import beside the reading what the end of the run needs."""
    from skewcheck.render import json  # noqa: F401

    if not quiet:
        from skewcheck.render import terminal  # noqa: F401


def printed(
    laid_out: Report, code: int, targets: Mapping[str, str], options: Mapping[str, Any]
) -> int:
    """Put on stdout what belongs there; return the code the run ends with."""
    from skewcheck.render import json

    if STDOUT in targets.values():
        return deliver(json.render(laid_out), code, exact=True)
    if options["quiet"]:
        return code
    code = deliver(shown(laid_out, options["verbose"], options["no_color"]), code)
    for target in targets.values():
        say(f"wrote {target}")
    return code


def shown(laid_out: Report, verbose: bool, no_color: bool) -> str:
    """Return the report for this terminal, or for the file that stands in for one."""
    import os

    from skewcheck.render import terminal

    out = sys.stdout
    person = out is not None and out.isatty()
    return terminal.render(
        laid_out,
        width=shutil.get_terminal_size((terminal.WIDEST, 24)).columns,
        color=person and not no_color and not os.environ.get("NO_COLOR"),
        verbose=verbose,
        encoding=getattr(out, "encoding", None) or "utf-8",
    )
