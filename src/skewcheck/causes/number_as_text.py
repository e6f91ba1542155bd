"""The very number, spelled as a text, or spelled otherwise: ``"7"`` for 7, ``"7.0"`` for ``"7"``.

Tested: whether the text of one side spells the number of the other, or both texts spell one number;
to six digits, as printing leaves them. Codes with zeros before them are no numbers here (see
``zero_padding``). Without paired rows: where train holds numbers, whether at least 95 % of serve's
texts spell one, and the other way round.

Claimed where at least 3 rows and 5 % of those that differ spell the same number, and nine in ten
of those that spell any.

How it can be wrong: not as to the fact. A model may well read the text as the number; whether it
does is for you to say.

How to check: run the query; look for ``str(x)`` or a JSON writer that quotes numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from skewcheck.causes import Claim, Context, GridClaim, Mask, Pair, ident
from skewcheck.causes._readings import READ, SHARE, alike, claim, other_type, plain, read
from skewcheck.causes._rewrites import text
from skewcheck.schema import Kind
from skewcheck.sides import Sides

TITLE = "a number spelled as text"
COMPLEXITY = 1.0
QUOTED = "does a writer quote numbers, or cast them to text?"
UNQUOTED = "does a reader turn texts into numbers?"
PRINTED = "do the two sides print numbers in different ways?"


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that both sides spell one number."""
    train, serve = pair.train, pair.serve
    cases: tuple[tuple[Mask, str, str], ...] = (
        (train.number & serve.text, "serve = train's number as text", QUOTED),
        (train.text & serve.number, "serve = train's text as a number", UNQUOTED),
        (train.text & serve.text, "serve spells train's number otherwise", PRINTED),
    )
    if pair.kind is Kind.DATETIME or not any((rows & pair.differs).any() for rows, _, _ in cases):
        return
    numbers = read(train, plain), read(serve, plain)
    t, s = (f"TRY_CAST({side}.{ident(pair.name)} AS DOUBLE)" for side in "ts")
    differ = f"{text('s', pair.name)} <> {text('t', pair.name)}"
    for rows, statement, reason in cases:
        held = alike(pair, *numbers, among=rows)
        if held is not None:
            condition = f"abs({s} - {t}) <= 1e-06 * abs({t})"
            if reason is PRINTED:
                condition += f" AND {differ}"
            yield claim(held, statement, reason, condition)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that one side's texts spell the other's numbers."""
    if not sides.both:
        return
    train, serve = sides.both
    if train.kind is Kind.NUMBER:
        share = other_type(sides, plain)
        if share:
            yield GridClaim("serve holds train's numbers as text", QUOTED, share)
    elif train.kind is Kind.TEXT and serve.states["number"] >= SHARE * serve.states.present > 0:
        texts, spelled = train.states["text"], train.states["text:number"]
        if spelled >= READ * texts and not train.states["number"]:
            yield GridClaim("serve holds train's texts as numbers", UNQUOTED, spelled / texts)
