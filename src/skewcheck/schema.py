"""What a column holds (Kind) and what it is for (Role)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the values of a column are."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATETIME = "datetime"
    LIST = "list"
    EMPTY = "empty"


class Role(StrEnum):
    """What a column is for. Features, scores and attributions of scores are compared and judged."""

    FEATURE = "feature"
    SCORE = "score"
    DECISION = "decision"
    KEY = "key"
    ENTITY = "entity"
    TIME = "time"
    LABEL = "label"
    LATENCY = "latency"
    VERSION = "model_version"
    AGE = "age"
    AGREEMENT = "agreement"
    VALUE = "value"
    ATTRIBUTION = "attribution"
    STATUS = "status"
    SEGMENT = "segment"
    IGNORED = "ignored"

    @property
    def compared(self) -> bool:
        """True for the roles whose two sides must agree."""
        return self in (Role.FEATURE, Role.SCORE, Role.ATTRIBUTION)

    @property
    def derived(self) -> bool:
        """True for the roles of columns that the policy makes: nobody gives them."""
        return self in (Role.AGE, Role.AGREEMENT, Role.VALUE)

    @property
    def paired(self) -> bool:
        """True for the roles whose values are held against each other row by row."""
        return self.compared or self is Role.DECISION


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, role and the reason why it was given that role."""

    name: str
    role: Role
    reason: str = "default"


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a comparison in the order of train, then those that only serve has."""

    columns: Mapping[str, Column]

    def __iter__(self) -> Iterator[Column]:
        """Yield the columns in order."""
        return iter(self.columns.values())

    def role(self, name: str) -> Role:
        """Return the role of a column; a column nobody spoke of is a feature."""
        column = self.columns.get(name)
        return column.role if column else Role.FEATURE

    def first(self, role: Role) -> str | None:
        """Return the first column with this role, or None."""
        return next((c.name for c in self if c.role is role), None)

    def names(self, role: Role) -> list[str]:
        """Return all columns with this role."""
        return [c.name for c in self if c.role is role]
