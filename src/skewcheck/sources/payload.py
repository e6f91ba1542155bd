"""Payloads that are JSON text inside a column, decoded into columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import UNSET

from skewcheck.formats import Layout
from skewcheck.ledger import Ledger
from skewcheck.sources.batch import Lanes, State
from skewcheck.sources.cells import column
from skewcheck.sources.decoder import Decoder, Typed

BAD = "the payload is not a JSON object"
Found = dict[str, pa.Array | Lanes]


def decode(values: Sequence[Any], decoder: Decoder) -> tuple[dict[str, Typed], dict[int, str]]:
    """Return the payloads' fields, UNSET in rows without payload, and why rows are malformed.

    Null, absent and blank payloads have no fields. An object that is not text was flattened
    before and has none left here.
    """
    texts = [v.encode() if isinstance(v, str) else b"" for v in values]
    table = decoder.table(texts)
    bad = {number: f"{BAD}: {reason}" for number, reason in table.bad.items()}
    odd = (bool, int, float, list)
    bad |= {n: BAD for n, v in enumerate(values) if isinstance(v, odd)}
    if len(table.good) == len(values):
        return table.columns, bad
    return {n: _spread(t, table.good, len(values)) for n, t in table.columns.items()}, bad


def unpack(
    found: Found, layout: Layout, ledger: Ledger, *, place: tuple[str, int], rows: int
) -> tuple[Found, int]:
    """Return Arrow columns with the encoded payload replaced by its fields, and the rows left.

    Rows whose payload is malformed are counted as that; ``place`` is the file's name and the
    number of the first of the batch's ``rows``.
    """
    name = layout.name(layout.payload)
    payload = found.get(name)
    if not isinstance(payload, pa.Array):
        return found, rows
    del found[name]
    fields, bad = decode(payload.to_pylist(), Decoder(layout.inner()))
    for number, reason in sorted(bad.items()):
        ledger.note("malformed", place[0], place[1] + number + 1, reason)
    keep = np.ones(rows, np.bool_)
    keep[list(bad)] = False
    made = {n: column(values, types) for n, (values, types) in fields.items()}
    found |= {n: c for n, c in made.items() if c is not None}
    return {n: _kept(c, keep) for n, c in found.items()}, int(keep.sum())


def joined(left: Typed | None, right: Typed) -> Typed:
    """Return one column of two, the right one's cells where it has any."""
    if left is None:
        return right
    values = [a if b is UNSET else b for a, b in zip(left[0], right[0], strict=True)]
    return values, frozenset(map(type, values))


def _spread(typed: Typed, good: Sequence[int], rows: int) -> Typed:
    values: list[Any] = [UNSET] * rows
    for number, value in zip(good, typed[0], strict=True):
        values[number] = value
    return values, typed[1] | {type(UNSET)}


def _kept(cells: pa.Array | Lanes, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> pa.Array | Lanes:
    if keep.all():
        return cells
    if isinstance(cells, pa.Array):
        return cells.filter(pa.array(keep))
    of = {state: keep[cells.states == state] for state in State}
    return Lanes(
        cells.states[keep],
        cells.numbers[of[State.NUMBER]],
        cells.texts.filter(pa.array(of[State.TEXT])),
        cells.booleans[of[State.BOOLEAN]],
    )
