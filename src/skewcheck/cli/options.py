"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from skewcheck.errors import UsageError
from skewcheck.schema import Role

if TYPE_CHECKING:
    from skewcheck.pairing.request import Request
    from skewcheck.replay.request import ModelRequest
    from skewcheck.span import Period

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


PAIRING = (
    click.option(
        "--offline",
        metavar="PATH",
        help="An offline recomputation of the logged requests, to pair rows with by key "
        "(else TRAIN's own rows, where keys overlap).",
    ),
    click.option(
        "--as-of",
        metavar="COL",
        help="Pair each request with the latest row of its key whose COL is not after it.",
    ),
    click.option("--tolerance", metavar="TIME", help="Oldest such row, as 30s, 5m, 2h or 1d."),
    click.option(
        "--repair-key",
        multiple=True,
        metavar="NAME",
        help="Respell keys before pairing: type, case, space, padding, uuid; repeatable.",
    ),
    click.option(
        "--abs-tol",
        multiple=True,
        metavar="[COL=]X",
        help="Paired values this close are the same; repeatable.",
    ),
    click.option(
        "--rel-tol",
        multiple=True,
        metavar="[COL=]X",
        help="The same, as a share of the larger value  [default: 1e-6]",
    ),
)


def pairing_options(command: F) -> F:
    """Add ``--offline``, ``--as-of`` ... to a command; ``given_pairing`` reads them."""
    for option in reversed(PAIRING):
        command = option(command)
    return command


def given_pairing(options: Mapping[str, Any]) -> Request:
    """Return how the command line asks for rows to be paired."""
    from skewcheck.pairing.request import Request
    from skewcheck.span import duration

    return Request(
        offline=options["offline"],
        as_of=options["as_of"],
        tolerance=duration(options["tolerance"]) if options["tolerance"] else None,
        repairs=tuple(options["repair_key"]),
        absolute=_tolerances("--abs-tol", options["abs_tol"]),
        relative=_tolerances("--rel-tol", options["rel_tol"]),
    )


def _tolerances(option: str, given: Sequence[str]) -> dict[str | None, float]:
    """Return tolerances by column, under None for all; the last one given wins."""
    found: dict[str | None, float] = {}
    for text in given:
        column, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            raise UsageError(f"{option} {text!r} is no tolerance; give 0.01 or COL=0.01")
        found[column or None] = value
    return found


REPLAY = (
    click.option(
        "--model",
        metavar="PATH",
        help="Ask this model again: ONNX, LightGBM text, or XGBoost JSON; never a pickle.",
    ),
    click.option(
        "--predict",
        metavar="NAME",
        help="Ask your own function package.module:function (a pyarrow.Table in, scores out).",
    ),
)


def replay_options(command: F) -> F:
    """Add ``--model`` and ``--predict``; ``given_model`` reads them."""
    for option in reversed(REPLAY):
        command = option(command)
    return command


def given_model(options: Mapping[str, Any]) -> ModelRequest:
    """Return which model the command line names."""
    from skewcheck.replay.request import ModelRequest

    return ModelRequest(options["model"], options["predict"])


def window_options(command: F) -> F:
    """Add ``--since``, ``--until`` and ``--window``; ``given_period`` reads them."""
    options = (
        ("--since", "TIME", "Only events of LOGS from then on: 2026-03-01, or 7d before now."),
        ("--until", "TIME", "Only events before then."),
        ("--window", "SPAN", "Only the last such span that the log holds, as 1d."),
    )
    for name, metavar, text in reversed(options):
        command = click.option(name, metavar=metavar, help=text)(command)
    return command


def given_period(options: Mapping[str, Any]) -> Period:
    """Return which events of LOGS the command line asks for."""
    from skewcheck.span import period

    return period(options["since"], options["until"], options["window"])


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
