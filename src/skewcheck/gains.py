"""What decisions are worth: a gain for each decision and outcome, fixed or a part of an amount."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

COLUMN = "value"  # what the derived column is called
SPELLED = r"^\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*\*\s*)?[^\s*][^*]*$"  # a gain as a text
PART = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*\*\s*([^\s*][^*]*?)\s*")


@dataclass(frozen=True, slots=True)
class Gain:
    """``factor`` units, times the row's number in ``column`` where there is one; costs are < 0."""

    factor: float
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Gains:
    """The gains of a policy: for each decision, where the label says yes and where it says no.

    ``unit`` is what they are counted in, ``least`` the value per decision below which it is not
    worth deciding at all.
    """

    of: Mapping[str, tuple[Gain, Gain]]
    unit: str = ""
    least: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns with amounts."""
        found = (gain.column for both in self.of.values() for gain in both)
        return tuple(dict.fromkeys(name for name in found if name))


def gain(text: str) -> Gain:
    """Return the gain that a text spells: ``amount`` or ``-0.6 * amount``.

    Raises ValueError, in words, when it spells none.
    """
    part = PART.fullmatch(text)
    if part is not None:
        return Gain(float(part[1]), part[2])
    if not text.strip() or "*" in text:
        raise ValueError("expected a number, COLUMN, or FACTOR * COLUMN")
    return Gain(1.0, text.strip())
