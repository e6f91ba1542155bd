"""Paired rows made by hand: columns of pairs, a partner, places and moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa

from skewcheck.column import ColumnSpec
from skewcheck.location import Location, Segment
from skewcheck.pairing.column import PairColumn
from skewcheck.pairing.forensics import Coverage
from skewcheck.pairing.pairs import Join, Pairs
from skewcheck.pairing.request import Request
from skewcheck.pairing.sample import Pairing
from skewcheck.run import Partner
from skewcheck.summaries.parity import Tolerance
from skewcheck.summaries.places import Places
from skewcheck.window import Moment, Window


def column(train: pa.Array, serve: pa.Array) -> PairColumn:
    """Return the column of these pairs, counted by the code that counts any."""
    made = PairColumn(ColumnSpec(), Tolerance())
    order = np.arange(len(train))
    made.add(train, serve, Pairing(order.astype(np.uint64), order.astype(np.float64), order))
    return made


def numbers(train: list[float | None], serve: list[float | None]) -> PairColumn:
    """Return the column of these pairs of numbers."""
    return column(pa.array(train, pa.float64()), pa.array(serve, pa.float64()))


def partner(
    columns: Mapping[str, PairColumn],
    *,
    path: str = "offline.parquet",
    key: str = "request_id",
    offline: bool = True,
    as_of: bool = False,
    **coverage: int | Mapping[str, int],
) -> Partner:
    """Return a partner of 300 rows, 290 of them paired with 310 requests in 320 rows of serve."""
    known: dict[str, int | Mapping[str, int]] = {
        "rows_train": 300, "rows_serve": 320, "keys_train": 300, "keys_serve": 310,
        "null_train": 0, "null_serve": 0, "repeated_train": 0, "repeated_serve": 10, "paired": 290,
    }  # fmt: skip
    found = Coverage(**{**known, **coverage})  # type: ignore[arg-type]
    pairs = Pairs(Join(key, found, offline, as_of, 10), Places(), dict(columns))
    relation = "FROM read_parquet('offline.parquet')"
    return Partner(path, pairs, ((key, key),), None, relation, Request())


def segment(
    name: str, values: tuple[str, ...], marked: int, rows: int, total: int, outside: int = 0
) -> Segment:
    """Return a segment of so many rows of a total, with ``outside`` marked rows elsewhere."""
    return Segment(name, values, marked, rows, outside, total - rows, 1e-9, 10)


def moment(at: str, wide: float = 0.0) -> Moment:
    """Return the moment of an ISO time, known to so many seconds."""
    seconds = datetime.fromisoformat(at).timestamp()
    return Moment(seconds, seconds - wide, seconds, 0, 100, 50, 100, 1e-9)


def window(since: Moment | None, until: Moment | None = None) -> Window:
    """Return the window between two moments."""
    return Window(since, until, 50, 100, 0, 100, 1e-9, 10)


def located(
    marked: int, rows: int, named: Segment | None = None, when: Window | None = None
) -> Location:
    """Return where so many marked rows of so many rows are."""
    return Location(marked, rows, named, when, 10)
