"""The same truth in other words: true, yes, 1, t, Y against false, no, 0, f, N.

Tested: whether both sides, read as true or false in any of the usual spellings, are alike, where
one at least is spelled as a word. Without paired rows, the same on the two values of the column;
train's may be the numbers 0 and 1.

Claimed where at least 3 rows and 5 % of those that differ read alike, and nine in ten of those that
can be read; true against 1 is no difference to begin with.

How it can be wrong: a column of codes ``Y`` and ``1`` could mean something else; where the rows
agree it hardly does.

How to check: run the query; look for ``str(flag)``, a CSV in between, or a form's ``on``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._mixtures import explained
from skewcheck.causes._readings import alike, claim, read
from skewcheck.causes._rewrites import text
from skewcheck.column import ColumnProfile
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "another spelling of true and false"
COMPLEXITY = 1.1
REASON = "is a flag turned into text on one side only?"
TRUE = ("true", "t", "yes", "y", "on", "1", "1.0")
FIGURES = frozenset({"0", "1", "0.0", "1.0"})
ROWS = 10  # of either value on either side
NEAR = 3.0  # deviations between the shares of true
FALSE = ("false", "f", "no", "n", "off", "0", "0.0")


def truth(value: str) -> float | None:
    """Return 1 for a text that says true, 0 for one that says false."""
    bare = value.strip().lower()
    return 1.0 if bare in TRUE else 0.0 if bare in FALSE else None


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claim that both sides say the same of true and false."""
    texts = pair.train.text | pair.serve.text
    if pair.kind is Kind.DATETIME or not (texts & pair.differs).any():
        return
    train, serve = read(pair.train, truth), read(pair.serve, truth)
    flags = np.isin(train, (0.0, 1.0)) & np.isin(serve, (0.0, 1.0))
    held = alike(pair, train, serve, among=flags & texts)
    if held is None:
        return
    rows = held & pair.differs
    words = {
        value.strip().lower()
        for cells in (pair.train, pair.serve)
        for value in cells.texts[rows & cells.text].tolist()
    }
    if words <= FIGURES:
        return
    t, s = text("t", pair.name), text("s", pair.name)
    condition = f"{_sql(t)} = {_sql(s)} AND {s} <> {t}"
    yield claim(held, "serve says train's true and false in other words", REASON, condition)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that the categories of both sides say true and false in other words."""
    table = sides.categories
    if sides.kind is not Kind.TEXT:
        yield from _flags(sides)
        return
    if table is None or not 2 < len(table.labels) <= 2 * (len(TRUE) + len(FALSE)):
        return
    read_as = [truth(label) for label in table.labels]
    if None in read_as:
        return
    says = np.array(read_as, np.float64)
    mapped = np.zeros(len(says))
    for value in (0.0, 1.0):
        here = says == value
        whole = max(1, table.serve[here].sum())
        mapped[here] = table.train[here].sum() * table.serve[here] / whole
    share = explained(table.train, mapped, table.serve)
    if share:
        yield GridClaim("serve says train's true and false in other words", REASON, share)


def _flags(sides: Sides) -> Iterator[GridClaim]:
    """Yield the claim that serve says in words what train says in 0 and 1."""
    if not sides.both:
        return
    train, serve = (_said(side) for side in sides.both)
    if train is None or serve is None:
        return
    if train.words or not serve.words or min(*train.counts, *serve.counts) < ROWS:
        return
    (p, m), (q, n) = train.share, serve.share
    if abs(p - q) <= NEAR * np.sqrt((p + q) / 2 * (1 - (p + q) / 2) * (1 / m + 1 / n)):
        yield GridClaim("serve says train's 0 and 1 in words", REASON, 1.0)


@dataclass(frozen=True, slots=True)
class _Said:
    """How often a side says false and true in ``counts``, and how many rows do so in words."""

    counts: tuple[int, int]
    words: int

    @property
    def share(self) -> tuple[float, int]:
        """Return the share of true, and of how many rows."""
        return self.counts[1] / sum(self.counts), sum(self.counts)


def _said(side: ColumnProfile) -> _Said | None:
    """Return what a side says of true and false; None if it says anything else."""
    cells, rows = side.numbers.counts()
    exact, alone = side.atoms.values(cells)
    low, high = side.numbers.spec.edges(cells)
    texts = side.categories.counts
    counts = [side.states["false"], side.states["true"]]
    for value in (0, 1):  # the value of a cell is not known where no row of it was looked at
        here = ((exact == value) & (alone == 1.0)) | (
            np.isnan(exact) & (low <= value) & (value <= high)
        )
        counts[value] += int(rows[here].sum())
        rows = np.where(here, 0, rows)
    if texts is None or rows.any():
        return None
    if any(truth(text) is None for text in texts):
        return None
    for text_, n in texts.items():
        counts[int(truth(text_) or 0)] += n
    words = sum(n for text_, n in texts.items() if text_.strip().lower() not in FIGURES)
    return _Said((counts[0], counts[1]), words)


def _sql(cell: str) -> str:
    true, false = (", ".join(f"'{word}'" for word in words) for words in (TRUE, FALSE))
    bare = f"lower(trim({cell}))"
    return f"CASE WHEN {bare} IN ({true}) THEN 1 WHEN {bare} IN ({false}) THEN 0 END"
