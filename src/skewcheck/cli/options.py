"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from skewcheck.errors import UsageError
from skewcheck.schema import Role

F = TypeVar("F", bound=Callable[..., Any])

ROLES = {
    "key": (Role.KEY, "Column that names an event; give it twice for a key of two columns."),
    "time": (Role.TIME, "Column with the time of the event."),
    "score": (Role.SCORE, "Column with the model's answer; repeatable."),
    "label": (Role.LABEL, "Column with the truth, not compared; repeatable."),
    "latency": (Role.LATENCY, "Column with a response time; repeatable."),
    "feature": (Role.FEATURE, "Column to compare although it looks like metadata; repeatable."),
    "ignore": (Role.IGNORED, "Column to leave out; repeatable."),
}


def role_options(command: F) -> F:
    """Add ``--key``, ``--time`` ... to a command; ``given_roles`` reads them."""
    for name, (_, text) in reversed(ROLES.items()):
        command = click.option(f"--{name}", multiple=True, metavar="COL", help=text)(command)
    return command


def policy_option(command: F) -> F:
    """Add ``--policy FILE``."""
    return click.option(
        "--policy",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Limits and roles  [default: ./skewcheck.toml, or [tool.skewcheck] of pyproject.toml]",
    )(command)


def progress_option(command: F) -> F:
    """Add ``--no-progress``."""
    return click.option("--no-progress", is_flag=True, help="No progress bar on stderr.")(command)


def given_roles(options: Mapping[str, Sequence[str]]) -> dict[Role, Sequence[str]]:
    """Return the columns that the command line names, by role."""
    return {role: options[name] for name, (role, _) in ROLES.items() if options.get(name)}


def two_sides(
    train: str | None, logs: Sequence[str], default: tuple[str | None, Sequence[str]]
) -> tuple[str, list[str]]:
    """Return the paths of both sides, from the command line or else from the policy file."""
    if train is None and default[0] and default[1]:
        return default[0], list(default[1])
    logs = logs or default[1]
    if train is None or not logs:
        missing = "TRAIN and LOGS are" if train is None else "LOGS is"
        raise UsageError(f"{missing} missing; give both: skewcheck COMMAND TRAIN LOGS")
    return train, list(logs)
