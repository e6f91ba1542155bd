"""Stdout carries the report, stderr the notes; neither may fail in silence or kill the code."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress

from skewcheck.errors import OutputError
from skewcheck.sanitize import safe
from skewcheck.write import STDOUT, write

ERROR = 2
INTERNAL = 4
INTERRUPTED = 130
LINE = 2000
COMMAND = re.compile(r"^(\s*:)(?=:)", re.MULTILINE)


def say(text: object) -> None:
    """Write one line to stderr, made safe; when stderr is gone there is nobody to tell."""
    with suppress(OSError, ValueError, AttributeError):
        print(inert(safe(text, LINE)), file=sys.stderr, flush=True)  # noqa: T201


def inert(text: str) -> str:
    """Return text in which GitHub's runner, where it reads along, finds no command.

    It obeys ``::add-mask::`` at the start of a line, and in an older form, ``##[add-mask]``,
    anywhere in it, whoever wrote them: a column's name, too.
    """
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return text
    return COMMAND.sub(r"\1 ", text).replace("##[", "## [")


def deliver(text: str, code: int, *, exact: bool = False) -> int:
    """Write text to stdout; return the code, or 2 in place of 0 when it did not arrive.

    A reader that left early (``| head``) does not turn a failure into a pass. ``exact`` is for
    text that a program reads.
    """
    try:
        if sys.stdout is None:
            raise OutputError("standard output is closed; write to a file instead")
        write(text if exact else inert(text), STDOUT)
    except OutputError as error:
        say(f"error: {error}")
        return _lost(code)
    return code


def flush(code: int) -> int:
    """Empty stdout before the process ends; return the code as ``deliver`` does."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        return _lost(code)
    return code


def _lost(code: int) -> int:
    """Send what stdout still holds nowhere: Python would exit with 120 when it cannot be sent."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code or ERROR
