"""Who is told of a verdict beside the reader: GitHub, where a job runs there, and a webhook."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from skewcheck.cli.streams import ERROR, deliver, say
from skewcheck.write import STDOUT

if TYPE_CHECKING:
    from skewcheck.report import Report
    from skewcheck.run import Run

F = TypeVar("F", bound=Callable[..., Any])

VERDICTS = {0: "pass", 1: "fail", 3: "inconclusive"}  # by exit code: a warning is a pass
GITHUB = click.option(
    "--github", is_flag=True, help="In GitHub Actions: annotations and a summary of the step."
)
NOTIFY = click.option(
    "--notify",
    metavar="URL",
    envvar="SKEWCHECK_NOTIFY",
    help="Post a summary here when the verdict is not that of the last run "
    "[also: the variable SKEWCHECK_NOTIFY]",
)


def announcing_options(command: F) -> F:
    """Add ``--github`` and ``--notify`` to a command; ``announce`` follows them."""
    return GITHUB(NOTIFY(command))


def check_address(url: str | None) -> None:
    """Raise UsageError, before any work, where the webhook's address cannot be used."""
    if url is not None:
        from skewcheck.notify import check

        check(url)


def without_address(command: str, url: str | None) -> str:
    """Return the command for the report: who knows a webhook's address may post to it."""
    return command.replace(url, "URL") if url else command


def verdict_of_last_night(run: Run) -> str | None:
    """Return the verdict known before in the history, as a report spells it; None for none.

    It is that of the same night where it was run already, else that of the night before.
    """
    nights = run.past.nights[:-1] if run.past else ()
    replaced = run.past.replaced if run.past else None
    last = replaced or (nights[-1] if nights else None)
    return None if last is None else VERDICTS[last.exit_code]


def verdict_before(targets: Mapping[str, str]) -> str | None:
    """Return the verdict that the last run left in its JSON report; None where there is none.

    To be asked before the old report is marked as incomplete. A history knows better.
    """
    with suppress(OSError, ValueError, KeyError, AttributeError):
        verdict = json.loads(Path(targets["json"]).read_bytes()).get("verdict")
        return verdict if isinstance(verdict, str) else None
    return None


def announce(report: Report, code: int, before: str | None, options: Mapping[str, Any]) -> int:
    """Tell those that are to be told; return the code the run ends with.

    A summary of the step that cannot be written turns 0 into 2, as with all outputs; a webhook
    that cannot be reached never changes the code.
    """
    if options["github"]:
        code = _github(report, code, printed=options["to_json"] == STDOUT)
    if options["notify"]:
        _notify(report, before, options)
    return code


def _github(report: Report, code: int, *, printed: bool) -> int:
    if os.environ.get("GITHUB_ACTIONS") != "true":
        say("--github: this is no job of GitHub Actions, so nothing is annotated")
        return code
    from skewcheck.render import github

    text = github.render(report)
    if printed:  # the runner reads both streams, and stdout has another reader
        click.echo(text, err=True, nl=False)
    else:
        code = deliver(text, code, exact=True)
    return _summary(report, code)


def _summary(report: Report, code: int) -> int:
    """Append the report to the step's summary."""
    from skewcheck.render import markdown

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        say("--github: GITHUB_STEP_SUMMARY names no file, so there is no summary of the step")
        return code
    try:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(markdown.render(report) + "\n")
    except OSError as error:
        say(f"error: {path}: the summary cannot be written ({error.strerror}); check the runner")
        return code or ERROR
    return code


def _notify(report: Report, before: str | None, options: Mapping[str, Any]) -> None:
    from skewcheck.notify import notify
    from skewcheck.render.json import document

    note = notify(options["notify"], before, document(report))
    if note.failed or not options["quiet"]:
        say(note)
