"""Which features are there at inference time: live, partial, missing or still planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skewcheck import wording
from skewcheck.checks.fallback_fill import held
from skewcheck.checks.planned_fill import awaited
from skewcheck.finding import Undefined
from skewcheck.layout import Course, Listing, Part, Section
from skewcheck.manifest import age_of
from skewcheck.replay.movement import with_fallback
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share
from skewcheck.views import NAME
from skewcheck.worth import Worth, worth

ORDER = 40
LIVE = 0.99  # share of rows with a value from which on a feature is live
NONE = 0.001  # share of rows with a value below which it is missing
WORST = 5  # features drawn by day
HEAD = (
    *("feature", "status", "importance", "value"),
    *("null", "fallback", "stale", "owner", "source"),
)
RANK = {"missing": 0, "partial": 1, "unknown": 2, "planned": 3, "live": 4}


@dataclass(frozen=True, slots=True)
class Availability:
    """A feature as measured; shares of serve's rows, None where they are not known.

    ``value`` is the share with a value of its own: not absent, null or the fallback.
    """

    name: str
    status: str
    value: float | None
    null: float
    fallback: float | None
    stale: float | None


def section(run: Run) -> Section | None:
    """Return which features are live; None where there is no feature."""
    features = [side for side in run.sides if side.role is Role.FEATURE and _counts(side)]
    found = [_availability(run, side) for side in features]
    if not found:
        return None
    found.sort(key=lambda x: (RANK[x.status], 1.0 if x.value is None else x.value, x.name))
    importance = worth(run)
    mode = next((m.outcome for m in run.verdict.modes if m.name == "availability"), None)
    costs = dict(_costs(run))
    return Section(
        "availability",
        "Feature availability",
        tuple(_sentences(found, importance, costs)),
        mode,
        tuple(_parts(run, found, importance)),
        {"features": [_document(run, x, importance, costs) for x in found]},
    )


def _counts(side: Sides) -> bool:
    """Return whether a model was to have it: trained with, or listed in the policy."""
    return side.train is not None or side.declared is not None


def _availability(run: Run, side: Sides) -> Availability:
    rows = max(1, side.rows_serve)
    states = side.serve.states if side.serve else None
    null = (states["null"] + states["absent"]) / rows if states else 1.0
    filled = held(side, side.serve) if side.serve else 0
    fallback = None if filled is None else filled / rows
    value = None if fallback is None else max(0.0, 1.0 - null - fallback)
    return Availability(side.name, _status(side, value), value, null, fallback, _stale(run, side))


def _status(side: Sides, value: float | None) -> str:
    """Return the status as measured; a value that train lacks too is not missed in serve."""
    if awaited(side):
        return "planned"
    if value is None:
        return "unknown"
    usual = 0.0
    if side.train and side.rows_train:
        own = side.train.states
        usual = (own["null"] + own["absent"] + (held(side, side.train) or 0)) / side.rows_train
    if value >= LIVE - usual and value > 0:
        return "live"
    return "missing" if value < NONE else "partial"


def _stale(run: Run, side: Sides) -> float | None:
    judged = run.verdict.columns.get(age_of(side.name), ())
    found = (j.finding.measure for j in judged if j.finding.check == "stale_share")
    return next((m.value for m in found if not isinstance(m, Undefined)), None)


def _costs(run: Run) -> Iterable[tuple[str, Any]]:
    """Yield what the score does when every request has the fallback of a planned feature."""
    if run.replay is None:
        return
    for side in run.sides:
        if side.role is Role.FEATURE and side.declared and awaited(side):
            try:
                own = run.replay.own.get(side.name, side.name)
                cost = with_fallback(run.replay.rescoring, own, side.declared.fallback)
                yield side.name, cost
            except KeyError:
                continue  # the model does not take it


def _sentences(
    found: list[Availability], importance: Worth, costs: dict[str, Any]
) -> Iterable[str]:
    live = [x.name for x in found if x.status == "live"]
    are = "is" if len(live) == 1 else "are"
    worth_of = [importance.share(name) for name in live]
    known = [share for share in worth_of if share is not None]
    told = f", {wording.percent(sum(known))} of importance" if importance.of else ""
    yield f"{wording.count(len(live))} of {wording.rows(len(found), 'feature')} {are} live{told}."
    for status in ("missing", "partial", "planned", "unknown"):
        names = [safe(x.name, NAME) for x in found if x.status == status]
        if names:
            yield f"{status.capitalize()}: {wording.listed(names)}."
    for name, cost in costs.items():
        flips = "" if cost.flipped is None else f", {wording.percent(cost.flipped.value)} flip"
        by = wording.number(cost.absolute, 3)
        yield f"Without {safe(name, NAME)} every score moves by {by} on average{flips}."


def _parts(run: Run, found: list[Availability], importance: Worth) -> Iterable[Part]:
    if not run.policy.manifest.features and all(x.status == "live" for x in found):
        return
    rows = tuple(_row(run, x, importance) for x in found)
    yield Listing("Features at inference time", HEAD, rows, frozenset(range(2, 7)))
    series = {safe(x.name, NAME): _days(run, x.name) for x in found[:WORST] if x.status != "live"}
    places = tuple(sorted(run.serve.profile.groups.get("day", {})))
    drawn = {name: days for name, days in series.items() if any(days)}
    if drawn and len(places) > 1:
        yield Course("Rows without a value, by day", "share", places, drawn)


def _days(run: Run, name: str) -> tuple[tuple[float, float, float] | None, ...]:
    """Return the share of rows per day that are null or absent, with its interval."""
    rows: Mapping[str, int] = run.serve.profile.groups.get("day", {})
    blocks = run.serve.profile.blocks.get("day", {}).get(name)
    if blocks is None:
        return ()
    empty = {day: int(cells[0]) for day, cells in blocks.counts.items()}
    return tuple(_day(run, empty.get(day, 0), rows[day]) for day in sorted(rows))


def _day(run: Run, empty: int, rows: int) -> tuple[float, float, float] | None:
    if not rows:
        return None
    low, high = Share(empty, rows).bounds(run.policy.level)
    return empty / rows, low, high


def _row(run: Run, x: Availability, importance: Worth) -> tuple[str, ...]:
    feature = run.policy.manifest.features.get(x.name)
    shares = (importance.share(x.name), x.value, x.null, x.fallback, x.stale)
    told = ("unknown" if share is None else wording.percent(share) for share in shares[:-1])
    stale = "" if x.stale is None else wording.percent(x.stale)
    owner, source = (feature.owner, feature.source) if feature else ("", "")
    texts = (safe(text, NAME) if text else "" for text in (owner, source))
    return safe(x.name, NAME), x.status, *told, stale, *texts


def _document(
    run: Run, x: Availability, importance: Worth, costs: dict[str, Any]
) -> dict[str, Any]:
    feature, cost = run.policy.manifest.features.get(x.name), costs.get(x.name)
    return {
        "feature": x.name,
        "status": x.status,
        "importance": importance.share(x.name),
        "value": x.value,
        "null": x.null,
        "fallback": x.fallback,
        "stale": x.stale,
        "owner": feature.owner or None if feature else None,
        "source": feature.source or None if feature else None,
        "movement_without": cost.absolute if cost else None,
        "flips_without": cost.flips if cost else None,
    }
