"""How rows are to be paired and compared, as the user asked for it. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


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
