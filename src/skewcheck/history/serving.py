"""Stored runs in place of logs: a file stands for its profile, a history for all its nights."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from skewcheck.errors import InputError, UsageError
from skewcheck.history.folder import newest, read_folder
from skewcheck.history.stored import NAME, StoredFile, look, verify
from skewcheck.sanitize import safe


def as_logs(data: object) -> object:
    """Return what to read as LOGS: a history becomes its files, everything else stays.

    Raises:
        InputError: a file of a history is damaged.
        UsageError: two files hold the same night, whose rows would count twice.
    """
    given: list[object] = list(data) if isinstance(data, list | tuple) else [data]
    paths = [Path(path) for path in given if isinstance(path, str | os.PathLike)]
    if len(paths) < len(given):
        return data
    chosen = [path for each in paths for path in _files(each)]
    _refuse_twice(chosen)
    return data if chosen == paths else [str(path) for path in chosen]


def _files(path: Path) -> list[Path]:
    """Return the files of a history's newest runs; a path that is no history, as it is."""
    if not path.is_dir() or not any(NAME.fullmatch(entry.name) for entry in path.iterdir()):
        return [path]
    held = read_folder(path)
    if not held.runs:
        return [path]
    if held.troubles:
        name, problem = next(iter(held.troubles.items()))
        raise InputError(problem, file=str(path / name), hint="name the files of the nights to use")
    counted = {run.id for run in newest(held.runs)}
    return [file.path for file in held.files if counted & set(file.profiled)]


def _refuse_twice(paths: list[Path]) -> None:
    files = [file for path in paths if (file := _stored(path))]
    nights: Counter[str] = Counter()
    for file in files:
        nights.update({run.night for run in file.runs if run.id in file.profiled})
    for night, times in nights.items():
        if times > 1:
            raise UsageError(
                f"{times} files hold the night {safe(night, 60)}; name one of them: its rows would "
                "count more than once"
            )


def _stored(path: Path) -> StoredFile | None:
    """Return what the file of a history says; None for all other data."""
    if not NAME.fullmatch(path.name):
        return None
    verify(path)
    return look(path)
