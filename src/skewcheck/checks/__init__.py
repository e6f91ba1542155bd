"""What is measured about a column, one file each; the file's name is the check's name.

A check has ``TITLE`` (what it measures, a few words), ``UNIT`` (of value, bounds and limits),
``RULE`` (its default limits) and ``measure(sides, others)``, which returns a Measured, or None
where the check does not apply to the column. ``ON = "join"`` marks a check of how rows were paired:
it is measured once, on the key; ``ALONE`` one that has something to say of a score that train does
not have. Its module docstring is its manual page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skewcheck.finding import Undefined
from skewcheck.statistics.inference import Inference


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check found on one column, and the rows of each side that it rests on.

    ``required`` is that of the Finding.
    """

    measure: Inference | Undefined
    n_train: int
    n_serve: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
