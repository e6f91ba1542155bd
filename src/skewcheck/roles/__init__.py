"""Guesses what each column is for, by its name and by its values, and says why.

A column may be guessed the key or the time only once a side; whatever else looks like one is set
aside with the reason. Roles that were given win over every guess.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from skewcheck.errors import UsageError
from skewcheck.roles import names
from skewcheck.roles.evidence import look
from skewcheck.roles.rules import (
    OFTEN,
    SCORE_VALUES,
    Seen,
    differing,
    key_rank,
    person,
    ranging,
    role_of,
)
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Batch

# Without one of these a run would judge less than it was told to; other metadata may be missing.
NEEDED = frozenset(Role) - {Role.ENTITY, Role.VERSION, Role.STATUS, Role.SEGMENT, Role.IGNORED}
Head = Batch | Sequence[Batch] | None


def given(overrides: Mapping[Role, Iterable[str]], origin: str) -> dict[str, Column]:
    """Return the columns whose roles were given, by name; ``origin`` is where (``skewcheck.toml``).

    Raises UsageError when a column is given two roles.
    """
    columns: dict[str, Column] = {}
    for role, chosen in overrides.items():
        for name in chosen:
            if name in columns and columns[name].role is not role:
                both = f"{columns[name].role} and as {role}"
                raise UsageError(f"column {name!r} is given as {both} {origin}; choose one role")
            columns[name] = Column(name, role, f"given {origin}")
    return columns


def layered(below: Mapping[str, Column], above: Mapping[str, Column]) -> dict[str, Column]:
    """Return the given columns of two origins; the key, time ... named above ends those below.

    Features and ignored columns add up.
    """
    adding = (Role.FEATURE, Role.IGNORED)
    ended = {column.role for column in above.values() if column.role not in adding}
    return {n: column for n, column in below.items() if column.role not in ended} | dict(above)


def guess(
    train_columns: Mapping[str, Kind],
    serve_head: Head,
    train_head: Head,
    overrides: Mapping[str, Column],
    *,
    serve_columns: Collection[str] = (),
    elsewhere: Collection[str] = (),
) -> Schema:
    """Return the role of every column: those of train in order, then those only serve has.

    A head is the first batch of a side, or the first batches: tiny files have a row each.
    ``overrides`` (see ``given``) win over every guess. ``serve_columns`` are all columns of serve
    where more is known than its head; ``elsewhere`` are columns that need not be shown here, as a
    profile does not count its key. Raises UsageError when any other column that is NEEDED was given
    a role but is on neither side.
    """
    serve_head, train_head = _batches(serve_head), _batches(train_head)
    logged = (name for batch in serve_head for name in batch.columns)
    in_serve = dict.fromkeys([*logged, *serve_columns])
    everywhere = list(dict.fromkeys([*train_columns, *in_serve]))
    sides = "neither in train nor in serve" if in_serve else "not in the data"
    _refuse_missing([c for n, c in overrides.items() if n not in elsewhere], everywhere, sides)
    words = {name: names.spelled(name) for name in everywhere}
    spellings = frozenset(words.values())

    def seen(name: str) -> Seen:
        heads = (look(serve_head, name), look(train_head, name))
        shown = tuple(head for head in heads if head is not None)
        kind = train_columns.get(name)
        return Seen(
            name, words[name], kind, name in train_columns, name in in_serve, shown, spellings
        )

    columns = {name: seen(name) for name in everywhere if name not in overrides}
    guessed = {name: role_of(column) for name, column in columns.items()}
    taken = {column.role for column in overrides.values()}
    _settle_keys(columns, guessed, Role.KEY in taken)
    _settle_times(columns, guessed, Role.TIME in taken)
    _settle_labels(columns, guessed, Role.LABEL in taken)
    _settle_attributions(columns, guessed)
    if Role.SCORE not in taken and all(c.role is not Role.SCORE for c in guessed.values()):
        _find_unnamed_score(columns, guessed)
    both = {**guessed, **overrides}
    return Schema({name: both[name] for name in everywhere})


def _batches(head: Head) -> Sequence[Batch]:
    if head is None:
        return ()
    return (head,) if isinstance(head, Batch) else head


def _refuse_missing(given: Iterable[Column], everywhere: Sequence[str], sides: str) -> None:
    for column in given:
        if column.name not in everywhere and column.role in NEEDED:
            close = get_close_matches(column.name, everywhere, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {_listed(everywhere)}"
            raise UsageError(
                f"column {column.name!r}, {column.reason} as {column.role}, is {sides}; {hint}"
            )


def _settle_keys(columns: Mapping[str, Seen], guessed: dict[str, Column], taken: bool) -> None:
    """Leave one key per side; further ids are the entity where they name a person, else ignored."""
    found = [columns[n] for n, c in guessed.items() if c.role is Role.KEY]
    events = [c for c in found if not person(c)]
    chosen = set() if taken else _one_per_side(events or found, _key_order)
    for column in found:
        if column.name not in chosen:
            role = Role.ENTITY if person(column) else Role.IGNORED
            reason = f"an id beside the key; {differing(column)}"
            guessed[column.name] = Column(column.name, role, reason)


def _settle_times(columns: Mapping[str, Seen], guessed: dict[str, Column], taken: bool) -> None:
    """Leave one time per side; a second one would differ on every night, so it is ignored."""
    found = [columns[name] for name, c in guessed.items() if c.role is Role.TIME]
    chosen = set() if taken else _one_per_side(found, _time_order)
    for column in found:
        if column.name not in chosen:
            reason = f"a second time; {guessed[column.name].reason}"
            guessed[column.name] = Column(column.name, Role.IGNORED, reason)
    if chosen and not any(columns[name].in_train for name in chosen):
        _find_unnamed_time(columns, guessed)


def _find_unnamed_time(columns: Mapping[str, Seen], guessed: dict[str, Column]) -> None:
    """Take the only timestamps that serve lacks for train's time, as serve has a time of its own.

    Dates and times that repeat much stay features: a day of birth is not when a row happened.
    """
    moments = [
        column
        for column in columns.values()
        if column.kind is Kind.DATETIME
        and not column.in_serve
        and guessed[column.name].role is Role.FEATURE
        and (
            column.head is None  # a saved profile: there are no rows to look at
            or column.always(lambda head: head.moment and head.distinct >= OFTEN * head.rows)
        )
    ]
    if len(moments) == 1:
        reason = "the only times that serve lacks"
        reason += f"; {differing(moments[0])}" if moments[0].head else ""
        guessed[moments[0].name] = Column(moments[0].name, Role.TIME, reason)


def _settle_labels(columns: Mapping[str, Seen], guessed: dict[str, Column], taken: bool) -> None:
    """Leave a label only where it is plain which one: a missing feature must not pass for one.

    What serve alone has is none of train's features, and may be its label by another name.
    """
    found = {
        n: names.label_rank(columns[n].word)
        for n, c in guessed.items()
        if c.role is Role.LABEL and columns[n].in_train
    }
    best = min((rank or 0 for rank in found.values()), default=0)
    chosen = [] if taken else [name for name, rank in found.items() if rank == best]
    unclear = "named like a label, but not the only one; --label or --ignore settles it"
    for name in found:
        if name not in chosen:
            guessed[name] = Column(name, Role.FEATURE)
        elif len(chosen) > 1:
            guessed[name] = Column(name, Role.FEATURE, unclear)


def _settle_attributions(columns: Mapping[str, Seen], guessed: dict[str, Column]) -> None:
    """Take numbers named after a feature (``shap_income``) for what it does to the score.

    What serve lacks stays a feature: a missing one must not pass for an attribution.
    """
    features = {name for name, column in guessed.items() if column.role is Role.FEATURE}
    for name in sorted(features):
        inner = names.attributed(name, features) if columns[name].in_serve else None
        numeric = columns[name].always(lambda head: head.numbers is not None)
        if inner is not None and (numeric or columns[name].kind is Kind.NUMBER):
            guessed[name] = Column(name, Role.ATTRIBUTION, f"the attribution of {inner}")


def _find_unnamed_score(columns: Mapping[str, Seen], guessed: dict[str, Column]) -> None:
    """Take the only fraction between 0 and 1 that train lacks for the score."""
    shares = [
        c
        for c in columns.values()
        if not c.in_train
        and guessed[c.name].role is Role.FEATURE
        and c.always(lambda head: head.share and head.distinct >= SCORE_VALUES)
    ]
    if len(shares) == 1:
        name, reason = shares[0].name, f"the only one that train lacks with {ranging(shares[0])}"
        guessed[name] = Column(name, Role.SCORE, reason)


def _one_per_side(found: Sequence[Seen], order: Callable[[Seen], tuple[int, str]]) -> set[str]:
    """Return the best column of both sides, or where there is none the best of each."""
    ranked = sorted(found, key=order)
    both = [c.name for c in ranked if c.in_train and c.in_serve]
    train = [c.name for c in ranked if c.in_train]
    serve = [c.name for c in ranked if c.in_serve]
    return set(both[:1] or [*train[:1], *serve[:1]])


def _key_order(column: Seen) -> tuple[int, str]:
    return (key_rank(column), column.name)


def _time_order(column: Seen) -> tuple[int, str]:
    return (names.without_unit(column.word) not in names.TIMES, column.name)


def _listed(everywhere: Sequence[str]) -> str:
    more = f" and {len(everywhere) - 8:,} more" if len(everywhere) > 8 else ""
    return ", ".join(map(repr, everywhere[:8])) + more
