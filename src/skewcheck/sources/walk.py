"""Which files a path stands for: found by our own walk, never by an engine that globs."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.sources.trouble import said, shown

TEMPORARY = ("~", ".tmp", ".crc", ".swp", ".part", ".inprogress", ".filepart", ".crdownload")
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
TABLES = {"_delta_log": "a Delta table", ".hoodie": "a Hudi table"}


@dataclass(frozen=True, slots=True)
class File:
    """A regular file as it was when it was listed.

    ``path`` opens it, ``name`` is safe to show; ``size`` in bytes is fixed here, so that a file
    that still grows is read up to this point only. ``partitions`` are the ``key=value`` folders
    below the place the user named; ``given`` says that the user named this very file.
    """

    path: str
    name: str
    size: int
    identity: tuple[int, int]
    partitions: tuple[tuple[str, str | None], ...] = ()
    given: bool = False


def find(paths: Iterable[str], ledger: Ledger) -> list[File]:
    """Return the regular files that the paths stand for, sorted by path, each file once.

    What is passed over (hidden and temporary names, pipes, devices, dangling links, second names
    of one file) goes to ``ledger.skipped`` with its reason.

    Raises:
        InputError: a path does not exist, is remote, is a table that only its own reader
            understands, cannot be listed, or holds no file.
    """
    found: list[File] = []
    for path in paths:
        found += _expand(path, ledger)
    return _once(sorted(found, key=lambda f: os.fsencode(f.path)), ledger)


def _expand(path: str, ledger: Ledger) -> list[File]:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
        raise InputError(
            "remote paths are not read yet", file=shown(path), hint="copy the files here first"
        )
    if "\0" in path:
        raise InputError("a path cannot hold a NUL character", file=shown(path))
    if _there(path):
        return _under(path, ledger)
    matches = glob.glob(path, recursive=True) if glob.has_magic(path) else []  # noqa: PTH207
    if not matches:
        raise InputError(
            "no such file or folder", file=shown(path), hint="check the path and the working folder"
        )
    root = path[: re.search(r"[*?\[]", path).start()]  # type: ignore[union-attr]
    return [file for match in matches for file in _under(match, ledger, root=root)]


def _there(path: str) -> bool:
    """Return whether a path exists, or may: a folder above it that cannot be entered hides it."""
    try:
        os.lstat(path)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _under(path: str, ledger: Ledger, *, root: str = "") -> list[File]:
    """Return the files at or under a path that exists."""
    try:
        status = os.stat(path)  # noqa: PTH116 - paths need not be valid text
    except OSError as error:
        raise InputError(f"cannot be opened ({_why(error)})", file=shown(path)) from error
    if stat.S_ISDIR(status.st_mode):
        files = [f for f in _walk(path, ledger, set()) if f]
        if not files:
            raise InputError("the folder holds no data file", file=shown(path))
        return [_partitioned(f, root or path) for f in files]
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            f"is {_sort(status.st_mode)}, not a regular file",
            file=shown(path),
            hint="write the data to a file and name that",
        )
    return [_partitioned(_file(path, status, given=not root), root or path)]


def _walk(folder: str, ledger: Ledger, seen: set[tuple[int, int]]) -> Iterator[File]:
    """Yield the files below a folder; a folder reached twice (by a link) is walked once."""
    try:
        status = os.stat(folder)  # noqa: PTH116
        with os.scandir(folder) as entries:
            names = sorted((e.name for e in entries), key=os.fsencode)
    except OSError as error:
        problem = f"the folder cannot be listed ({_why(error)})"
        raise InputError(problem, file=shown(folder)) from error
    if (status.st_dev, status.st_ino) in seen:
        ledger.skipped[shown(folder)] = "a link to a folder already read"
        return
    seen.add((status.st_dev, status.st_ino))
    _refuse_tables(folder, names)
    for name in names:
        yield from _entry(os.path.join(folder, name), ledger, seen)  # noqa: PTH118


def _entry(path: str, ledger: Ledger, seen: set[tuple[int, int]]) -> Iterator[File]:
    reason = _hidden(os.path.basename(path))  # noqa: PTH119
    if reason:
        ledger.skipped[shown(path)] = reason
        return
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError as error:
        ledger.skipped[shown(path)] = f"a dangling link or a vanished file ({_why(error)})"
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(path, ledger, seen)
    elif stat.S_ISREG(status.st_mode):
        yield _file(path, status)
    else:
        ledger.skipped[shown(path)] = f"{_sort(status.st_mode)}, not a regular file"


def _refuse_tables(folder: str, names: list[str]) -> None:
    """Refuse the folders whose files are only meant to be read through the table's own log."""
    kind = next((what for name, what in TABLES.items() if name in names), "")
    if not kind and "metadata" in names and "data" in names:
        try:
            with os.scandir(os.path.join(folder, "metadata")) as entries:  # noqa: PTH118
                iceberg = any(e.name.endswith(".metadata.json") for e in entries)
        except OSError:
            iceberg = False
        kind = "an Iceberg table" if iceberg else ""
    if kind:
        raise InputError(
            f"is {kind}, whose files hold deleted rows too",
            file=shown(folder),
            hint="export the table to Parquet and name that folder",
        )


def _hidden(name: str) -> str:
    if name.startswith(".") or (name.startswith("_") and "=" not in name):
        return "hidden name"
    return "temporary name" if name.endswith(TEMPORARY) else ""


def _file(path: str, status: os.stat_result, *, given: bool = False) -> File:
    identity = (status.st_dev, status.st_ino)
    return File(path, shown(path), status.st_size, identity, given=given)


def _partitioned(file: File, root: str) -> File:
    """Return the file with the ``key=value`` folders between the root and itself."""
    below = os.path.dirname(file.path)[len(root) :] if file.path != root else ""  # noqa: PTH120
    if root and not root.endswith(os.sep):  # a glob may be cut inside a folder's name
        below = below if below.startswith(os.sep) else _whole(file.path, len(root))
    pairs = (part.partition("=") for part in below.split(os.sep) if "=" in part)  # noqa: PTH206
    keyed = tuple((unquote(k), None if v == NULL_PARTITION else unquote(v)) for k, _, v in pairs)
    return File(file.path, file.name, file.size, file.identity, keyed, file.given)


def _whole(path: str, start: int) -> str:
    """Return the folders of a path from the one in which ``start`` lies."""
    folder = os.path.dirname(path)  # noqa: PTH120
    return folder[folder.rfind(os.sep, 0, start) + 1 :] if start < len(folder) else ""


def _once(files: list[File], ledger: Ledger) -> list[File]:
    """Return each file under the first of its names."""
    seen: dict[tuple[int, int], File] = {}
    for file in files:
        first = seen.setdefault(file.identity, file)
        if first is not file and first.path != file.path:
            ledger.skipped[file.name] = f"the same file as {first.name}"
    return list(seen.values())


def _sort(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def _why(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else said(error)
