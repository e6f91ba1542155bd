"""Values made of dataclasses as bytes and back: equal, whatever strings and numbers are in them.

MessagePack, zstd. A table says which fields each class had when it was written: a field that came
later takes its default, one that is not known any more is an error. Classes are named by those who
read; nothing else can be made of the bytes, and no code runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import zstandard

from skewcheck.decimals import restored, squeezed

LEVEL = 12
MOST = 1 << 30  # bytes that a tree may be unpacked to
LIST, TUPLE, MAP, SET, NUMBER, TEXT, DECIMALS, FIRST = range(
    8
)  # what a node begins with; then classes
PLAIN = frozenset({type(None), bool, float, str, bytes})
WORD = 1 << 63  # numbers from here on have no place in a MessagePack integer


class Unreadable(Exception):
    """Bytes that are no tree of these classes; says why."""


def reachable(*roots: type) -> tuple[type, ...]:
    """Return the dataclasses and enums that values of these classes are made of, by annotation."""
    found: dict[type, None] = {}
    waiting: list[Any] = list(roots)
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if hint in found or get_origin(hint) in (Union, UnionType) or not isinstance(hint, type):
            continue
        if is_dataclass(hint):
            kept = {field.name for field in _kept(hint)}
            waiting += [h for name, h in get_type_hints(hint).items() if name in kept]
        elif not issubclass(hint, Enum):
            continue
        found[hint] = None
    return tuple(found)


def pack(value: object, classes: Iterable[type]) -> bytes:
    """Return the value as bytes.

    Raises:
        TypeError: it holds something that is no number, text, container or one of the classes.
    """
    known = tuple(classes)
    table = [[c.__name__, None if issubclass(c, Enum) else _names(c)] for c in known]
    written = _Writer({c: FIRST + i for i, c in enumerate(known)}).node(value)
    content = msgspec.msgpack.encode([table, written])
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(content)


def unpack(packed: bytes, classes: Iterable[type]) -> Any:
    """Return the value that ``pack`` was given.

    Raises:
        Unreadable: the bytes are damaged, or hold something that these classes cannot.
    """
    known = {c.__name__: c for c in classes}
    try:
        content = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MOST)
        table, written = msgspec.msgpack.decode(content)
        return _Reader([_maker(known, *entry) for entry in table]).node(written)
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise Unreadable("it is damaged") from error
    except (ValueError, TypeError, KeyError, IndexError, UnicodeError, RecursionError) as error:
        raise Unreadable("it holds what this version does not know") from error


def _kept(kind: Any) -> Iterable[Any]:
    """Return the fields of a class that are part of its value."""
    return (field for field in fields(kind) if field.compare)


def _names(kind: Any) -> list[str]:
    return [field.name for field in _kept(kind)]


class _Writer:
    def __init__(self, numbers: Mapping[type, int]) -> None:
        self.numbers = numbers
        self.names = {kind: _names(kind) for kind in numbers if is_dataclass(kind)}

    def node(self, value: Any) -> Any:
        """Return a value in words of MessagePack."""
        kind = type(value)
        if kind is str:
            return value if value.isascii() else _text(value)
        if kind in PLAIN:
            return value
        if kind is int:
            return value if -WORD <= value < WORD else [NUMBER, str(value)]
        if kind in self.names:
            told = (self.node(getattr(value, name)) for name in self.names[kind])
            return [self.numbers[kind], *told]
        return self._other(value, kind)

    def _other(self, value: Any, kind: type) -> Any:
        if kind in self.numbers:
            return [self.numbers[kind], value.value]
        if isinstance(value, Mapping):
            return [MAP, *(self.node(part) for item in value.items() for part in item)]
        if kind is tuple and (few := squeezed(value)):
            return [DECIMALS, *few]
        if isinstance(value, list | tuple):
            return [TUPLE if isinstance(value, tuple) else LIST, *map(self.node, value)]
        if isinstance(value, set | frozenset):
            return [SET, *map(self.node, sorted(value))]
        if callable(getattr(value, "item", None)):  # a number of numpy
            return self.node(value.item())
        if isinstance(value, Enum) or not isinstance(value, str | int | float):
            raise TypeError(f"a {kind.__name__} cannot be kept")
        return self.node(next(base for base in (str, int, float) if isinstance(value, base))(value))


def _text(value: str) -> Any:
    """Return a text; one that UTF-8 has no bytes for, as bytes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return [TEXT, value.encode("utf-8", "surrogatepass")]
    return value


class _Reader:
    def __init__(self, makers: list[Callable[..., Any]]) -> None:
        plain: list[Callable[..., Any]] = [
            lambda *parts: list(parts),
            lambda *parts: parts,
            lambda *parts: dict(zip(parts[::2], parts[1::2], strict=True)),
            lambda *parts: frozenset(parts),
            int,
            lambda part: part.decode("utf-8", "surrogatepass"),
            restored,
        ]
        self.makers = plain + makers

    def node(self, value: Any) -> Any:
        """Return the value that is written so."""
        if type(value) is not list:
            return value
        return self.makers[value[0]](*map(self.node, value[1:]))


def _maker(known: Mapping[str, type], name: str, names: list[str] | None) -> Callable[..., Any]:
    """Return what makes a value of a class from its parts."""
    kind = known.get(name)
    if kind is None or names is None:
        return _missing(name) if kind is None else kind
    if names == _names(kind):
        return kind
    return lambda *parts: kind(**dict(zip(names, parts, strict=True)))


def _missing(name: str) -> Callable[..., Any]:
    """Return what refuses a class that is gone, if it is used at all."""

    def refuse(*_: Any) -> Any:
        raise ValueError(name)

    return refuse
