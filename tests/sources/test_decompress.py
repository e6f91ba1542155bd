from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.sources.decompress import blocks
from skewcheck.sources.walk import find
from tests.sources.reading import write

Pack = Callable[[bytes], bytes]
TEXT = b"".join(b'{"id": %d, "x": %f}\n' % (i, i / 7) for i in range(30_000))


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def content(path: Path) -> bytes:
    return b"".join(blocks(find([str(path)], Ledger())[0]))


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_whole_files_come_back_with_all_their_members(tmp_path: Path, pack: Pack) -> None:
    for packed in (pack(TEXT), pack(TEXT) + b"\0" * 100, pack(TEXT[:9]) + pack(TEXT[9:])):
        assert content(write(tmp_path / "x", packed)) == TEXT


def test_zstd_frames_that_are_to_be_skipped_are_skipped(tmp_path: Path) -> None:
    skipped = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"
    assert content(write(tmp_path / "x", skipped + zstd(TEXT) + skipped)) == TEXT


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_no_cut_is_taken_for_the_end(tmp_path: Path, pack: Pack) -> None:
    packed = pack(TEXT[:5000]) + pack(TEXT[5000:])
    whole = len(pack(TEXT[:5000]))
    cuts = [*range(5, len(packed), len(packed) // 40), len(packed) - 1, whole + 1]
    for cut in cuts:
        with pytest.raises(InputError, match=r"x: (the (gzip|zstd) data ends in|damaged)"):
            content(write(tmp_path / "x", packed[:cut]))


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_no_flipped_bit_goes_unseen(tmp_path: Path, pack: Pack) -> None:
    chance = random.Random(1)
    packed = pack(TEXT)
    for _ in range(60):
        at = chance.randrange(4, len(packed))
        flipped = bytearray(packed)
        flipped[at] ^= 1 << chance.randrange(8)
        try:
            assert content(write(tmp_path / "x", bytes(flipped))) == TEXT
        except InputError as error:
            assert "x: " in str(error)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_garbage_behind_the_end_is_damage(tmp_path: Path, pack: Pack) -> None:
    with pytest.raises(InputError, match="damaged"):
        content(write(tmp_path / "x", pack(TEXT) + b"garbage"))


def test_a_bomb_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    packed = zstd(b"\n" * (300 << 20))
    with pytest.raises(InputError, match="decompression bomb"):
        for _ in blocks(find([str(write(tmp_path / "x", packed))], Ledger())[0]):
            pass
