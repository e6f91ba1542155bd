"""One file of the history: records in its footer, findings and reports in the first rows.

A Parquet file, so that DuckDB reads a folder of them: ``part`` is ``finding``,
``report`` or ``profile``. The records of the runs are JSON in the metadata, so that a list of runs
opens footers only. A report is a row: its run, and in ``label``, which findings leave empty, its
bytes in base 64. The profile lies in row groups of its own, and ``Profile.load`` finds it there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skewcheck.errors import InputError
from skewcheck.nights import StoredFinding, StoredRun
from skewcheck.profile import Profile
from skewcheck.span import Span
from skewcheck.store import MARK as PROFILE
from skewcheck.store import TABLE as COUNTS
from skewcheck.store import packed
from skewcheck.verdict import Outcome
from skewcheck.write import write_through

FORMAT = 1
NAME = re.compile(
    r"(?:run|fold)-(?P<sequence>\d{6,})-\d+-(?P<id>[0-9a-f]{12})-(?P<digest>[0-9a-f]{16})\.parquet"
)
MARK = b"skewcheck.history"
DIGEST = b"skewcheck.history.sha256"
ERRORS = (OSError, pa.ArrowException, ValueError, KeyError, TypeError, AttributeError)

_TEXT = pa.dictionary(pa.int32(), pa.string())
FINDINGS = pa.schema(
    [
        ("run", _TEXT),
        ("column", _TEXT),
        ("role", _TEXT),
        ("kind", _TEXT),
        ("check", _TEXT),
        ("segment", pa.string()),
        ("window", pa.string()),
        ("outcome", _TEXT),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("unit", _TEXT),
        ("limit", pa.float64()),
        ("warn_limit", pa.float64()),
        ("p", pa.float64()),
        ("n_train", pa.int64()),
        ("n_serve", pa.int64()),
        ("sentence", pa.string()),
    ]
)
_MORE = [field for field in COUNTS if field.name not in FINDINGS.names]
TABLE = pa.schema([("part", _TEXT), *FINDINGS, *_MORE])
WRITTEN: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 15,  # a fifth of a second for 200 columns
    # Cells rise slowly and counts are small: stored so, a night takes a third.
    "use_dictionary": [field.name for field in TABLE if pa.types.is_dictionary(field.type)],
    "column_encoding": {"cell": "DELTA_BINARY_PACKED", "n": "BYTE_STREAM_SPLIT"},
    "write_statistics": ["part", "run"],  # what a query prunes by; more makes footers slow
    "write_page_checksum": True,
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the footer of a file says: its runs, and whose profiles are in the one it holds."""

    path: Path
    runs: tuple[StoredRun, ...]
    profiled: tuple[str, ...]


