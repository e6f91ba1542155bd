"""How the payload of a serving log is laid out: one file per layout, found by discovery.

A module of this folder has one function ``recognise(events, known) -> Layout | None`` that looks
at some events (JSON objects as dictionaries) and at the column names of train, where known. A
layout only says how a field's path becomes a column's name, so that every reader can apply it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from skewcheck.discovery import discover

Event = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the features of an event lie, and how its fields are named as columns.

    ``payload`` is the path of the object that holds the features, empty when they lie at the top;
    ``encoded`` says that it is JSON text and not an object; ``prefix`` is cut off feature names at
    the top. ``features`` and ``others`` are the names seen when the layout was chosen: a name that
    both have is the feature's, and the other becomes ``event.<name>``. ``fit`` ranks layouts;
    ``reason`` is one sentence for the report.
    """

    payload: Path = ()
    encoded: bool = False
    prefix: str = ""
    features: frozenset[str] = field(default=frozenset(), repr=False)
    others: frozenset[str] = field(default=frozenset(), repr=False)
    fit: float = 0.0
    reason: str = "flat rows: every field is a column"

    def name(self, path: Path) -> str:
        """Return the column name of the field at a path of an event."""
        depth = len(self.payload)
        if depth and path[:depth] == self.payload and len(path) > depth:
            return self.feature(path[depth:])
        name = ".".join(path)
        if self.prefix and name.startswith(self.prefix) and name != self.prefix:
            return name.removeprefix(self.prefix)
        return f"event.{name}" if name in self.features else name

    def feature(self, path: Path) -> str:
        """Return the column name of the field at a path inside the payload.

        A feature that comes up late under a name which metadata already has keeps its full path.
        """
        name = ".".join(path)
        if name in self.others and name not in self.features:
            return ".".join((*self.payload, name))
        return name

    def inner(self) -> Inner:
        """Return the layout of the JSON text in an encoded payload, taken alone."""
        return Inner(self)


@dataclass(frozen=True, slots=True)
class Inner:
    """The names of the fields of a payload that was JSON text."""

    outer: Layout

    def name(self, path: Path) -> str:
        """Return the column name of the field at a path of the payload."""
        return self.outer.feature(path)


class Naming(Protocol):
    """What readers need of a layout."""

    def __hash__(self) -> int:
        """Return a hash: decoders are kept by the layout they are for."""

    def name(self, path: Path) -> str:
        """Return the column name of the field at a path."""


def choose(events: Sequence[Event], known: Iterable[str] = ()) -> Layout:
    """Return the layout that fits best; ``known`` are train's column names, empty if unknown."""
    names = frozenset(known)
    found = [m.recognise(events, names) for m in discover("skewcheck.formats").values()]
    layouts = [layout for layout in found if layout is not None]
    return max(layouts, key=lambda layout: layout.fit, default=Layout())


def leaves(event: Event, start: Path = ()) -> Iterable[Path]:
    """Yield the paths of an event's fields that are no objects."""
    for key, value in event.items():
        if isinstance(value, dict):
            yield from leaves(value, (*start, key))
        else:
            yield (*start, key)
