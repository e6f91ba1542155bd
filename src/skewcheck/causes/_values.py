"""Single values of a column: coded, counted, named, and found in DuckDB."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Cells, Mask, Pair, ident, literal
from skewcheck.schema import Kind
from skewcheck.sides import Sides, number
from skewcheck.sources.batch import State

Codes = NDArray[np.int64]
Value = float | str | bool
LONGEST = 24  # characters of a value in a statement
NEAR = 0.02  # standard deviations of train within which a value is its mean
SENTINELS = (0.0, 1.0, -1.0, -9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0)


@dataclass(frozen=True, slots=True)
class Coded:
    """The cells of a side as codes of ``values``; -1 where a cell is null or no single value."""

    codes: Codes
    values: list[Value]

    @classmethod
    def of(cls, cells: Cells) -> Coded:
        """Return the codes of some cells."""
        known: dict[tuple[int, float | str], int] = {}
        codes = np.full(len(cells), -1, np.int64)
        for state in (State.NUMBER, State.TEXT, State.BOOLEAN):
            rows = np.flatnonzero(cells.states == state)
            held = (cells.texts if state is State.TEXT else cells.numbers)[rows].tolist()
            codes[rows] = [
                -1 if v != v else known.setdefault((int(state), v), len(known)) for v in held
            ]
        return cls(codes, [bool(v) if state == State.BOOLEAN else v for state, v in known])

    def counts(self, rows: Mask) -> Codes:
        """Return how often each value stands in some rows."""
        codes = self.codes[rows]
        counted: Codes = np.bincount(codes[codes >= 0], minlength=len(self.values))
        return counted


def shares(pair: Pair, coded: Coded) -> NDArray[np.float64]:
    """Return the share of each value of train among its values, the samples weighed by the rate."""
    parts = np.zeros((2, len(coded.values)))
    for i, (rows, weight) in enumerate(((pair.differs, pair.rate), (~pair.differs, 1 - pair.rate))):
        if rows.any():
            parts[i] = weight * coded.counts(rows) / np.count_nonzero(rows)
    total: NDArray[np.float64] = parts.sum(axis=0)
    return total / total.sum() if total.sum() else total


def share_of(pair: Pair, coded: Coded, value: Value) -> float:
    """Return the share of one value among train's values."""
    found = [i for i, v in enumerate(coded.values) if v == value and type(v) is type(value)]
    return float(shares(pair, coded)[found[0]]) if found else 0.0


def usual(sides: Sides, value: Value) -> float:
    """Return the share of one value among all of train's, at most: its cell may hold others too."""
    if isinstance(value, float) and sides.numbers is not None:
        numbers = sides.numbers
        here = (numbers.lower <= value) & (value <= numbers.upper)
        return float(numbers.train[here].sum() / max(1, numbers.train.sum()))
    table = sides.categories
    if table is None or shown_label(value) not in table.labels:
        return 0.0 if table is not None else 1.0
    return float(table.train[table.labels.index(shown_label(value))] / max(1, table.train.sum()))


def shown_label(value: Value) -> str:
    """Return the category of a text or a boolean."""
    return value if isinstance(value, str) else shown(value)


def shown(value: Value) -> str:
    """Return a value as a statement names it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= LONGEST else f'"{value[: LONGEST - 1]}…"'
    return number(value)


def described(value: Value, sides: Sides) -> str:
    """Return a value with what it is to train: ``41.2 (train's mean)``."""
    what = _role(value, sides)
    return f"{shown(value)} ({what})" if what else shown(value)


def _role(value: Value, sides: Sides) -> str:
    if isinstance(value, str):
        counts = sides.train.categories.counts if sides.train else None
        most = max(counts, key=lambda v: (counts[v], v)) if counts else None
        return "train's most frequent value" if value and value == most else ""
    numbers = sides.numbers
    if isinstance(value, bool) or numbers is None or value in SENTINELS or not numbers.train.sum():
        return ""
    share = numbers.train / numbers.train.sum()
    mean = float(share @ numbers.value)
    deviation = math.sqrt(max(0.0, float(share @ (numbers.value - mean) ** 2)))
    middle = int(np.searchsorted(np.cumsum(share), 0.5))
    peak = int(np.argmax(share))
    if abs(value - mean) <= NEAR * deviation:
        return "train's mean"
    if numbers.lower[middle] <= value <= numbers.upper[middle]:
        return "train's median"
    if numbers.pure[peak] and numbers.value[peak] == value:
        return "train's most frequent value"
    return ""


def holds(side: str, pair_name: str, kind: Kind, value: Value) -> str:
    """Return the DuckDB predicate that a cell holds a value."""
    cell = f"{side}.{ident(pair_name)}"
    if isinstance(value, bool):
        return f"CAST({cell} AS VARCHAR) = '{'true' if value else 'false'}'"
    if isinstance(value, str):
        return f"CAST({cell} AS VARCHAR) = {literal(value)}"
    if kind is Kind.DATETIME:
        return f"epoch({cell}) = {literal(value)}"
    infinite = "'inf'::DOUBLE" if value > 0 else "'-inf'::DOUBLE"
    spelled = literal(value) if math.isfinite(value) else infinite
    return f"TRY_CAST({cell} AS DOUBLE) = {spelled}"
