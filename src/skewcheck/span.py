"""Spans of time: what a log covers, and what of it was asked for. Seconds since 1970, UTC."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from skewcheck.errors import UsageError

SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first event to the last one, both included; two spans add up to one."""

    first: float
    last: float

    def merge(self, other: Span | None) -> Span:
        """Return the span of both lots of events."""
        if other is None:
            return self
        return Span(min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True, slots=True)
class Period:
    """Which events are asked for: from ``since`` on, before ``until``; None is open.

    ``length`` asks instead for the last so many seconds that the log holds.
    """

    since: float | None = None
    until: float | None = None
    length: float | None = None

    def __bool__(self) -> bool:
        """Return whether anything is asked for."""
        return (self.since, self.until, self.length) != (None, None, None)

    def ending(self, last: float) -> Period:
        """Return the period of this length whose last moment is that of the last event."""
        assert self.length is not None
        until = math.nextafter(last, math.inf)
        return Period(until - self.length, until)


def period(
    since: str | None, until: str | None, window: str | None, *, now: float | None = None
) -> Period:
    """Return the period that texts ask for: ISO times, or spans such as ``7d`` before now.

    Raises:
        UsageError: a text is neither, the end is not after the start, or both kinds are given.
    """
    if window and (since or until):
        raise UsageError("--window names a whole period; leave out --since and --until")
    if window:
        return Period(length=duration(window))
    now = datetime.now(UTC).timestamp() if now is None else now
    asked = Period(*(moment(text, now) if text else None for text in (since, until)))
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        raise UsageError(f"--until {until} is not after --since {since}; swap them")
    return asked


def moment(text: str, now: float) -> float:
    """Return an ISO time (UTC where it names no zone), or a span back from the whole minute."""
    if LENGTH.fullmatch(text):
        return now // 60 * 60 - duration(text)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no time; give 2026-03-01, 2026-03-01T06:00 or a span such as 7d"
        ) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def duration(text: str) -> float:
    """Return a span of time such as ``30s``, ``5m``, ``2h`` or ``1d`` in seconds."""
    found = LENGTH.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no span of time; give a number and s, m, h, d or w: 5m")
    return float(found[1]) * SECONDS[found[2]]


def iso(seconds: float) -> str:
    """Return a moment as ISO text in UTC; what no calendar holds, in plain seconds."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f} s since 1970"
