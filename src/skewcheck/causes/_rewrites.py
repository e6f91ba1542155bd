"""Texts rewritten by a function: tested on distinct pairs of texts, or on the categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from skewcheck.causes import Claim, GridClaim, Mask, Pair, ident
from skewcheck.causes._mixtures import explained, mixed
from skewcheck.schema import Kind
from skewcheck.sides import Sides

ROWS = 3  # differing rows that a rewrite must explain
SHARE = 0.05  # of the differing rows, beyond luck, and from which one rewrite is better
TIMES = 4.0  # as much as luck
MANY = 20_000  # categories beyond which the distributions are not mapped
LOOKED_AT = 96  # heaviest distinct pairs, and as many of the others, that must show a rewrite
NEW = 5  # rows of serve in new categories, at least, that the distributions must show

Sql = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way to spell a text anew; ``function`` returns None where it does not apply.

    ``sql`` is the same in DuckDB, over a cell; None where DuckDB has no such function. ``inverse``
    says that train is the rewritten one: the function then runs over serve.
    """

    statement: str
    reason: str
    function: Callable[[str], str | None]
    sql: Sql | None = None
    inverse: bool = False

    def condition(self, name: str) -> str:
        """Return the predicate that finds the rows; without ``sql``, those whose texts differ."""
        train, serve = text("t", name), text("s", name)
        if self.sql is None:
            return f"{serve} <> {train}"
        made = f"{train} = {self.sql(serve)}" if self.inverse else f"{serve} = {self.sql(train)}"
        return f"{made} AND {serve} <> {train}"


