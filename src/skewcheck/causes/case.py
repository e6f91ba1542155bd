"""The same text in another case: upper, lower, title, capitalised.

Tested: whether serve is train's text in upper case, lower case, with a capital first letter or
with every word capitalised; failing those, whether the two are alike once both are in lower case.
Without paired rows, the same on the categories: train's shares, once rewritten, must be serve's.

Claimed where it holds on at least 3 rows and 5 % of those that differ, and on four times as many
as would hold by luck if serve were any other value that train has (``US`` and ``us`` may both be
values of train). Rows without a cased letter cannot differ so.

How it can be wrong: in a column of codes where case tells values apart (``a`` and ``A``), a
stale or shuffled value may look like one in another case; that is what the share of luck is for.

How to check: run the query of the report. Look for an ``upper()`` or ``lower()`` in one of the two
pipelines, or for a collation of a database that ignores case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._rewrites import Rewrite, rewritten, rewritten_grids
from skewcheck.sides import Sides

TITLE = "another case"
COMPLEXITY = 1.0
REASON = "is the case of letters changed on one side only?"


def _words(cell: str) -> str:
    words = f"list_transform(string_split(lower({cell}), ' '), lambda w: upper(w[1]) || w[2:])"
    return f"array_to_string({words}, ' ')"


def _titled(text: str) -> str:
    return " ".join(word.capitalize() for word in text.split(" "))


FORWARD = (
    Rewrite("serve = train in upper case", REASON, str.upper, lambda c: f"upper({c})"),
    Rewrite("serve = train in lower case", REASON, str.lower, lambda c: f"lower({c})"),
    Rewrite(
        "serve = train with a capital first letter",
        REASON,
        str.capitalize,
        lambda c: f"upper({c}[1]) || lower({c}[2:])",
    ),
    Rewrite("serve = train with every word capitalised", REASON, _titled, _words),
)
INVERSE = (
    Rewrite("train is upper case, serve is not", REASON, str.upper, lambda c: f"upper({c})", True),
    Rewrite("train is lower case, serve is not", REASON, str.lower, lambda c: f"lower({c})", True),
)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that the letters differ in case only."""
    yield from rewritten(pair, (*FORWARD, *INVERSE))


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that the categories differ in case only."""
    yield from rewritten_grids(sides, (*FORWARD, *INVERSE))
