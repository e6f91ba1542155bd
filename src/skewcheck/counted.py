"""Sides counted: each alone, or two that share keys in one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skewcheck.breakdown import breakdowns, step_of
from skewcheck.column import ColumnSpec
from skewcheck.duplicates import Keys
from skewcheck.during import Times
from skewcheck.engines.local import Progress, Watch, fold, in_order
from skewcheck.opened import Opened
from skewcheck.pairing.request import Request
from skewcheck.partners import by_column, keys_of, may_pair, pair_up
from skewcheck.peek import plan
from skewcheck.profile import Plan, Profile
from skewcheck.schema import Kind, Role, Schema
from skewcheck.sources.batch import Batch, Source

if TYPE_CHECKING:
    from skewcheck.pairing.pairs import Pairs

UNCOUNTED = frozenset({Role.KEY, Role.ENTITY, Role.TIME, Role.IGNORED})


def profile_of(
    side: Opened,
    schema: Schema,
    progress: Progress | None,
    *,
    like: Profile | None = None,
    watch: Keys | None = None,
    times: Times | None = None,
) -> Profile:
    """Return a side's profile, on the grids of ``like``; a saved one is taken as it is.

    ``times`` watches for the span of its events, unless it has seen them already.
    """
    if side.profile or not side.source:
        assert side.profile
        return side.profile
    kinds = {n: c.kind for n, c in like.columns.items()} if like else dict(side.source.declared)
    laid = _like(like, kinds) if like else plan(side.head, kinds)
    laid = replace(laid, by=breakdowns(schema, side.kinds), step=step_of(side.source.rows))
    skip = _skipped(schema)
    seen = watch is not None and watch.seen
    looking = None if seen else _all(watch, times)
    profile = fold(side.source, laid, skip=skip, watch=looking, progress=progress)
    profile.span = times.span if times else None
    return _without_copies(profile, watch, side.source, skip) if watch else profile


@dataclass(frozen=True, slots=True)
class Read:
    """Both sides counted and paired in one reading."""

    profiles: tuple[Profile, Profile]
    pairs: Pairs | None


def read_together(
    train: Opened,
    serve: Opened,
    schema: Schema,
    request: Request,
    watch: Keys | None,
    progress: Progress | None,
    *,
    times: Times | None = None,
) -> Read | None:
    """Return both sides counted and paired, each column decoded once; None where that cannot be.

    It can where both are Parquet and share keys. Serve's keys are read first; to look at them is
    all that is lost where they are not shared.
    """
    keys = keys_of(train, serve, schema)
    asked = request.offline is not None or request.as_of is not None
    if asked or not (watch and keys and by_column(train) and by_column(serve)):
        return None
    assert train.source and serve.source
    names = dict.fromkeys([*train.source.declared, *serve.source.declared])
    nothing = frozenset(names)
    looking = _all(watch, times)
    rows = fold(serve.source, Plan(), skip=nothing, watch=looking, progress=progress)
    watch.seen = True
    if not may_pair(train, serve, keys, request, watch):
        return None
    laid = plan(train.head, dict(train.source.declared))
    left = fold(train.source, laid, skip=nothing)
    left.plan, own = (
        replace(laid, by=breakdowns(schema, source.declared), step=step_of(source.rows))
        for source in (train.source, serve.source)
    )
    right = Profile(own, rows.rows, ledger=rows.ledger, span=times.span if times else None)
    fill = [name for name in names if schema.role(name) not in UNCOUNTED]
    pairs = pair_up(
        (train, serve), (left, right), schema, request, keys, fill=fill, progress=progress
    )
    if pairs is None:
        return None
    in_order(left.finish(), train.source)
    like = _like(left, {n: c.kind for n, c in left.columns.items()})
    right.plan = replace(right.plan, columns=like.columns)
    in_order(right.finish(), serve.source)
    return Read((left, _without_copies(right, watch, serve.source, _skipped(schema))), pairs)


def _all(*watchers: Keys | Times | None) -> Watch | None:
    """Return what lets each of them see a batch; None where there is none."""
    there = [one.watch for one in watchers if one is not None]

    def watch(batch: Batch) -> None:
        for look in there:
            look(batch)

    return watch if there else None


def _skipped(schema: Schema) -> frozenset[str]:
    """Return the columns that are not counted."""
    return frozenset(c.name for c in schema if c.role in UNCOUNTED)


def _like(profile: Profile, kinds: Mapping[str, Kind]) -> Plan:
    """Return the plan that lays serve on train's grids, with the kinds train turned out to hold."""
    columns = profile.columns.items()
    return Plan({n: ColumnSpec(kinds[n], c.spec.grid, c.spec.cut) for n, c in columns})


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