@dataclass(frozen=True, slots=True)
class Texts:
    """The distinct pairs of texts of a pair of columns.

    ``place`` is the distinct pair of each row, -1 where a side holds no text; ``weight`` counts
    the differing rows of each; ``common`` are the shares of train's texts over the rows that stand
    for the column; ``total`` counts all differing rows.
    """

    train: list[str]
    serve: list[str]
    place: NDArray[np.int64]
    weight: NDArray[np.int64]
    common: dict[str, float]
    total: int

    @classmethod
    def of(cls, pair: Pair) -> Texts | None:
        """Return the texts of a pair; None where hardly any differing row holds two."""
        both = pair.train.text & pair.serve.text
        total = int(np.count_nonzero(pair.differs))
        if np.count_nonzero(both & pair.differs) < max(ROWS, SHARE * total):
            return None
        rows = zip(pair.train.texts[both], pair.serve.texts[both], strict=True)
        seen: dict[tuple[str, str], int] = {}
        place = np.full(len(pair.differs), -1, np.int64)
        place[both] = [seen.setdefault(row, len(seen)) for row in rows]
        weight = np.bincount(place[both & pair.differs], minlength=len(seen))
        train, serve = [t for t, _ in seen], [s for _, s in seen]
        return cls(train, serve, place, weight, _common(pair), total)

    def differing(self) -> Iterator[tuple[str, str, int]]:
        """Yield each distinct differing pair and its rows."""
        some = self.weight > 0
        yield from zip(
            compress(self.train, some), compress(self.serve, some),
            self.weight[some].tolist(), strict=True,
        )  # fmt: skip

    def possible(self, rewrite: Rewrite) -> bool:
        """Return whether the rewrite holds on any of the distinct pairs that stand for all."""
        differing = np.flatnonzero(self.weight)
        order = differing[np.argsort(-self.weight[differing], kind="stable")]
        some = [*order[:LOOKED_AT], *order[LOOKED_AT :: max(1, len(order) // LOOKED_AT)]]
        sides = (self.train, self.serve)[:: -1 if rewrite.inverse else 1]
        return any(rewrite.function(sides[0][i]) == sides[1][i] for i in some)

    def spread(self, held: Mask) -> Mask:
        """Return a mask of distinct pairs as one of the rows."""
        found: Mask = (self.place >= 0) & np.append(held, False)[self.place]
        return found

    def share(self, held: Mask) -> float:
        """Return the share of all differing rows in these distinct pairs."""
        return int(self.weight[held].sum()) / self.total

    def credible(self, held: Mask, luck: float) -> bool:
        """Return whether these distinct pairs are enough rows, and more than luck."""
        share = self.share(held)
        enough = self.weight[held].sum() >= ROWS and share - luck >= SHARE
        return bool(enough and share >= min(TIMES * luck, luck + 0.75 * (1 - luck)))

    def luck(self, made: Callable[[str], str | None]) -> float:
        """Return the share that would hold if serve were any other value of train."""
        held = 0.0
        for train, _, rows in self.differing():
            other, own = made(train), self.common.get(train, 0.0)
            if other is not None and other != train and own < 1.0:
                held += rows * self.common.get(other, 0.0) / (1.0 - own)
        return min(1.0, held / self.total)

    def inverse_luck(self, made: Callable[[str], str | None]) -> float:
        """Return the same for a function of serve: how common are the texts that it maps here."""
        sources: dict[str, float] = {}
        for value, share in self.common.items():
            target = made(value)
            if target is not None and target != value:
                sources[target] = sources.get(target, 0.0) + share
        held = sum(
            rows * sources.get(train, 0.0) / max(1e-9, 1.0 - self.common.get(train, 0.0))
            for train, _, rows in self.differing()
        )
        return min(1.0, held / self.total)


def rewritten(pair: Pair, rewrites: Iterable[Rewrite], texts: Texts | None = None) -> list[Claim]:
    """Return the claims of the rewrites; a later one must explain more than those before it."""
    texts = texts or Texts.of(pair)
    claims: list[Claim] = []
    if texts is None:
        return claims
    best = 0.0
    for rewrite in rewrites:
        if not texts.possible(rewrite):
            continue
        held = _held(texts, rewrite)
        share = texts.share(held)
        if share <= best + 0.005:
            continue
        luck = (texts.inverse_luck if rewrite.inverse else texts.luck)(rewrite.function)
        if not texts.credible(held, luck):
            continue
        best = share
        claims.append(
            Claim(
                rewrite.statement, rewrite.reason, rewrite.condition(pair.name),
                texts.spread(held), chance=luck,
            )
        )  # fmt: skip
    return claims


def rewritten_grids(sides: Sides, rewrites: Iterable[Rewrite]) -> list[GridClaim]:
    """Return the claims of the rewrites on the categories of both sides."""
    claims: list[GridClaim] = []
    table = sides.categories
    if table is None or sides.kind is not Kind.TEXT or len(table.labels) > MANY:
        return claims
    if not _new(table.train, table.serve) and not _new(table.serve, table.train):
        return claims
    best = 0.0
    for rewrite in rewrites:
        train, serve = (table.train, table.serve)[:: -1 if rewrite.inverse else 1]
        moved = _moved(table.labels, train, rewrite.function)
        if moved is None:
            continue
        share = explained(train, mixed(train, moved, serve), serve)
        if share > best + 0.005:
            best = share
            claims.append(GridClaim(rewrite.statement, rewrite.reason, share))
    return claims


def text(side: str, name: str) -> str:
    """Return a cell in DuckDB as text, whatever its type."""
    return f"CAST({side}.{ident(name)} AS VARCHAR)"


def _held(texts: Texts, rewrite: Rewrite) -> Mask:
    """Return the distinct pairs where one text is the other one rewritten."""
    known: dict[str, str | None] = {}
    old, new = texts.train, texts.serve
    if rewrite.inverse:
        old, new = new, old
    held = np.zeros(len(old), np.bool_)
    for i, (value, seen) in enumerate(zip(old, new, strict=True)):
        if value not in known:
            known[value] = rewrite.function(value)
        held[i] = known[value] == seen
    return held


def _common(pair: Pair) -> dict[str, float]:
    """Return the share of each text of train, the two samples weighed by the true rate."""
    shares: dict[str, float] = {}
    for rows, weight in ((pair.differs, pair.rate), (~pair.differs, 1.0 - pair.rate)):
        size = int(np.count_nonzero(rows))
        for value, n in Counter(pair.train.texts[rows & pair.train.text].tolist()).items():
            shares[value] = shares.get(value, 0.0) + weight * n / size
    return shares


def _new(train: NDArray[np.int64], serve: NDArray[np.int64]) -> bool:
    """Return whether serve shows more values that train lacks than a fresh sample would."""
    fresh = int((train == 1).sum()) * serve.sum() / max(1, train.sum())
    return bool(serve[train == 0].sum() >= max(NEW, 2 * fresh))


def _moved(
    labels: tuple[str, ...], counts: NDArray[np.int64], function: Callable[[str], str | None]
) -> NDArray[np.int64] | None:
    """Return the counts after the rewrite over the same labels; None where it leaves them.

    What becomes a label that neither side has goes to no cell, so it counts as unexplained: it
    stays where it was.
    """
    places = {label: i for i, label in enumerate(labels)}
    moved = np.zeros(len(labels), np.int64)
    for i in np.flatnonzero(counts).tolist():
        made = function(labels[i])
        moved[places.get(made, i) if made is not None else i] += counts[i]
    return None if np.array_equal(moved, counts) else moved
