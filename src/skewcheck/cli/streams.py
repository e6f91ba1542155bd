"""Stdout carries the report, stderr the notes; neither may fail in silence or kill the code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from skewcheck.errors import OutputError
from skewcheck.sanitize import safe
from skewcheck.write import STDOUT, write

ERROR = 2
INTERNAL = 4
INTERRUPTED = 130
LINE = 2000


def say(text: object) -> None:
    """Write one line to stderr, made safe; when stderr is gone there is nobody to tell."""
    with suppress(OSError, ValueError, AttributeError):
        print(safe(text, LINE), file=sys.stderr, flush=True)  # noqa: T201


def deliver(text: str, code: int) -> int:
    """Write text to stdout; return the code, or 2 in place of 0 when it did not arrive.

    A reader that left early (``| head``) does not turn a failure into a pass.
    """
    try:
        if sys.stdout is None:
            raise OutputError("standard output is closed; write to a file instead")
        write(text, STDOUT)
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
