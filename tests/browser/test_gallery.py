"""The pictures of docs/gallery.md are what a browser shows; SKEWCHECK_UPDATE_GOLDEN takes them."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.browser.gallery import PICTURES, ROOT, pages, shoot

GALLERY = ROOT / "docs" / "gallery"
PAGE = ROOT / "docs" / "gallery.md"
LARGEST = 1_700_000  # bytes of all pictures: they are part of every clone


def size(png: bytes) -> tuple[int, ...]:
    """Return width and height in pixels, from the header."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    pages(folder)
    return folder


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken_of_the_page_as_it_is(name: str, written: Path, browser: Any) -> None:
    taken, kept = shoot(browser, written, PICTURES[name]), GALLERY / f"{name}.png"
    if os.environ.get("SKEWCHECK_UPDATE_GOLDEN"):
        GALLERY.mkdir(exist_ok=True)
        kept.write_bytes(taken)
    assert size(taken) == size(kept.read_bytes())
    blank = len(taken) < kept.stat().st_size / 3  # an empty page has little in it
    assert not blank


def test_the_page_shows_every_picture_and_no_other() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(gallery/([a-z-]+)\.png\)", PAGE.read_text("utf-8"))
    assert sorted(shown) == sorted(PICTURES)
    assert {path.name for path in GALLERY.iterdir()} == {f"{name}.png" for name in PICTURES}


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in GALLERY.iterdir()) < LARGEST
