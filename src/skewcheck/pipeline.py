"""The stages wired: data to profiles to findings to a verdict. The library's front door."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from threading import Thread

from skewcheck.column import ColumnSpec
from skewcheck.comparison import findings, sides
from skewcheck.config import Config
from skewcheck.discovery import discover
from skewcheck.duplicates import Keys
from skewcheck.engines.local import Progress, fold
from skewcheck.errors import InputError
from skewcheck.judge import judge
from skewcheck.peek import first_rows, plan
from skewcheck.profile import Plan, Profile, is_profile
from skewcheck.roles import given, guess, layered
from skewcheck.run import Run, Side
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Batch, Source
from skewcheck.sources.open import open_source

UNCOUNTED = frozenset({Role.KEY, Role.ENTITY, Role.TIME, Role.IGNORED})
LIBRARIES = ("skewcheck", "numpy", "scipy", "pyarrow", "polars", "duckdb")
Overrides = Mapping[Role, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Opened:
    """One side before the pass: a saved profile, or a source with its first rows."""

    name: str
    profile: Profile | None
    source: Source | None
    head: list[Batch]

    @property
    def kinds(self) -> dict[str, Kind]:
        """Return the kinds of the side's columns, as far as they are known before the pass."""
        if self.profile:
            return {name: column.kind for name, column in self.profile.columns.items()}
        assert self.source
        seen = (name for batch in self.head for name in batch.columns)
        return {**dict.fromkeys(seen, Kind.EMPTY), **self.source.declared}


def compare(
    train: object,
    serve: object,
    *,
    config: Config | None = None,
    overrides: Overrides | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Run:
    """Return the finished comparison of two sides: data, paths or saved profiles.

    Raises:
        InputError: a side cannot be read, holds no row, or they have nothing in common.
        ConfigError: the policy names a column that neither side has.
    """
    config = config or Config()
    started, clock = datetime.now(UTC), time.perf_counter()
    # The checks load scipy, which takes as long as a million rows: it does so beside the reading.
    Thread(target=discover, args=("skewcheck.checks",), daemon=True).start()
    left = _open(train)
    right = _open(serve, left.kinds)
    schema = _schema(left, right, config, overrides or {})
    config.refuse_unknown_columns([column.name for column in schema])
    train_profile = _profile(left, schema, progress)
    _refuse_empty("TRAIN", left, train_profile)
    if Kind.EMPTY in left.kinds.values():  # a container of JSON declares nothing: now it is known
        right = _open(serve, {n: c.kind for n, c in train_profile.columns.items()})
    serve_profile = _profile(right, schema, progress, like=train_profile)
    _refuse_empty("LOGS", right, serve_profile)
    pairs = tuple(sides(train_profile, serve_profile, schema))
    verdict = judge(findings(pairs), config.policy)
    return Run(
        _side(left, train_profile),
        _side(right, serve_profile),
        pairs,
        schema,
        config.policy,
        verdict,
        command,
        started.isoformat(timespec="seconds"),
        time.perf_counter() - clock,
        _versions(),
    )


def make_profile(
    data: object,
    *,
    config: Config | None = None,
    overrides: Overrides | None = None,
    progress: Progress | None = None,
) -> Profile:
    """Return the profile of a data set, its roles guessed as if it were train."""
    side = _open(data)
    schema = _schema(side, None, config or Config(), overrides or {})
    profile = _profile(side, schema, progress)
    labels = {c.name: c.reason for c in schema if c.role is Role.LABEL}
    profile.labels.update({n: reason for n, reason in labels.items() if n in profile.columns})
    return profile


def guess_schema(train: object, serve: object, *, overrides: Overrides | None = None) -> Schema:
    """Return what each column of two sides seems to be for, without reading all rows."""
    left = _open(train)
    right = _open(serve, left.kinds)
    return _schema(left, right, Config(), overrides or {})


def _open(data: object, hint: Mapping[str, Kind] | None = None) -> _Opened:
    if isinstance(data, Profile):
        return _Opened("profile", data, None, [])
    given_paths = data if isinstance(data, list | tuple) else [data]
    paths = [Path(path) for path in given_paths if isinstance(path, str | Path)]
    if paths and all(is_profile(path) for path in paths):
        loaded = [Profile.load(path) for path in paths]
        return _Opened(", ".join(map(str, paths)), reduce(Profile.merge, loaded), None, [])
    source = open_source(data, hint=hint)
    return _Opened(source.name, None, source, first_rows(source))


def _schema(left: _Opened, right: _Opened | None, config: Config, overrides: Overrides) -> Schema:
    roles = layered(config.roles, given(overrides, "on the command line"))
    if left.profile and right:
        roles = layered(_labels(left.profile, right), roles)
    return guess(
        left.kinds,
        right.head if right else None,
        left.head,
        roles,
        serve_columns=tuple(right.kinds) if right else (),
    )


def _labels(train: Profile, serve: _Opened) -> dict[str, Column]:
    """Return the labels that a saved profile of train knows of, as far as serve lacks them."""
    kept = {name: reason for name, reason in train.labels.items() if name not in serve.kinds}
    return {name: Column(name, Role.LABEL, reason) for name, reason in kept.items()}


def _profile(
    side: _Opened, schema: Schema, progress: Progress | None, *, like: Profile | None = None
) -> Profile:
    """Return a side's profile, on the grids of ``like``; a saved one is taken as it is."""
    if side.profile or not side.source:
        assert side.profile
        return side.profile
    kinds = {n: c.kind for n, c in like.columns.items()} if like else dict(side.source.declared)
    laid = _like(like, kinds) if like else plan(side.head, kinds)
    skip = frozenset(c.name for c in schema if c.role in UNCOUNTED)
    keys = [name for name in schema.names(Role.KEY) if name in side.kinds] if like else []
    watch = Keys(keys) if keys else None
    profile = fold(
        side.source, laid, skip=skip, watch=watch.watch if watch else None, progress=progress
    )
    return _without_copies(profile, watch, side.source, skip) if watch else profile


def _refuse_empty(title: str, side: _Opened, profile: Profile) -> None:
    """Raise InputError when a side has no row, with the first reason if none could be read."""
    if profile.rows:
        return
    for file, line, reason in profile.ledger.notes.get("malformed", [])[:1]:
        problem = f"{reason}; none of {profile.ledger.events:,} events of {title} can be read"
        raise InputError(problem, file=file, line=line, hint="write the log again")
    raise InputError(f"{title} has no row", file=side.name, hint="check the path")


def _like(profile: Profile, kinds: Mapping[str, Kind]) -> Plan:
    """Return the plan that lays serve on train's grids, with the kinds train turned out to hold."""
    return Plan({n: ColumnSpec(kinds[n], c.spec.grid) for n, c in profile.columns.items()})


def _without_copies(profile: Profile, keys: Keys, source: Source, skip: frozenset[str]) -> Profile:
    """Return the profile with every event counted once, and the ledger saying so."""
    profile.ledger.fates["duplicates"] += 0
    if not len(keys.twice):
        return profile
    surplus, conflicts = keys.copies(source, profile.plan, skip)
    left = profile.subtract(surplus)
    left.ledger.move(surplus.rows, "ok", "duplicates")
    left.ledger.move(conflicts, "ok", "conflicting")
    return left


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that had a part in the run: those that are loaded."""
    loaded = {name: sys.modules[name] for name in LIBRARIES if name in sys.modules}
    return {name: str(module.__version__) for name, module in loaded.items()}


def _side(side: _Opened, profile: Profile) -> Side:
    layout = side.source.layout if side.source else "saved profile"
    return Side(side.name, profile.rows, layout, profile.ledger, profile)
