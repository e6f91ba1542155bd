"""A file's content with gzip and zstd undone, and every end and checksum verified."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Protocol

from skewcheck.errors import InputError
from skewcheck.sources.content import BLOCK, raw
from skewcheck.sources.trouble import damaged
from skewcheck.sources.walk import File

GZIP = b"\x1f\x8b"
ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")  # a frame, or one to be skipped
PIECE = 4096
WINDOW = 1 << 27
BOMB_BYTES, BOMB_RATIO = 100 << 20, 250


def blocks(file: File) -> Iterator[bytes]:
    """Yield the file's content in blocks of about 1 MiB, gzip and zstd decompressed.

    Which of the two it is comes from the first bytes, never from the name. Several members or
    frames in one file are read on; zero padding behind the last one is ignored.

    Raises:
        InputError: the compressed data is damaged, ends early, is followed by something else, or
            expands so much (250-fold past 100 MiB) that it must be a bomb.
    """
    source = raw(file)
    first = next(source, b"")
    content = chain([first], source)
    if first.startswith(GZIP):
        return _bounded(file, _inflate(file, content, "gzip", _GzipMember))
    if ZSTD.match(first):
        return _bounded(file, _inflate(file, _small(content), "zstd", _ZstdFrame))
    return content


class _Member(Protocol):
    """One gzip member or zstd frame being decompressed."""

    @property
    def eof(self) -> bool:
        """True once its end was reached and its checksum was right."""

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond the end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the data expands to."""


class _GzipMember:
    """A gzip member; zlib compares its checksum and its length."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the data expands to, at most 1 MiB at a time."""
        while data and not self._inner.eof:
            yield self._inner.decompress(data, BLOCK)
            data = self._inner.unconsumed_tail


class _ZstdFrame:
    """A zstd frame; unlike its stream reader, the one-frame object knows whether it ended."""

    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what at most 4 KiB expand to: 128 MiB for the worst data there can be."""
        yield self._inner.decompress(data)


def _inflate(
    file: File, content: Iterator[bytes], name: str, start: Callable[[], _Member]
) -> Iterator[bytes]:
    import zstandard

    member: _Member | None = None
    ended = False
    for rest in content:
        while rest:
            rest = rest.lstrip(b"\0") if ended and member is None else rest
            if not rest:
                break
            member = member or start()
            try:
                yield from member.feed(rest)
            except (zlib.error, zstandard.ZstdError) as error:
                raise damaged(file.name, name, error) from error
            ended = member.eof
            rest = member.unused_data if ended else b""
            member = None if ended else member
    if member is not None:
        problem = f"the {name} data ends in the middle"
        raise InputError(problem, file=file.name, hint="copy the whole file again")


def _bounded(file: File, source: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for data in source:
        total += len(data)
        if total > BOMB_BYTES and total > BOMB_RATIO * file.size:
            raise InputError(
                f"expands more than {BOMB_RATIO}-fold, which looks like a decompression bomb",
                file=file.name,
                hint="decompress it yourself if it is meant to",
            )
        yield data


def _small(content: Iterator[bytes]) -> Iterator[bytes]:
    return (data[i : i + PIECE] for data in content for i in range(0, len(data), PIECE))
