"""What an engine said of a file it could not read, made fit for one line."""

from __future__ import annotations

import os

from skewcheck.errors import InputError

LENGTH = 160


def shown(path: str) -> str:
    """Return a path as printable text: bytes that are no UTF-8 and control characters escaped."""
    return readable(os.fsencode(path).decode("utf-8", "backslashreplace"))


def readable(text: str) -> str:
    r"""Return foreign text with everything unprintable written as an escape, ``\x1b`` and so on."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def said(error: BaseException) -> str:
    """Return the first line of an error's message, readable and cut to 160 characters.

    Engines echo rows of the data, so that a longer message would leak values into reports.
    """
    lines = str(error).strip().splitlines()
    text = readable(lines[0]) if lines else type(error).__name__
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def damaged(file: str, container: str, error: BaseException) -> InputError:
    """Return the error for a file that begins like a container but cannot be read as one."""
    return InputError(
        f"damaged {container} file ({said(error)})",
        file=file,
        hint="write the file again or leave it out",
    )


def twice(name: str, file: str | None = None) -> InputError:
    """Return the error for two columns of one name."""
    return InputError(
        "two columns have this name",
        file=file,
        column=readable(name),
        hint="rename or drop one of them",
    )
