"""What a check found: an effect with its inference, about a subject. Never good or bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skewcheck.statistics.inference import Inference


@dataclass(frozen=True, slots=True)
class Undefined:
    """A measure that has no value here, and the reason in words."""

    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What a finding is about: a column, perhaps only inside a segment or a window of time."""

    column: str
    segment: str | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One effect size of one check on one subject.

    ``measure`` answers for value, bounds and p-values, or says why it is undefined; ``unit`` is
    the unit of the value; ``n_train`` and ``n_serve`` are the rows it rests on; ``detail`` holds
    JSON-able facts for the report (names of new categories, the place of the largest gap).
    ``required``: too little evidence for a pass is missing evidence; False for what can only fail
    (a place that was searched for, rows that happen to be in train too).
    """

    check: str
    subject: Subject
    measure: Inference | Undefined
    unit: str
    n_train: int
    n_serve: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
