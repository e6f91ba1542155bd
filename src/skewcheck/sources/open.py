"""The front door of all sources: finds out what it was given."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from skewcheck.errors import UsageError

if TYPE_CHECKING:
    from skewcheck.schema import Kind
    from skewcheck.sources.batch import Source

LIBRARIES = ("polars", "pandas", "pyarrow", "duckdb")
READS = "a path, a list of paths, or a Polars, pandas, pyarrow or DuckDB table"


def open_source(data: object, *, hint: Mapping[str, Kind] | None = None) -> Source:
    """Return the source of the rows in files or in a table of Polars, pandas, pyarrow or DuckDB.

    A path may be a file, a folder (walked, hive partitions become columns) or a glob; containers
    are told by content. ``hint`` are the kinds of train's columns where they are known: they find
    the payload in events and type what a container of text leaves open.

    Raises:
        InputError: nothing can be read, or what is read is damaged.
        UsageError: the object is of no kind that can be read.
    """
    paths = data if isinstance(data, list | tuple) and data else [data]
    named = [os.fsdecode(path) for path in paths if isinstance(path, str | os.PathLike)]
    if len(named) == len(paths):
        from skewcheck.sources.files import open_files

        return open_files(named, hint or {})
    if type(data).__module__.partition(".")[0].lstrip("_") in LIBRARIES:
        from skewcheck.sources.frames import open_frame

        return open_frame(data, hint or {})
    raise UsageError(f"cannot read rows from {type(data).__name__}; give {READS}")
