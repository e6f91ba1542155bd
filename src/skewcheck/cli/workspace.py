"""``--evidently``: the run put into an Evidently workspace, when all else is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from skewcheck.cli.outputs import keep_apart
from skewcheck.cli.streams import say
from skewcheck.errors import UsageError

if TYPE_CHECKING:
    from skewcheck.report import Report

F = TypeVar("F", bound=Callable[..., Any])

WORKSPACE = click.option(
    "--evidently",
    "workspace",
    metavar="WORKSPACE",
    help="Add the run to this Evidently workspace, a folder [needs the extra evidently]",
)
PROJECT = click.option(
    "--evidently-project",
    "project",
    metavar="NAME",
    help="The project in it, one per model [default: skewcheck]",
)


def workspace_options(command: F) -> F:
    """Add ``--evidently`` and its project to a command."""
    return WORKSPACE(PROJECT(command))


def check_workspace(options: Mapping[str, Any], inputs: Iterable[str]) -> None:
    """Raise, before any work, where the run could not be added or would be read as data."""
    if options["workspace"] is None:
        if options["project"] is not None:
            raise UsageError("--evidently-project needs --evidently WORKSPACE")
        return
    for given in inputs:
        keep_apart(Path(options["workspace"]), given)
    from skewcheck.render import evidently

    evidently.ready(options["workspace"])


def add_to_workspace(report: Report, options: Mapping[str, Any]) -> None:
    """Add the run to the workspace, where one is named."""
    if options["workspace"] is None:
        return
    from skewcheck.render import evidently

    project = options["project"] or evidently.PROJECT
    file = evidently.add(report, options["workspace"], project)
    if not options["quiet"]:
        say(f"added {file}")
