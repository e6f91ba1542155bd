"""Reads a source back into plain Python, row by row, so that tests can compare values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from skewcheck.ledger import Ledger
from skewcheck.sources.batch import Batch, Lanes, Source, State

OTHER = "<other>"


def rows(source: Source) -> tuple[list[dict[str, Any]], Ledger]:
    """Return all rows in order, an absent cell without its key, and the ledger."""
    ledger = Ledger()
    found: list[dict[str, Any]] = []
    for part in source.parts:
        own = Ledger()
        for batch in part.batches(own):
            found += batch_rows(batch)
        ledger = ledger.merge(own)
    assert ledger.events == sum(ledger.fates.values())
    return found, ledger.merge(source.ledger)


def first(source: Source) -> dict[str, pa.Array | Lanes]:
    """Return the columns of the first batch."""
    batches = source.parts[0].batches(Ledger())
    return dict(next(iter(batches)).columns.items())


def batch_rows(batch: Batch) -> list[dict[str, Any]]:
    """Return the rows of a batch."""
    found: list[dict[str, Any]] = [{} for _ in range(batch.rows)]
    for name, cells in batch.columns.items():
        values = _lane_values(cells) if isinstance(cells, Lanes) else _array_values(cells)
        assert len(values) == batch.rows, name
        for row, (present, value) in zip(found, values, strict=True):
            if present:
                row[name] = value
    return found


def _array_values(array: pa.Array) -> list[tuple[bool, Any]]:
    return [(True, value) for value in array.to_pylist()]


def _lane_values(lanes: Lanes) -> list[tuple[bool, Any]]:
    texts = iter(lanes.texts.to_pylist())
    of = {
        State.NUMBER: iter(lanes.numbers.tolist()),
        State.TEXT: texts,
        State.BOOLEAN: iter(lanes.booleans.tolist()),
    }
    found: list[tuple[bool, Any]] = []
    for code in lanes.states.tolist():
        state = State(code)
        if state in of:
            found.append((True, next(of[state])))
        elif state is State.OTHER:
            found.append((True, OTHER))
        else:
            found.append((state is State.NULL, None))
    assert all(next(lane, None) is None for lane in of.values())
    return found


def write(path: Path, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
