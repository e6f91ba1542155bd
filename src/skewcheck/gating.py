"""What a gate demands beside the verdict, and what it lets pass for a while. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Demands:
    """The evidence that must be there; None or 0 asks for nothing.

    ``nights`` are the last ones, none of which may fail; ``rows``, ``days``, ``pairs`` and
    ``labels`` are counted over them. ``fresh`` are the seconds after which the last event is stale,
    ``shrink`` the share of the usual rows that the last night must have. ``model_version`` is the
    only one that may have answered, ``baseline`` the fingerprint of train's profile. ``gap`` are
    the seconds that may lie between the starts of two nights; None: half as much again as is usual.
    """

    nights: int = 1
    rows: int = 0
    days: int = 0
    pairs: int = 0
    labels: int = 0
    fresh: float | None = None
    shrink: float = 0.5
    gap: float | None = None
    model_version: str = ""
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that need not hold: of a column, of one check or of all, up to and with a day."""

    column: str
    reason: str
    owner: str
    until: date
    check: str = ""

    def covers(self, column: str, check: str) -> bool:
        """Return whether it speaks of a finding, whatever the day."""
        return self.column == column and self.check in ("", check)
