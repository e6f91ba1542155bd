from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.sources.open import open_source
from skewcheck.sources.walk import File, find
from tests.sources.reading import rows, write

LINE = '{"a": 1, "b": 2}\n'


def names(path: Path | str, root: Path) -> list[str]:
    return [os.path.relpath(file.path, root) for file in find([str(path)], Ledger())]


def test_files_come_in_the_order_of_their_paths_whatever_the_order_they_were_made_in(
    tmp_path: Path,
) -> None:
    for name in ("b/2", "a", "b/1", "c/x/y", "B"):
        write(tmp_path / name, LINE)
    assert names(tmp_path, tmp_path) == ["B", "a", "b/1", "b/2", "c/x/y"]


def test_hidden_and_temporary_names_are_passed_over_and_listed(tmp_path: Path) -> None:
    passed = [".x", "_SUCCESS", "_temporary/0/part", "a~", "b.tmp", ".part.crc", "c.inprogress"]
    for name in ("data", *passed):
        write(tmp_path / name, LINE)
    ledger = Ledger()
    assert [file.path for file in find([str(tmp_path)], ledger)] == [str(tmp_path / "data")]
    top = sorted(str(tmp_path / name.split("/")[0]) for name in passed)
    assert sorted(ledger.skipped) == top


def test_pipes_sockets_devices_and_dangling_links_are_passed_over_without_waiting(
    tmp_path: Path,
) -> None:
    write(tmp_path / "data", LINE)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket"))
        source = open_source(tmp_path)
    found, ledger = rows(source)
    assert len(found) == 1
    reasons = {Path(path).name: reason for path, reason in ledger.skipped.items()}
    assert reasons["pipe"] == "a named pipe, not a regular file"
    assert reasons["socket"] == "a socket, not a regular file"
    assert reasons["zero"] == "a device, not a regular file"
    assert "dangling" in reasons["gone"]
    assert "dangling" in reasons["self"]


def test_one_file_with_two_names_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a", LINE)
    (tmp_path / "hard").hardlink_to(tmp_path / "a")
    (tmp_path / "soft").symlink_to(tmp_path / "a")
    (tmp_path / "round").symlink_to(tmp_path)
    found, ledger = rows(open_source([tmp_path, tmp_path / "a"]))
    assert len(found) == 1
    assert {Path(path).name for path in ledger.skipped} == {"hard", "soft", "round"}


@pytest.mark.parametrize("name", ["star*.jsonl", "brackets[1].jsonl", "what?.jsonl", "~", "a b%20"])
def test_a_name_that_looks_like_a_pattern_is_that_file(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, '{"own": 1}\n')
    write(tmp_path / "star1.jsonl", '{"other": 1}\n')
    write(tmp_path / "brackets1.jsonl", '{"other": 1}\n')
    write(tmp_path / "whatx.jsonl", '{"other": 1}\n')
    found, _ = rows(open_source(tmp_path / name))
    assert found == [{"own": 1.0}]


def test_a_pattern_is_followed_where_no_file_has_its_name(tmp_path: Path) -> None:
    for name in ("x/1.jsonl", "y/1.jsonl", "y/2.jsonl", "z.csv"):
        write(tmp_path / name, LINE)
    assert names(tmp_path / "*" / "1.jsonl", tmp_path) == ["x/1.jsonl", "y/1.jsonl"]
    assert names(tmp_path / "**" / "*.jsonl", tmp_path) == ["x/1.jsonl", "y/1.jsonl", "y/2.jsonl"]
    assert names(tmp_path / "[xy]", tmp_path) == ["x/1.jsonl", "y/1.jsonl", "y/2.jsonl"]


