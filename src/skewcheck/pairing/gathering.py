"""Some rows of a column, by position: most of what row parity costs is to fetch the partners."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.sources.batch import Lanes

Positions = NDArray[np.int64]
FEW = 1024  # rows for which one call is quicker than two


def taken(values: pa.Array | Lanes, rows: Positions) -> pa.Array | Lanes:
    """Return some rows of a column, in the order of ``rows``.

    Without a copy where these are neighbours in order.
    """
    if isinstance(values, Lanes):
        return values.taken(rows)
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows) and (np.diff(rows) == 1).all():
        return values.slice(int(rows[0]), len(rows))
    places = pa.array(rows)
    if values.null_count and len(rows) > FEW:
        return _with_nulls(values, places)
    return pc.take(values, places, boundscheck=False)  # positions come from the join


def _with_nulls(values: pa.Array, places: pa.Array) -> pa.Array:
    """Return values and validity fetched apart: both at once cost Arrow twice as much."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        codes = _with_nulls(values.indices, places)
        return pa.DictionaryArray.from_arrays(codes, values.dictionary, ordered=kind.ordered)
    if not pa.types.is_primitive(kind) or pa.types.is_boolean(kind):
        return pc.take(values, places, boundscheck=False)
    whole = pa.Array.from_buffers(
        kind, len(values), [None, values.buffers()[1]], offset=values.offset
    )
    parts = [pc.take(part, places, boundscheck=False) for part in (values.is_valid(), whole)]
    buffers = [part.buffers()[1] for part in parts]
    return pa.Array.from_buffers(kind, len(places), buffers)
