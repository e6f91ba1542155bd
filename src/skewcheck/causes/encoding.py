"""A text read in another encoding than it was written in, or escaped once too often.

Tested: UTF-8 read as Windows-1252 or Latin-1 (``ZÃ¼rich``), once or twice, and its repair; Latin-1
read as UTF-8, anything read as ASCII, with replacement characters (``Z�rich``, ``Z?rich``) or
with what is not ASCII dropped; HTML entities (``&amp;``), URL quoting (``%20``) and ``\\u``
escapes, put in or taken out. Without paired rows, the same on the categories.

Claimed where it holds on at least 3 rows and 5 % of those that differ, and on four times as many
as would hold by luck. Plain ASCII letters are the same in all encodings and never differ so.

How it can be wrong: hardly; no other mistake spells such texts.

How to check: run the query; DuckDB knows no encodings, so for these it finds every row whose texts
differ. Name the encoding wherever bytes become text (``encoding="utf-8"``), and look for a second
``escape`` or ``quote``.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from skewcheck.causes import Claim, Context, GridClaim, Pair
from skewcheck.causes._rewrites import Rewrite, rewritten, rewritten_grids
from skewcheck.sides import Sides

TITLE = "another encoding"
COMPLEXITY = 1.1
READ = "is UTF-8 read as {} somewhere?"
LOST = "is text written in an encoding that lacks its letters?"
ESCAPED = "is text escaped, or unescaped, once too often?"


def _read(encoding: str, times: int = 1) -> Callable[[str], str | None]:
    """Return the function that reads UTF-8 in another encoding so many times."""

    def function(text: str) -> str | None:
        if text.isascii():
            return None
        try:
            for _ in range(times):
                text = _decoded(text.encode("utf-8"), encoding)
        except UnicodeError:
            return None
        return text

    return function


def _decoded(data: bytes, encoding: str) -> str:
    """Return bytes as text; Windows-1252 leaves five bytes open, which all readers pass through."""
    if encoding != "cp1252":
        return data.decode(encoding)
    return "".join(_CP1252[byte] for byte in data)


_CP1252 = [
    chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
    for byte in range(256)
]


def _ascii(mark: str, *, by_byte: bool = False) -> Callable[[str], str | None]:
    """Return the function that puts a mark in the place of each letter (or byte) not ASCII."""

    def function(text: str) -> str | None:
        if text.isascii():
            return None
        sizes = (len(c.encode("utf-8", "replace")) if by_byte else 1 for c in text)
        return "".join(c if c.isascii() else mark * n for c, n in zip(text, sizes, strict=True))

    return function


def _latin(text: str) -> str | None:
    if text.isascii():
        return None
    try:
        return text.encode("latin-1").decode("utf-8", "replace")
    except UnicodeError:
        return None


def _url(cell: str) -> str:
    return f"url_encode({cell})"


def _html(cell: str) -> str:
    for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        cell = f"replace({cell}, '{plain}', '{escaped}')"
    return f"replace({cell}, chr(39), '&#x27;')"


def _escaped(text: str) -> str | None:
    return None if text.isascii() else text.encode("unicode_escape").decode("ascii")


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _loosely(text: str) -> str:
    return quote(text, errors="replace")


def _plus(text: str) -> str:
    return quote_plus(text, errors="replace")


_WRITTEN = (
    ("UTF-8 read as Windows-1252", READ.format("Windows-1252"), _read("cp1252"), None),
    ("UTF-8 read as Latin-1", READ.format("Latin-1"), _read("latin-1"), None),
    ("UTF-8 read as Windows-1252 twice", READ.format("Windows-1252"), _read("cp1252", 2), None),
    ("UTF-8 read as Latin-1 twice", READ.format("Latin-1"), _read("latin-1", 2), None),
    ("HTML entities", ESCAPED, html.escape, _html),
    ("URL quoting", ESCAPED, _quoted, _url),
    ("URL quoting except of slashes", ESCAPED, _loosely, None),
    ("URL quoting with + for blanks", ESCAPED, _plus, None),
    ("\\u escapes", ESCAPED, _escaped, None),
)
_UNESCAPED = (
    ("HTML entities", html.unescape),
    ("URL quoting", unquote),
    ("URL quoting with + for blanks", unquote_plus),
)
_LOSSES = (
    ("? for letters that are not ASCII", _ascii("?")),
    ("replacement characters", _ascii("\ufffd")),
    ("a replacement character per byte", _ascii("\ufffd", by_byte=True)),
    ("Latin-1 read as UTF-8", _latin),
    ("letters that are not ASCII dropped", _ascii("")),
)
REWRITES = (
    *(Rewrite(f"serve = train with {w}", r, f, sql) for w, r, f, sql in _WRITTEN),
    *(Rewrite(f"train = serve with {w}", r, f, sql, True) for w, r, f, sql in _WRITTEN),
    *(Rewrite(f"serve = train with {w}", LOST, f) for w, f in _LOSSES),
    *(Rewrite(f"serve = train without {w}", ESCAPED, f) for w, f in _UNESCAPED),
    *(Rewrite(f"train = serve without {w}", ESCAPED, f, None, True) for w, f in _UNESCAPED),
)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the claims that texts were read or escaped otherwise."""
    yield from rewritten(pair, REWRITES)


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the claims that the categories were read or escaped otherwise."""
    yield from rewritten_grids(sides, REWRITES)
