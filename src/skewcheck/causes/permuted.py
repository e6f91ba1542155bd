"""Values in the wrong rows: serve holds train's values, dealt to other rows.

Two tests. In the log's order: within runs of 64 neighbouring rows the values that serve got wrong
must be the ones train holds there, as a bag, clearly more than those of another run would be: a
batch was shuffled. And over all pairs: the differing rows must have the same distribution on both
sides while a row's value in serve says nothing about its value in train (no rank correlation, no
dependence in a table of eight bins), in at least 100 rows; small logs must also hold serve's values
in train. Columns of fewer than five values are never called permuted: a random flip looks the same.

It is the last resort: old values of an entity, a neighbour's row or another column are told apart
where these can be seen. It can be wrong where values were drawn anew from the right distribution.
Check the join: a sort on one side, an index that was reset, a key that is not unique.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

from skewcheck.causes import Cells, Claim, Context, Mask, Pair, ident
from skewcheck.causes._neighbours import Places, credible, lots
from skewcheck.schema import Kind
from skewcheck.sources.batch import State

TITLE = "values in the wrong rows"
COMPLEXITY = 5.0
REASON = "shuffled or misjoined?"
ROWS = 100
VALUES = 5
BINS = 8
MOVED = 0.7  # of the rows that luck would put into another bin
LEVEL = 1e-3
CORRELATION = 0.3  # of ranks, beside luck's, that can be excluded
APART = 0.1  # distance of the two distributions, beside noise
PRESENT = 0.9  # of serve's values that train must hold, where all rows are seen
COMPLETE = 0.98  # of the rows seen is all of them

Codes = NDArray[np.int64]


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield that serve is train of other rows: of the same run of the log, or of any."""
    local = _in_runs(pair.name, context)
    if local:
        yield local
    elif _dealt(pair):
        yield Claim("serve = train's values in other rows", REASON, _condition(pair.name),
                    explains=_share(pair))  # fmt: skip


def _condition(name: str) -> str:
    return f"t.{ident(name)} IS DISTINCT FROM s.{ident(name)}"


def _share(pair: Pair) -> float:
    return float(_valued(pair).sum() / np.count_nonzero(pair.differs))


def _valued(pair: Pair) -> Mask:
    """Return the differing rows where both sides hold a value of train's kind."""
    lane = State.TEXT if pair.kind is Kind.TEXT else State.NUMBER
    found: Mask = pair.differs & (pair.train.states == lane) & (pair.serve.states == lane)
    return found


def _in_runs(name: str, context: Context) -> Claim | None:
    for aligned in lots(context, "order"):
        pair = aligned.columns.get(name)
        if pair is None or not _varied(pair):
            return None
        rows = np.flatnonzero(_valued(pair))
        total = int(np.count_nonzero(pair.differs))
        runs = np.unique(aligned.group, return_inverse=True)[1][rows]
        train, serve = _coded(pair.train.taken(rows), pair.serve.taken(rows))
        held = _shared(runs, train, runs, serve)
        luck = [_shared(runs, train, (runs + k) % (runs.max() + 1), serve) for k in (1, 2)]
        # A run that stands alone has no other one to compare it with.
        if len(np.unique(runs)) < 3 or _related(pair, runs, train, serve):
            return None
        if not credible(held, len(rows), max(luck) / len(rows)):
            return None
        return Claim(
            "serve = train's values in other rows of the same stretch of the log", REASON,
            _condition(name), explains=held / total, chance=max(luck) / total,
        )  # fmt: skip
    return None


def _related(pair: Pair, runs: Places, train: Codes, serve: Codes) -> bool:
    """Return whether values go together inside runs: then they were moved, not dealt."""
    if pair.kind is Kind.TEXT:
        return False
    size = np.maximum(1, np.bincount(runs))
    inside = [x - (np.bincount(runs, x) / size)[runs] for x in (_ranks(train), _ranks(serve))]
    spread = float(inside[0].std() * inside[1].std())
    limit = CORRELATION + 2 / np.sqrt(len(runs))
    return spread > 0 and abs(float((inside[0] * inside[1]).mean())) > limit * spread


def _shared(runs: Places, train: Codes, others: Places, serve: Codes) -> int:
    """Return the size of the bags' intersection, summed over the runs."""
    width = int(max(train.max(), serve.max())) + 1
    some, n = np.unique(runs * width + train, return_counts=True)
    found, m = np.unique(others * width + serve, return_counts=True)
    _, i, j = np.intersect1d(some, found, assume_unique=True, return_indices=True)
    return int(np.minimum(n[i], m[j]).sum())


