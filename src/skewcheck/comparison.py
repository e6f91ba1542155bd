"""Two profiles become findings: every check on every column that is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from skewcheck.discovery import discover
from skewcheck.errors import InputError
from skewcheck.finding import Finding, Subject, Undefined
from skewcheck.labelled import Labels, known
from skewcheck.manifest import age_of
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.schema import Role, Schema
from skewcheck.sides import Sides

if TYPE_CHECKING:
    from skewcheck.location import Location, Segment
    from skewcheck.pairing.pairs import Pairs
    from skewcheck.replay.parity import ScoreParity
    from skewcheck.summaries.places import Places
    from skewcheck.window import Window

ROWS = 10  # of serve that hold something new: fewer have no pattern to be found
# Checks whose rows can be told one by one, and that a moved population does not set off.
NEW = ("new_category", "type_errors", "new_nulls")
DECIDED = (Role.DECISION, Role.AGREEMENT)  # roles whose values are those of [decisions]


def sides(
    train: Profile,
    serve: Profile,
    schema: Schema,
    pairs: Pairs | None = None,
    *,
    policy: Policy | None = None,
    replayed: ScoreParity | None = None,
) -> Iterator[Sides]:
    """Yield every column of either side, train's columns first; then the key rows are paired by."""
    policy = policy or Policy()
    features = policy.manifest.features
    ages = {age_of(name): feature for name, feature in features.items()}
    unpaired = pairs.lot.columns if pairs and pairs.lot else {}
    for name in dict.fromkeys([*train.columns, *serve.columns, *features]):
        yield Sides(
            name,
            schema.role(name),
            train.columns.get(name),
            serve.columns.get(name),
            train.rows,
            serve.rows,
            pairs.columns.get(name) if pairs else None,
            unpaired.get(name),
            pairs.join if pairs else None,
            decisions=policy.decisions if schema.role(name) in DECIDED else None,
            gains=policy.gains if schema.role(name) is Role.VALUE else None,
            declared=features.get(name) or ages.get(name),
            frozen=policy.manifest.frozen,
            labels=_labels(train, serve, schema, name),
            replayed=replayed if replayed and replayed.score == name else None,
        )
    if pairs:
        key = pairs.join.key
        yield Sides(key, Role.KEY, None, None, train.rows, serve.rows, join=pairs.join)


def _labels(train: Profile, serve: Profile, schema: Schema, name: str) -> Labels | None:
    """Return what is known of the truth next to a score."""
    columns = schema.names(Role.LABEL)
    if schema.role(name) is not Role.SCORE or not columns:
        return None
    used = next((c for c in columns if c in serve.columns), columns[0])
    others = tuple(column for column in columns if column != used)
    return Labels(used, known(train, used, name), known(serve, used, name), others)


def compare(train: Profile, serve: Profile, schema: Schema) -> Iterator[Finding]:
    """Yield the findings on two profiles; see ``findings``."""
    return findings(tuple(sides(train, serve, schema)))


def places(pairs: Pairs) -> dict[str, Location]:
    """Return where and when the rows of each column differ, for columns that have such rows."""
    from skewcheck.location import locate
    from skewcheck.pairing.segments import CLOCK

    return {
        name: locate(marked, pairs.rows, clock=CLOCK)
        for name, marked in pairs.marked.items()
        if pairs.columns[name].counts.mismatches
    }


