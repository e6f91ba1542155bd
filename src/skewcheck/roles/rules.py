"""One rule per role: a reason when a column's name and values speak for it, else nothing.

The rule behind the rules: a feature taken for metadata is a check lost in silence, metadata taken
for a feature is one loud line in the report. So a column of train stays a feature unless both its
name and its values say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from skewcheck.roles import names
from skewcheck.roles.evidence import Evidence
from skewcheck.schema import Column, Kind, Role

OFTEN = 0.1  # share of different values from which they tell rows apart, not groups of rows
KEY_ROWS = 20
SEGMENT_VALUES = 200
SCORE_VALUES = 20


@dataclass(frozen=True)
class Seen:
    """One column as both sides show it; ``word`` is its name in one spelling."""

    name: str
    word: str
    kind: Kind | None
    in_train: bool
    in_serve: bool
    heads: tuple[Evidence, ...]
    others: frozenset[str]

    @property
    def head(self) -> Evidence | None:
        """Return the values of serve, else those of train, if there is any value."""
        return next((head for head in self.heads if head.rows), None)

    def always(self, test: Callable[[Evidence], object]) -> bool:
        """Return True when there are values and those of every side pass the test."""
        filled = [head for head in self.heads if head.rows]
        return bool(filled) and all(map(test, filled))


def role_of(column: Seen) -> Column:
    """Return the first role that name and values agree on; else a feature."""
    rules = _TRAIN if column.in_train else _SERVE_ONLY
    for role, rule in rules.items():
        reason = rule(column)
        if reason:
            return Column(column.name, role, reason)
    return Column(column.name, Role.FEATURE)


def _key(column: Seen) -> str:
    """A usual name needs few rows, an unusual one more; UUIDs need no name."""
    named, few = key_rank(column) < len(names.KEYS), key_rank(column) == len(names.KEYS)
    rows = max((head.rows for head in column.heads), default=0)
    if not column.always(lambda head: head.near_unique) and not (named and _sent_again(column)):
        return ""
    if named or (few and rows >= KEY_ROWS):
        return f"named {column.name or '(blank)'}; {differing(column)}"
    shaped = column.always(lambda head: head.id_shaped)
    return f"values look like UUIDs; {differing(column)}" if shaped else ""


def _sent_again(column: Seen) -> bool:
    """True when only serve repeats the values: events sent several times, or files copied."""
    if column.in_train != (len(column.heads) == 2):
        return False
    serve, *train = column.heads
    repeated = serve.whole and serve.distinct >= OFTEN * max(1, serve.rows)
    return repeated and all(head.near_unique for head in train)


def key_rank(column: Seen) -> int:
    """Return the place of a column's name among those of keys, the best first."""
    return names.key_rank(column.word, blank=not column.name.strip())


def _entity(column: Seen) -> str:
    often = column.always(lambda h: h.distinct >= max(3, OFTEN * h.rows))
    return f"named {column.name}; {differing(column)}" if often and person(column) else ""


def _train_time(column: Seen) -> str:
    return _time(column) if names.without_unit(column.word) in names.TIMES else ""


def _serve_time(column: Seen) -> str:
    word = names.without_unit(column.word)
    return (
        _time(column) if word.rpartition("_")[2] in names.TIME_ENDS or word in names.TIMES else ""
    )


def _time(column: Seen) -> str:
    if column.always(lambda head: head.time):
        return f"named {column.name}; values are {column.head.time if column.head else ''}"
    typed = column.kind is Kind.DATETIME and not column.heads
    return f"named {column.name}; values are times" if typed else ""


def _shared_score(column: Seen) -> str:
    """A column of train is a score only when serve has it too, by its exact name or as a share."""
    if not column.in_serve:
        return ""
    if column.word in names.SCORES and column.always(lambda head: head.numbers is not None):
        return f"named {column.name}; {ranging(column)}"
    share = names.SHARE_SCORE.fullmatch(column.word) and column.always(lambda head: head.share)
    return f"named {column.name}; {ranging(column)}" if share else ""


def _logged_score(column: Seen) -> str:
    named = column.word in names.SCORES or names.LOGGED_SCORE.fullmatch(column.word)
    numeric = column.always(lambda head: head.numbers is not None)
    return f"named {column.name}, not in train; {ranging(column)}" if named and numeric else ""


def _label(column: Seen) -> str:
    if column.in_serve:
        return f"named {column.name}" if column.word in names.SURE_LABELS else ""
    rank = names.label_rank(column.word)
    if rank is None or (column.word == "y" and "x" in column.others):
        return ""
    if rank and not (column.kind is Kind.BOOLEAN or column.always(lambda h: h.distinct <= 2)):
        return ""
    return f"named {column.name}, only in train"


def _logged_label(column: Seen) -> str:
    return f"named {column.name}, not in train" if column.word in names.SURE_LABELS else ""


def _model_version(column: Seen) -> str:
    return f"named {column.name}" if column.word in ("model_version", "modelversion") else ""


def _latency(column: Seen) -> str:
    words = column.word.split("_")
    named = (
        names.without_unit(column.word) in names.LATENCIES
        or not names.LATENCY_WORDS.isdisjoint(words)
        or (len(words) > 1 and words[-1] in names.LATENCY_ENDS)
        or not (names.FETCHES.isdisjoint(words) or names.LATENCY_UNITS.isdisjoint(words))
    )
    numeric = column.always(lambda head: head.range is not None and head.range[0] >= 0)
    return f"named {column.name}; {ranging(column)}" if named and numeric else ""


def _version(column: Seen) -> str:
    few = column.always(lambda head: not head.near_unique or head.rows < SCORE_VALUES)
    return f"named {column.name}, not in train" if few and column.word in names.VERSIONS else ""


def _status(column: Seen) -> str:
    def plausible(head: Evidence) -> bool:
        low, high = head.range or (100, 599)
        return low >= 100 and high <= 599

    named = column.word in names.STATUSES
    fits = column.head is None or column.always(plausible)
    return f"named {column.name}, not in train" if named and fits else ""


def _segment(column: Seen) -> str:
    few = column.always(lambda h: h.numbers is None and h.distinct <= SEGMENT_VALUES)
    return f"named {column.name}, not in train" if few and column.word in names.SEGMENTS else ""


_TRAIN: Mapping[Role, Callable[[Seen], str]] = {
    Role.KEY: _key,
    Role.ENTITY: _entity,
    Role.TIME: _train_time,
    Role.SCORE: _shared_score,
    Role.LABEL: _label,
    Role.VERSION: _model_version,
}
_SERVE_ONLY: Mapping[Role, Callable[[Seen], str]] = {
    Role.LABEL: _logged_label,
    Role.KEY: _key,
    Role.ENTITY: _entity,
    Role.TIME: _serve_time,
    Role.LATENCY: _latency,
    Role.VERSION: _version,
    Role.STATUS: _status,
    Role.SCORE: _logged_score,
    Role.SEGMENT: _segment,
}


def person(column: Seen) -> bool:
    """Return True for the id of somebody who may come again."""
    return names.of_person(column.word)


def differing(column: Seen) -> str:
    """Return in words how many values differ."""
    head = column.head
    return f"{head.distinct:,} of {head.rows:,} values differ" if head else "no values"


def ranging(column: Seen) -> str:
    """Return in words between which numbers the values lie."""
    low, high = (column.head.range if column.head else None) or (0.0, 0.0)
    return f"values from {low:.4g} to {high:.4g}"
