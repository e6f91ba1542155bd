"""Random noise: serve is train and something unrelated to it, of mean zero.

The last resort, claimed on paired rows only where nothing simpler shows: at least 200 differing
rows that nearly all differ by different amounts; no shared difference, ratio or value; a mean of
zero within its error, in each tenth of train's values; no correlation with train, while a column
whose rows were shuffled or that lags would show one; no memory from one event to the next where
times are known; and an error that is small beside the spread of the column, and small beside what
a lagging or shuffled column would have.

It can be wrong where a structure is finer than these tests. Check for sampling, approximate
aggregates (HyperLogLog, t-digest), random augmentation, or an unseeded model as a feature.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skewcheck.causes import Claim, Context, Floats, Pair
from skewcheck.causes._numbers import Rows, spelled

TITLE = "random noise"
COMPLEXITY = 9.0
ROWS = 200
MOST_DIFFER = 0.9  # of all differing rows that are numbers on both sides
SHARED = 0.01  # of the rows that may have one difference, ratio or value in common
SIGMAS = 3.0
SMALL = 0.5  # of the spread of train: larger noise is another column
TENTHS = 10


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield noise, additive or in proportion, where the differences have no structure at all."""
    rows = Rows.of(pair)
    if rows is None or np.count_nonzero(rows.differs) < max(ROWS, MOST_DIFFER * rows.total):
        return
    if pair.rate < MOST_DIFFER:
        return  # noise that leaves most rows alone has a condition, which is the cause
    train, serve = rows.train[rows.differs], rows.serve[rows.differs]
    time = pair.time[rows.places[rows.differs]]
    if _shared(train, serve) > SHARED:
        return
    if (train > 0).all() and (serve > 0).all() and _grows(train, serve - train):
        train, serve = np.log(train), np.log(serve)
        words = "serve = train × (1 ± {:.2g} %) at random"
        scale = 100.0
    else:
        words, scale = "serve = train ± {} at random", 1.0
    noise = serve - train
    if _structureless(train, noise) and _no_memory(noise, time):
        size = float(noise.std()) * scale
        statement = words.format(size if scale > 1 else spelled(float(f"{size:.2g}")))
        condition = f"{rows.s} <> {rows.t}"
        yield Claim(statement, "sampling, or an approximate aggregate?", condition,
                    rows.spread(rows.differs))  # fmt: skip


def _shared(train: Floats, serve: Floats) -> float:
    """Return the largest share of rows with one difference, one ratio or one value in common."""
    with np.errstate(all="ignore"):
        lots = (serve - train, serve / train, serve)
        rounded = [np.array([float(f"{v:.6g}") for v in lot]) for lot in lots]
    return max(float(np.unique(lot, return_counts=True)[1].max()) for lot in rounded) / len(train)


def _grows(train: Floats, noise: Floats) -> bool:
    """Return whether the differences are in proportion to the value."""
    order = np.argsort(train, kind="stable")
    low, high = np.array_split(np.abs(noise[order]), 2)
    below, above = np.array_split(train[order], 2)
    return bool(np.median(high) / np.median(low) > np.sqrt(np.median(above) / np.median(below)))


def _structureless(train: Floats, noise: Floats) -> bool:
    """Return whether differences are centred everywhere and tell nothing of train."""
    n, spread, size = len(noise), float(train.std()), float(noise.std())
    if not 0 < size <= SMALL * spread:
        return False
    correlation = float(np.corrcoef(train, noise)[0, 1])
    lagging = size / (2 * spread)  # a lag or a shuffle correlates by so much, with the minus sign
    if lagging < 4 / np.sqrt(n) or abs(correlation) > min(SIGMAS / np.sqrt(n), lagging / 2):
        return False
    tenths = np.array_split(noise[np.argsort(train, kind="stable")], TENTHS)
    errors = [abs(t.mean()) / (t.std() / np.sqrt(len(t)) + 1e-300) for t in tenths]
    return bool(max(errors) <= SIGMAS + 0.5)


def _no_memory(noise: Floats, time: Floats) -> bool:
    """Return whether one difference tells nothing of the next event's."""
    if np.isnan(time).any():
        return True
    ordered = noise[np.argsort(time, kind="stable")]
    if ordered[1:].std() == 0:
        return False
    memory = float(np.corrcoef(ordered[:-1], ordered[1:])[0, 1])
    return bool(abs(memory) <= SIGMAS / np.sqrt(len(noise)))
