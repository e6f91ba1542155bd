"""What is known of the truth: the rows of each side that have a label, and which of them are hits.

A row without a label is neither: labels arrive late, and silence is no "no".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from skewcheck.breakdown import REST
from skewcheck.column import ColumnProfile
from skewcheck.finding import Undefined
from skewcheck.profile import Profile
from skewcheck.summaries.cut import NULL

WAY = "label"  # of grouping rows
POSITIVE = frozenset({"1", "true", "yes", "y", "t", "positive", "pos", "bad", "fraud", "default"})
NEGATIVE = frozenset({"0", "-1", "false", "no", "n", "f", "negative", "neg", "good"})
MANY = 10  # different numbers that make a label an amount
NUMERIC = (
    "the label is a number to be predicted; its errors (MAE, RMSE, bias) are not measured by this "
    "version, only labels that say yes or no"
)
NAMED = 5  # labels that a reason names


@dataclass(frozen=True, slots=True)
class Classes:
    """The labels that say yes and those that say no, as the data spells them."""

    positive: frozenset[str]
    negative: frozenset[str]


@dataclass(frozen=True)
class Known:
    """One side's rows with a label: ``rows`` by label, of ``total`` rows.

    ``scores`` are the profiles of one score by label (of a sample of the rows where there are many
    millions); ``days`` are (rows looked at, those with a label) by day, where the label's side
    has a time.
    """

    total: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, ColumnProfile] = field(default_factory=dict)
    days: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def labelled(self) -> int:
        """Return how many rows have a label."""
        return sum(self.rows.values())

    @property
    def until(self) -> str:
        """Return the last day that has a label; empty where days are not known."""
        return max((day for day, (_, known) in self.days.items() if known), default="")


@dataclass(frozen=True)
class Labels:
    """The label ``column`` of both sides, next to one score; ``others`` are further labels."""

    column: str
    train: Known
    serve: Known
    others: tuple[str, ...] = ()

    @property
    def classes(self) -> Classes | Undefined:
        """Return which labels say yes and no, or why that is not known."""
        return classes([*self.train.rows, *self.serve.rows])


def known(profile: Profile, column: str, score: str) -> Known:
    """Return what a side knows of the truth of its rows."""
    rows = {label: n for label, n in profile.groups.get(WAY, {}).items() if n and label.strip()}
    parts = profile.splits.get(WAY, {}).get(score, {})
    scores = {label: part for label, part in parts.items() if label in rows}
    return Known(profile.rows, rows, scores, _days(profile, column))


def _days(profile: Profile, column: str) -> dict[str, tuple[int, int]]:
    """Return (rows, rows with a label) by day."""
    block = profile.blocks.get("day", {}).get(column)
    if block is None:
        return {}
    counts = {day: (int(cells.sum()), int(cells[NULL])) for day, cells in block.counts.items()}
    return {day: (rows, rows - none) for day, (rows, none) in sorted(counts.items())}


def classes(labels: Iterable[str]) -> Classes | Undefined:
    """Return which of these labels say yes and no; Undefined where they are not two classes."""
    spelled = {label: label.strip().lower() for label in labels}
    if not spelled:
        return Undefined("no row has a label")
    positive = frozenset(label for label, word in spelled.items() if word in POSITIVE)
    negative = frozenset(label for label, word in spelled.items() if word in NEGATIVE)
    rest = sorted(spelled.keys() - positive - negative)
    if not rest:
        return Classes(positive, negative)
    if len(rest) >= MANY and all(label == REST or _number(label) for label in rest):
        return Undefined(NUMERIC)
    names = ", ".join(rest[:NAMED]) + (" ..." if len(rest) > NAMED or REST in rest else "")
    return Undefined(f"labels must say yes or no (1 and 0, true and false); there are {names}")


def _number(label: str) -> bool:
    try:
        return math.isfinite(float(label))
    except ValueError:
        return False
