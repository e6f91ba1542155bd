"""Which rows belong together: finds the partners of serve's rows and has the pairs counted."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from skewcheck.column import ColumnProfile
from skewcheck.duplicates import Keys, some_keys
from skewcheck.errors import InputError, UsageError, nearest
from skewcheck.opened import Opened
from skewcheck.pairing.request import Request
from skewcheck.profile import Plan, Profile
from skewcheck.query import relation
from skewcheck.roles import guess
from skewcheck.run import Partner
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Batch, Lanes
from skewcheck.summaries.parity import Tolerance

if TYPE_CHECKING:  # a run that pairs no rows does without them
    from skewcheck.pairing.counting import Progress
    from skewcheck.pairing.join import AsOf
    from skewcheck.pairing.pairs import Pairs
    from skewcheck.pairing.shelf import Shelf

Columns = Mapping[str, Kind]
NUMBERED = (
    "{} numbers the rows of each side, and rows of one number have nothing in common: they are not "
    "paired; --offline TRAIN pairs them all the same"
)
WHOLE = re.compile(r"\d+(?:\.0)?")
AND = " + "  # between the parts of a key
NOISE = re.compile(r"[\s{}:-]|\.0$")  # what the spellings of one key differ in


def refuse_wrong(request: Request, names: Collection[str]) -> None:
    """Raise UsageError where a request says what it cannot mean; ``names`` are all columns."""
    from skewcheck.pairing.spelling import REPAIRS

    for repair in {part for name in request.repairs for part in name.split("+")}:
        if repair not in REPAIRS:
            raise UsageError(f"no repair {repair!r} of keys; there are {', '.join(REPAIRS)}")
    if request.tolerance is not None and request.as_of is None:
        raise UsageError("a tolerance in time needs a snapshot time; name it with --as-of COL")
    for column, tolerance in (*request.absolute.items(), *request.relative.items()):
        if column is not None and column not in names:
            raise UsageError(f"a tolerance for column {column!r}: {nearest(column, names)}")
        if not 0 <= tolerance < math.inf:
            raise UsageError(f"a tolerance of {tolerance}; give a number from 0 on")


def keys_of(partner: Opened, serve: Opened, schema: Schema) -> list[tuple[str, str]]:
    """Return the key's columns in the partner and in serve; none where a part is not found."""
    names = schema.names(Role.KEY)
    found = _keys(names, partner.kinds, serve.kinds)
    if found or not partner.head or not serve.head:
        return found
    kinds = serve.kinds
    own = guess(partner.kinds, serve.head, partner.head, {}, serve_columns=tuple(kinds))
    ours = [name for name in names if name in kinds] or own.names(Role.KEY)
    theirs = [name for name in own.names(Role.KEY) if name not in kinds]
    return _keys(list(dict.fromkeys([*ours, *theirs])), partner.kinds, kinds)


def watch_keys(train: Opened, serve: Opened, schema: Schema, request: Request) -> Keys | None:
    """Return the watch for events logged twice, and for keys that train has too."""
    names = [name for name in schema.names(Role.KEY) if name in serve.kinds]
    if not names or not serve.source:
        return None
    if request.as_of is not None:  # the key names an entity, the time its event
        return Keys([*names, *(n for n in schema.names(Role.TIME) if n in serve.kinds)])
    own = [left for left, _ in keys_of(train, serve, schema)]
    shared = train.source and request.offline is None and len(own) == len(names)
    return Keys(names, some_keys(train.source, own) if shared and train.source else None)


def by_column(side: Opened) -> bool:
    """Return whether each column of a side can be read on its own."""
    from skewcheck.sources.derived import inner
    from skewcheck.sources.parquet import ParquetPart

    parts = [inner(part) for part in side.source.parts] if side.source else []
    return bool(parts) and all(
        isinstance(part, ParquetPart) and not part.layout.encoded for part in parts
    )


