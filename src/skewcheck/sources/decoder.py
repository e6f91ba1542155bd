"""JSON texts -> columns. What a text becomes never depends on which way it was decoded.

Most texts fit the shape of those before them and are decoded by msgspec into a struct with a slot
a key; the others (new keys, NaN literals, null for an object, anything malformed) go the careful
way, one by one, and the shape is widened for the next batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from msgspec import UNSET, UnsetType

from skewcheck.formats import Naming
from skewcheck.sources.event import DEPTH, MARKED, Malformed, flatten, marked, parse, too_deep
from skewcheck.sources.keys import counted, held
from skewcheck.sources.shape import Quick, Shape, quick

WIDEST = 20_000  # different keys, beyond which values must have been used as keys
Typed = tuple[Sequence[Any], frozenset[type]]


class TooManyKeys(Exception):
    """More different keys than any table has columns."""


@dataclass(slots=True)
class Table:
    """Decoded texts: values and their types by column name, for the ``good`` texts in order.

    ``bad`` has the reason for each malformed text by its number; a blank text is in neither.
    """

    good: list[int]
    columns: dict[str, Typed]
    bad: dict[int, str]


@dataclass(slots=True)
class _Sorted:
    """Texts decoded the quick way (with their numbers) and the careful way (by number)."""

    rows: list[Any] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    flat: dict[int, dict[str, Any]] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    marks: bool = False


class Decoder:
    """Decodes texts batch by batch and learns their shape on the way."""

    def __init__(self, naming: Naming, shape: Shape = Shape()) -> None:  # noqa: B008 - frozen
        """Start with the shape of some events seen before, if any."""
        self._naming = naming
        self._name = cache(naming.name)
        self._shape = shape
        self._names: set[str] = set()

    def table(self, texts: Sequence[bytes]) -> Table:
        """Return the texts as columns; blank texts are no events.

        Raises:
            TooManyKeys: there were more than 20,000 by now.
        """
        fast = quick(self._shape, self._naming)
        found = _Sorted()
        self._sort(texts, fast, found)
        columns = self._typed(fast, found) if fast else {}
        odd = _odd(columns, found, texts, fast) if fast else []
        if odd:
            self._again(odd, texts, found)
            columns = self._typed(fast, found) if fast else {}
        if found.events:
            self._shape = self._shape.learn(list(found.events.values()), len(texts))
        return _merged(columns, found)

    def _sort(self, texts: Sequence[bytes], fast: Quick | None, found: _Sorted) -> None:
        if fast is None:
            for number, text in enumerate(texts):
                self._careful(number, text, found)
            return
        left, start = iter(texts), 0
        while start < len(texts):
            before = len(found.rows)
            try:
                found.rows.extend(map(fast.decode, left))
                end = len(texts)
            except (ValueError, RecursionError):
                end = start + len(found.rows) - before
            found.at.extend(range(start, end))
            if end < len(texts):
                self._misfit(end, texts[end], fast, found)
            start = end + 1

    def _misfit(self, number: int, text: bytes, fast: Quick, found: _Sorted) -> None:
        """Decode a text that failed: quickly once its NaN literals are marked, or carefully."""
        plain = marked(text)
        try:
            if plain is None:
                raise ValueError
            found.rows.append(fast.decode(plain))
            found.at.append(number)
            found.marks = True
        except (ValueError, RecursionError):
            self._careful(number, text, found)

    def _careful(self, number: int, text: bytes, found: _Sorted) -> None:
        if not text or text.isspace():
            return
        try:
            event = parse(text)
            found.flat[number] = flat = flatten(event, self._name)
            self._names.update(flat)
            found.events[number] = event
        except Malformed as error:
            found.bad[number] = str(error)
        if len(self._names) > WIDEST:
            raise TooManyKeys

    def _again(self, odd: Sequence[int], texts: Sequence[bytes], found: _Sorted) -> None:
        """Decode texts the careful way that the quick way let through."""
        again = set(odd)
        kept = [i for i, number in enumerate(found.at) if number not in again]
        found.rows, found.at = [found.rows[i] for i in kept], [found.at[i] for i in kept]
        for number in odd:
            self._careful(number, texts[number], found)

    def _typed(self, fast: Quick | None, found: _Sorted) -> dict[str, Typed]:
        if fast is None or not found.rows:
            return {}
        columns = fast.columns(found.rows)
        typed = {name: (v, frozenset(map(type, v))) for name, v in columns.items()}
        if found.marks:
            typed = {n: _unmarked(*t) if str in t[1] else t for n, t in typed.items()}
        return typed


def _unmarked(values: Sequence[Any], types: frozenset[type]) -> Typed:
    """Return the values with the marks of NaN and Infinity as the numbers they stand for."""
    if MARKED.keys().isdisjoint(v for v in values if type(v) is str):
        return values, types
    numbers = [MARKED.get(v, v) if type(v) is str else v for v in values]
    return numbers, frozenset(map(type, numbers))


def _odd(
    columns: dict[str, Typed], found: _Sorted, texts: Sequence[bytes], fast: Quick
) -> Sequence[int]:
    """Return the texts that may hold objects in plain places, nest too deep or repeat a key."""
    odd: set[int] = set()
    keys = fast.objects * len(found.rows)
    for values, types in columns.values():
        keys += len(values)
        if UnsetType in types:
            keys -= values.count(UNSET)
        if dict in types or list in types:
            keys += held(list(values))
            odd.update(
                number
                for number, value in zip(found.at, values, strict=True)
                if type(value) is dict or too_deep(value, DEPTH - fast.depth)
            )
    whole = len(found.at) == len(texts)
    text = b"\n".join(texts if whole else [texts[number] for number in found.at])
    return found.at if counted(text) != keys else sorted(odd)


def _merged(columns: dict[str, Typed], found: _Sorted) -> Table:
    """Return one table of both lots of texts, in the order of the texts."""
    good = sorted([*found.at, *found.flat])
    if not found.flat:
        return Table(good, columns, found.bad)
    place = {number: i for i, number in enumerate(good)}
    fast = np.fromiter((place[n] for n in found.at), np.int64, len(found.at))
    slow = [(place[number], flat) for number, flat in found.flat.items()]
    merged: dict[str, Typed] = {}
    for name in dict.fromkeys([*columns, *(name for _, flat in slow for name in flat)]):
        cells = np.full(len(good), UNSET, object)
        if name in columns:
            cells[fast] = np.fromiter(columns[name][0], object, len(fast))
        for i, flat in slow:
            cells[i] = flat.get(name, UNSET)
        values = cells.tolist()
        merged[name] = (values, frozenset(map(type, values)))
    return Table(good, merged, found.bad)
