"""What figures are made of: scales, grids, words at places. No markup: templates escape words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from skewcheck.axis import round_numbers
from skewcheck.layout import Listing, Mark
from skewcheck.wording import number, percent

WIDE, HIGH = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 80, 12, 14, 34
SIDES = {"train": "t", "serve": "s"}
FIGURES = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A text at a place; ``kind`` is its class."""

    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with its label, and the column that it stands for."""

    x: float
    y: float
    label: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of WIDE to ``high``: (class, path) from back to front, words, points, legend."""

    title: str
    summary: str
    paths: tuple[tuple[str, str], ...]
    words: tuple[Word, ...]
    legend: tuple[tuple[str, str], ...]
    table: Listing
    dots: tuple[Dot, ...] = ()
    high: int = HIGH
    ends: tuple[float, float] = (LEFT, WIDE - RIGHT)


def kinds(names: Iterable[str]) -> list[str]:
    """Return the class of each series; train and serve look the same on the whole page."""
    return [SIDES.get(name, f"n{i % 6}") for i, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class Scale:
    """A map from values to a span of the drawing, linear or logarithmic."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return where a value stands, to a tenth of a unit; at an end where it is beyond."""
        low, high, x = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, x = math.log(low), math.log(high), math.log(x)
        share = (x - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Return the values to be named."""
        if not self.log:
            return round_numbers(self.low, self.high) if self.high > self.low else [self.low]
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        steps = (1, 2, 5) if last - first <= 2 else (1,)
        marks = [m * 10.0**k for k in range(first, last + 1) for m in steps]
        return [mark for mark in marks if self.low <= mark <= self.high]


def across(low: float, high: float, *, log: bool = False) -> Scale:
    return Scale(low, high, LEFT, WIDE - RIGHT, log and low > 0)


def upward(low: float, high: float) -> Scale:
    return Scale(low, high, HIGH - BOTTOM, TOP)


def told(value: float, unit: str) -> str:
    return percent(value) if unit == "share" else f"{number(value, FIGURES)} {unit}".rstrip()


def grid(scale: Scale, unit: str) -> tuple[str, list[Word]]:
    """Return the lines across the drawing, and what they stand for."""
    marks = scale.ticks()
    path = "".join(f"M{LEFT} {scale.at(m)}H{WIDE - RIGHT}" for m in marks)
    return path, [Word("e", LEFT - 8, scale.at(m) + 4, told(m, unit)) for m in marks]


def below(scale: Scale, unit: str) -> list[Word]:
    marks = scale.ticks()
    words = [Word("c", scale.at(m), HIGH - 14, number(m, FIGURES)) for m in marks]
    return [*words, Word("end", WIDE - RIGHT, HIGH - 1, unit)] if unit else words


def marked(marks: Iterable[Mark], scale: Scale) -> tuple[str, list[Word]]:
    """Return lines that name places, their words one below the other so that none is covered."""
    inside = [mark for mark in marks if scale.low <= mark.at <= scale.high]
    path = "".join(f"M{scale.at(m.at)} {TOP}V{HIGH - BOTTOM}" for m in inside)
    words = []
    for i, mark in enumerate(sorted(inside, key=lambda m: m.at)):
        at = scale.at(mark.at)
        kind, aside = ("end", -4) if at > WIDE * 0.7 else ("b", 4)
        words.append(Word(kind, at + aside, TOP + 10 + 14 * (i % 4), mark.label))
    return path, words
