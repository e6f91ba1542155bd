"""The shape that events had so far, learned as they come, and the quick decoder built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from skewcheck.formats import Naming, Path

WIDEST = 4096  # keys of one object; msgspec looks through them one by one where order differs


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of an object that hold plain values, and those that hold objects in their turn."""

    plain: tuple[str, ...] = ()
    objects: tuple[tuple[str, Shape], ...] = ()

    def learn(self, events: Sequence[Mapping[str, Any]], total: int) -> Shape:
        """Return the shape widened by the keys of events that it did not fit.

        ``total`` is the number of events these are the misfits of: a key turns from plain to
        object, or back, only when most events want that.
        """
        nested = dict(self.objects)
        keys = dict.fromkeys([*self.plain, *nested, *(k for e in events for k in e)])
        plain, objects = [], []
        for key in keys:
            inner = [e[key] for e in events if isinstance(e.get(key), dict)]
            wanted = 2 * len(inner) > total
            kept = key in nested and 2 * (len(events) - len(inner)) <= total
            if wanted or kept:
                objects.append((key, nested.get(key, Shape()).learn(inner, total)))
            else:
                plain.append(key)
        return Shape(tuple(plain), tuple(objects))


@dataclass(frozen=True, slots=True)
class Level:
    """The plain fields of one object of the event: where it hangs, and its columns' names."""

    where: Callable[[Any], Any] | None
    fields: Callable[[Any], tuple[Any, ...]]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quick:
    """A decoder for events of exactly one shape; any other text raises ValueError.

    ``objects`` is the number of keys that hold objects in each event, ``depth`` how deep they
    are nested, the event itself being 1.
    """

    decode: Callable[[bytes], Any]
    levels: tuple[Level, ...]
    objects: int
    depth: int

    def columns(self, rows: Sequence[Any]) -> dict[str, Sequence[Any]]:
        """Return the values of decoded events by column name, UNSET where a key is absent."""
        found: dict[str, Sequence[Any]] = {}
        for level in self.levels:
            held = map(level.where, rows) if level.where else rows
            cells = zip(*map(level.fields, held), strict=True)
            found.update(zip(level.names, cells, strict=True))
        return found


@lru_cache(maxsize=64)
def quick(shape: Shape, naming: Naming) -> Quick | None:
    """Return the decoder for a shape, or None when there can be none.

    That is so for keys that msgspec cannot match (with quotes, backslashes or control
    characters), for very wide events, and when two fields get the same column name.
    """
    levels = list(_levels(shape, (), (), naming))
    names = [name for level in levels for name in level.names]
    if len(set(names)) < len(names) or len(names) > WIDEST or not names:
        return None
    try:
        decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_struct(shape))
    except ValueError:
        return None
    return Quick(decoder.decode, tuple(levels), _objects(shape), _depth(shape))


def _struct(shape: Shape) -> type:
    fields: list[Any] = [(f"p{i}", Any, msgspec.UNSET) for i in range(len(shape.plain))]
    fields += [(f"o{i}", _struct(inner)) for i, (_, inner) in enumerate(shape.objects)]
    rename = {f"p{i}": key for i, key in enumerate(shape.plain)}
    rename |= {f"o{i}": key for i, (key, _) in enumerate(shape.objects)}
    return msgspec.defstruct(
        "Event", fields, rename=rename, forbid_unknown_fields=True, kw_only=True, gc=False
    )


def _levels(shape: Shape, path: Path, attributes: tuple[str, ...], naming: Naming) -> list[Level]:
    found = []
    if shape.plain:
        names = tuple(naming.name((*path, key)) for key in shape.plain)
        where = attrgetter(".".join(attributes)) if attributes else None
        found.append(Level(where, _fields(len(names)), names))
    for i, (key, inner) in enumerate(shape.objects):
        found += _levels(inner, (*path, key), (*attributes, f"o{i}"), naming)
    return found


def _fields(n: int) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function from a struct to the tuple of its n plain fields."""
    if n == 1:
        return lambda row: (row.p0,)
    getter: Callable[[Any], tuple[Any, ...]] = attrgetter(*(f"p{i}" for i in range(n)))
    return getter


def _objects(shape: Shape) -> int:
    return len(shape.objects) + sum(_objects(inner) for _, inner in shape.objects)


def _depth(shape: Shape) -> int:
    return 1 + max((_depth(inner) for _, inner in shape.objects), default=0)
