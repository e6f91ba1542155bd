"""The files a comparison writes: promised at the start, so that an old one cannot pass for new."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from fnmatch import fnmatch
from glob import has_magic
from pathlib import Path

from skewcheck.cli.streams import INTERNAL
from skewcheck.errors import UsageError
from skewcheck.write import STDOUT, refuse, write

INCOMPLETE_JSON = (
    json.dumps(
        {"schema_version": 1, "status": "incomplete", "verdict": None, "exit_code": INTERNAL}
    )
    + "\n"
)
INCOMPLETE_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>skewcheck: incomplete</title></head>
<body><h1>Incomplete</h1><p>The run that was to write this report has not finished. If nothing is
running any more it was interrupted or failed; there is no verdict.</p></body></html>
"""


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
            _keep_apart(file, given)
        refuse(file)


def mark_incomplete(html: str | None, json_: str | None) -> None:
    """Replace what an earlier run left, so that a run that dies does not leave its verdict."""
    for target, text in ((html, INCOMPLETE_HTML), (json_, INCOMPLETE_JSON)):
        if target not in (None, STDOUT) and Path(target).exists():
            write(text, target)


def _real(path: Path) -> Path:
    """Return the path without links; unlike ``Path.resolve`` it takes links that go in circles."""
    return Path(os.path.realpath(path))


def _keep_apart(target: Path, given: str) -> None:
    """Raise UsageError when the target is an input, or in a folder of inputs."""
    resolved, folder = _real(target), Path(given)
    if has_magic(given) and not folder.exists():
        clash = fnmatch(str(resolved), str(folder.absolute()))
    else:
        clash = _real(folder) in (resolved, *resolved.parents)
    if clash:
        raise UsageError(f"{target} would be read as data of {given}; write it elsewhere")
