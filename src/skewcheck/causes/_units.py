"""Factors between the units in which one thing is measured, with the names of the units."""

from __future__ import annotations

# factor: (what a number that is that much larger is in, what the smaller one is in), each a list
UNITS: dict[float, tuple[str, ...]] = {
    10.0: ("millimetres against centimetres",),
    100.0: ("cents against dollars", "percent against a share", "centimetres against metres"),
    1000.0: (
        "milliseconds against seconds", "metres against kilometres", "grams against kilograms",
    ),
    1e4: ("basis points against a share",),
    1e5: ("centimetres against kilometres",),
    1e6: ("microseconds against seconds", "units against millions"),
    1e7: ("degrees as E7 integers against degrees",),
    1e9: ("nanoseconds against seconds", "units against billions"),
    1024.0: ("bytes against KiB", "KiB against MiB"),
    1024.0**2: ("bytes against MiB",),
    1024.0**3: ("bytes against GiB",),
    8.0: ("bits against bytes",),
    60.0: ("seconds against minutes", "minutes against hours"),
    3600.0: ("seconds against hours",),
    86400.0: ("seconds against days",),
    1440.0: ("minutes against days",),
    24.0: ("hours against days",),
    7.0: ("days against weeks",),
    12.0: ("months against years", "inches against feet"),
    365.0: ("days against years",),
    365.25: ("days against years",),
    3.6: ("kilometres per hour against metres per second",),
    1.609344: ("kilometres against miles",),
    1.852: ("kilometres against nautical miles",),
    2.54: ("centimetres against inches",),
    25.4: ("millimetres against inches",),
    1 / 0.3048: ("feet against metres",),
    1 / 0.45359237: ("pounds against kilograms",),
    28.349523125: ("grams against ounces",),
    3.785411784: ("litres against gallons",),
    4.184: ("kilojoules against kilocalories",),
    57.29577951308232: ("degrees against radians",),
}  # fmt: skip


def question(factor: float) -> str:
    """Return which units a factor may come from, serve's first, as a question; empty if unknown."""
    larger = factor > 1
    known = UNITS.get(factor if larger else 1 / factor, ())
    if not known:
        return ""
    named = [name if larger else _turned(name) for name in known]
    return " or ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named) + "?"


def _turned(name: str) -> str:
    larger, smaller = name.split(" against ")
    return f"{smaller} against {larger}"