def test_keys_of_the_path_are_those_below_the_place_that_was_named(tmp_path: Path) -> None:
    write(tmp_path / "top=1" / "day=2024-01-01" / "zip=00123" / "x", LINE)

    def keys(path: Path) -> tuple[tuple[str, str | None], ...]:
        return find([str(path)], Ledger())[0].partitions

    day, code = ("day", "2024-01-01"), ("zip", "00123")
    assert keys(tmp_path / "top=1") == (day, code)
    assert keys(tmp_path / "top=1" / "day=2024-01-01") == (code,)
    assert keys(tmp_path / "top=1" / "day=*") == (day, code)
    assert keys(tmp_path / "top=1" / "d*" / "zip=*" / "x") == (day, code)
    assert keys(tmp_path / "top=1" / "day=2024-01-01" / "zip=00123" / "x") == ()


def test_keys_of_the_path_are_unquoted_and_know_null(tmp_path: Path) -> None:
    write(tmp_path / "n=a%2Fb" / "k=__HIVE_DEFAULT_PARTITION__" / "x", LINE)
    found, _ = rows(open_source(tmp_path))
    assert found == [{"a": 1.0, "b": 2.0, "n": "a/b", "k": None}]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing.parquet", "no such file or folder"),
        ("*.nothing", "no such file or folder"),
        ("s3://bucket/key", "remote paths are not read yet"),
        ("a\0b", "NUL"),
        ("", "no such file or folder"),
    ],
)
def test_a_path_that_cannot_be_read_is_refused(path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_source(path)


def test_a_pipe_named_outright_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="named pipe, not a regular file"):
        open_source(tmp_path / "pipe")


def test_an_empty_folder_and_one_with_nothing_to_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no data file"):
        open_source(tmp_path)
    write(tmp_path / "README", "Hello, this is no data.\nBye.\n")
    with pytest.raises(InputError, match=r"passed over .*README: neither Parquet"):
        open_source(tmp_path)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("_delta_log/0.json", "Delta table"),
        (".hoodie/x", "Hudi table"),
        ("metadata/v1.metadata.json", "Iceberg table"),
    ],
)
def test_folders_of_tables_are_refused_since_their_files_hold_deleted_rows(
    tmp_path: Path, inside: str, message: str
) -> None:
    write(tmp_path / "t" / "data" / "x.jsonl", LINE)
    write(tmp_path / "t" / inside, LINE)
    with pytest.raises(InputError, match=f"{message}.*export"):
        open_source(tmp_path)


def test_a_name_that_is_no_utf8_or_holds_control_characters_is_read_and_shown_escaped(
    tmp_path: Path,
) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\x1b[31m.jsonl"
    Path(os.fsdecode(path)).write_text(LINE)
    found, ledger = rows(open_source(tmp_path))
    assert len(found) == 1
    assert ledger.files == [str(tmp_path) + r"/\xff\x1b[31m.jsonl"]


def test_a_folder_without_permission_is_an_error_not_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "open" / "x", LINE)
    (tmp_path / "shut").mkdir()
    listing = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("shut"):  # root may list every folder, so the refusal is played
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(InputError, match=r"shut: the folder cannot be listed \(permission denied"):
        open_source(tmp_path)


def test_the_size_is_fixed_when_the_file_is_listed(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", LINE * 3)
    source = open_source(path)
    with path.open("a") as stream:
        stream.write(LINE * 5)
    assert len(rows(source)[0]) == 3
    path.write_text(LINE)
    with pytest.raises(InputError, match="shrank while it was read"):
        rows(source)


def test_a_file_is_known_by_its_path_and_shown_by_its_name(tmp_path: Path) -> None:
    file = find([str(write(tmp_path / "x", LINE))], Ledger())[0]
    assert isinstance(file, File)
    assert file.given
    assert (file.path, file.name, file.size) == (str(tmp_path / "x"),) * 2 + (len(LINE),)


def test_what_lies_in_a_folder_that_cannot_be_entered_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = str(write(tmp_path / "data", LINE))
    monkeypatch.setattr(os, "lstat", denied)
    monkeypatch.setattr(os, "stat", denied)
    with pytest.raises(InputError, match=r"data: cannot be opened \(permission denied\)"):
        find([path], Ledger())
