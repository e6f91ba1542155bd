"""The stages wired: data to profiles to findings to a verdict. The library's front door."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

from skewcheck.comparison import findings, inside, new_values, places, sides
from skewcheck.config import Config
from skewcheck.counted import profile_of, read_together
from skewcheck.deciding import with_column, with_decisions
from skewcheck.discovery import discover
from skewcheck.engines.local import Progress
from skewcheck.errors import InputError, UsageError
from skewcheck.finding import Finding
from skewcheck.judge import judge
from skewcheck.opened import Opened, open_side
from skewcheck.pairing.request import Request
from skewcheck.partners import (
    NUMBERED,
    by_chance,
    keys_of,
    may_pair,
    numbered,
    pair_up,
    partner_of,
    refuse_wrong,
    saved_pairs,
    saved_roles,
    watch_keys,
)
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.query import relation
from skewcheck.roles import given, guess, layered
from skewcheck.run import Run, Side
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sides import Sides
from skewcheck.verdict import Outcome

if TYPE_CHECKING:  # only a run that pairs rows loads them
    from skewcheck.location import Location
    from skewcheck.pairing.pairs import Pairs

LIBRARIES = ("skewcheck", "numpy", "scipy", "pyarrow", "polars", "duckdb")
Overrides = Mapping[Role, Sequence[str]]


def compare(
    train: object,
    serve: object,
    *,
    config: Config | None = None,
    overrides: Overrides | None = None,
    pairing: Request | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Run:
    """Return the finished comparison of two sides: data, paths or saved profiles.

    Rows are paired with those of ``pairing.offline``, or with train's own where keys overlap.

    Raises:
        InputError: a side cannot be read, holds no row, or they have nothing in common.
        ConfigError: the policy names a column that neither side has.
    """
    config = config or Config()
    request = (pairing or Request()).over(config.pairing)
    started, clock = datetime.now(UTC), time.perf_counter()
    # The checks load scipy, which takes as long as a million rows: it does so beside the reading.
    Thread(target=discover, args=("skewcheck.checks",), daemon=True).start()
    left = open_side(train)
    right = open_side(serve, left.kinds)
    schema = _schema(left, right, config, _with_snapshot_time(overrides or {}, request, right))
    decisions = config.policy.decisions
    if decisions:
        schema = with_column(schema, decisions)
        left, right = (with_decisions(side, schema, decisions) for side in (left, right))
    names = [column.name for column in schema]
    config.refuse_unknown_columns(names)
    refuse_wrong(request, names)
    saved = saved_pairs(right, pairing or Request())
    watch = watch_keys(left, right, schema, request)
    read = read_together(left, right, schema, request, watch, progress)
    train_profile = read.profiles[0] if read else profile_of(left, schema, progress)
    _refuse_empty("TRAIN", left, train_profile)
    kinds = {n: c.kind for n, c in train_profile.columns.items()}
    if Kind.EMPTY in left.kinds.values() and not right.once:
        right = open_side(serve, kinds)  # a container of JSON declares nothing: now it is known
        right = with_decisions(right, schema, decisions) if decisions else right
    partner = left if request.offline is None or saved else open_side(request.offline, kinds)
    if decisions and partner is not left:
        partner = with_decisions(partner, schema, decisions)
    keys = keys_of(partner, right, schema)
    if read:
        serve_profile = read.profiles[1]
    else:
        serve_profile = profile_of(right, schema, progress, like=train_profile, watch=watch)
    _refuse_empty("LOGS", right, serve_profile)
    pairs = read.pairs if read else saved
    note, profiles = "", (train_profile, serve_profile)
    if not saved and not read and may_pair(partner, right, keys, request, watch):
        pairs = pair_up((partner, right), profiles, schema, request, keys, progress=progress)
    if pairs and numbered(right, keys) and by_chance(pairs):
        note, pairs = NUMBERED.format(pairs.join.key), None
    both = tuple(sides(*profiles, schema, pairs, decisions=decisions))
    where, found = _found(both, (left, right), schema, pairs, profiles, policy=config.policy)
    verdict = judge(found, config.policy)
    known = {}
    if pairs or verdict.outcome is not Outcome.PASS:
        from skewcheck.reasons import reasons

        known = reasons(both, verdict, config.policy, pairs, where)
    return Run(
        _side(left, train_profile, "train"),
        _side(right, serve_profile, "serve"),
        both,
        schema,
        config.policy,
        verdict,
        command,
        started.isoformat(timespec="seconds"),
        time.perf_counter() - clock,
        _versions(),
        (note,) if note else (),
        reasons=known,
        partner=partner_of(None if saved else partner, keys, pairs, schema, request)
        if pairs
        else None,
    )


def _found(
    both: tuple[Sides, ...],
    opened: tuple[Opened, Opened],
    schema: Schema,
    pairs: Pairs | None,
    profiles: tuple[Profile, Profile],
    *,
    policy: Policy,
) -> tuple[dict[str, Location], list[Finding]]:
    """Return where the rows live that differ or hold something new, and all findings."""
    where = places(pairs) if pairs else {}
    found = list(findings(both))
    for name, location in where.items():
        assert pairs
        marked = pairs.marked[name]
        check = "flips" if schema.role(name) is Role.DECISION else "row_parity"
        found += inside((name, check), location, marked, pairs.rows, policy=policy)
    if not pairs:
        from skewcheck.segmented import segment_drift

        found += segment_drift(profiles, both, policy)
    serve = opened[1]
    unpaired = not (pairs and pairs.join.asked) and not serve.once  # some rows may be
    if unpaired and serve.source and (new := new_values(found)):
        from skewcheck.novelty import novelty

        heads = [side.head for side in opened]
        there, more = novelty(serve.source, new, both, heads, schema, policy=policy)
        where = {**there, **where}
        found += more
    return where, found


def make_profile(
    data: object,
    *,
    like: object = None,
    config: Config | None = None,
    overrides: Overrides | None = None,
    pairing: Request | None = None,
    progress: Progress | None = None,
) -> Profile:
    """Return the profile of a data set, its roles guessed as if it were train.

    ``like`` is train, or its profile: the data are serve then, laid on train's grids. So they are
    with ``pairing.offline``: their rows are paired with those of that recomputation, and the
    profile holds the pairs, sampled values of theirs among them.

    Raises:
        InputError: a side cannot be read, or holds no row.
        UsageError: rows are to be paired but not with an offline recomputation.
    """
    asked, config, overrides = pairing or Request(), config or Config(), overrides or {}
    if asked.offline is None and asked != Request():
        raise UsageError("rows are paired with an offline recomputation; name it with --offline")
    if asked.offline is not None or like is not None:
        request = asked.over(replace(config.pairing, offline=None))
        return _served(data, like, config, overrides, request=request, progress=progress)
    side = open_side(data)
    schema = _schema(side, None, config, overrides)
    profile = profile_of(side, schema, progress)
    labels = {c.name: c.reason for c in schema if c.role is Role.LABEL}
    profile.labels.update({n: reason for n, reason in labels.items() if n in profile.columns})
    return profile


def _served(
    data: object,
    like: object,
    config: Config,
    overrides: Overrides,
    *,
    request: Request,
    progress: Progress | None,
) -> Profile:
    """Return the profile of serve, with its pairs where there is a recomputation."""
    train = open_side(request.offline if like is None else like)
    serve = open_side(data, train.kinds)
    schema = _schema(train, serve, config, _with_snapshot_time(overrides, request, serve))
    decisions = config.policy.decisions
    if decisions:
        schema = with_column(schema, decisions)
        train, serve = (with_decisions(side, schema, decisions) for side in (train, serve))
    refuse_wrong(request, [column.name for column in schema])
    watch = watch_keys(train, serve, schema, request)
    left = profile_of(train, schema, progress)
    right = profile_of(serve, schema, progress, like=left, watch=watch)
    _refuse_empty("LOGS", serve, right)
    right.roles = {c.name: (c.role, c.reason) for c in schema if not c.role.compared}
    if request.offline is None:
        return right
    partner = open_side(request.offline, {n: c.kind for n, c in left.columns.items()})
    partner = with_decisions(partner, schema, decisions) if decisions else partner
    keys = keys_of(partner, serve, schema)
    may_pair(partner, serve, keys, request, watch)
    both = (partner, serve), (left, right)
    right.pairs = pair_up(*both, schema, request, keys, progress=progress)
    return right


def guess_schema(train: object, serve: object, *, overrides: Overrides | None = None) -> Schema:
    """Return what each column of two sides seems to be for, without reading all rows."""
    left = open_side(train)
    right = open_side(serve, left.kinds)
    return _schema(left, right, Config(), overrides or {})


def _schema(left: Opened, right: Opened | None, config: Config, overrides: Overrides) -> Schema:
    roles = layered(config.roles, given(overrides, "on the command line"))
    if right:
        roles = layered(saved_roles(left, right), roles)
    if left.profile and right:
        roles = layered(_labels(left.profile, right), roles)
    return guess(
        left.kinds,
        right.head if right else None,
        left.head,
        roles,
        serve_columns=tuple(right.kinds) if right else (),
    )


def _labels(train: Profile, serve: Opened) -> dict[str, Column]:
    """Return the labels that a saved profile of train knows of, as far as serve lacks them."""
    kept = {name: reason for name, reason in train.labels.items() if name not in serve.kinds}
    return {name: Column(name, Role.LABEL, reason) for name, reason in kept.items()}


def _with_snapshot_time(overrides: Overrides, request: Request, serve: Opened) -> Overrides:
    """Return the roles given, the time of train's snapshots among those that are not compared."""
    named = {name for names in overrides.values() for name in names}
    if request.as_of is None or request.as_of in named | serve.kinds.keys():
        return overrides
    ignored = overrides.get(Role.IGNORED, ())
    return {**overrides, Role.IGNORED: [*ignored, request.as_of]}


def _refuse_empty(title: str, side: Opened, profile: Profile) -> None:
    """Raise InputError when a side has no row, with the first reason if none could be read."""
    if profile.rows:
        return
    for file, line, reason in profile.ledger.notes.get("malformed", [])[:1]:
        problem = f"{reason}; none of {profile.ledger.events:,} events of {title} can be read"
        raise InputError(problem, file=file, line=line, hint="write the log again")
    raise InputError(f"{title} has no row", file=side.name, hint="check the path")


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that had a part in the run: those that are loaded."""
    loaded = {name: sys.modules[name] for name in LIBRARIES if name in sys.modules}
    return {name: str(module.__version__) for name, module in loaded.items()}


def _side(side: Opened, profile: Profile, name: str) -> Side:
    layout = side.source.layout if side.source else "saved profile"
    rows = relation(side.source, name)
    return Side(side.name, profile.rows, layout, profile.ledger, profile, rows)
