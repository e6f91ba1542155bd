"""Outputs: a report is there whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from skewcheck.errors import OutputError
from skewcheck.sanitize import safe

STDOUT = "-"


def write(content: str | bytes, target: str | os.PathLike[str]) -> None:
    """Put text in UTF-8, or bytes, at ``target`` (see ``write_through``).

    ``-`` is standard output, for text.
    """
    if os.fspath(target) == STDOUT and isinstance(content, str):
        _print(content)
        return
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    write_through(Path(target), lambda file: file.write(data))


def write_through(path: Path, fill: Callable[[IO[bytes]], Any]) -> None:
    """Let ``fill`` write the file at ``path``, replacing an older one in one step.

    The bytes go to a temporary file in the same folder, are forced to disk and then renamed, so
    that a reader, a kill or a full disk never meets half a file.

    Raises:
        OutputError: the target is a folder, a link, a device, in a folder that is missing, or
            cannot be written; what was there before is untouched.
    """
    refuse(path)
    temporary = path.with_name(f".skewcheck-{os.urandom(8).hex()}.tmp")
    try:
        _flush(fill, temporary)
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
        _sync_folder(path.parent)
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def refuse(target: str | os.PathLike[str]) -> None:
    """Raise OutputError now if a later ``write`` to the target is bound to fail."""
    path = Path(target)
    if os.fspath(target) == STDOUT:
        return
    if not path.parent.is_dir():
        raise OutputError(f"{_name(path)}: its folder does not exist; create it first")
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error
    if stat.S_ISDIR(mode):
        raise OutputError(f"{_name(path)}: is a folder; give the name of a file in it")
    if not stat.S_ISREG(mode):
        raise OutputError(
            f"{_name(path)}: is not a regular file; give a file name, or - for standard output"
        )


def ready_folder(path: Path, use: str) -> None:
    """Make the folder if it is not there, and see that a file can be made in it.

    Raises:
        OutputError: it cannot; said before the work rather than after it. ``use`` is what the
            folder is for.
    """
    probe = path / f".skewcheck-{os.urandom(8).hex()}.tmp"
    try:
        path.mkdir(exist_ok=True)
        with probe.open("xb"):
            pass
        probe.unlink()
    except OSError as error:
        raise OutputError(_unkept(path, use, error)) from error


def _unkept(path: Path, use: str, error: OSError) -> str:
    reason = error.strerror or str(error)
    advice = "name a folder that can be written"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        advice = "create the folder it lies in first"
    return f"{use} {safe(path, 200)}: nothing can be kept there ({reason}); {advice}"


def _flush(fill: Callable[[IO[bytes]], Any], path: Path) -> None:
    """Create a new file and let it be filled; it is on disk when the call returns."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        fill(file)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename durable where folders can be opened (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _print(text: str) -> None:
    """Write to stdout now, so that a closed pipe or full disk is noticed here and not at exit."""
    stream = sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except (OSError, ValueError) as error:
        raise OutputError(f"standard output: {_reason(error)}; write to a file instead") from error


def _failed(path: Path, error: Exception) -> OutputError:
    return OutputError(
        f"{_name(path)}: cannot be written ({_reason(error)}); "
        "choose another place or free some space"
    )


def _reason(error: Exception) -> str:
    return safe(getattr(error, "strerror", None) or error)


def _name(path: Path) -> str:
    return safe(path, 200)
