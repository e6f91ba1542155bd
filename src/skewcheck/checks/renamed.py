"""Likeness of a missing column to a column that only serve has: was it renamed?

For every column that serve lacks, the new columns of the same kind are compared with it: alike in
distribution (total variation below 0.1) and the most alike in name. Not judged by default: the
missing column is; this says where it went.

Effect: total variation between the two, 0 to 1, with its interval. Undefined: never; where no
column is alike, the check does not apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from skewcheck.checks import Measured
from skewcheck.checks.total_variation import measure as total_variation
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.sides import Sides

TITLE = "missing column that a new one resembles"
UNIT = "share"
RULE = Rule()
ALIKE = 0.1


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the distance to the likeliest new name."""
    if not sides.train or (sides.serve and sides.serve.states.present):
        return None
    found: list[tuple[float, str, Measured]] = []
    for name, other in others.items():
        if other.train or not other.serve or other.kind is not sides.kind:
            continue
        pair = replace(sides, serve=other.serve)
        measured = total_variation(pair, others)
        if measured and not isinstance(measured.measure, Undefined):
            likeness = SequenceMatcher(None, sides.name.lower(), name.lower()).ratio()
            if measured.measure.value < ALIKE:
                found.append((likeness, name, measured))
    if not found:
        return None
    likeness, name, best = max(found, key=lambda f: (f[0], f[1]))
    return replace(best, detail={"looks_like": name, "name_likeness": round(likeness, 2)})
