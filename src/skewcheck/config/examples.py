"""Commented tables to uncomment, made of the types: meanings, and examples with real columns.

Prose has two marks of a comment and values have one, so that an editor that uncomments a whole
block leaves a table that loads.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from skewcheck.config.schema import REFERENCE, schema
from skewcheck.schema import Role, Schema

WIDTH = 97
BARE = re.compile(r"[A-Za-z0-9_-]+")  # what TOML takes for a key without quotes
Quoted = Callable[[str], str]


class Examples:
    """Blocks of one policy: ``columns`` are those that were guessed, ``quoted`` writes a text."""

    def __init__(self, columns: Schema, quoted: Quoted) -> None:
        """Read the types once."""
        self.columns, self.quoted = columns, quoted
        self.root = schema()

    def keys(self) -> list[str]:
        """Return a block for every key outside tables that has an example."""
        about = self.root["properties"]
        return [block for key in about if (block := self._key(key, about[key]))]

    def tables(self) -> list[str]:
        """Return a block for every table that has examples."""
        return [
            block
            for key, about in self.root["properties"].items()
            if (block := self._table(key, about))
        ]

    def _table(self, key: str, about: dict[str, Any]) -> str:
        """Return the block of a table, empty without examples or without a column to name."""
        many = about.get("additionalProperties") or about.get("items") or about
        table = self.root["$defs"].get(many.get("$ref", "").removeprefix(REFERENCE), {})
        name = self._named(key, about)
        if not name:
            return ""
        keys = [self._key(key, inner) for key, inner in table.get("properties", {}).items()]
        if not any(keys):
            return ""
        return f"{prose(table['description'])}# [{name}]\n{''.join(keys)}"

    def _named(self, key: str, about: dict[str, Any]) -> str:
        if about.get("type") == "array":
            return f"[{key}]"
        if "additionalProperties" not in about:
            return key
        column = self._column(about)
        return f"{key}.{self._bare(column)}" if column is not None else ""

    def _key(self, key: str, about: dict[str, Any]) -> str:
        """Return a key with its meaning and an example, empty where there is none."""
        if "examples" not in about:
            return ""
        example = self._column(about) if "x-role" in about else about["examples"][0]
        if example is None:
            return ""
        return f"{prose(about['description'])}# {key} = {self._written(example)}\n"

    def _column(self, about: dict[str, Any]) -> str | None:
        """Return the first column of the role that is asked for, None where none was guessed."""
        return next(iter(self.columns.names(Role(about["x-role"]))), None)

    def _bare(self, name: str) -> str:
        return name if BARE.fullmatch(name) else self.quoted(name)

    def _written(self, example: Any) -> str:
        if isinstance(example, list):
            return f"[{', '.join(map(self._written, example))}]"
        return self.quoted(example) if isinstance(example, str) else json.dumps(example)


def prose(text: str) -> str:
    """Return a text as lines that are comments also where their block is uncommented."""
    return "".join(f"## {line}\n" for line in _wrapped(text))


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