def may_pair(
    partner: Opened,
    serve: Opened,
    keys: Sequence[tuple[str, str]],
    request: Request,
    watch: Keys | None,
) -> bool:
    """Return whether rows can be paired; raise where they were asked to be and cannot."""
    asked = request.offline is not None or request.as_of is not None
    if not asked:
        again = not (partner.once or serve.once)
        ready = again and keys and partner.source and serve.source and watch
        return bool(ready and watch and (watch.shared or _alike(partner.head, serve.head, keys)))
    if not partner.source or not serve.source:
        raise UsageError("a saved profile holds no rows to pair; give the data itself")
    if not keys:
        names = f"{partner.name} and {serve.name}"
        raise UsageError(
            f"no key column is known in both {names}; give it one name in both, and that with --key"
        )
    return True


def saved_roles(train: Opened, serve: Opened) -> dict[str, Column]:
    """Return what columns are for, as far as it was known when serve's profile was saved."""
    roles = dict(serve.profile.roles) if serve.profile else {}
    pairs = saved_pairs(serve, Request())
    keys = pairs.join.key.split(AND) if pairs else []
    roles |= {name: Column(name, Role.KEY, "its rows are paired by it") for name in keys}
    there = {*train.kinds, *serve.kinds}
    return {name: column for name, column in roles.items() if name in there}


def saved_pairs(serve: Opened, request: Request) -> Pairs | None:
    """Return the pairs that a saved profile of serve holds; they were compared when it was made.

    Raises UsageError where they are asked to be paired in another way.
    """
    if serve.profile is None or serve.profile.pairs is None:
        return None
    if request != Request():
        raise UsageError(
            "the rows of a saved profile are paired already; give --offline, --as-of, --repair-key "
            "and tolerances to skewcheck profile"
        )
    from skewcheck.pairing.pairs import Pairs

    assert isinstance(serve.profile.pairs, Pairs)
    return serve.profile.pairs


def _keys(names: Sequence[str], partner: Columns, serve: Columns) -> list[tuple[str, str]]:
    """Return the key's columns on both sides: those of one name, else the only one of each."""
    right = [name for name in names if name in serve]
    if right and all(name in partner for name in right):
        return [(name, name) for name in right]
    left = [name for name in names if name in partner and name not in serve]
    return [(left[0], right[0])] if len(left) == len(right) == 1 else []


def numbered(serve: Opened, keys: Sequence[tuple[str, str]]) -> bool:
    """Return whether keys are but whole numbers, which rows of two tables share by coincidence."""
    columns = [b.columns[name] for b in serve.head for _, name in keys if name in b.columns]
    return all(WHOLE.fullmatch(text) for column in columns for text in _texts(column))


def by_chance(pairs: Pairs) -> bool:
    """Return whether rows that nobody asked to be paired share a key by chance alone."""
    from skewcheck.pairing.coincidence import coincident

    return not pairs.join.asked and coincident(pairs)


def pair_up(
    opened: tuple[Opened, Opened],
    profiles: tuple[Profile, Profile],
    schema: Schema,
    request: Request,
    keys: Sequence[tuple[str, str]],
    *,
    fill: Sequence[str] = (),
    progress: Progress | None = None,
) -> Pairs | None:
    """Return what was counted on the rows that serve shares with its partner.

    ``opened`` are the partner (TRAIN itself, or the offline recomputation) and serve, ``profiles``
    those of train and serve, without the columns in ``fill``: they are counted here. None when
    nobody asked for pairs and TRAIN itself turns out to share no row.

    Raises:
        InputError: the partner has no row, or the as-of times are not there.
    """
    from skewcheck.pairing.counting import Task, count
    from skewcheck.pairing.join import join
    from skewcheck.pairing.pairs import Join
    from skewcheck.pairing.segments import segment_columns
    from skewcheck.pairing.shelf import Shelf

    offline = request.offline is not None
    sources = [side.source for side in opened]
    assert sources[0] and sources[1]
    with Shelf(sources[0]) as partner, Shelf(sources[1]) as serve:
        if not partner.rows:
            raise InputError("has no row to pair with", file=sources[0].name, hint="check the path")
        as_of = _as_of(request, schema, partner, serve)
        joined = join(partner, serve, keys, as_of=as_of, repairs=request.repairs)
        asked = offline or as_of is not None
        if not (len(joined.serve) or asked or joined.coverage.spelled):
            return None
        train = profiles[0]
        shared = set(partner.names) & set(serve.names)
        columns = [
            name
            for name in dict.fromkeys([*fill, *train.columns, *profiles[1].columns])
            if name in shared and schema.role(name).paired
        ]
        task = Task(
            columns,
            train.plan if fill else Plan({n: c.spec for n, c in train.columns.items()}),
            partial(_tolerance, request),
            profiles,
            fill,
            segment_columns([side.head for side in opened], schema),
            _time(schema, serve),
            _entity(schema, keys, serve, as_of is not None),
        )
        how = Join(
            AND.join(name for _, name in keys),
            joined.coverage,
            offline,
            as_of is not None,
            profiles[1].ledger.fates["duplicates"],
            (opened[0].name,),
        )
        return count(joined, partner, serve, task, how, progress=progress)


