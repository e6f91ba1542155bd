"""The rows of a pair that hold a number on both sides, and what makes a formula credible there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Claim, Floats, Function, Mask, Pair, ident, literal
from skewcheck.schema import Kind
from skewcheck.statistics.agreement import Agreement, agreement, decimals_of

ROWS = 3  # differing rows, and different values of train among them, that a formula must explain
SHARE = 0.05  # of the differing rows that a formula must explain
TIMES = 4.0  # as much as luck ...
GAP = 0.95  # ... or this much of what luck does not explain
SHARP = 0.01  # of the change that a formula makes: the error it may leave
VALUES = 12  # different values of serve, or a rounding after the formula makes many formulas alike


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with a finite number on both sides; ``places`` are their positions in the pair."""

    name: str
    train: Floats
    serve: Floats
    differs: Mask
    places: NDArray[np.int64]
    size: int
    total: int
    often: bool
    decimals: int | None

    @classmethod
    def of(cls, pair: Pair, *kinds: Kind) -> Rows | None:
        """Return the rows of a pair of numbers (or of ``kinds``); None where hardly any differ."""
        if pair.kind not in (kinds or (Kind.NUMBER,)):
            return None
        both = pair.train.number & pair.serve.number
        both &= np.isfinite(pair.train.numbers) & np.isfinite(pair.serve.numbers)
        places = np.flatnonzero(both)
        differs, total = pair.differs[places], int(np.count_nonzero(pair.differs))
        if np.count_nonzero(differs) < max(ROWS, SHARE * total):
            return None
        train, serve = pair.train.numbers[places], pair.serve.numbers[places]
        spelled = decimals_of(serve[differs])
        rate = pair.rate > 0.9
        return cls(
            pair.name, train, serve, differs, places, len(pair.differs), total, rate, spelled
        )

    @property
    def t(self) -> str:
        """Return train's cell in DuckDB."""
        return f"t.{ident(self.name)}"

    @property
    def s(self) -> str:
        """Return serve's cell in DuckDB."""
        return f"s.{ident(self.name)}"

    def spread(self, held: Mask) -> Mask:
        """Return a mask of these rows as one of the pair's rows."""
        out = np.zeros(self.size, np.bool_)
        out[self.places[held]] = True
        return out

    def share(self, held: Mask) -> float:
        """Return the share of all differing rows that are held."""
        return int(np.count_nonzero(held & self.differs)) / self.total

    def reversed(self) -> Rows:
        """Return the rows with the two sides exchanged."""
        return Rows(
            self.name, self.serve, self.train, self.differs, self.places, self.size, self.total,
            self.often, decimals_of(self.train[self.differs]),
        )  # fmt: skip

    def credible(self, held: Mask, luck: float, *, distinct: int = ROWS) -> bool:
        """Return whether a formula explains enough rows, of enough values, and more than luck."""
        share, explained = self.share(held), held & self.differs
        if np.count_nonzero(explained) < ROWS or share < SHARE:
            return False
        if len(np.unique(self.train[explained])) < distinct:
            return False
        numbers = int(np.count_nonzero(self.differs)) / self.total
        beyond = min(TIMES * luck, numbers * (luck + GAP * (1 - luck)))
        return share - luck * numbers >= SHARE and share >= beyond

    def luck(self, holds: Callable[[Floats, Floats], Mask]) -> float:
        """Return the share of differing rows that would hold if serve's values were dealt anew."""
        train, serve = self.train[self.differs], self.serve[self.differs]
        held = rows = 0
        for part in (3, 2):
            dealt = np.roll(serve, len(serve) // part)
            fair = np.ones(len(serve), np.bool_) if self.often else dealt != train
            held += int(np.count_nonzero(holds(train, dealt) & fair))
            rows += int(np.count_nonzero(fair))
        return held / rows if rows else 1.0


def formula(
    rows: Rows,
    function: Function,
    statement: str,
    reason: str,
    *,
    sql: str,
    distinct: int = ROWS,
    rounded: bool = True,
) -> Claim | None:
    """Return the claim that serve is a function of train, or None.

    ``sql`` is the function in DuckDB; ``rounded`` lets serve be rounded after it.
    """
    with np.errstate(all="ignore"):
        expected = function(rows.train)
    if len(np.unique(expected[rows.differs][:512])) < 2:
        return None
    decimals = rows.decimals if rounded else None
    found = _agreement(rows, expected, decimals)
    if not found.reach:
        found = Agreement(found.held & _sharp(rows.train, expected, rows.serve))
    explained = found.held & rows.differs
    if not explained.any() or (found.reach and not _told(rows, expected, explained, found.reach)):
        return None

    def holds(train: Floats, serve: Floats) -> Mask:
        with np.errstate(all="ignore"):
            expected = function(train)
            if found.reach:
                return agreement(expected, serve, decimals).held
            return agreement(expected, serve).held & _sharp(train, expected, serve)

    luck = rows.luck(holds)
    if not rows.credible(found.held, luck, distinct=distinct):
        return None
    note = f", {found.note}" if found.note else ""
    condition = near(rows.s, sql, found.reach) + f" AND {rows.s} <> {rows.t}"
    held = rows.spread(found.held)
    return Claim(statement + note, reason, condition, held, chance=luck, function=function)


def _sharp(train: Floats, expected: Floats, serve: Floats) -> Mask:
    """Return where the error is small beside the change: of 1.7e9, anything near is 'exact'."""
    with np.errstate(all="ignore"):
        sharp: Mask = np.abs(serve - expected) <= SHARP * np.abs(expected - train)
    return sharp


def _told(rows: Rows, expected: Floats, held: Mask, reach: float) -> bool:
    """Return whether a formula that is rounded afterwards is more than that rounding."""
    moved = np.abs(expected[held] - rows.train[held])
    return len(np.unique(rows.serve[held])) >= VALUES and bool(np.median(moved) > 2 * reach)


def _agreement(rows: Rows, expected: Floats, decimals: int | None) -> Agreement:
    """Return where serve is as expected; whether it is rounded, the differing rows decide."""
    some = agreement(expected[rows.differs], rows.serve[rows.differs], decimals)
    whole = agreement(expected, rows.serve)
    held = whole.held.copy()
    held[rows.differs] = some.held
    return Agreement(held, some.note, some.reach)


def near(seen: str, expected: str, reach: float = 0.0) -> str:
    """Return the DuckDB predicate of two equal numbers; ``reach`` is an absolute error."""
    limit = literal(reach * (1 + 1e-6)) if reach else f"5e-06 * abs({expected})"
    return f"abs({seen} - ({expected})) <= {limit}"


def spelled(value: float) -> str:
    """Return a constant in the digits that people write."""
    return f"{value:.10g}"


def signed(value: float) -> str:
    """Return a constant with its sign apart, as it stands after another term."""
    return f"{'-' if value < 0 else '+'} {spelled(abs(value))}"
