"""How long an answer may take, and in which unit a column of times is written. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Seconds in a unit, and the spellings of it at the end of a column's name.
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
SPELLED = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("ms", "msec", "milli", "millis", "milliseconds"), "ms"),
    **dict.fromkeys(("us", "usec", "micro", "micros", "microseconds"), "us"),
    **dict.fromkeys(("ns", "nsec", "nano", "nanos", "nanoseconds"), "ns"),
}


@dataclass(frozen=True, slots=True)
class Budget:
    """Answers within ``time`` in at least this ``share`` of the requests.

    ``unit`` is one of UNITS, None where the time is in the unit of the column itself.
    """

    time: float
    unit: str | None
    share: float

    @property
    def told(self) -> str:
        """Return the time as it was set."""
        return f"{self.time:g} {self.unit}" if self.unit else f"{self.time:g}"

    def within(self, unit: str | None) -> float | None:
        """Return the time in a column's unit; None where that would need a unit nobody knows."""
        if self.unit is None or self.unit == unit:
            return self.time
        # 12 figures: 0.15 s are 150 ms, not 150.00000000000003.
        return float(f"{self.time * UNITS[self.unit] / UNITS[unit]:.12g}") if unit else None


@dataclass(frozen=True, slots=True)
class Budgets:
    """What the policy says of response times.

    ``whole`` is the budget of the whole answer, ``columns`` those of single columns; ``total``
    names the column of the whole answer, ``unit`` is that of columns which do not say theirs.
    """

    whole: Budget | None = None
    columns: Mapping[str, Budget] = field(default_factory=dict)
    total: str | None = None
    unit: str | None = None

    @property
    def asked(self) -> bool:
        """True when there is any budget."""
        return self.whole is not None or bool(self.columns)
