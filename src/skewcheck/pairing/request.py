"""How rows are to be paired and compared, as the user asked for it. Data only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from skewcheck.errors import UsageError

SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


@dataclass(frozen=True, slots=True)
class Request:
    """What to pair serve with, and how far apart two equal values may be.

    ``offline`` is an offline recomputation of the logged requests (None: TRAIN itself, where keys
    overlap). ``as_of`` is the snapshot time in it: each request takes the latest row of its key
    before its own time, not older than ``tolerance`` seconds. ``repairs`` are applied to the keys.
    ``absolute`` and ``relative`` are tolerances by column, under None for all columns.
    """

    offline: object = None
    as_of: str | None = None
    tolerance: float | None = None
    repairs: tuple[str, ...] = ()
    absolute: Mapping[str | None, float] = field(default_factory=dict)
    relative: Mapping[str | None, float] = field(default_factory=dict)

    def over(self, below: Request) -> Request:
        """Return this request where it says something, else the one below."""
        said = {
            name: value
            for name in ("offline", "as_of", "tolerance", "repairs")
            if (value := getattr(self, name)) is not None and not (name == "repairs" and not value)
        }
        absolute = {**below.absolute, **self.absolute}
        relative = {**below.relative, **self.relative}
        return replace(below, **said, absolute=absolute, relative=relative)


def duration(text: str) -> float:
    """Return a span of time such as ``30s``, ``5m``, ``2h`` or ``1d`` in seconds."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*", text)
    if found is None:
        raise UsageError(f"{text!r} is no span of time; give a number and s, m, h, d or w: 5m")
    return float(found[1]) * SECONDS[found[2]]
