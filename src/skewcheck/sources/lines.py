"""Blocks of bytes -> JSON texts: one a line, or objects that run together or over lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skewcheck.errors import InputError

LONGEST = 16 << 20
OVERLONG = b"\0 a text of more than 16 MiB"  # stands for it; NUL makes it malformed everywhere
BOM = b"\xef\xbb\xbf"
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]|"', re.DOTALL)
BETWEEN = re.compile(rb"[\s,\[\]]*")


@dataclass(slots=True)
class Texts:
    """Some texts in the order of the file, and the line numbers on which they begin."""

    texts: list[bytes]
    lines: range | list[int]


def by_line(blocks: Iterator[bytes]) -> Iterator[Texts]:
    """Yield the lines of a file, blank ones too, without a byte order mark at its start."""
    kept, first, cut = b"", 1, False
    for block in without_bom(blocks):
        end = block.rfind(b"\n")
        if end < 0:
            kept, cut = _grown(kept, block, cut)
            continue
        texts = (kept + block[:end]).split(b"\n")
        if cut:
            texts[0] = OVERLONG
        if len(kept) + end > LONGEST:
            texts = [OVERLONG if len(text) > LONGEST else text for text in texts]
        yield Texts(texts, range(first, first + len(texts)))
        first += len(texts)
        kept, cut = block[end + 1 :], False
    if kept or cut:
        yield Texts([OVERLONG if cut else kept], range(first, first + 1))


def by_object(blocks: Iterator[bytes], file: str | None = None) -> Iterator[Texts]:
    """Yield the objects of a file in which they run over lines, stand in arrays, or side by side.

    What stands between two objects and is neither blank, comma nor bracket is a text of its own,
    and malformed; so is the rest of the file when an object does not end.

    Raises:
        InputError: an object does not end within 16 MiB, so that nothing behind it can be told.
    """
    kept, line, inside, depth = b"", 1, 0, 0
    for block in without_bom(blocks):
        data = kept + block
        found, start, (inside, depth) = _objects(data, inside, depth)
        lines, at = [], 0
        for begin, _ in found:
            line += data.count(b"\n", at, begin)
            at = begin
            lines.append(line)
        line += data.count(b"\n", at, start)
        if found:
            yield Texts([data[a:b] if b - a <= LONGEST else OVERLONG for a, b in found], lines)
        kept = data[start:]
        inside -= start
        if len(kept) > LONGEST:
            raise InputError(
                "an object does not end within 16 MiB",
                file=file,
                line=line,
                hint="write one JSON object a line",
            )
    if kept.strip(b" \t\r\n,]"):
        yield Texts([kept], [line])


def _objects(
    data: bytes, start: int, depth: int
) -> tuple[list[tuple[int, int]], int, tuple[int, int]]:
    """Return the spans of texts found, where the unfinished one begins, and how far it was read.

    ``start`` and ``depth`` say how far the beginning of the data was read before.
    """
    found: list[tuple[int, int]] = []
    begin, at = 0, start
    for token in TOKEN.finditer(data, start):
        kind = token.group()
        if kind == b'"':  # a string that goes on in the next block
            break
        at = token.end()
        if kind == b"{":
            if depth == 0:
                _gap(data, begin, token.start(), found)
                begin = token.start()
            depth += 1
        elif kind == b"}" and depth:
            depth -= 1
            if depth == 0:
                found.append((begin, at))
                begin = at
    return found, begin, (max(at, begin), depth)


def _gap(data: bytes, begin: int, end: int, found: list[tuple[int, int]]) -> None:
    skipped = BETWEEN.match(data, begin, end)
    if skipped and skipped.end() < end:
        found.append((skipped.end(), end))


def _grown(kept: bytes, block: bytes, cut: bool) -> tuple[bytes, bool]:
    if cut or len(kept) + len(block) > LONGEST:
        return b"", True
    return kept + block, False


def without_bom(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the blocks without a UTF-8 byte order mark at their start."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= len(BOM):
            break
    yield first.removeprefix(BOM)
    yield from blocks