def findings(sides: Sequence[Sides]) -> Iterator[Finding]:
    """Yield the findings of all checks on features, scores, decisions, times and the key.

    Raises:
        InputError: a side has no row, or the sides have no feature or score in common.
    """
    from skewcheck.checks.planned_fill import awaited  # checks load scipy, beside the reading

    pairs = {pair.name: pair for pair in sides if _on(pair)}
    _refuse_nothing(sides, (pair for pair in sides if pair.role.compared))
    checks = discover("skewcheck.checks")
    answered = any(pair.role is Role.SCORE and pair.serve for pair in pairs.values())
    for pair in pairs.values():
        # Train snapshots often have no score, or name it in another way.
        alone = pair.role is Role.SCORE and not pair.both and (pair.serve or answered)
        alone = alone or (pair.role is Role.ATTRIBUTION and not pair.both)  # few sides log any
        waits = awaited(pair)
        for name, check in checks.items():
            if waits and name != "planned_fill":
                continue  # it is not there yet, and the policy says so
            on = getattr(check, "ON", "column")
            if pair.role is not Role.SCORE if on == "score" else alone or on != _on(pair):
                continue
            measured = check.measure(pair, pairs)
            if measured is not None:
                yield Finding(
                    name,
                    Subject(pair.name, measured.segment, measured.window),
                    measured.measure,
                    check.UNIT,
                    measured.n_train,
                    measured.n_serve,
                    measured.detail,
                    measured.required,
                )


def _on(side: Sides) -> str:
    """Return which checks are for it: ``column``, ``decision``, ``value`` ...; or empty."""
    if side.role.compared:
        return "column"
    if side.role is Role.KEY and not side.train and not side.serve:
        return "join"
    if side.role in (Role.AGE, Role.AGREEMENT, Role.VALUE):
        return str(side.role)
    if side.timed:
        return "latency"
    return "decision" if side.decisions else ""


def new_values(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return, by column, the findings that some rows of serve hold what train never shows."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        measure = finding.measure
        if finding.check not in NEW or isinstance(measure, Undefined):
            continue
        if measure.value * finding.n_serve >= ROWS:
            found.setdefault(finding.subject.column, []).append(finding)
    return found


def inside(
    subject: tuple[str, str], location: Location, marked: Places, rows: Places, *, policy: Policy
) -> Iterator[Finding]:
    """Yield the share of marked rows in the parts where they live: a column may fail only there.

    ``subject`` is the column and the check. Where the column as a whole is within the limit, the
    value that is worst off is among them, even if most marked rows lie elsewhere.
    """
    from skewcheck.location import worst
    from skewcheck.statistics.searched import Searched

    parts: dict[Subject, Searched] = {}
    column, check = subject
    limit = policy.rule(check, column, discover("skewcheck.checks")[check].RULE).fail
    calm = limit is not None and location.marked <= limit * location.rows
    found = worst(marked, rows, limit) if calm and limit is not None else None
    if found is not None:
        parts[Subject(column, *_named(found[0]))] = found[1]
    for part in (location.segment, location.window):
        if part is not None:
            share = Searched.of(part.marked, part.rows, trials=part.trials)
            parts.setdefault(Subject(column, *_named(part)), share)
    for part_of, share in parts.items():
        n = round(share.share.n)
        yield Finding(check, part_of, share, "share", n, n, required=False)


def _named(part: Segment | Window) -> tuple[str | None, str | None]:
    """Return the segment and the window as they are written in a subject."""
    from skewcheck.window import Window

    if not isinstance(part, Window):
        return f"{part.column} = {' | '.join(part.values)}", None
    ends = (("since", part.since), ("until", part.until))
    return None, " ".join(f"{word} {_iso(at.at)}" for word, at in ends if at is not None)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="minutes")


def _refuse_nothing(sides: Sequence[Sides], compared: Iterable[Sides]) -> None:
    """Raise where there is nothing to compare: that must never look like agreement."""
    if sides and not sides[0].rows_train:
        raise InputError("TRAIN has no row", hint="check the path")
    if sides and not sides[0].rows_serve:
        raise InputError("LOGS has no row", hint="check the path")
    if not any(pair.both for pair in compared):
        train = [s.name for s in sides if s.train]
        serve = [s.name for s in sides if s.serve]
        shared = [f"{s.name} ({s.role})" for s in sides if s.both]
        if shared:
            raise InputError(
                f"none of the columns in common is a feature or score: {_some(shared)}",
                hint="--feature COL compares one all the same",
            )
        raise InputError(
            f"TRAIN and LOGS have no feature in common: train has {_some(train)}, "
            f"serve has {_some(serve)}",
            hint="check that both are of one model, or name the payload's columns as train does",
        )


def _some(names: list[str]) -> str:
    if not names:
        return "no column"
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
