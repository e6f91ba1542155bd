"""Rows still needed: the arithmetic shared by every effect size."""

import math

from skewcheck.statistics.inference import Inference, RowsNeeded
from skewcheck.statistics.normal import z_of

#: An advice of more rows than this is no advice.
MOST_ROWS = 1e15


def decided(effect: Inference, limit: float, level: float) -> bool:
    """Return whether the rows seen settle on which side of `limit` the effect is."""
    low, high = effect.bounds(level)
    return low > limit or high < limit


def aim(value: float, limit: float) -> tuple[float, bool]:
    """Return the effect to plan for, and whether it had to be moved away from the limit."""
    if abs(value - limit) > 0.2 * limit:
        return value, False
    return (0.8 if value < limit else 1.2) * limit, True


def rows_for(s2: float, n_train: float, n_serve: float, *, borderline: bool = False) -> RowsNeeded:
    """Return the rows that bring `1/n_train + 1/n_serve` down to `s2`.

    A train side that alone exceeds `s2` must grow first: to `2/s2` rows, as many as serve then.
    """
    if not s2 > 0.0:
        return RowsNeeded(None, None, borderline)
    if s2 * n_train <= 1.0:
        return RowsNeeded(None, more(2.0 / s2, n_train), borderline)
    return RowsNeeded(more(1.0 / (s2 - 1.0 / n_train), n_serve), None, borderline)


def more(target: float, seen: float) -> int | None:
    """Return the rows missing to `target`, or a tenth of those seen; None when nobody has them.

    A plan that asks for no more rows than were seen has had bad luck, and is no advice.
    """
    if target > MOST_ROWS:
        return None
    missing = math.ceil(target - seen)
    return missing if missing > 0 else math.ceil(seen / 10)


def each_side(
    rows: float, n_train: float, n_serve: float, *, borderline: bool = False
) -> RowsNeeded:
    """Return the rows that bring both sides up to `rows`, train first."""
    if n_train < rows:
        return RowsNeeded(None, more(rows, n_train), borderline)
    return RowsNeeded(more(rows, n_serve), None, borderline)


def rows_without_event(share: float, level: float) -> float:
    """Return the rows that, all without an event, put the share below `share`; inf for 0."""
    if share >= 1.0:
        return 1.0
    return math.log(level) / math.log1p(-share) if share > 0.0 else math.inf


def difference_rows(
    train: tuple[float, float],
    serve: tuple[float, float],
    limit: float,
    *,
    level: float,
    power: float,
) -> RowsNeeded:
    """Return the rows that decide a difference of two shares, each given as (events, rows)."""
    (x, n), (y, m) = train, serve
    p, q = x / n, y / m
    truth, borderline = aim(abs(q - p), limit)
    if truth <= limit <= 0.0 or truth >= limit >= 1.0:
        return RowsNeeded(None)
    reach = (truth - limit) / (z_of(level) + z_of(1.0 - power))
    room, p_spread, q_spread = reach * reach, p * (1.0 - p), q * (1.0 - q)
    fewest = rows_without_event(limit, level) if truth < limit else 1.0
    if room <= p_spread / n or n < fewest:
        return RowsNeeded(None, more(max((p_spread + q_spread) / room, fewest), n), borderline)
    return RowsNeeded(more(max(q_spread / (room - p_spread / n), fewest), m), None, borderline)
