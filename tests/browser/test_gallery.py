"""The gallery: every picture is there, named, and can be taken again."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.gallery import PICTURES, ROOT, pages, shoot

HOME = ROOT / "docs" / "gallery"
MOST = 1_700_000  # bytes of all pictures


def size(png: bytes) -> tuple[int, int]:
    """Return width and height, which are the first words of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def test_the_gallery_names_every_picture_and_no_other() -> None:
    named = re.findall(r"\]\(gallery/(.+?)\.png\)", (ROOT / "docs" / "gallery.md").read_text())
    assert sorted(named) == sorted(PICTURES)
    assert {path.name for path in HOME.iterdir()} == {f"{name}.png" for name in PICTURES}
    assert sum(path.stat().st_size for path in HOME.iterdir()) < MOST


@pytest.mark.slow
def test_every_picture_can_be_taken_again(tmp_path: Path, browser: Any) -> None:
    pages(tmp_path)
    for name, picture in PICTURES.items():
        taken, file = shoot(browser, tmp_path, picture), HOME / f"{name}.png"
        if os.environ.get("SKEWCHECK_UPDATE_GOLDEN"):
            file.write_bytes(taken)
        assert size(taken) == size(file.read_bytes()), name
