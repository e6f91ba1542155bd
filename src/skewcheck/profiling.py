"""Profiles made apart from a comparison: of one data set, or of logs laid on train's cells."""

from __future__ import annotations

from dataclasses import replace

from skewcheck.assigning import Overrides, schema_of, with_snapshot_time
from skewcheck.config import Config
from skewcheck.counted import UNCOUNTED, profile_of
from skewcheck.deriving import derived
from skewcheck.during import OUTSIDE, TIMELESS, Times, time_column
from skewcheck.engines.local import Progress
from skewcheck.errors import InputError, UsageError
from skewcheck.opened import Opened, open_side
from skewcheck.pairing.request import Request
from skewcheck.partners import keys_of, may_pair, pair_up, refuse_wrong, watch_keys
from skewcheck.profile import Profile
from skewcheck.schema import Role, Schema
from skewcheck.spans import span_of, spanned, with_span


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
    schema = schema_of(side, None, config, overrides)
    profile = profile_of(side, schema, progress, times=events_of(side, schema))
    labels = {c.name: c.reason for c in schema if c.role is Role.LABEL}
    profile.labels.update({n: reason for n, reason in labels.items() if n in profile.columns})
    guessed = {c.name: c for c in schema if c.role in UNCOUNTED}
    profile.roles = {**guessed, **profile.roles}
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
    roles = with_snapshot_time(overrides, request, serve)
    schema = schema_of(train, serve, config, roles, train_known=like is not None)
    span = span_of(serve, schema)
    serve, schema = spanned(serve, span), with_span(schema, span)
    schema, derive, _ = derived(schema, config.policy, (train, serve))
    train, serve = derive(train), derive(serve)
    refuse_wrong(request, [column.name for column in schema])
    watch = watch_keys(train, serve, schema, request)
    left = profile_of(train, schema, progress)
    events = events_of(serve, schema)
    right = profile_of(serve, schema, progress, like=left, watch=watch, times=events)
    refuse_empty("LOGS", serve, right)
    right.roles = {c.name: c for c in schema if c.role is not Role.FEATURE}
    if request.offline is None:
        return right
    partner = derive(open_side(request.offline, {n: c.kind for n, c in left.columns.items()}))
    keys = keys_of(partner, serve, schema)
    may_pair(partner, serve, keys, request, watch)
    both = (partner, serve), (left, right)
    right.pairs = pair_up(*both, schema, request, keys, progress=progress)
    return right


def events_of(side: Opened, schema: Schema) -> Times | None:
    """Return the watch for the span that a side's events cover, where they have a time."""
    column = time_column(side, schema)
    return Times(column) if column is not None and side.source else None


def refuse_empty(title: str, side: Opened, profile: Profile) -> None:
    """Raise InputError when a side has no row, with the first reason if none could be read."""
    if profile.rows:
        return
    for file, line, reason in profile.ledger.notes.get("malformed", [])[:1]:
        problem = f"{reason}; none of {profile.ledger.events:,} events of {title} can be read"
        raise InputError(problem, file=file, line=line, hint="write the log again")
    fates = profile.ledger.fates
    elsewhere = ", ".join(f"{fates[fate]:,} {fate}" for fate in (OUTSIDE, TIMELESS) if fates[fate])
    if elsewhere:
        problem = f"has no event of that time: {elsewhere}"
        raise InputError(problem, file=side.name, hint="give another --since, --until or --window")
    raise InputError(f"{title} has no row", file=side.name, hint="check the path")
