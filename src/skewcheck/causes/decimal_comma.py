"""A decimal comma, or thousands apart: ``1,5`` against 1.5, ``1.234,5`` against ``1,234.5``.

Tested: whether the text of one side, read with a decimal comma (thousands apart by a point, a blank
or an apostrophe) or with commas between thousands, is the other side's number, spelled with a
decimal point or given as a number. Without paired rows: where train holds numbers, whether at least
95 % of serve's texts can be read so; and the categories with points made commas.

Claimed where at least 3 rows and 5 % of those that differ read alike, and nine in ten of those that
can be read.

How it can be wrong: a text such as ``1,234`` can be read both ways; the other side decides.

How to check: run the query; look for a spreadsheet or a locale (``de_DE``, ``fr_FR``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from skewcheck.causes import Claim, Context, GridClaim, Pair, ident
from skewcheck.causes._readings import Reader, alike, claim, other_type, plain, read
from skewcheck.causes._rewrites import Rewrite, rewritten_grids
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "a decimal comma"
COMPLEXITY = 1.1
REASON = "does one side print numbers in another locale?"
_COMMA = re.compile(r"[-+]?(\d{1,3}([. \u00a0\u202f'’]\d{3})+|\d+),\d+")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")


def comma(text: str) -> float | None:
    """Return the number of a text with a decimal comma."""
    bare = text.strip()
    if not _COMMA.fullmatch(bare):
        return None
    return float(re.sub(r"[. \u00a0\u202f'’]", "", bare).replace(",", "."))


def thousands(text: str) -> float | None:
    """Return the number of a text with commas between its thousands."""
    bare = text.strip()
    return float(bare.replace(",", "")) if _THOUSANDS.fullmatch(bare) else None


SPELLINGS: tuple[tuple[str, Reader], ...] = (
    ("with a decimal comma", comma),
    ("with commas between thousands", thousands),
)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that one side spells the other's number in another locale."""
    if pair.kind is Kind.DATETIME:
        return
    for which, reader in SPELLINGS:
        for back in (False, True):
            odd, other = (pair.train, pair.serve) if back else (pair.serve, pair.train)
            if not _some(odd.texts[odd.text & pair.differs].tolist(), reader):
                continue
            readings = read(odd, reader), read(other, _either(reader))
            held = alike(pair, *(readings if back else readings[::-1]), among=odd.text)
            if held is not None:
                condition = _condition(pair.name, reader, back)
                yield claim(held, _statement(which, back), REASON, condition)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that serve spells train's numbers in another locale."""
    if sides.kind is Kind.NUMBER:
        for which, reader in SPELLINGS:
            some = (sides.both[1].categories.counts or {}) if sides.both else {}
            if not any(reader(value) is not None for value in list(some)[:4096]):
                continue
            share = other_type(sides, _either(reader))
            if share:
                yield GridClaim(_statement(which, False), REASON, share)
        return
    yield from rewritten_grids(
        sides,
        (
            Rewrite(_statement(SPELLINGS[0][0], False), REASON, _with_comma),
            Rewrite(_statement(SPELLINGS[0][0], True), REASON, _with_comma, None, True),
        ),
    )


def _some(texts: list[str], reader: Reader) -> bool:
    return any(reader(value) is not None for value in texts)


def _either(reader: Reader) -> Reader:
    """Return the reader of whole and plain numbers too: few of them need the comma."""

    def either(text: str) -> float | None:
        found = reader(text)
        return plain(text) if found is None else found

    return either


def _with_comma(text: str) -> str | None:
    return text.replace(".", ",") if plain(text) is not None else None


def _statement(which: str, back: bool) -> str:
    return f"train is serve's number {which}" if back else f"serve = train's number {which}"


def _condition(name: str, reader: Reader, back: bool) -> str:
    odd, other = ("t", "s") if back else ("s", "t")
    cell = f"CAST({odd}.{ident(name)} AS VARCHAR)"
    if reader is comma:
        bare = f"replace(regexp_replace({cell}, '[. \u00a0\u202f''’]', '', 'g'), ',', '.')"
    else:
        bare = f"replace({cell}, ',', '')"
    number = f"TRY_CAST({other}.{ident(name)} AS DOUBLE)"
    near = f"abs(TRY_CAST({bare} AS DOUBLE) - {number}) <= 1e-06 * abs({number})"
    return f"contains({cell}, ',') AND {near}"
