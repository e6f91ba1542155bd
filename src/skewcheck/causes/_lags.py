"""At which earlier or later row of its group train holds what serve holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skewcheck.causes import Floats, Mask
from skewcheck.causes._neighbours import PART, ROWS, Places, Rows, credible

NEARLY_ALL = 0.9  # of the rows that a single lag must explain to be named alone


@dataclass(frozen=True, slots=True)
class Lag:
    """Serve is train some rows before: ``rows`` is the median of them (after, if negative).

    ``single`` says that one lag explains nearly all; ``explains`` is the share of the rows that
    have such neighbours, ``chance`` that of the neighbours on the other side or of any other row;
    ``seconds`` is the median distance in time, NaN where unknown.
    """

    rows: int
    single: bool
    explains: float
    chance: float
    seconds: float


def one(rows: Rows, lags: Sequence[int], control: Sequence[int]) -> Lag | None:
    """Return the lag among ``lags`` that explains most, or None.

    Luck is the best of the lags on the other side and of ``control``, far away.
    """
    shares = {lag: _share(rows, lag) for lag in lags}
    best = max(lags, key=lambda lag: (shares[lag], -abs(lag), lag))
    others = [shares[lag] for lag in lags if lag * best < 0]
    far = [_share(rows, lag) for lag in control]
    testable = rows.differs[rows.reachable(best, rows.differs)]
    if not _enough(testable, rows):
        return None
    chance = max([*others, *far, rows.anywhere(testable)])
    held = rows.matches(best, testable)
    if not credible(int(held.sum()), len(testable), chance):
        return None
    return _lag(rows, testable, np.where(held, best, 0), chance, single=True)


def window(rows: Rows, reach: int, sign: int) -> Lag | None:
    """Return that serve is train at one of the ``reach`` rows before (after: sign -1), or None.

    Luck is the same on the other side, among the rows that have as many there: a value that comes
    and goes is found on both sides alike.
    """
    back = rows.differs[rows.reachable(sign, rows.differs)]
    if not _enough(back, rows):
        return None
    held, lags = _nearest(rows, back, sign * np.arange(1, reach + 1))
    both = back[rows.reachable(-sign, back)]
    mirrored, _ = _nearest(rows, both, -sign * np.arange(1, reach + 1))
    chance = float(mirrored.mean()) if len(both) >= ROWS else _dealt(rows, back, reach)
    chance = max(chance, _dealt(rows, back, reach))
    if not credible(int(held.sum()), len(back), chance):
        return None
    return _single(rows, back, sign * reach, chance) or _lag(rows, back, lags, chance, single=False)


def _single(rows: Rows, back: Places, farthest: int, chance: float) -> Lag | None:
    """Return the one lag that explains nearly all rows that have such a neighbour, or None."""
    sign = 1 if farthest > 0 else -1
    for lag in range(sign, farthest + sign, sign):
        testable = back[rows.reachable(lag, back)]
        held = rows.matches(lag, testable)
        if _enough(testable, rows) and held.mean() >= NEARLY_ALL:
            return _lag(rows, testable, np.where(held, lag, 0), chance, single=True)
    return None


def _nearest(rows: Rows, places: Places, lags: Places) -> tuple[Mask, Places]:
    """Return which rows are found at one of the lags, and at which first."""
    found = np.zeros(len(places), np.int64)
    for lag in lags.tolist():
        open_ = np.flatnonzero(found == 0)
        found[open_[rows.matches(lag, places[open_])]] = lag
    return found != 0, found


def _dealt(rows: Rows, places: Places, reach: int) -> float:
    """Return how often one of so many unrelated rows would hold what serve holds."""
    chance = rows.anywhere(places)
    return float(1 - (1 - chance) ** min(reach, 3))


def _share(rows: Rows, lag: int) -> float:
    testable = rows.differs[rows.reachable(lag, rows.differs)]
    return float(rows.matches(lag, testable).mean()) if len(testable) else 0.0


def _enough(testable: Places, rows: Rows) -> bool:
    return len(testable) >= max(ROWS, PART * rows.total)


def _lag(rows: Rows, testable: Places, lags: Places, chance: float, *, single: bool) -> Lag:
    held = lags != 0
    time: Floats = rows.pair.time
    apart = np.abs(time[testable[held]] - time[testable[held] - lags[held]])
    apart = apart[np.isfinite(apart)]
    return Lag(
        int(np.median(lags[held])),
        single,
        float(held.mean()),
        chance,
        float(np.median(apart)) if len(apart) else float("nan"),
    )
