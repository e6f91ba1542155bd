"""The same text with other white space: stripped, padded, collapsed, a no-break space.

Tested: whether one side is the other without blanks at its ends (or at one end), with runs of
white space made one blank, with no-break spaces made plain, or with no white space at all. Without
paired rows, the same on the categories: train's shares, once rewritten, must be serve's.

Claimed where it holds on at least 3 rows and 5 % of those that differ, and on four times as many
as would hold by luck.

How it can be wrong: hardly; two values of a column seldom differ in blanks alone.

How to check: run the query; look for fixed-width columns (``CHAR(n)``), a missing ``strip()``, or a
line end that came along (``\\r\\n``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._rewrites import Rewrite, Sql, rewritten, rewritten_grids
from skewcheck.sides import Sides

TITLE = "other white space"
COMPLEXITY = 1.0
BLANK = "\\s\u00a0\v\u2000-\u200b\u3000\ufeff"
TRIMMED = "is white space at the ends trimmed on one side only?"
PADDED = "a fixed-width column, or a line end that came along?"
INSIDE = "is white space made uniform on one side only?"


def _replaced(pattern: str, by: str) -> Sql:
    return lambda c: f"regexp_replace({c}, '{pattern}', '{by}', 'g')"


def _end(text: str) -> str:
    return re.sub(f"[{BLANK}]+$", "", text)


def _start(text: str) -> str:
    return re.sub(f"^[{BLANK}]+", "", text)


def _ends(text: str) -> str:
    return _start(_end(text))


def _single(text: str) -> str:
    return re.sub(f"[{BLANK}]+", " ", text)


def _neat(text: str) -> str:
    return _ends(_single(text))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def _none(text: str) -> str:
    return re.sub(f"[{BLANK}]+", "", text)


_END, _START = _replaced(f"[{BLANK}]+$", ""), _replaced(f"^[{BLANK}]+", "")
_SINGLE = _replaced(f"[{BLANK}]+", " ")
FORWARD = (
    Rewrite("serve = train without trailing blanks", TRIMMED, _end, _END),
    Rewrite("serve = train without leading blanks", TRIMMED, _start, _START),
    Rewrite("serve = train without blanks at its ends", TRIMMED, _ends, lambda c: _START(_END(c))),
    Rewrite(
        "serve = train with plain for no-break spaces", INSIDE, _plain,
        lambda c: f"replace({c}, chr(160), ' ')",
    ),
    Rewrite("serve = train with single blanks", INSIDE, _single, _SINGLE),
    Rewrite(
        "serve = train with single blanks, none at its ends", INSIDE, _neat,
        lambda c: _START(_END(_SINGLE(c))),
    ),
    Rewrite("serve = train without any blank", INSIDE, _none, _replaced(f"[{BLANK}]+", "")),
)  # fmt: skip
INVERSE = (
    Rewrite("serve = train with trailing blanks", PADDED, _end, _END, True),
    Rewrite("serve = train with leading blanks", PADDED, _start, _START, True),
    Rewrite(
        "serve = train with blanks at its ends", PADDED, _ends, lambda c: _START(_END(c)), True
    ),
    Rewrite(
        "serve = train with no-break for plain spaces", INSIDE, _plain,
        lambda c: f"replace({c}, chr(160), ' ')", True,
    ),
    Rewrite("serve = train with several blanks for one", INSIDE, _single, _SINGLE, True),
    Rewrite(
        "serve = train with blanks inside it", INSIDE, _none, _replaced(f"[{BLANK}]+", ""), True
    ),
)  # fmt: skip


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that texts differ in white space only."""
    yield from rewritten(pair, (*FORWARD, *INVERSE))


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that the categories differ in white space only."""
    yield from rewritten_grids(sides, (*FORWARD, *INVERSE))