def _as_of(request: Request, schema: Schema, partner: Shelf, serve: Shelf) -> AsOf | None:
    from skewcheck.pairing.join import AsOf

    if request.as_of is None:
        return None
    time = _time(schema, serve)
    if request.as_of not in partner.names:
        names = ", ".join(partner.names[:8])
        raise InputError(f"no column {request.as_of!r} to pair as of; there are {names}")
    if time is None:
        raise InputError("serve has no time to pair as of", hint="name its column with --time")
    return AsOf(request.as_of, time, request.tolerance)


def _time(schema: Schema, serve: Shelf) -> str | None:
    return next((name for name in schema.names(Role.TIME) if name in serve.names), None)


def _entity(
    schema: Schema, keys: Sequence[tuple[str, str]], serve: Shelf, as_of: bool
) -> str | None:
    """Return serve's column whose rows belong together; an as-of key names an entity itself."""
    if as_of:
        return keys[0][1]
    return next((name for name in schema.names(Role.ENTITY) if name in serve.names), None)


def _tolerance(request: Request, name: str, column: ColumnProfile | None) -> Tolerance:
    from skewcheck.pairing.column import tolerance_of

    default = tolerance_of(column) if column else Tolerance(0.0)
    absolute = request.absolute.get(name, request.absolute.get(None, default.absolute))
    relative = request.relative.get(name, request.relative.get(None, default.relative))
    return Tolerance(absolute, relative)


def _alike(
    partner: Sequence[Batch], serve: Sequence[Batch], keys: Sequence[tuple[str, str]]
) -> bool:
    """Return whether some keys of two heads would be the same if they were spelled alike."""
    return all(
        not _spelled(partner, left).isdisjoint(_spelled(serve, right)) for left, right in keys
    )


def _spelled(head: Sequence[Batch], name: str) -> set[str]:
    columns = (batch.columns[name] for batch in head if name in batch.columns)
    cells = (NOISE.sub("", cell).lower() for column in columns for cell in _texts(column))
    return {cell.removeprefix("urnuuid").lstrip("0") for cell in cells} - {""}


def partner_of(
    partner: Opened | None,
    keys: Sequence[tuple[str, str]],
    pairs: Pairs,
    schema: Schema,
    request: Request,
) -> Partner:
    """Return what serve was paired with, for the report; no partner: before, in a profile."""
    path = ", ".join(pairs.join.partners)
    if partner is None:
        return Partner(path, pairs, (), None, "", request)
    time = schema.first(Role.TIME) if request.as_of else None
    times = (request.as_of, time) if request.as_of and time else None
    name = "offline" if pairs.join.offline else "train"
    rows = relation(partner.source, name)
    return Partner(path, pairs, tuple(keys), times, rows, request)


def _texts(values: pa.Array | Lanes) -> list[str]:
    """Return the cells of a column as texts, without the null ones."""
    if isinstance(values, Lanes):
        return [*values.texts.to_pylist(), *map(str, values.numbers.tolist())]
    return [str(value) for value in values.to_pylist() if value is not None]
