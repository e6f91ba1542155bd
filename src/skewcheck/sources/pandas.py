"""pandas tables: nullable as pandas means it, and columns of objects taken value by value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from skewcheck.sources.cells import Cells, lanes
from skewcheck.sources.trouble import twice

INFERRED = {
    "boolean": pa.bool_(),
    "integer": pa.float64(),
    "floating": pa.float64(),
    "mixed-integer-float": pa.float64(),
    "decimal": pa.float64(),
    "datetime": pa.timestamp("us"),
    "date": pa.timestamp("us"),
    "empty": pa.null(),
}


def schema(frame: Any) -> dict[str, pa.DataType]:
    """Return the Arrow types of a DataFrame's columns; of objects, what most of them look like.

    Raises:
        InputError: two columns have one name.
    """
    from pandas.api.types import infer_dtype

    found: dict[str, pa.DataType] = {}
    for name, series in _series(frame):
        if name in found:
            raise twice(name)
        if series.dtype == object:
            found[name] = INFERRED.get(infer_dtype(series, skipna=True), pa.string())
            first = next((v for v in series if isinstance(v, dict)), None)
            if first is not None:
                found[name] = pa.array([first]).type
        else:
            found[name] = pa.array(series.iloc[:0], from_pandas=True).type
    return found


def pieces(frame: Any, rows: int) -> Iterator[tuple[int, list[tuple[str, Cells]]]]:
    """Yield the rows of a DataFrame in pieces; NaN and NA are null, as pandas means them."""
    for start in range(0, len(frame), rows):
        piece = frame.iloc[start : start + rows]
        yield len(piece), [(name, _cells(series)) for name, series in _series(piece)]


def _series(frame: Any) -> Iterator[tuple[str, Any]]:
    """Yield named index levels and columns; a name of several levels is joined with dots."""
    for level, name in enumerate(frame.index.names):
        if name is not None:
            yield _name(name), frame.index.get_level_values(level).to_series()
    for place, name in enumerate(frame.columns):
        yield _name(name), frame.iloc[:, place]


def _name(name: Any) -> str:
    return ".".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _cells(series: Any) -> Cells:
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return lanes([_value(v) for v in series])
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _value(value: Any) -> Any:
    """Return a value of an object column as plain Python; what pandas takes for missing is None."""
    import pandas as pd

    value = value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value
    missing = pd.isna(value) if not hasattr(value, "__len__") else False
    return None if missing is True or bool(missing) else value
