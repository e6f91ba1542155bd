"""The stages wired: data to profiles to findings to a verdict. The library's front door."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

from skewcheck import champion, failing, valuing
from skewcheck.ageing import with_ages, with_columns
from skewcheck.arrivals import Arrivals, read_labels, with_label, with_labels
from skewcheck.comparison import findings, inside, new_values, places, sides
from skewcheck.config import Config
from skewcheck.config.tables import Place
from skewcheck.counted import UNCOUNTED, profile_of, read_together
from skewcheck.deciding import score_of, with_column, with_decisions
from skewcheck.decisions import Decisions
from skewcheck.discovery import discover
from skewcheck.during import OUTSIDE, TIMELESS, Times, time_column, within
from skewcheck.engines.local import Progress
from skewcheck.errors import InputError, UsageError
from skewcheck.finding import Finding
from skewcheck.history.serving import as_logs
from skewcheck.judge import judge
from skewcheck.manifest import Manifest, Origin
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
from skewcheck.replay.request import ModelRequest
from skewcheck.roles import given, guess, layered
from skewcheck.run import Run, Side
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sides import Sides
from skewcheck.span import Period
from skewcheck.spans import span_of, spanned, with_span
from skewcheck.verdict import Outcome

if TYPE_CHECKING:  # only a run that pairs rows loads them
    from skewcheck.location import Location
    from skewcheck.pairing.pairs import Pairs
    from skewcheck.replay.model import Model
    from skewcheck.timed import Timed

LIBRARIES = ("skewcheck", "numpy", "scipy", "pyarrow", "polars", "duckdb")
Overrides = Mapping[Role, Sequence[str]]


def compare(
    train: object,
    serve: object,
    *,
    config: Config | None = None,
    overrides: Overrides | None = None,
    pairing: Request | None = None,
    labels: object = None,
    replaying: ModelRequest | None = None,
    period: Period | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Run:
    """Return the finished comparison of two sides: data, paths or saved profiles.

    Of serve only the events of ``period`` are taken, if one is given; the ledger counts the rest.
    Rows are paired with those of ``pairing.offline``, or with train's own where keys overlap.
    ``labels`` are labels by serve's key that a file of their own holds.

    Raises:
        InputError: a side cannot be read, holds no row, or they have nothing in common.
        ConfigError: the policy names a column that neither side has.
    """
    config = config or Config()
    request = (pairing or Request()).over(config.pairing)
    asking = (replaying or ModelRequest()).over(config.replaying)
    model = _opened(asking)
    weigh = _weighing(model, config.policy.manifest)
    started, clock = datetime.now(UTC), time.perf_counter()
    # The checks load scipy, which takes as long as a million rows: it does so beside the reading.
    Thread(target=discover, args=("skewcheck.checks",), daemon=True).start()
    left = open_side(train)
    serve = as_logs(serve)
    right = open_side(serve, left.kinds)
    overrides = _with_snapshot_time(overrides or {}, request, right)
    arrivals, labels = None, config.labels if labels is None else labels
    if labels is None:
        schema = _schema(left, right, config, overrides)
    else:
        schema, arrivals = _with_labels(labels, left, right, config, overrides)
        right = with_labels(right, arrivals)
    span = span_of(right, schema)
    right, taken = within(right, period or Period(), schema)
    right, schema = spanned(right, span), with_span(schema, span)
    schema, derive, lacking = _derived(schema, config.policy, (left, right))
    left, right = derive(left), derive(right)
    names = [column.name for column in schema]
    config.refuse_unknown_columns(names)
    refuse_wrong(request, names)
    saved = saved_pairs(right, pairing or Request())
    watch = watch_keys(left, right, schema, request)
    events = _events(right, schema)
    read = read_together(left, right, schema, request, watch, progress, times=events)
    train_profile = read.profiles[0] if read else profile_of(left, schema, progress)
    _refuse_empty("TRAIN", left, train_profile)
    kinds = {n: c.kind for n, c in train_profile.columns.items()}
    if Kind.EMPTY in left.kinds.values() and not right.once:
        # A container of JSON declares nothing: now it is known what it should hold.
        right = open_side(serve, kinds)
        right, taken = within(with_labels(right, arrivals) if arrivals else right, taken, schema)
        events = _events(right, schema) or events
        right = derive(spanned(right, span))
    offline = None if saved else request.offline
    partner = left if offline is None else derive(open_side(offline, kinds))
    keys = keys_of(partner, right, schema)
    if read:
        serve_profile = read.profiles[1]
    else:
        serve_profile = profile_of(
            right, schema, progress, like=train_profile, watch=watch, times=events
        )
    _refuse_empty("LOGS", right, serve_profile)
    pairs = read.pairs if read else saved
    note, profiles = "", (train_profile, serve_profile)
    if not saved and not read and may_pair(partner, right, keys, request, watch):
        pairs = pair_up((partner, right), profiles, schema, request, keys, progress=progress)
    if pairs and numbered(right, keys) and by_chance(pairs):
        note, pairs = NUMBERED.format(pairs.join.key), None
    times = _times(profiles, schema, config)
    pacing = _pacing(right, schema, times)
    again = None
    if model:
        from skewcheck.replay.rerun import replay

        again = replay(
            model,
            (partner, right),
            schema,
            asking,
            paired=pairs.sampled if pairs else None,
            thresholds=_thresholds(schema, config.policy.decisions),
            tolerances=request,
            weigh=weigh,
            train=left,
        )
    parity = again.parity if again else None
    both = tuple(
        replace(side, timed=times.get(side.name))
        for side in sides(*profiles, schema, pairs, policy=config.policy, replayed=parity)
    )
    where, found = _found(both, (left, right), schema, pairs, profiles, policy=config.policy)
    found, missing = _widened(found, profiles, pairs, policy=config.policy)
    verdict = judge(found, config.policy)
    told = (note, arrivals.note if arrivals else "", lacking, pacing, *missing)
    notes = [sentence for sentence in told if sentence]
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
        tuple(notes),
        reasons=known,
        partner=partner_of(None if saved else partner, keys, pairs, schema, request)
        if pairs
        else None,
        replay=again,
        period=taken,
    )


def _derived(
    schema: Schema, policy: Policy, both: tuple[Opened, Opened]
) -> tuple[Schema, Callable[[Opened], Opened], str]:
    """Return the schema with the columns that the policy makes of others, and what adds them.

    With them, in words, what cannot be made.
    """
    decisions, manifest = policy.decisions, policy.manifest
    if decisions:
        schema = with_column(champion.aside(schema, decisions), decisions)
        schema = champion.with_column(schema, decisions)
    schema = failing.with_columns(with_columns(schema, manifest))
    by = valuing.basis(both, schema, policy)
    schema = valuing.with_column(schema, policy, by)

    def derive(side: Opened) -> Opened:
        side = failing.with_failures(with_ages(side, schema, manifest), schema)
        if decisions is None:
            return side
        side = champion.with_champion(with_decisions(side, schema, decisions), schema, decisions)
        return valuing.with_value(side, schema, policy, by)

    lacking = f"decisions are not valued: {by.reason}" if by and not by.column else ""
    return schema, derive, lacking


def _opened(asking: ModelRequest) -> Model | None:
    """Return the model that is to be asked again, before anything is read."""
    if not asking:
        return None
    from skewcheck.replay.models import open_model

    return open_model(asking)


def _weighing(model: Model | None, manifest: Manifest) -> Origin | None:
    """Return how a model is to say what its features are worth; None where it need not.

    Raises:
        UsageError: the policy takes importance from a model that cannot say it, or is not there.
    """
    asked = manifest.origin
    if model is None and asked in (Origin.MODEL, Origin.PERMUTATION):
        hint = "name one with --model or --predict, or under [replay]"
        raise UsageError(f'[manifest] importance = "{asked}" needs a model; {hint}')
    if model is None or asked is Origin.ATTRIBUTIONS:
        return None
    if asked is Origin.MODEL and not any(model.gains):
        hint = 'importance = "permutation" measures it'
        raise UsageError(f"{model.name} does not say what its features are worth; {hint}")
    if asked or any(f.importance is not None for f in manifest.features.values()):
        return asked
    return Origin.MODEL if any(model.gains) else Origin.PERMUTATION


def _thresholds(schema: Schema, decisions: Decisions | None) -> dict[str, tuple[float, ...]]:
    """Return the thresholds of the score that decides; a score that equals one is above it."""
    score = score_of(schema, decisions) if decisions else None
    if not decisions or score is None:
        return {}
    pairs = zip(decisions.edges, decisions.closed, strict=True)
    return {score: tuple(math.nextafter(x, math.inf) if closed else x for x, closed in pairs)}


def _widened(
    found: list[Finding],
    profiles: tuple[Profile, Profile],
    pairs: Pairs | None,
    *,
    policy: Policy,
) -> tuple[list[Finding], list[str]]:
    """Return the findings, less sure of themselves where rows depend on each other.

    With them, in words, what could not be estimated.
    """
    clusters = pairs.clusters if pairs and policy.design_effect is None else None
    if policy.design_effect is None and not policy.estimate and clusters is None:
        return found, []
    from skewcheck.dependence import by_customer, dependence

    if clusters is not None:
        found = list(by_customer(found, clusters))
    if policy.design_effect is None and not policy.estimate:
        return found, []
    rows = dependence(*profiles, given=policy.design_effect)
    return list(rows.widen(found)), [undefined.reason for undefined in rows.missing]


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
        from skewcheck.windowed import window_drift

        found += segment_drift(profiles, both, policy)
        found += window_drift(profiles, both, policy)
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
    profile = profile_of(side, schema, progress, times=_events(side, schema))
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
    roles = _with_snapshot_time(overrides, request, serve)
    schema = _schema(train, serve, config, roles, train_known=like is not None)
    span = span_of(serve, schema)
    serve, schema = spanned(serve, span), with_span(schema, span)
    schema, derive, _ = _derived(schema, config.policy, (train, serve))
    train, serve = derive(train), derive(serve)
    refuse_wrong(request, [column.name for column in schema])
    watch = watch_keys(train, serve, schema, request)
    left = profile_of(train, schema, progress)
    events = _events(serve, schema)
    right = profile_of(serve, schema, progress, like=left, watch=watch, times=events)
    _refuse_empty("LOGS", serve, right)
    right.roles = {c.name: c for c in schema if c.role is not Role.FEATURE}
    if request.offline is None:
        return right
    partner = derive(open_side(request.offline, {n: c.kind for n, c in left.columns.items()}))
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


def _schema(
    left: Opened,
    right: Opened | None,
    config: Config,
    overrides: Overrides,
    *,
    train_known: bool = True,
) -> Schema:
    """Return what each column is for; a policy speaks of train and serve, whoever is here."""
    roles = layered(config.roles, given(overrides, "on the command line"))
    unseen = config.roles.keys() - {name for names in overrides.values() for name in names}
    if left.profile and right:
        roles = layered(_labels(left.profile, right), roles)
    if right:
        roles = layered(saved_roles(left, right), roles)
    return guess(
        left.kinds,
        right.head if right else None,
        left.head,
        roles,
        serve_columns=tuple(right.kinds) if right else (),
        elsewhere=_uncounted(left, right) | (set() if right and train_known else unseen),
    )


def _uncounted(*sides: Opened | None) -> set[str]:
    """Return the columns that saved profiles know of and did not count: keys, times."""
    return {name for side in sides if side and side.profile for name in side.profile.roles}


def _with_labels(
    labels: object, left: Opened, right: Opened, config: Config, overrides: Overrides
) -> tuple[Schema, Arrivals]:
    """Return the labels of a file of their own, and the schema that has them.

    The label that was named may be in that file alone.
    """
    known = left.kinds.keys() | right.kinds.keys()
    own = [name for name, column in config.roles.items() if column.role is Role.LABEL]
    named = [*overrides.get(Role.LABEL, own)]
    if not known.issuperset(named):
        overrides = {role: names for role, names in overrides.items() if role is not Role.LABEL}
        roles = {n: c for n, c in config.roles.items() if c.role is not Role.LABEL}
        config = replace(config, roles=roles)
    schema = _schema(left, right, config, overrides)
    arrivals = read_labels(labels, right, schema, named)
    return with_label(schema, arrivals), arrivals


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


def _times(
    profiles: tuple[Profile, Profile], schema: Schema, config: Config
) -> Mapping[str, Timed]:
    """Return the response times by column; raise ConfigError for a budget that no time is under."""
    from skewcheck.timed import timed  # loads scipy, which loads beside the reading

    budgets, place = config.policy.latency, Place(config.origin, "latency")
    times = timed(profiles, schema, budgets)
    if budgets.asked and not any(time.budget for time in times.values()):
        problem = "sets a budget, but LOGS has no column with a response time"
        raise place.error(f"{problem}; name it with --latency COL")
    for name in budgets.columns:
        if name not in times:
            problem = "has a budget, but is no latency column of LOGS"
            raise place.at("columns").at(name).error(f"{problem}; name it with --latency too")
    return times


def _pacing(serve: Opened, schema: Schema, times: Mapping[str, Timed]) -> str:
    from skewcheck.clocks import pacing_note

    return pacing_note(serve.head, schema, times) if times else ""


def _events(side: Opened, schema: Schema) -> Times | None:
    """Return the watch for the span that a side's events cover, where they have a time."""
    column = time_column(side, schema)
    return Times(column) if column is not None and side.source else None


def _refuse_empty(title: str, side: Opened, profile: Profile) -> None:
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


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that had a part in the run: those that are loaded."""
    loaded = {name: sys.modules[name] for name in LIBRARIES if name in sys.modules}
    return {name: str(module.__version__) for name, module in loaded.items()}


def _side(side: Opened, profile: Profile, name: str) -> Side:
    layout = side.source.layout if side.source else "saved profile"
    rows = relation(side.source, name)
    return Side(side.name, profile.rows, layout, profile.ledger, profile, rows)
