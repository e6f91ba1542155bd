"""The one door for values that nobody may read: a run without the raw values of private columns.

Private is what the policy says, and by itself every text column that holds free text or ids. Of
such a column only counts and shapes leave a run: shares, sizes, distances, how many of which kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from skewcheck.causes import Cause
from skewcheck.column import ColumnProfile
from skewcheck.discovery import discover
from skewcheck.finding import Finding, Undefined
from skewcheck.location import Location
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.pairs import Pairs
from skewcheck.policy import Policy
from skewcheck.reasons import Reasons
from skewcheck.run import Partner, Run, Side
from skewcheck.schema import Kind, Schema
from skewcheck.sides import Sides
from skewcheck.summaries.categories import Categories
from skewcheck.summaries.grid import Grid
from skewcheck.summaries.gridspec import GridSpec
from skewcheck.summaries.parity import Parity
from skewcheck.summaries.places import Places
from skewcheck.verdict import Judgement, Verdict

OFTEN = 2  # texts of which a value occurs less often than this, on average, are ids or free text
FEW = 50  # different texts that are never taken for ids
VALUE = "a private value"
REASON = "a value of a private column cannot be shown"
COUNTS = {  # details that count or measure, and quote nothing
    *("train_share", "serve_share", "direction", "rows", "null", "absent", "nan", "+inf", "-inf"),
    *("in_train", "in_serve", "repair", "would_pair", "without_key", "paired", "scale"),
    "design_effect",
    *("looks_like", "name_likeness", "found", *map(str, Parity)),
}


def private(run: Run) -> frozenset[str]:
    """Return the private columns of a run: those of the policy, and texts that are no categories.

    ``private = false`` in the policy makes a text column public.
    """
    said = run.policy.private
    names = {name for side in (run.train, run.serve) for name in side.profile.columns}
    return frozenset(n for n in names if said.get(n, _ids_or_free_text(run, n)))


def _ids_or_free_text(run: Run, name: str) -> bool:
    sides = (run.train.profile.columns.get(name), run.serve.profile.columns.get(name))
    return any(side is not None and _rarely_twice(side) for side in sides)


def _rarely_twice(column: ColumnProfile) -> bool:
    if column.kind is not Kind.TEXT:
        return False
    counts = column.categories.counts
    return counts is None or (len(counts) > FEW and column.states["text"] < OFTEN * len(counts))


def discreet(run: Run) -> Run:
    """Return the run without the values of its private columns; the same run if it has none."""
    names = private(run)
    if not names:
        return run
    words = {name: _pseudonyms(run, name) for name in names}
    partner = run.partner
    return replace(
        run,
        train=_side(run.train, words),
        serve=_side(run.serve, words),
        sides=tuple(_sides(side, words) for side in run.sides),
        schema=_schema(run.schema, names),
        verdict=_verdict(run.verdict, names),
        reasons={n: _reasons(known, n, names) for n, known in run.reasons.items()},
        partner=None if partner is None else _partner(partner, names),
    )


def _schema(schema: Schema, names: frozenset[str]) -> Schema:
    """Return what columns are for, without the values by which that was guessed."""
    hidden = (schema.columns[name] for name in names & schema.columns.keys())
    plain = {column.name: replace(column, reason=_named(column.reason)) for column in hidden}
    return Schema({**schema.columns, **plain})


def _named(reason: str) -> str:
    """Return a reason up to what it tells of values."""
    return reason.partition(";")[0]


Words = Mapping[str, Mapping[str, str]]


def _pseudonyms(run: Run, name: str) -> dict[str, str]:
    """Return a name for each text of a column, the commonest first."""
    total: Counter[str] = Counter()
    for side in (run.train, run.serve):
        column = side.profile.columns.get(name)
        total.update((column.categories.counts or {}) if column else {})
    order = sorted(total, key=lambda text: (-total[text], text))
    return {text: f"value {i}" for i, text in enumerate(order, 1)}


def _side(side: Side, words: Words) -> Side:
    profile = copy(side.profile)
    profile.columns = {n: _column(c, words.get(n)) for n, c in profile.columns.items()}
    profile.pairs = None  # what a report tells of pairs is the partner's
    return replace(side, profile=profile)


def _sides(sides: Sides, words: Words) -> Sides:
    known = words.get(sides.name)
    if known is None:
        return sides
    named = [side and _column(side, known) for side in (sides.train, sides.serve, sides.unpaired)]
    pairs = None if sides.pairs is None else _pairs(sides.pairs)
    return replace(sides, train=named[0], serve=named[1], unpaired=named[2], pairs=pairs)


def _column(column: ColumnProfile, words: Mapping[str, str] | None) -> ColumnProfile:
    counts = column.categories.counts
    if words is None or counts is None:
        return column
    named = copy(column)
    named.categories = Categories({words.get(text, VALUE): n for text, n in counts.items()})
    return named


def _pairs(column: PairColumn) -> PairColumn:
    """Return how many pairs agree and differ, without whom they hold."""
    made = PairColumn(column.spec, column.tolerance)
    made.counts = column.counts
    made.differences, made.ratios = Grid(GridSpec()), Grid(GridSpec())
    made.confusion = None
    made.differing = column.differing  # how many were looked at; a report reads no value of them
    return made


def _partner(partner: Partner, names: frozenset[str]) -> Partner:
    pairs = partner.pairs
    columns = {n: _pairs(c) if n in names else c for n, c in pairs.columns.items()}
    marked = {n: _places(places, names) for n, places in pairs.marked.items()}
    rows = _places(pairs.rows, names)
    return replace(
        partner,
        pairs=Pairs(pairs.join, rows, columns, marked, pairs.neighbours, pairs.unpaired),
    )


def _places(places: Places, names: frozenset[str]) -> Places:
    kept = copy(places)
    kept.segments = {n: counts for n, counts in places.segments.items() if n not in names}
    return kept


def _verdict(verdict: Verdict, names: frozenset[str]) -> Verdict:
    columns = {n: tuple(_judged(j, names) for j in js) for n, js in verdict.columns.items()}
    modes = tuple(
        replace(mode, judgements=tuple(_judged(j, names) for j in mode.judgements))
        for mode in verdict.modes
    )
    return replace(verdict, columns=columns, modes=modes)


def _judged(judgement: Judgement, names: frozenset[str]) -> Judgement:
    finding = judgement.finding
    subject = finding.subject
    column = (subject.segment or "").partition(" = ")[0]
    if column in names:
        subject = replace(subject, segment=f"{column} = {VALUE}")
        finding = replace(finding, subject=subject)
    if subject.column in names:
        measure = finding.measure
        if isinstance(measure, Undefined) and _quotes(measure.reason):
            measure = Undefined(REASON)
        finding = replace(finding, measure=measure, detail=_counts(finding))
    return judgement if finding is judgement.finding else replace(judgement, finding=finding)


def _quotes(text: str) -> bool:
    return "'" in text or '"' in text


def _counts(finding: Finding) -> dict[str, Any]:
    return {key: value for key, value in finding.detail.items() if key in COUNTS}


def _reasons(known: Reasons, name: str, names: frozenset[str]) -> Reasons:
    causes = tuple(map(_cause, known.causes)) if name in names else known.causes
    return replace(known, causes=causes, where=_where(known.where, names))


def _cause(cause: Cause) -> Cause:
    """Return the kind of a cause; its statement and its query may quote values."""
    title = str(getattr(discover("skewcheck.causes").get(cause.name), "TITLE", cause.name))
    return Cause(cause.name, title, "", cause.explains, cause.paired)


def _where(location: Location | None, names: frozenset[str]) -> Location | None:
    if location is None or location.segment is None or location.segment.column not in names:
        return location
    return replace(location, segment=replace(location.segment, values=(VALUE,)))


def said(policy: Policy) -> list[str]:
    """Return the columns that a policy makes private."""
    return sorted(name for name, hidden in policy.private.items() if hidden)
