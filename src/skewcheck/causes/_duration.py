"""Lengths of time in words."""

from __future__ import annotations

UNITS = ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "seconds"))


def spoken(seconds: float) -> str:
    """Return a length of time in its largest unit, with one decimal: ``1.0 days``."""
    size, unit = next((u for u in UNITS if abs(seconds) >= u[0]), UNITS[-1])
    return f"{seconds / size:.1f} {unit}"
