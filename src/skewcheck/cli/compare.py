"""``skewcheck compare``: the main job."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from skewcheck.cli.options import (
    given_pairing,
    given_period,
    given_roles,
    pairing_options,
    policy_option,
    progress_option,
    role_options,
    two_sides,
    window_options,
)
from skewcheck.cli.outputs import check, mark_incomplete
from skewcheck.cli.progress import bar
from skewcheck.cli.streams import deliver, say
from skewcheck.errors import ConfigError, UsageError
from skewcheck.write import STDOUT, write

if TYPE_CHECKING:
    from skewcheck.report import Report


@click.command(short_help="Compare a training snapshot with logs and judge.")
@click.argument("train", required=False)
@click.argument("logs", nargs=-1)
@role_options
@pairing_options
@window_options
@policy_option
@click.option("--html", metavar="PATH", help="Write the report as one HTML file.")
@click.option("--json", "json_", metavar="PATH", help="Write it as JSON; - is standard output.")
@click.option("--history", metavar="DIR", help="Keep the run in this folder, and tell of others.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also when the policy fails or is unsure.")
@click.option("-q", "--quiet", is_flag=True, help="No report on the terminal.")
@click.option("-v", "--verbose", is_flag=True, help="Every column, check, guess and limit.")
@click.option("--no-color", is_flag=True, help="Plain text (as does the variable NO_COLOR).")
@progress_option
@click.pass_obj
def compare(command: str | None, /, **options: Any) -> int:
    """Compare TRAIN, a training snapshot, with LOGS of the model in shadow mode.

    Each is a file, a folder, a glob, or a profile that `skewcheck profile` saved; several LOGS
    are read as one. Both may be left out when the policy file names them.
    """
    from skewcheck.config import load

    html, json_ = options["html"], options["json_"]
    if html == STDOUT:
        raise UsageError("--html - is not possible; only --json can go to standard output")
    check((html, json_), [path for path in (options["train"], *options["logs"]) if path])
    try:
        config = load(options["policy"])
        pairing, period = given_pairing(options), given_period(options)
        train, logs = two_sides(options["train"], options["logs"], (config.train, config.serve))
    except (ConfigError, UsageError):
        mark_incomplete(html, json_)
        raise
    offline = pairing.offline or config.pairing.offline
    check((html, json_), [str(path) for path in (train, *logs, offline) if path])
    folder = options["history"] or config.history
    mark_incomplete(html, json_)

    from skewcheck import pipeline, report
    from skewcheck.history.tonight import keep, ready, remember

    if folder is not None:
        ready(folder)

    Thread(target=_load_renderers, daemon=True).start()
    with bar(not (options["no_progress"] or options["quiet"])) as progress:
        run = pipeline.compare(
            train,
            logs if len(logs) > 1 else logs[0],
            config=config,
            overrides=given_roles(options),
            pairing=pairing,
            period=period,
            progress=progress,
            command=command or "skewcheck compare",
        )
    if folder is not None:
        run = replace(run, past=remember(folder, run))
    laid_out = report.build(run)
    code = 0 if options["exit_zero"] else laid_out.exit_code
    _write_files(laid_out, html, json_)
    if folder is not None:
        say(f"kept {keep(folder, run).file}")
    return _print(laid_out, code, options)


def _load_renderers() -> None:
    """Import beside the reading what the end of the run needs."""
    from skewcheck.render import json, terminal  # noqa: F401


def _write_files(laid_out: Report, html: str | None, json_: str | None) -> None:
    from skewcheck.render import html as as_html
    from skewcheck.render import json as as_json

    if html is not None:
        write(as_html.render(laid_out), Path(html))
    if json_ not in (None, STDOUT):
        write(as_json.render(laid_out), Path(json_))


def _print(laid_out: Report, code: int, options: dict[str, Any]) -> int:
    """Put on stdout what belongs there; return the code the run ends with."""
    from skewcheck.render import json as as_json

    if options["json_"] == STDOUT:
        return deliver(as_json.render(laid_out), code)
    if options["quiet"]:
        return code
    code = deliver(shown(laid_out, options["verbose"], options["no_color"]), code)
    for target in (options["html"], options["json_"]):
        if target is not None:
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