def store(
    stem: Path,
    runs: Sequence[StoredRun],
    findings: pa.Table,
    *,
    profile: Profile,
    of: Sequence[str],
    reports: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a file of runs, whole or not at all, and return where it is.

    Its name is ``stem`` and a digest of what is in it, so that damage to any bit can be noticed.
    ``findings`` is a table as ``table_of`` makes it; ``of`` are the runs whose rows ``profile`` is,
    ``reports`` those of runs by id.
    Pairs of that profile are left out: they hold values, and a history holds counts.
    """
    header = json.dumps(
        {"format": FORMAT, "runs": [_plain(run) for run in runs], "profiled": list(of)},
        allow_nan=False,
    ).encode()
    metadata = {
        MARK: header,
        DIGEST: hashlib.sha256(header).hexdigest(),
        PROFILE: packed(profile.header(group=1)),
    }
    counts = _widened(profile.table(), "profile")
    kept = _widened(_shelf(reports or {}), "report")
    told = pa.concat_tables([_widened(findings, "finding"), kept]).unify_dictionaries()

    buffer = pa.BufferOutputStream()
    with pq.ParquetWriter(buffer, TABLE, **WRITTEN) as writer:
        # A schema's own metadata would be written twice, and footers are what a list reads.
        writer.add_key_value_metadata(metadata)
        writer.write_table(told, row_group_size=max(1, told.num_rows))
        writer.write_table(counts, row_group_size=max(1, counts.num_rows))
    content = buffer.getvalue()
    path = stem.with_name(f"{stem.name}-{_digest(content)}.parquet")
    write_through(path, lambda file: file.write(content))
    return path


def _digest(content: bytes | pa.Buffer) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def verify(path: Path) -> None:
    """Raise InputError where a file is gone, or is not what its name says it was."""
    found = NAME.fullmatch(path.name)
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from error
    if found is None or found["digest"] != _digest(whole):
        raise _refused(path, "is damaged: its content does not have the digest in its name")


def table_of(findings: Iterable[StoredFinding]) -> pa.Table:
    """Return findings as a table."""
    rows = list(findings)
    arrays = [
        pa.array([getattr(row, field.name) for row in rows], _stored_as(field.type))
        for field in FINDINGS
    ]
    plain = pa.table(arrays, names=FINDINGS.names)
    return plain.cast(FINDINGS)


def _shelf(reports: Mapping[str, bytes]) -> pa.Table:
    """Return reports as a table."""
    texts = [base64.b64encode(content).decode() for content in reports.values()]
    runs = pa.array(list(reports), pa.string()).dictionary_encode()
    return pa.table([runs, pa.array(texts, pa.string())], names=["run", "label"])


def _stored_as(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _widened(table: pa.Table, part: str) -> pa.Table:
    """Return the table with all columns of the file, null where it has none."""
    rows = table.num_rows
    columns = [
        table.column(field.name) if field.name in table.column_names else _blank(field.type, rows)
        for field in TABLE
    ]
    marked = pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()).fill_null(0), [part])
    return pa.table([marked, *columns[1:]], schema=TABLE)


def _blank(kind: pa.DataType, rows: int) -> pa.Array:
    return pa.nulls(rows, kind)


def look(path: Path) -> StoredFile:
    """Return what the footer of a file says.

    Raises:
        FileNotFoundError: it is gone, which happens while a folder is compacted.
        InputError: it is no file of a history, damaged, or of a later format.
    """
    try:
        metadata = pq.read_metadata(path, memory_map=False).metadata or {}
    except FileNotFoundError:
        raise
    except ERRORS as error:
        raise _refused(path, "is damaged or no Parquet file") from error
    if MARK not in metadata:
        raise _refused(path, "is not a run that skewcheck kept")
    header = metadata[MARK]
    if hashlib.sha256(header).hexdigest().encode() != metadata.get(DIGEST):
        raise _refused(path, "is damaged: its records do not have the digest they were kept with")
    try:
        raw = json.loads(header)
        if raw["format"] != FORMAT:
            later = f"is of format {raw['format']}, this version reads {FORMAT}"
            raise InputError(later, file=str(path), hint="use the version that wrote it")
        runs = tuple(_run(each, path) for each in raw["runs"])
        return StoredFile(path, runs, tuple(raw["profiled"]))
    except ERRORS as error:
        raise _refused(path, "has records that this version cannot read") from error


def findings(run: StoredRun, column: str | None = None) -> list[StoredFinding]:
    """Return the findings of a stored run, of one column or of all.

    Raises:
        InputError: the file is gone or damaged.
    """
    import pyarrow.compute as pc  # takes as long to load as a hundred footers

    found = read_findings(run.file)
    wanted = {"run": run.id} if column is None else {"run": run.id, "column": column}
    for name, value in wanted.items():
        found = found.filter(pc.equal(found.column(name).cast(pa.string()), value))
    return [
        StoredFinding(**{**row, "outcome": Outcome(row["outcome"])}) for row in found.to_pylist()
    ]


def read_findings(path: Path) -> pa.Table:
    """Return the findings in a file as a table; the profile is not read.

    Raises:
        InputError: the file is gone or damaged.
    """
    verify(path)
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            found = file.read_row_group(0, columns=["part", *FINDINGS.names])
        rows = found["part"].to_pylist().count("finding")  # the first ones
        return found.slice(0, rows).select(FINDINGS.names).cast(FINDINGS)
    except ERRORS as error:
        raise _refused(path, "is gone or damaged: its findings cannot be read") from error


def report_of_run(run: StoredRun) -> bytes | None:
    """Return the bytes of the report of a stored run; None where none was kept with it.

    Raises:
        InputError: the file is gone or damaged.
    """
    return read_reports(run.file).get(run.id)


def read_reports(path: Path) -> dict[str, bytes]:
    """Return the reports in a file, by the ids of their runs; findings and profile are not read.

    Raises:
        InputError: the file is gone or damaged.
    """
    verify(path)
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            rows = file.read_row_group(0, columns=["part", "run", "label"]).to_pylist()
        kept = (row for row in rows if row["part"] == "report")
        return {row["run"]: base64.b64decode(row["label"], validate=True) for row in kept}
    except ERRORS as error:
        raise _refused(path, "is gone or damaged: its reports cannot be read") from error


def profile_of_run(run: StoredRun) -> Profile:
    """Return the profile of serve that the file of a run holds; a folded one is of its four weeks.

    Raises:
        InputError: the file is gone or damaged.
    """
    return load_profile(run.file)


def load_profile(path: Path) -> Profile:
    """Return the profile in a file; raises InputError where it is gone or damaged."""
    verify(path)
    return Profile.load(path)


def _refused(path: Path, problem: str) -> InputError:
    return InputError(problem, file=str(path), hint="move it out of the folder")


def _plain(run: StoredRun) -> dict[str, Any]:
    """Return a record as JSON holds it; where the file is, is no part of it."""
    kept = {name: getattr(run, name) for name in _NAMES}
    by_outcome: dict[str, list[str]] = {}
    for name, outcome in run.columns.items():
        by_outcome.setdefault(outcome, []).append(name)
    span = [run.span.first, run.span.last] if run.span else None
    return {**kept, "span": span, "columns": by_outcome}


_NAMES = tuple(field.name for field in fields(StoredRun) if field.name != "file")


def _run(raw: dict[str, Any], path: Path) -> StoredRun:
    kept = {name: raw[name] for name in _NAMES}
    kept["span"] = Span(*raw["span"]) if raw["span"] else None
    kept["outcome"] = Outcome(raw["outcome"])
    # A thousand nights of hundreds of columns are read at once: one Outcome per list of names.
    by_outcome = {Outcome(outcome): names for outcome, names in raw["columns"].items()}
    kept["columns"] = {name: outcome for outcome, names in by_outcome.items() for name in names}
    kept["modes"] = {key: Outcome(outcome) for key, outcome in raw["modes"].items()}
    kept["causes"] = {key: [tuple(one) for one in found] for key, found in raw["causes"].items()}
    return StoredRun(**kept, file=path)
