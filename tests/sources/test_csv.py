from __future__ import annotations

import gzip
import math
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from skewcheck.errors import InputError
from skewcheck.schema import Kind
from skewcheck.sources.open import open_source
from skewcheck.sources.spelling import Census, canonical
from tests.sources.reading import rows, write


def read(path: Path, content: str | bytes, **hint: Kind) -> list[dict[str, Any]]:
    return rows(open_source(write(path, content), hint=hint))[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_fits_all_rows(tmp_path: Path, delimiter: str) -> None:
    lines = [["id", "text"], ["1", "a.b:c"], ["2", '"q,;\t|"'], ["3", "x y"]]
    content = "".join(delimiter.join(line) + "\n" for line in lines)
    found = read(tmp_path / "x.csv", content)
    assert found == [
        {"id": 1.0, "text": "a.b:c"},
        {"id": 2.0, "text": "q,;\t|"},
        {"id": 3.0, "text": "x y"},
    ]


def test_what_most_cells_spell_is_the_kind_and_the_rest_are_texts_not_nulls(tmp_path: Path) -> None:
    content = "n,t\n" + "1e5,a\n-3,1\n.5,b\n 7 ,\nnan,x\ninf,x\noops,x\n,x\n"
    source = open_source(write(tmp_path / "x.csv", content))
    found, _ = rows(source)
    numbers = [row["n"] for row in found]
    assert math.isnan(numbers.pop(4))
    assert numbers == [1e5, -3.0, 0.5, 7.0, math.inf, "oops", None]
    assert [row["t"] for row in found[:4]] == ["a", "1", "b", None]
    assert source.declared == {"n": Kind.NUMBER, "t": Kind.TEXT}


def test_the_census_is_over_all_rows_of_all_files(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", "a,b\n" + "1,1\n" * 400)
    write(tmp_path / "2.csv", "a,b\n" + "1,x\n" * 500)
    source = open_source(tmp_path)
    assert source.declared == {"a": Kind.NUMBER, "b": Kind.TEXT}
    assert rows(source)[0][0] == {"a": 1.0, "b": "1"}


def test_codes_with_leading_zeros_are_texts_all_of_them(tmp_path: Path) -> None:
    content = "zip,n\n" + "12345,1\n" * 98 + "00123,1\n-1,1\n"
    found = read(tmp_path / "x.csv", content)
    assert found[0] == {"zip": "12345", "n": 1.0}
    assert found[98]["zip"] == "00123"


def test_in_a_number_column_of_train_a_padded_code_is_a_type_error(tmp_path: Path) -> None:
    found = read(tmp_path / "x.csv", "zip,b\n12345,1\n00123,1\n", zip=Kind.NUMBER, b=Kind.TEXT)
    assert found == [{"zip": 12345.0, "b": "1"}, {"zip": "00123", "b": "1"}]


def test_booleans_are_read_only_where_train_has_them(tmp_path: Path) -> None:
    content = "b,c\ntrue,true\nFalse,false\n1,true\n,true\n"
    found = read(tmp_path / "x.csv", content, b=Kind.BOOLEAN)
    assert [row["b"] for row in found] == [True, False, "1", None]
    assert [row["c"] for row in found] == ["true", "false", "true", "true"]


def test_times_are_read_where_train_has_them_and_all_cells_spell_one(tmp_path: Path) -> None:
    times = ["2024-01-02", "2024-01-02 03:04", "2024-01-02T03:04:05.1234567Z"]
    times += ["2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05+0200", ""]
    content = "t,u,v\n" + "".join(f"{t},{t},x{t}\n" for t in times)
    path = write(tmp_path / "x.csv", content)
    source = open_source(path, hint={"t": Kind.DATETIME, "v": Kind.DATETIME})
    found = rows(source)[0]
    shown = [row["t"] and row["t"].isoformat() for row in found]
    assert shown == [
        "2024-01-02T00:00:00+00:00",
        "2024-01-02T03:04:00+00:00",
        "2024-01-02T03:04:05.123456+00:00",
        "2024-01-02T01:04:05+00:00",
        "2024-01-02T01:04:05+00:00",
        None,
    ]
    assert source.declared == {"t": Kind.DATETIME, "u": Kind.TEXT, "v": Kind.TEXT}


def test_rows_with_too_few_or_too_many_fields_are_malformed_never_padded(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", "a,b,c\n1,2,3\n1,2\n4,5,6\n1,2,3,4\n\n7,8,9\n7,8")
    found, ledger = rows(open_source(path))
    assert [row["a"] for row in found] == [1.0, 4.0, 7.0]
    assert ledger.fates == {"ok": 3, "malformed": 3}
    assert ledger.notes["malformed"][0] == (str(path), 3, "2 fields where the header has 3")


def test_quoted_line_ends_and_doubled_quotes_belong_to_the_cell(tmp_path: Path) -> None:
    found = read(tmp_path / "x.csv", 'a,"b\nc"\n"x\r\ny","say ""hi"""\n')
    assert found == [{"a": "x\r\ny", "b\nc": 'say "hi"'}]


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_not_data(tmp_path: Path) -> None:
    found = read(tmp_path / "x.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n3,4\r\n")
    assert found == [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}]


def test_text_that_is_no_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    early = write(tmp_path / "early.csv", "a,b\n1,x\n2,café\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"early\.csv:3: not UTF-8; save it as UTF-8"):
        rows(open_source(early))
    late = write(tmp_path / "late.csv", b"a,b\n" + b"1,x\n" * 600_000 + b"2,\xe9\n")
    with pytest.raises(InputError, match=r"late\.csv:600002: not UTF-8"):
        rows(open_source(late))
    cut = write(tmp_path / "cut.csv", b"a,b\n" + b"1,x\n" * 99_000 + "2,é".encode()[:-1])
    with pytest.raises(InputError, match=r"cut\.csv:99002: not UTF-8"):
        rows(open_source(cut))


def test_characters_across_blocks_are_whole(tmp_path: Path) -> None:
    content = "id,t\n" + "".join(f"{i},é€😀\n" for i in range(200_000))
    path = write(tmp_path / "x.csv.gz", gzip.compress(content.encode(), 1))
    found = rows(open_source(path))[0]
    assert len(found) == 200_000
    assert {row["t"] for row in found} == {"é€😀"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,a\n1,2,3\n", "column 'a': two columns have this name"),
        ("1,2,3\n4,5,6\n", "the first line holds numbers"),
        ("", "empty, 0 bytes"),
        ("\n\n", "nothing but blank lines"),
        ('a,b\n1,"open\n' + "x,y\n" * 3_000_000, "a row is longer than 4 MiB, or a quote"),
        ('a,b\n1,"open\nx,y\n', "a quote is never closed"),
        ('a,b\n1,x\n2,y\n"3,open\n4,y\n5,y\n', ":4: a quote is never closed"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"x\.csv.*{message}"):
        rows(open_source(write(tmp_path / "x.csv", content)))


def test_a_quote_inside_a_bare_cell_is_a_character(tmp_path: Path) -> None:
    found = read(tmp_path / "x.csv", 'a,b\n1,5" pipe\n2,x\n')
    assert [row["b"] for row in found] == ['5" pipe', "x"]


def test_where_train_is_empty_the_cells_decide(tmp_path: Path) -> None:
    assert read(tmp_path / "x.csv", "a,b\n1,x\n", a=Kind.EMPTY) == [{"a": 1.0, "b": "x"}]


def test_one_column_is_enough_for_a_file_called_csv(tmp_path: Path) -> None:
    assert read(tmp_path / "x.csv", "score\n0.5\n1\n") == [{"score": 0.5}, {"score": 1.0}]


def test_an_empty_name_in_the_header_becomes_its_place(tmp_path: Path) -> None:
    assert read(tmp_path / "x.csv", ",b\n0,1\n") == [{"column 1": 0.0, "b": 1.0}]


def test_a_prefix_of_features_is_cut_off_where_that_finds_trains_names(tmp_path: Path) -> None:
    content = "id,feature_x,feature_y\n1,2,3\n"
    assert read(tmp_path / "x.csv", content) == [{"id": 1.0, "feature_x": 2.0, "feature_y": 3.0}]
    found = read(tmp_path / "x.csv", content, x=Kind.NUMBER, y=Kind.TEXT)
    assert found == [{"id": 1.0, "x": 2.0, "y": "3"}]


def test_files_with_other_columns_in_another_order_keep_them(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", "a,b\n1,2\n")
    write(tmp_path / "2.csv", "c;a\nx;3\n")
    found, _ = rows(open_source(tmp_path))
    assert found == [{"a": 1.0, "b": 2.0}, {"c": "x", "a": 3.0}]


def test_ten_thousand_columns_take_seconds(tmp_path: Path) -> None:
    names = ",".join(f"column_{i}" for i in range(10_000))
    line = ",".join(str(i / 7) for i in range(10_000))
    start = time.perf_counter()
    found = read(tmp_path / "x.csv", f"{names}\n" + f"{line}\n" * 20)
    assert time.perf_counter() - start < 8
    assert len(found) == 20
    assert found[19]["column_7"] == 1.0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            (t, True)
            for t in ("0", "-1", "+1", "0.5", ".5", "5.", "1e5", "1E-5", "nan", "-inf", "1e400")
        ),
        *(
            (t, False)
            for t in ("00", "01", "-01", "007.5", "0x10", "1_0", "1,5", "", "e5", ".", "١")
        ),
    ],
)
def test_what_spells_a_number(text: str, number: bool) -> None:
    assert canonical(text) is number


def test_a_census_of_parts_is_the_census_of_all() -> None:
    cells = pa.array(["1", "02", None, "x", " 3 ", "-04", "nan"] * 5)
    whole, parts = Census(), Census()
    whole.add(cells)
    for i in range(0, len(cells), 3):
        parts.add(cells.slice(i, 3))
    assert whole == parts
    assert (whole.filled, whole.spelled, whole.padded) == (30, 15, 10)
