"""What a section of the report is made of. Data only: every text in it is safe to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skewcheck.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Listing:
    """A table: ``head`` names the columns, ``right`` are the places of those set flush right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis worth naming: a budget, a threshold, a quantile."""

    label: str
    at: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram: counts per series over the bins between ``edges`` (one more than counts)."""

    title: str
    unit: str
    edges: tuple[float, ...]
    series: Mapping[str, tuple[float, ...]]
    marks: tuple[Mark, ...] = ()
    log: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Values over an ordered axis: (value, low, high) per series and place, None where unknown."""

    title: str
    unit: str
    places: tuple[str, ...]
    series: Mapping[str, tuple[tuple[float, float, float] | None, ...]]
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A labelled point of a scatter; ``column`` is the column it stands for, if any."""

    label: str
    x: float
    y: float
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points in four quadrants, cut at ``cut``; the axes' words say what more of each means."""

    title: str
    axes: tuple[str, str]
    cut: tuple[float, float]
    points: tuple[Point, ...]
    quadrants: tuple[str, str, str, str] = ("", "", "", "")  # from upper left, clockwise


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of pairs by what two say: ``counts[i][j]`` of rows[i], columns[j].

    ``of`` are the two, that of the rows first; ``unit`` is what is counted.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    of: tuple[str, str] = ("train", "serve")
    unit: str = "pairs"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What follows from a threshold, over many of them: a value per series and threshold.

    ``units`` has the unit of each series (``share``, ``per day`` ...); ``chosen`` is the threshold
    in force.
    """

    title: str
    thresholds: tuple[float, ...]
    series: Mapping[str, tuple[float | None, ...]]
    units: Mapping[str, str]
    chosen: float | None = None
    marks: tuple[Mark, ...] = ()


Part = Listing | Bars | Course | Scatter | Matrix | Sweep


@dataclass(frozen=True, slots=True)
class Section:
    """One topic of the report, apart from single columns: decisions, latency, value ...

    ``name`` is its anchor and its key in JSON, ``sentences`` what to read first; ``outcome`` is
    None where nothing in it is judged; ``data`` holds the same as numbers, JSON-able.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    outcome: Outcome | None = None
    parts: tuple[Part, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
