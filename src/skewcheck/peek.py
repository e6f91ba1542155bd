"""The first rows of train, looked at before the pass: where each column's grid should lie."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.breakdown import cut_of
from skewcheck.column import ColumnSpec
from skewcheck.ledger import Ledger
from skewcheck.profile import Plan
from skewcheck.schema import Kind
from skewcheck.sources.batch import Batch, Lanes, Source
from skewcheck.summaries.gridspec import GridSpec

Values = NDArray[np.float64]

ROWS = 8192  # as many whatever the batch size, so that the plan depends on the data alone


def first_rows(source: Source) -> list[Batch]:
    """Return the first ROWS rows of the source in batches, or all of them."""
    found: list[Batch] = []
    left = ROWS
    for part in source.parts:
        for batch in part.batches(Ledger()):
            found.append(batch.head(left))
            left -= found[-1].rows
            if left <= 0:
                return found
    return found


def plan(head: list[Batch], kinds: dict[str, Kind]) -> Plan:
    """Return the plan that the first rows of train suggest; ``kinds`` are train's own."""
    names = dict.fromkeys([*kinds, *(name for batch in head for name in batch.columns)])
    whole = sum(batch.rows for batch in head) < ROWS
    specs: dict[str, ColumnSpec] = {}
    for name in names:
        kept = [_numbers(batch.columns[name]) for batch in head if name in batch.columns]
        numbers = np.concatenate(kept) if kept else np.zeros(0)
        cut = cut_of([batch.columns[name] for batch in head if name in batch.columns])
        specs[name] = ColumnSpec(kinds.get(name), GridSpec.of(numbers, fine=whole), cut)
    return Plan(specs)


def _numbers(values: pa.Array | Lanes) -> Values:
    """Return the numbers of a column, times in seconds."""
    if isinstance(values, Lanes):
        return values.numbers
    values = values.drop_null()
    kind = values.type
    found: Values = np.zeros(0)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        micros = values.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        found = micros.to_numpy(zero_copy_only=False) / 1e6
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        found = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return found
