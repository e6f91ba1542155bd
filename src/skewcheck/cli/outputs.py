"""The files a comparison writes: promised at the start, so that an old one cannot pass for new."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from functools import cache
from glob import has_magic
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from skewcheck.errors import UsageError
from skewcheck.write import STDOUT, refuse, write

if TYPE_CHECKING:
    from skewcheck.report import Report

F = TypeVar("F", bound=Callable[..., Any])

SAVED = "save"  # the output that is no format: what all formats can be made of again
PRINTED = "json"  # the one output that can go to standard output
HAS_SUFFIX = re.compile("^SUFFIX = ", re.MULTILINE)


@cache
def formats() -> dict[str, str]:
    """Return the renderers that make files, and what each says of itself, by name.

    Their sources are read and not imported: that would be most of the time of ``--help``.
    """
    found = {}
    for path in sorted((Path(__file__).parents[1] / "render").glob("[!_]*.py")):
        text = path.read_text("utf-8")
        if HAS_SUFFIX.search(text):
            found[path.stem] = text.split("\n", 1)[0].strip('".')
    return found


def output_options(command: F) -> F:
    """Add ``--html``, ``--json`` ... and ``--save`` to a command; ``asked`` reads them."""
    text = "Write all that `skewcheck report` needs to make any of these again."
    command = click.option(f"--{SAVED}", f"to_{SAVED}", metavar="PATH", help=text)(command)
    for name, what in reversed(formats().items()):
        text = f"Write the report as {what}."
        option = click.option(f"--{name}", f"to_{name}", metavar="PATH", help=text)
        command = option(command)
    return command


def asked(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the targets that the command line names, by format.

    Raises UsageError when another one than JSON is to go to standard output.
    """
    targets = {name: options[f"to_{name}"] for name in (*formats(), SAVED)}
    for name, target in targets.items():
        if target == STDOUT and name != PRINTED:
            raise UsageError(
                f"--{name} - is not possible; only --{PRINTED} can go to standard output"
            )
    return {name: target for name, target in targets.items() if target is not None}


def check(targets: Iterable[str | None], inputs: Iterable[str]) -> None:
    """Refuse targets that cannot be written, before any work, and those that would harm the data.

    Raises UsageError when a target would replace or join the inputs or is named twice, and
    OutputError when it cannot be written.
    """
    files = [Path(target) for target in targets if target not in (None, STDOUT)]
    if len({_real(file) for file in files}) < len(files):
        raise UsageError(f"{files[0]} is named for two outputs; name two files")
    for file in files:
        for given in inputs:
            keep_apart(file, given)
        refuse(file)


def mark_incomplete(targets: Mapping[str, str]) -> None:
    """Replace what an earlier run left, so that a run that dies does not leave its verdict."""
    for name, target in targets.items():
        if target != STDOUT and Path(target).exists():
            write(_renderer(name).INCOMPLETE, target)


def write_files(report: Report, targets: Mapping[str, str]) -> None:
    """Write the report in every format asked for, but for what goes to standard output."""
    for name, target in targets.items():
        if target != STDOUT:
            write(_renderer(name).render(report), Path(target))


def _renderer(name: str) -> Any:
    return import_module("skewcheck.kept" if name == SAVED else f"skewcheck.render.{name}")


def _real(path: Path) -> Path:
    """Return the path without links; unlike ``Path.resolve`` it takes links that go in circles."""
    return Path(os.path.realpath(path))


def keep_apart(target: Path, given: str) -> None:
    """Raise UsageError when the target is an input, or in a folder of inputs."""
    resolved, folder = _real(target), Path(given)
    if has_magic(given) and not folder.exists():
        clash = fnmatch(str(resolved), str(folder.absolute()))
    else:
        clash = _real(folder) in (resolved, *resolved.parents)
    if clash:
        raise UsageError(f"{target} would be read as data of {given}; write it elsewhere")
