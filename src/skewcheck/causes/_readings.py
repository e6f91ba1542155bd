"""Cells of both sides read as numbers, each side in its own spelling, and found alike."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from skewcheck.causes import Cells, Claim, Floats, Mask, Pair
from skewcheck.column import NUMBER_TEXT
from skewcheck.sides import Sides

ROWS = 3  # differing rows that must read alike
SHARE = 0.05  # of all differing rows
ALIKE = 0.9  # of the differing rows that can be read on both sides
CLOSE = 1e-6  # two numbers closer than this are the same one, printed
READ = 0.95  # of serve's cells of another type that must be readable, without pairs

Reader = Callable[[str], float | None]
_NUMBER = re.compile(NUMBER_TEXT)


def read(cells: Cells, reader: Reader) -> Floats:
    """Return the cells as numbers: texts as read, NaN where they cannot be."""
    result = cells.numbers.copy()
    rows = np.flatnonzero(cells.text)
    known: dict[str, float] = {}
    for row, value in zip(rows.tolist(), cells.texts[rows].tolist(), strict=True):
        if value not in known:
            made = reader(value)
            known[value] = float("nan") if made is None else made
        result[row] = known[value]
    return result


def alike(pair: Pair, train: Floats, serve: Floats, *, among: Mask | None = None) -> Mask | None:
    """Return the rows whose readings are equal; None where too few are, or others differ.

    ``among`` are the rows that the hypothesis speaks of, all by default.
    """
    known = np.isfinite(train) & np.isfinite(serve)
    if among is not None:
        known &= among
    with np.errstate(invalid="ignore"):
        held: Mask = known & (np.abs(train - serve) <= CLOSE * np.abs(train))
    readable = int(np.count_nonzero(known & pair.differs))
    explained = int(np.count_nonzero(held & pair.differs))
    total = int(np.count_nonzero(pair.differs))
    enough = explained >= ROWS and explained >= SHARE * total
    return held if enough and explained >= ALIKE * readable else None


def claim(held: Mask, statement: str, reason: str, condition: str) -> Claim:
    """Return the claim of rows that read alike: luck does not spell the very value."""
    return Claim(statement, reason, condition, held)


def plain(text: str) -> float | None:
    """Return the number that a text spells with a decimal point; None for padded codes."""
    if not _NUMBER.match(text) or padded(text):
        return None
    return float(text)


def padded(text: str) -> bool:
    """Return whether the text is digits with zeros before them."""
    bare = text.strip().lstrip("+-")
    return len(bare) > 1 and bare[0] == "0" and bare[1].isdigit()


def other_type(sides: Sides, reader: Reader) -> float:
    """Return the share of serve's texts that read as numbers, where train holds numbers.

    0 where serve holds hardly any text, or train some too.
    """
    if not sides.both:
        return 0.0
    train, serve = sides.both
    texts, counts = serve.states["text"], serve.categories.counts
    if texts < max(10, SHARE * serve.states.present) or not counts:
        return 0.0
    if train.states["text"] * serve.states.present * 4 > texts * max(1, train.states.present):
        return 0.0
    found = sum(n for value, n in counts.items() if reader(value) is not None)
    return found / texts if found >= READ * texts else 0.0
