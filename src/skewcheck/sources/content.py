"""A file's bytes as they were listed: opened without waiting, read without mmap."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import BinaryIO, cast

from skewcheck.errors import InputError
from skewcheck.sources.trouble import said
from skewcheck.sources.walk import File

BLOCK = 1 << 20
RETRY = "read a copy that nobody writes to"


def opened(file: File, *, whole: bool = False) -> BinaryIO:
    """Return the file opened for reading; with ``whole`` its size must be the listed one.

    Raises:
        InputError: it cannot be opened, is no regular file any more, or was changed.
    """
    try:
        handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise InputError(f"cannot be opened ({said(error)})", file=file.name) from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise InputError("is not a regular file any more", file=file.name)
    if whole and status.st_size != file.size:
        os.close(handle)
        raise InputError("the file was changed while it was read", file=file.name, hint=RETRY)
    return cast(BinaryIO, open(handle, "rb", buffering=0))  # noqa: PTH123 - by number


def raw(file: File, *, block: int = BLOCK) -> Iterator[bytes]:
    """Yield exactly the bytes the file had when it was listed.

    Raises:
        InputError: as ``opened``, or the file has shrunk.
    """
    with opened(file) as stream:
        left = file.size
        while left:
            data = stream.read(min(block, left))
            if not data:
                gone = f"the file shrank while it was read ({left} bytes are gone)"
                raise InputError(gone, file=file.name, hint=RETRY)
            left -= len(data)
            yield data
