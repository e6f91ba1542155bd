"""The stages wired: data to profiles to findings to a verdict. The library's front door."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

from skewcheck.arrivals import with_labels
from skewcheck.assigning import (
    Overrides,
    schema_of,
    schema_with_labels,
    with_snapshot_time,
)
from skewcheck.comparison import findings, inside, new_values, places, sides
from skewcheck.config import Config
from skewcheck.config.tables import Place
from skewcheck.counted import profile_of, read_together
from skewcheck.deciding import score_of
from skewcheck.decisions import Decisions
from skewcheck.deriving import derived
from skewcheck.discovery import discover
from skewcheck.during import within
from skewcheck.engines.local import Progress
from skewcheck.errors import UsageError
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
    watch_keys,
)
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.profiling import events_of, refuse_empty
from skewcheck.query import relation
from skewcheck.replay.request import ModelRequest
from skewcheck.run import Run, Side
from skewcheck.schema import Kind, Role, Schema
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
    overrides = with_snapshot_time(overrides or {}, request, right)
    arrivals, labels = None, config.labels if labels is None else labels
    if labels is None:
        schema = schema_of(left, right, config, overrides)
    else:
        schema, arrivals = schema_with_labels(labels, left, right, config, overrides)
        right = with_labels(right, arrivals)
    span = span_of(right, schema)
    right, taken = within(right, period or Period(), schema)
    right, schema = spanned(right, span), with_span(schema, span)
    schema, derive, lacking = derived(schema, config.policy, (left, right))
    left, right = derive(left), derive(right)
    names = [column.name for column in schema]
    config.refuse_unknown_columns(names)
    refuse_wrong(request, names)
    saved = saved_pairs(right, pairing or Request())
    watch = watch_keys(left, right, schema, request)
    events = events_of(right, schema)
    read = read_together(left, right, schema, request, watch, progress, times=events)
    train_profile = read.profiles[0] if read else profile_of(left, schema, progress)
    refuse_empty("TRAIN", left, train_profile)
    kinds = {n: c.kind for n, c in train_profile.columns.items()}
    if Kind.EMPTY in left.kinds.values() and not right.once:
        # A container of JSON declares nothing: now it is known what it should hold.
        right = open_side(serve, kinds)
        right, taken = within(with_labels(right, arrivals) if arrivals else right, taken, schema)
        events = events_of(right, schema) or events
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
    refuse_empty("LOGS", right, serve_profile)
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


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that had a part in the run: those that are loaded."""
    loaded = {name: sys.modules[name] for name in LIBRARIES if name in sys.modules}
    return {name: str(module.__version__) for name, module in loaded.items()}


def _side(side: Opened, profile: Profile, name: str) -> Side:
    layout = side.source.layout if side.source else "saved profile"
    rows = relation(side.source, name)
    return Side(side.name, profile.rows, layout, profile.ledger, profile, rows)
