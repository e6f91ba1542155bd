"""``skewcheck gate``: may shadow mode be turned off, by the policy's demands; it fails closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from skewcheck.cli.announce import announce
from skewcheck.cli.compare import compared, comparing, printed
from skewcheck.cli.outputs import asked, write_files
from skewcheck.cli.streams import deliver
from skewcheck.cli.workspace import add_to_workspace
from skewcheck.errors import UsageError

if TYPE_CHECKING:
    from skewcheck.config import Config
    from skewcheck.gate import Gate, Night
    from skewcheck.nights import StoredRun
    from skewcheck.run import Run


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
    answer = _answer(done.config, _nights(done.run, done.config, done.folder))
    write_files(done.report, done.targets)
    done.keep()
    add_to_workspace(done.report, options)
    code = 0 if options["exit_zero"] else answer.exit_code
    code = printed(done.report, code, done.targets, options)
    if not options["quiet"] and not done.stdout:
        code = deliver(_told(answer), code)
    return announce(done.report, code, done.before, options)


def _from_history(options: dict[str, Any]) -> int:
    from skewcheck.config import load
    from skewcheck.history import newest, read_folder

    wanted = [*asked(options), *(["evidently"] if options["workspace"] else [])]
    if wanted:
        raise UsageError(
            f"--{wanted[0]} needs TRAIN and LOGS; a history alone holds no whole report"
        )
    config = load(options["policy"])
    folder = read_folder(options["history"])
    nights = _stored(newest(folder.runs), config)
    answer = _answer(config, nights, dict(folder.troubles))
    code = 0 if options["exit_zero"] else answer.exit_code
    return code if options["quiet"] else deliver(_told(answer), code)


def _answer(config: Config, nights: list[Night], troubles: dict[str, str] | None = None) -> Gate:
    from skewcheck.gate import gate as held

    return held(
        nights,
        config.gate,
        required=sorted(config.policy.demands),
        waivers=config.waivers,
        troubles=troubles,
    )


def _stored(runs: Sequence[StoredRun], config: Config) -> list[Night]:
    """Return nights of the history; what they hold is read only of those that are asked for."""
    from skewcheck.gate import Night

    asked = len(runs) - max(1, config.gate.nights)
    wanted = bool(config.gate.model_version or config.gate.labels)
    return [
        _read(run, profiled=wanted) if place >= asked else Night(run, (), None)
        for place, run in enumerate(runs)
    ]


def _read(run: StoredRun, *, profiled: bool) -> Night:
    from skewcheck.errors import InputError
    from skewcheck.gate import Night
    from skewcheck.history import findings, profile_of_run

    try:
        return Night(run, findings(run), profile_of_run(run) if profiled else None)
    except InputError:
        return Night(run, (), None)  # nothing judged: never a pass


def _nights(run: Run, config: Config, folder: str | None) -> list[Night]:
    """Return the nights before this run, where there is a history, and this run as the last."""
    from skewcheck.gate import Night
    from skewcheck.history.record import findings_of, record

    earlier = _stored(run.past.nights[:-1], config) if folder and run.past else []
    roles = {c.name: c for c in run.schema}
    profile = replace(run.serve.profile, roles=roles)
    return [*earlier, Night(record(run, "now"), findings_of(run, "now"), profile)]


def _told(answer: Gate) -> str:
    lines = ["", "Gate"]
    lines += [f"  {str(c.outcome).upper():13} {c.name}: {c.found}" for c in answer.conditions]
    lines += [f"  {remark}" for remark in answer.remarks]
    return "\n".join([*lines, "", answer.sentence, f"Exit code {answer.exit_code}.", ""])
