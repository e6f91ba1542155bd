"""Times moved by whole quarter hours: one side in UTC, the other in local time.

Tested on paired rows of times, or of numbers that are seconds or milliseconds since 1970. serve -
train must be the same multiple of 15 minutes, at most 14 hours or exactly one day, to a second;
where daylight saving came or went, two such offsets one hour apart. It is claimed for ten differing
rows and 5 % of them at least, and far more often than if serve's times were dealt at random.

Without pairs nothing is claimed: two logs of different days have different times anyway.

It can be wrong for times that are delayed by just a quarter of an hour. Check which side writes
times without a zone, and what the reader takes them for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Mask, Pair, literal
from skewcheck.causes._numbers import Rows
from skewcheck.schema import Kind

TITLE = "times of another time zone"
COMPLEXITY = 1.5
QUARTER, HOUR, DAY = 900.0, 3600.0, 86400.0
FARTHEST = 14 * HOUR
ROWS = 10
SAVING = 0.02  # share of the rows explained that a second offset must hold
EPOCHS = ((1.0, 5e8, 5e9), (1000.0, 5e11, 5e12))  # per second, from 1985 to 2128


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the offset, or the two offsets one hour apart, that most differing rows share."""
    rows = Rows.of(pair, Kind.DATETIME, Kind.NUMBER)
    scale = rows and _scale(pair.kind, rows)
    if not rows or not scale:
        return
    offsets = _offsets((rows.serve - rows.train)[rows.differs] / scale)
    if not offsets:
        return

    def holds(train: Floats, serve: Floats) -> Mask:
        apart = (serve - train) / scale
        found: Mask = np.any([np.abs(apart - offset) <= 1.0 for offset in offsets], axis=0)
        return found

    held, luck = holds(rows.train, rows.serve), rows.luck(holds)
    if np.count_nonzero(held & rows.differs) >= ROWS and rows.credible(held, luck):
        condition = _condition(rows, pair.kind, scale, offsets)
        yield Claim(_words(offsets), _reason(offsets), condition, rows.spread(held), chance=luck)


def _scale(kind: Kind, rows: Rows) -> float | None:
    """Return how many of the column's units are a second, None where these are no times."""
    if kind is Kind.DATETIME:
        return 1.0
    values = np.concatenate([rows.train, rows.serve])
    low, high = np.quantile(values, [0.05, 0.95])
    return next((s for s, least, most in EPOCHS if least <= low and high <= most), None)


def _offsets(apart: Floats) -> list[float]:
    """Return the commonest offset, and the one an hour from it if it is common too."""
    quarters = np.round(apart / QUARTER)
    near = (np.abs(apart - quarters * QUARTER) <= 1.0) & (quarters != 0)
    near &= (np.abs(apart) <= FARTHEST + 1) | (np.abs(np.abs(apart) - DAY) <= 1)
    found, counts = np.unique(quarters[near] * QUARTER, return_counts=True)
    if not len(found):
        return []
    best = float(found[counts.argmax()])
    rows = dict(zip(found.tolist(), counts.tolist(), strict=True))
    second = max((best - HOUR, best + HOUR), key=lambda o: rows.get(o, 0))
    common = rows.get(second, 0) >= max(3, SAVING * (rows[best] + rows.get(second, 0)))
    return sorted([best, second]) if common and second else [best]


def _words(offsets: list[float]) -> str:
    sizes = [_spoken(offset) for offset in offsets]
    return "serve = train " + " or ".join(sizes)


def _spoken(offset: float) -> str:
    sign, size = ("+" if offset > 0 else "-"), abs(offset)
    if size == DAY:
        return f"{sign} 1 day"
    whole = size % HOUR == 0
    if size < HOUR:
        return f"{sign} {size / 60:.0f} minutes"
    number = f"{size / HOUR:.0f}" if whole else f"{size / HOUR:.2f}".rstrip("0")
    return f"{sign} {number} hour{'' if number == '1' else 's'}"


def _reason(offsets: list[float]) -> str:
    if len(offsets) > 1:
        return "UTC against local time with daylight saving?"
    if abs(offsets[0]) == DAY:
        return "the day counted from another start?"
    return "UTC against local time?"


def _condition(rows: Rows, kind: Kind, scale: float, offsets: list[float]) -> str:
    if kind is Kind.DATETIME:
        apart = f"(epoch({rows.s}) - epoch({rows.t}))"
    else:
        apart = f"(({rows.s} - {rows.t}) / {literal(scale)})"
    return " OR ".join(f"abs({apart} - {literal(o)}) <= 1" for o in offsets)
