"""One event from one JSON text, the careful way: for texts that the learned shape does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from skewcheck.formats import Path
from skewcheck.sources.keys import counted, held
from skewcheck.sources.lines import OVERLONG

DEPTH = 64
MARK = "\ue0aa"
LITERALS = ((b"-Infinity", f"{MARK}-"), (b"Infinity", f"{MARK}+"), (b"NaN", f"{MARK}0"))
MARKED = {f"{MARK}-": float("-inf"), f"{MARK}+": float("inf"), f"{MARK}0": float("nan")}
_decode = msgspec.json.Decoder().decode


class Malformed(Exception):
    """Why a text is no event, in a few words that hold nothing of the text itself."""


def parse(text: bytes) -> dict[str, Any]:
    """Return the JSON object that a text spells; NaN, Infinity and numbers like 1e400 are legal.

    Raises:
        Malformed: the text is not UTF-8, no JSON, no object, longer than 16 MiB, nested more than
            64 deep, or has a key twice in one object.
    """
    if text == OVERLONG:
        raise Malformed("longer than 16 MiB")
    try:
        event = _decode(text)
    except (ValueError, RecursionError):
        event = _lenient(text)
    else:
        if counted(text) != held(event):
            _lenient(text)  # only to look for keys that occur twice
    if type(event) is not dict:
        raise Malformed("not a JSON object")
    return event


def flatten(event: dict[str, Any], name: Callable[[Path], str]) -> dict[str, Any]:
    """Return the event's fields by column name; an empty object has none.

    Raises:
        Malformed: two fields get the same name, or they are nested more than 64 deep.
    """
    flat: dict[str, Any] = {}
    _flatten(event, (), name, flat)
    return flat


def too_deep(value: object, limit: int) -> bool:
    """True when objects and lists are nested more than ``limit`` deep."""
    if isinstance(value, dict):
        return limit <= 0 or any(too_deep(v, limit - 1) for v in value.values())
    if isinstance(value, list):
        return limit <= 0 or any(too_deep(v, limit - 1) for v in value)
    return False


def marked(text: bytes) -> bytes | None:
    """Return the text with NaN and Infinity as texts of ``MARKED``, None where there are none.

    That makes it JSON which the strict decoder reads, or no JSON at all where such a word stood
    inside a string: the mark's quote ends that string.
    """
    if (b"NaN" not in text and b"Infinity" not in text) or MARK.encode() in text:
        return None
    if b"\\ue0" in text.lower():  # a mark could be spelled with an escape
        return None
    for literal, mark in LITERALS:
        text = text.replace(literal, f'"{mark}"'.encode())
    return text


def _flatten(
    event: dict[str, Any], start: Path, name: Callable[[Path], str], flat: dict[str, Any]
) -> None:
    if len(start) == DEPTH:
        raise Malformed(f"nested more than {DEPTH} deep")
    for key, value in event.items():
        path = (*start, key)
        if type(value) is dict:
            _flatten(value, path, name, flat)
            continue
        if type(value) is list and too_deep(value, DEPTH - len(path)):
            raise Malformed(f"nested more than {DEPTH} deep")
        column = name(path)
        if column in flat:
            raise Malformed("two fields have the same name once flattened")
        flat[column] = value


def _lenient(text: bytes) -> Any:
    """Return what Python's own reader makes of a text that the strict one refused."""
    try:
        value = json.loads(text.decode(), object_pairs_hook=_unique)
        if b"\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    except UnicodeEncodeError:
        raise Malformed("half of a surrogate pair in a text") from None
    except RecursionError:
        raise Malformed(f"nested more than {DEPTH} deep") from None
    except ValueError as error:
        cut = "a cut or damaged JSON text" if text.lstrip()[:1] == b"{" else "not JSON"
        raise Malformed(cut) from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("a key occurs twice in one object")
    return found
