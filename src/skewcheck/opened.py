"""One side before the pass: data opened and its first rows looked at, or a saved profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from skewcheck.errors import UsageError
from skewcheck.peek import first_rows
from skewcheck.profile import Profile, decoded
from skewcheck.schema import Kind
from skewcheck.sources.batch import Batch, Source
from skewcheck.sources.open import open_source
from skewcheck.store import is_profile, read

READER = "RecordBatchReader"  # of pyarrow, which only those who hand one over have loaded


@dataclass(frozen=True, slots=True)
class Opened:
    """A saved profile, or a source with its first rows; ``once``: it cannot be read again."""

    name: str
    profile: Profile | None
    source: Source | None
    head: list[Batch]
    once: bool = False

    @property
    def kinds(self) -> dict[str, Kind]:
        """Return the kinds of the side's columns, as far as they are known before the pass."""
        if self.profile:
            return {name: column.kind for name, column in self.profile.columns.items()}
        assert self.source
        seen = (name for batch in self.head for name in batch.columns)
        return {**dict.fromkeys(seen, Kind.EMPTY), **self.source.declared}


def open_side(data: object, hint: Mapping[str, Kind] | None = None) -> Opened:
    """Return data, paths, saved profiles or frames, opened; ``hint`` are the other side's kinds."""
    if isinstance(data, Profile):
        return Opened("profile", data, None, [])
    given_paths = data if isinstance(data, list | tuple) else [data]
    paths = [Path(path) for path in given_paths if isinstance(path, str | Path)]
    saved = [is_profile(path) for path in paths]
    if any(saved) and not all(saved):
        path = paths[saved.index(True)]
        raise UsageError(f"{path} is a saved profile, and not all are; give only profiles, or rows")
    if paths and all(saved):
        loaded = [load(path) for path in paths]
        return Opened(", ".join(map(str, paths)), reduce(Profile.merge, loaded), None, [])
    source = open_source(data, hint=hint)
    once = type(data).__name__ == READER
    return Opened(source.name, None, source, first_rows(source), once)


def load(path: Path) -> Profile:
    """Return the profile saved at ``path``, with its pairs; raise InputError if it is none."""
    header, sections = read(path)
    profile = decoded(header, sections)
    if "pairs" in header:
        from skewcheck.pairing import saved

        profile.pairs = saved.decode(header["pairs"], sections)
    return profile
