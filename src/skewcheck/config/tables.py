"""A TOML file read value by value, so that every error names file, key and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from skewcheck.errors import ConfigError, nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a value lies; ``key`` is dotted, empty for the whole file."""

    origin: str
    key: str = ""

    def at(self, key: str) -> Place:
        """Return the place of a key in the table that lies here."""
        return Place(self.origin, f"{self.key}.{key}" if self.key else key)

    def error(self, problem: str) -> ConfigError:
        """Return the error for what lies here."""
        subject = f"{self.key!r} " if self.key else ""
        return ConfigError(f"{self.origin}: {subject}{problem}")

    def unknown(self, key: str, known: Iterable[str]) -> ConfigError:
        """Return the error for a key that this table lacks, with the nearest that it has."""
        names = [self.at(name).key for name in known]
        key = self.at(key).key
        return ConfigError(f"{self.origin}: unknown key {key!r}; {nearest(key, names)}")


def read(path: Path) -> str:
    """Return the text of a file; raises ConfigError when it is missing or not UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path}: cannot be read ({reason}); check the path") from error


def tables(text: str, origin: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raises ConfigError with the line where it is broken."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", where)
        line = found[1] if found else text.count("\n") + 1
        problem = f"broken TOML, {reason[:1].lower()}{reason[1:]}"
        raise ConfigError(f"{origin}:{line}: {problem}; correct this line") from error


def table(raw: Any, known: Iterable[str] | None, place: Place) -> dict[str, Any]:
    """Return raw as a table with none but the known keys (None: any key)."""
    if not isinstance(raw, dict):
        raise place.error(f"is {shown(raw)}; expected a table of keys")
    names = raw if known is None else list(known)
    for key in raw:
        if key not in names:
            raise place.unknown(key, names)
    return raw


def value(raw: Any, kind: type[T], wanted: str, place: Place) -> T:
    """Return raw as a value of this type; ``wanted`` says in words what it should be."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise place.error(f"is {shown(raw)}; expected {wanted}") from error


def texts(raw: Any, place: Place) -> list[str]:
    """Return a text or a list of texts as a list."""
    many = value(raw, str | list[str], "a name or a list of names", place)  # type: ignore[arg-type]
    return [many] if isinstance(many, str) else many


def shown(raw: Any) -> str:
    """Return a value as TOML writes it, in short."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, (str, int, float)):
        return repr(raw)
    return "a table" if isinstance(raw, dict) else f"a {type(raw).__name__}"
