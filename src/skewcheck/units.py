"""The unit of a column of times: told by its name, else by values that leave no doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skewcheck.budgets import SPELLED

WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# Medians that only one unit makes sense of: a service answers in 1 ms to 10 s, or has no users.
SECONDS, MILLIS, MICROS = 0.5, (10.0, 10_000.0), 50_000.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time (None where nothing tells it) and how it is known, in words."""

    name: str | None
    reason: str


def unit_of(column: str, median: float | None, given: str | None = None) -> Unit:
    """Return the unit of a column: of its name, else as given, else what its median must mean."""
    words = [word.lower() for word in WORDS.findall(column)]
    named = next((SPELLED[word] for word in reversed(words[1:]) if word in SPELLED), None)
    if named:
        return Unit(named, f"{named} by its name")
    if given:
        return Unit(given, f"{given} by the policy")
    if median is None:
        return Unit(None, "unit unknown: its name has none and there is no value")
    guess = _by_size(median)
    shown = f"its name has no unit and half of its values are below {median:.3g}"
    if guess is None:
        return Unit(None, f'unit unknown: {shown}; set latency.unit in the policy, such as "ms"')
    return Unit(guess, f"taken for {guess}: {shown}; latency.unit in the policy says otherwise")


def _by_size(median: float) -> str | None:
    if 0.0 < median < SECONDS:
        return "s"
    if MILLIS[0] <= median < MILLIS[1]:
        return "ms"
    return "us" if median >= MICROS else None
