"""Nested payloads: one object of the event holds the features, the rest is about the event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skewcheck.formats import Event, Layout, Path, leaves

USUAL = ("features", "feature_values", "inputs", "input", "instance", "payload", "data", "request")
DEPTH = 3
TEXT = 65536


def recognise(events: Sequence[Event], known: frozenset[str]) -> Layout | None:
    """Return the layout for the object that holds the features, or None when there is none.

    With train's names known it is the object in which most of them are found (more than at the
    top); without, the object that holds most fields, or that has a usual name. An
    object written as JSON text inside a text field counts too.
    """
    found = _candidates(events)
    layouts = [_layout(path, encoded, events, known) for path, encoded in found]
    useful = [layout for layout in layouts if layout.fit > 0]
    return max(useful, key=lambda x: (x.fit, -len(x.payload), _usual(x)), default=None)


def payload_like(name: str) -> bool:
    """True for a name that a payload may have, as ``request_payload`` or ``features_json``."""
    return any(word in name.lower() for word in USUAL)


def decoded(text: object) -> Mapping[str, Any] | None:
    """Return the object that a text spells as JSON, or None."""
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return None
    import json

    try:
        value = json.loads(text[: TEXT * 16])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def at(event: Event, path: Path) -> Mapping[str, Any] | None:
    """Return the object at a path of an event, decoded where it is JSON text, or None."""
    value: Any = event
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else decoded(value)


def _candidates(events: Sequence[Event]) -> list[tuple[Path, bool]]:
    """Return the paths that hold an object in at least half of the events; True if as text."""
    counts: Counter[tuple[Path, bool]] = Counter()
    for event in events:
        counts.update(_objects(event, ()))
    return sorted(found for found, n in counts.items() if 2 * n >= len(events))


def _objects(event: Event, start: Path) -> Iterator[tuple[Path, bool]]:
    for key, value in event.items():
        path = (*start, key)
        if isinstance(value, dict):
            yield path, False
            if len(path) < DEPTH:
                yield from _objects(value, path)
        elif decoded(value) is not None:
            yield path, True


def _layout(path: Path, encoded: bool, events: Sequence[Event], known: frozenset[str]) -> Layout:
    inside: set[str] = set()
    outside: set[str] = set()
    for event in events:
        inside |= {".".join(p) for p in leaves(at(event, path) or {})}
        outside |= {".".join(p) for p in leaves(event) if p[: len(path)] != path}
    top = {".".join(p) for e in events for p in leaves(e)}
    fit = _fit(inside, top, known) if known else _weight(inside, outside, path)
    if known and not fit and not top & known:
        fit = _weight(inside, outside, path) / 1000  # no name is train's: go by size alone
    kind = "JSON text" if encoded else "object"
    return Layout(
        payload=path,
        encoded=encoded,
        features=frozenset(inside),
        others=frozenset(outside - inside),
        fit=fit,
        reason=f"nested events: the {kind} {'.'.join(path)!r} holds {_why(inside, known)}",
    )


def _fit(inside: set[str], top: set[str], known: frozenset[str]) -> float:
    """Return the share of train's names inside, 0 unless more are inside than at the top."""
    return len(inside & known) / len(known) if len(inside & known) > len(top & known) else 0.0


def _weight(inside: set[str], outside: set[str], path: Path) -> float:
    """Return the share of all fields that lie inside; 0 when that is no sign of a payload.

    It is one when it holds most fields, or has a usual name and several fields or half of all.
    """
    share = len(inside) / max(1, len(inside) + len(outside))
    usual = path[-1].lower() in USUAL and (len(inside) > 1 or share >= 0.5)
    return share if usual or (share > 0.5 and len(inside) > 1) else 0.0


def _usual(layout: Layout) -> bool:
    return layout.payload[-1].lower() in USUAL


def _why(inside: set[str], known: frozenset[str]) -> str:
    if inside & known:
        return f"{len(inside & known)} of train's {len(known)} columns"
    return f"{len(inside)} fields"
