"""The one door for foreign text: names, values, paths and messages that data brought in."""

from __future__ import annotations

from unicodedata import category, east_asian_width

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
COMBINING = frozenset({"Mn", "Me"})
MARKS = 4  # combining marks in a row beyond which the rest is only there to smear the page


def safe(text: object, cells: int = 80) -> str:
    """Return text that is inert in a terminal, a page and a log, at most ``cells`` wide.

    Control, format, surrogate, private and unassigned characters and line separators become
    visible escapes (``\\x1b``); longer text ends in an ellipsis; empty or blank text is quoted.
    Markup is not touched: renderers must still escape what their format gives a meaning to.
    """
    shown: list[str] = []
    width = marks = 0
    for char in str(text):
        marks = marks + 1 if category(char) in COMBINING else 0
        if marks > MARKS:
            continue
        piece = visible(char)
        step = _width(piece)
        if width + step > cells:
            return _cut(shown, cells)
        shown.append(piece)
        width += step
    whole = "".join(shown)
    return whole if whole.strip() else f'"{whole}"'


def visible(char: str) -> str:
    """Return one character, or its Python escape where it could act instead of show."""
    return char.encode("unicode_escape").decode() if category(char) in UNSAFE else char


def _width(piece: str) -> int:
    """Return the terminal cells of a piece: marks take none, East Asian wide characters two."""
    if len(piece) > 1:
        return len(piece)
    return 0 if category(piece) in COMBINING else 1 + (east_asian_width(piece) in "WF")


def _cut(pieces: list[str], cells: int) -> str:
    """Drop pieces from the end until an ellipsis fits, and add it."""
    while pieces and sum(map(_width, pieces)) > cells - 1:
        pieces.pop()
    return "".join(pieces) + "…"
