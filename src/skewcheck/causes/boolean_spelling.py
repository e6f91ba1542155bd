"""The same truth in other words: true, yes, 1, t, Y against false, no, 0, f, N.

Tested: whether both sides, read as true or false in any of the usual spellings, are alike, where
one at least is spelled as a word. Without paired rows, the same on the two values of the column.

Claimed where at least 3 rows and 5 % of those that differ read alike, and nine in ten of those that
can be read; true against 1 is no difference to begin with.

How it can be wrong: a column of codes ``Y`` and ``1`` could mean something else; where the rows
agree it hardly does.

How to check: run the query; look for ``str(flag)``, a CSV in between, or a form's ``on``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._mixtures import explained
from skewcheck.causes._readings import alike, claim, read
from skewcheck.causes._rewrites import text
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "another spelling of true and false"
COMPLEXITY = 1.1
REASON = "is a flag turned into text on one side only?"
TRUE = ("true", "t", "yes", "y", "on", "1", "1.0")
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
    if words <= {"0", "1", "0.0", "1.0"}:
        return
    t, s = text("t", pair.name), text("s", pair.name)
    condition = f"{_sql(t)} = {_sql(s)} AND {s} <> {t}"
    yield claim(held, "serve says train's true and false in other words", REASON, condition)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claim that the categories of both sides say true and false in other words."""
    table = sides.categories
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


def _sql(cell: str) -> str:
    true, false = (", ".join(f"'{word}'" for word in words) for words in (TRUE, FALSE))
    bare = f"lower(trim({cell}))"
    return f"CASE WHEN {bare} IN ({true}) THEN 1 WHEN {bare} IN ({false}) THEN 0 END"
