"""The same text without its accents, or in another Unicode form.

Tested: whether serve is train without accents (``Zürich``, ``Zurich``), or train in the Unicode
normal forms NFC, NFD, NFKC, NFKD, where the two look alike and still are not equal; and the same
with train and serve exchanged, or in lower case besides. Without paired rows, the same on the
categories.

Claimed where it holds on at least 3 rows and 5 % of those that differ, and on four times as many
as would hold by luck. A column of plain ASCII never gives rise to it.

How it can be wrong: two names that differ in accents alone may be two things (``Orleans`` and
``Orléans``); by luck that is rare, and the share of luck counts it.

How to check: run the query (for the forms NFKC and NFKD, which DuckDB does not know, it finds every
row whose texts differ); look for ``unidecode``, ``strip_accents``, or for file names of macOS,
which are NFD.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._rewrites import Rewrite, rewritten, rewritten_grids
from skewcheck.sides import Sides

TITLE = "accents and Unicode forms"
COMPLEXITY = 1.2
STRIPPED = "are accents stripped on one side only?"
FORM = "is Unicode normalised on one side only?"


def bare(text: str) -> str:
    """Return the text without its accents."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept)


def _form(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> Callable[[str], str]:
    return lambda text: text if text.isascii() else unicodedata.normalize(form, text)


def _low(text: str) -> str | None:
    return None if text.isascii() else bare(text).casefold()


def _nfc(cell: str) -> str:
    return f"nfc_normalize({cell})"


def _bare(cell: str) -> str:
    return f"strip_accents({cell})"


def _bare_low(cell: str) -> str:
    return f"lower(strip_accents({cell}))"


REWRITES = (
    Rewrite("serve = train in Unicode form NFC", FORM, _form("NFC"), _nfc),
    Rewrite("serve = train in Unicode form NFD", FORM, _form("NFC"), _nfc, True),
    Rewrite("serve = train without accents", STRIPPED, bare, _bare),
    Rewrite("serve = train with accents", STRIPPED, bare, _bare, True),
    Rewrite("serve = train in Unicode form NFKC", FORM, _form("NFKC")),
    Rewrite("serve = train in Unicode form NFKD", FORM, _form("NFKD")),
    Rewrite("serve = train without accents, in lower case", STRIPPED, _low, _bare_low),
)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that texts differ in accents or Unicode form only."""
    yield from rewritten(pair, REWRITES)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that the categories differ in accents or Unicode form only."""
    yield from rewritten_grids(sides, REWRITES)
