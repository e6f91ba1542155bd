"""An output is there whole, or not at all."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path
from typing import IO

import pytest

from skewcheck.errors import OutputError
from skewcheck.write import STDOUT, refuse, write, write_through


def test_text_arrives_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write("häß\n", tmp_path / "r.txt")
    assert (tmp_path / "r.txt").read_bytes() == "häß\n".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["r.txt"]


def test_a_lone_surrogate_is_escaped_and_not_an_error(tmp_path: Path) -> None:
    write("\udcff", tmp_path / "r.txt")
    assert (tmp_path / "r.txt").read_text() == r"\udcff"


def test_an_older_file_stays_when_the_new_one_fails_midway(tmp_path: Path) -> None:
    target = tmp_path / "r.txt"
    target.write_text("old")

    def full(file: IO[bytes]) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"No space left on device.*choose another place"):
        write_through(target, full)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["r.txt"]


def test_an_interrupt_while_writing_leaves_no_temporary_file(tmp_path: Path) -> None:
    def stopped(file: IO[bytes]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_through(tmp_path / "r.txt", stopped)
    assert not list(tmp_path.iterdir())


def test_a_new_file_is_readable_by_others_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    target, before = tmp_path / "r.txt", os.umask(0o022)
    try:
        write("a", target)
        assert stat.S_IMODE(target.stat().st_mode) == 0o644
        target.chmod(0o640)
        write("b", target)
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
    finally:
        os.umask(before)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder; give the name of a file"):
        write("x", tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder does not exist; create it first"):
        write("x", tmp_path / "none" / "r.txt")


def test_links_pipes_and_devices_are_refused_and_untouched(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept")
    (tmp_path / "link").symlink_to(kept)
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path / "link", tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(OutputError, match="not a regular file"):
            write("x", target)
    assert kept.read_text() == "kept"


def test_a_name_with_a_nul_is_an_output_error_on_one_line(tmp_path: Path) -> None:
    for name in ("a\x00b", "a\x00b/c"):
        with pytest.raises(OutputError) as caught:
            write("x", tmp_path / name)
        assert str(caught.value).isprintable()


def test_refuse_says_nothing_about_a_target_that_can_be_written(tmp_path: Path) -> None:
    refuse(tmp_path / "new.txt")
    refuse(STDOUT)
    assert not list(tmp_path.iterdir())


def test_stdout_gets_what_its_encoding_cannot_hold_as_escapes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", newline="\n"))
    write("ä → b\n", STDOUT)
    assert raw.getvalue() == b"\\xe4 \\u2192 b\n"


def test_a_full_device_behind_stdout_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OutputError, match="No space left on device; write to a file"):
            write("x" * 100_000, STDOUT)