def _varied(pair: Pair) -> bool:
    """Return whether enough rows of enough values differ."""
    rows = _valued(pair)
    if np.count_nonzero(rows) < 10 or pair.kind not in (Kind.NUMBER, Kind.TEXT, Kind.DATETIME):
        return False
    train, serve = _coded(pair.train.taken(rows), pair.serve.taken(rows))
    return min(len(np.unique(train)), len(np.unique(serve))) >= VALUES


def _coded(train: Cells, serve: Cells) -> tuple[Codes, Codes]:
    """Return codes in order of value: of numbers by the nearest float32, of texts exactly."""
    numbers = (train.states == State.NUMBER).all()
    lane = [
        c.numbers.astype(np.float32) if numbers else c.texts.astype(str) for c in (train, serve)
    ]
    codes = np.unique(np.concatenate(lane), return_inverse=True)[1].astype(np.int64)
    return codes[: len(train)], codes[len(train) :]


def _dealt(pair: Pair) -> bool:
    """Return whether the differing rows are alike as a whole, and unrelated one by one."""
    rows = _valued(pair)
    n = int(np.count_nonzero(rows))
    if n < ROWS or not _varied(pair):
        return False
    train, serve = _coded(pair.train.taken(rows), pair.serve.taken(rows))
    if not _alike(train, serve) or _missing(pair):
        return False
    return _independent(train, serve)


def _alike(train: Codes, serve: Codes) -> bool:
    """Return whether the two distributions are close and differ by no more than noise."""
    size = int(max(train.max(), serve.max())) + 1
    ends = [np.cumsum(np.bincount(codes, minlength=size)) for codes in (train, serve)]
    distance = float(np.abs(ends[0] - ends[1]).max()) / len(train)
    noise = float(special.kolmogi(0.01)) * np.sqrt(2 / len(train))
    return bool(distance <= min(APART + 1 / np.sqrt(len(train)), noise))


def _missing(pair: Pair) -> bool:
    """Return whether all rows were seen and serve holds values that train has in none of them."""
    lane = State.TEXT if pair.kind is Kind.TEXT else State.NUMBER
    train, serve = _coded(
        pair.train.taken(pair.train.states == lane), pair.serve.taken(_valued(pair))
    )
    complete = len(pair.differs) >= COMPLETE * pair.sides.rows_serve
    return bool(complete and np.isin(serve, train).mean() < PRESENT)


def _ranks(codes: Codes) -> NDArray[np.float64]:
    counts = np.bincount(codes)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - counts / 2)[codes]
    return ranks


def _independent(train: Codes, serve: Codes) -> bool:
    """Return whether a table of bins shows no dependence beside that equal values are left out."""
    bins = _bins(np.concatenate([train, serve]))
    size = int(bins.max()) + 1
    table = np.bincount(bins[train] * size + bins[serve], minlength=size * size)
    table = table.reshape(size, size).astype(np.float64)
    free = (size - 1) ** 2 - size
    if free < 1:
        return False
    # Rows that agree by luck are missing on the diagonal: independence is asked of the rest alone.
    rest = ~np.eye(size, dtype=np.bool_)
    if table[rest].sum() < MOVED * (1 - 1 / size) * table.sum():
        return False
    expected = _fitted(np.where(rest, table, 0.0))
    apart = abs(_correlation(np.where(rest, table, 0.0)) - _correlation(expected))
    if apart + 2 / np.sqrt(table[rest].sum()) > CORRELATION:
        return False
    chi2 = float((((table - expected) ** 2)[rest] / np.maximum(expected[rest], 0.5)).sum())
    return float(special.chdtrc(free, chi2)) >= LEVEL


def _correlation(table: NDArray[np.float64]) -> float:
    """Return the correlation of the bins' numbers, which are ranks."""
    place, total = np.arange(len(table)), table.sum()
    means = (table.sum(1) @ place / total, table.sum(0) @ place / total)
    lefts, rights = place - means[0], place - means[1]
    spread = np.sqrt((table.sum(1) @ lefts**2) * (table.sum(0) @ rights**2))
    return float(lefts @ table @ rights / spread) if spread else 0.0


def _bins(codes: Codes) -> Codes:
    """Return the bin of each code: BINS of them at most, of about as many rows each."""
    counts = np.bincount(codes)
    middle = (np.cumsum(counts) - counts / 2) / counts.sum()
    return np.unique((middle * BINS).astype(np.int64), return_inverse=True)[1].astype(np.int64)


def _fitted(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the table of quasi-independence with an empty diagonal (Deming and Stephan 1940)."""
    made = 1.0 - np.eye(len(table))
    for _ in range(200):
        made *= (table.sum(1) / np.maximum(made.sum(1), 1e-300))[:, None]
        made *= (table.sum(0) / np.maximum(made.sum(0), 1e-300))[None, :]
    return made
