"""What a file is, from its first bytes and lines. Its name is only looked at to contradict it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from skewcheck.errors import InputError
from skewcheck.sources.arrow import ArrowFile
from skewcheck.sources.arrow import look as look_arrow
from skewcheck.sources.content import opened
from skewcheck.sources.csv import CsvFile
from skewcheck.sources.decompress import blocks
from skewcheck.sources.lines import LONGEST, by_object, without_bom
from skewcheck.sources.ndjson import JsonFile
from skewcheck.sources.parquet import ParquetFile
from skewcheck.sources.parquet import look as look_parquet
from skewcheck.sources.spelling import canonical
from skewcheck.sources.trouble import twice
from skewcheck.sources.walk import File

Container = ParquetFile | ArrowFile | CsvFile | JsonFile
HEAD = 1 << 16
LINES = 64
DELIMITERS = ",\t;|"
BINARY = re.compile(r"\.(parquet|pq|arrow|feather|ipc|gz|zst|zstd)$", re.IGNORECASE)
ONE_COLUMN = re.compile(r"\.(csv|tsv)(\.(gz|zst|zstd))?$", re.IGNORECASE)
REFUSED = {
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
    b"FEA1": "Feather version 1",
    b"PK\x03\x04": "zip",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
BLANK = "holds nothing but blank lines"
KNOWN = "neither Parquet, Arrow, JSON objects nor CSV with a header"


def sniff(file: File) -> Container | str:
    """Return the file's container, or the reason why it holds no rows for us.

    Raises:
        InputError: the file is damaged, or is no data although it was named by the user.
    """
    with opened(file) as stream:
        start = stream.read(8)
    if start.startswith(b"PAR1"):
        return _rows_of(look_parquet(file))
    if start.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return look_arrow(file, stream=not start.startswith(b"ARROW1"))
    found = _refused(file, start) or _text(file)
    damaged = found != BLANK and BINARY.search(file.name)
    if isinstance(found, str) and (file.given or damaged):
        raise InputError(found, file=file.name, hint="name a Parquet, Arrow, JSON or CSV file")
    return found


def _rows_of(found: ParquetFile) -> Container | str:
    """Return a Parquet file, but for one that skewcheck wrote: it holds counts, not rows."""
    if not any(key.startswith(b"skewcheck.") for key in found.footer.metadata or {}):
        return found
    if found.file.given:
        hint = "give profiles alone, each by its name"
        raise InputError("is a saved profile and holds no rows", file=found.file.name, hint=hint)
    return "a saved profile, not rows"


def _refused(file: File, start: bytes) -> str:
    if not file.size:
        return "empty, 0 bytes"
    if re.search(r"\.(parquet|pq|arrow|feather|ipc)$", file.name, re.IGNORECASE):
        return "its first bytes are not those of Parquet or Arrow: damaged, or named wrongly"
    kind = next((kind for magic, kind in REFUSED.items() if start.startswith(magic)), "")
    return f"{kind} files are not read" if kind else ""


def _text(file: File) -> Container | str:
    head, whole = _head(file)
    lines = [line for line in head.split(b"\n") if line.strip()]
    if not lines:
        return BLANK
    kept = lines[:LINES] if whole else lines[: max(1, min(LINES, len(lines) - 1))]
    objects = sum(_is_object(line) for line in kept)
    if head.lstrip()[:1] in (b"{", b"["):
        return JsonFile(file, lines=2 * objects >= len(kept) or not _run_on(head))
    if objects:
        return JsonFile(file, lines=True)
    return _csv(file, head, whole=whole)


def _head(file: File) -> tuple[bytes, bool]:
    """Return the beginning of the content, at least one line of it; True when it is all."""
    head = b""
    for block in without_bom(blocks(file)):
        head += block
        if len(head) >= HEAD and (b"\n" in head or len(head) > LONGEST):
            return head[: max(HEAD, head.find(b"\n") + 1)], False
    return head, True


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _run_on(head: bytes) -> bool:
    """True when objects can be found that do not keep to lines."""
    texts = (text for part in by_object(iter([head])) for text in part.texts)
    return any(_is_object(text) for text in islice(texts, LINES))


def _csv(file: File, head: bytes, *, whole: bool) -> CsvFile | str:
    try:
        text = head.decode() if whole else head[: head.rfind(b"\n") + 1].decode()
    except UnicodeDecodeError as error:
        if b"\0" in head:
            return KNOWN
        line = head.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8", file=file.name, line=line, hint="save it as UTF-8") from error
    if "\0" in text:
        return KNOWN
    found = [(d, *_consistent(text, d)) for d in DELIMITERS]
    delimiter, share, names = max(found, key=lambda x: (len(x[2]) > 1) * x[1])
    if len(names) < 2 or share < 0.5:
        delimiter, names = ",", next(_records(text, ","), [])
        if len(names) != 1 or not ONE_COLUMN.search(file.name):
            return KNOWN
    _check_header(file, names)
    return CsvFile(file, delimiter, tuple(n or f"column {i}" for i, n in enumerate(names, 1)))


def _consistent(text: str, delimiter: str) -> tuple[float, list[str]]:
    """Return the share of rows with as many fields as the header, and the header."""
    rows = list(islice(_records(text, delimiter), LINES))
    if not rows:
        return 0.0, []
    fitting = sum(len(row) == len(rows[0]) for row in rows[1:])
    return (fitting / (len(rows) - 1) if rows[1:] else 1.0), rows[0]


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                yield row
    except csv.Error:
        return


def _check_header(file: File, names: list[str]) -> None:
    counts = Counter(names)
    again = next((name for name, n in counts.items() if n > 1 and name), None)
    if again is not None:
        raise twice(again, file.name)
    if sum(canonical(name) for name in names) * 2 > len(names):
        raise InputError(
            "the first line holds numbers, not the names of columns",
            file=file.name,
            line=1,
            hint="add a header line",
        )
