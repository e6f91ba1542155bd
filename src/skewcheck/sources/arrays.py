"""Arrow columns as the profile wants them: structs flattened, odd types made plain, no copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skewcheck.formats import Naming, Path
from skewcheck.schema import Kind
from skewcheck.sources.batch import Lanes, State
from skewcheck.sources.cells import Cells
from skewcheck.sources.trouble import twice

t = pa.types


def columns(batch: pa.RecordBatch, naming: Naming) -> dict[str, Cells]:
    """Return the columns of an Arrow batch by name; fields of a struct are columns of their own.

    Numbers, booleans, times, texts, lists and text dictionaries pass as they are. Decimals, times
    of day and durations (in seconds) become float64, other dictionaries are decoded, bytes that
    are UTF-8 become text.

    Raises:
        InputError: two columns get the same name.
    """
    return named(zip(batch.schema.names, batch.columns, strict=True), naming)


def named(pairs: Iterable[tuple[str, Cells]], naming: Naming) -> dict[str, Cells]:
    """Return columns as ``columns`` does, from names and arrays; Lanes pass as they are."""
    found: dict[str, Cells] = {}
    for column, cells in pairs:
        flat = [((column,), cells)] if isinstance(cells, Lanes) else _flat((column,), cells)
        for path, leaf in flat:
            name = naming.name(path)
            if name in found:
                raise twice(name)
            found[name] = leaf if isinstance(leaf, Lanes) else plain(leaf)
    return found


def kinds(schema: pa.Schema, naming: Naming, file: str | None = None) -> dict[str, Kind]:
    """Return the kinds that an Arrow schema declares, by column name, in its order.

    Raises:
        InputError: two columns get the same name.
    """
    found: dict[str, Kind] = {}
    for field in schema:
        for path, kind in _leaves((field.name,), field.type):
            name = naming.name(path)
            if name in found:
                raise twice(name, file)
            found[name] = kind_of(kind)
    return found


def kind_of(kind: pa.DataType) -> Kind:
    """Return the Kind of the values of an Arrow type."""
    if t.is_dictionary(kind) or t.is_run_end_encoded(kind):
        return kind_of(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return kind_of(kind.storage_type)
    if t.is_boolean(kind):
        return Kind.BOOLEAN
    if t.is_timestamp(kind) or t.is_date(kind):
        return Kind.DATETIME
    if t.is_integer(kind) or t.is_floating(kind) or t.is_decimal(kind) or t.is_temporal(kind):
        return Kind.NUMBER
    if t.is_null(kind):
        return Kind.EMPTY
    if t.is_nested(kind):
        return Kind.LIST
    return Kind.TEXT


def skeleton(schema: pa.Schema) -> dict[str, Any]:
    """Return an event with the fields that a schema has, for finding out its layout."""
    return {field.name: _hollow(field.type) for field in schema}


def plain(array: pa.Array) -> Cells:
    """Return an Arrow array in one of the types that the profile counts."""
    kind = array.type
    if t.is_floating(kind) or t.is_integer(kind) or t.is_string(kind) or t.is_boolean(kind):
        return array
    if t.is_dictionary(kind):
        texts = t.is_string(kind.value_type) or t.is_large_string(kind.value_type)
        return array if texts else plain(array.dictionary_decode())
    if isinstance(kind, pa.UuidType):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    if isinstance(kind, pa.BaseExtensionType):
        return plain(array.storage)
    if t.is_run_end_encoded(kind):
        return plain(pc.run_end_decode(array))
    if t.is_decimal(kind):
        return array.cast(pa.float64())
    if t.is_time(kind) or t.is_duration(kind):
        return _seconds(array)
    if t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind):
        return _text_of_bytes(array)
    if t.is_binary_view(kind):
        return _text_of_bytes(array.cast(pa.large_binary()))
    if t.is_string_view(kind):
        return array.cast(pa.large_string())
    if t.is_list_view(kind) or t.is_large_list_view(kind) or t.is_fixed_size_list(kind):
        return array.cast(pa.large_list(kind.value_type))
    return array


def constant(value: str | float | None, rows: int, *, number: bool = False) -> pa.Array:
    """Return a column that holds one value in every row, as a dictionary of one text."""
    if value is None:
        return pa.nulls(rows, pa.float64() if number else pa.string())
    if number:
        return pa.array(np.full(rows, float(value)))
    indices = pa.array(np.zeros(rows, np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array([value], pa.string()))


def with_partitions(
    found: dict[str, Cells],
    partitions: Iterable[tuple[str, str | None]],
    rows: int,
    numbers: Collection[str],
) -> dict[str, Cells]:
    """Return the columns with those of the path added, as numbers where named in ``numbers``.

    A column of the file wins over a key of the path.
    """
    for key, value in partitions:
        if key not in found:
            found[key] = constant(value, rows, number=key in numbers)
    return found


def _flat(path: Path, array: pa.Array) -> Iterator[tuple[Path, pa.Array]]:
    """Yield the leaves under a column; a null struct makes its fields null."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType) and t.is_struct(kind.storage_type):
        array, kind = array.storage, kind.storage_type
    if not t.is_struct(kind):
        yield path, array
        return
    for field, child in zip(kind, array.flatten(), strict=True):
        yield from _flat((*path, field.name), child)


def _leaves(path: Path, kind: pa.DataType) -> Iterator[tuple[Path, pa.DataType]]:
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if not t.is_struct(kind):
        yield path, kind
        return
    for field in kind:
        yield from _leaves((*path, field.name), field.type)


def _seconds(array: pa.Array) -> pa.Array:
    """Return times of day and durations as seconds, float64."""
    scale = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[array.type.unit]
    width = pa.int32() if array.type.bit_width == 32 else pa.int64()
    return pc.divide(array.view(width).cast(pa.float64(), safe=False), scale)


def _text_of_bytes(array: pa.Array) -> Cells:
    """Return bytes as text; a value that is no UTF-8 is of state OTHER."""
    if t.is_fixed_size_binary(array.type):
        array = array.cast(pa.binary())
    try:
        large = t.is_large_binary(array.type)
        return array.cast(pa.large_string() if large else pa.string())
    except pa.ArrowInvalid:
        return _some_text(array)


def _some_text(array: pa.Array) -> Lanes:
    states = np.full(len(array), State.NULL, np.uint8)
    texts = []
    for row, value in enumerate(array.to_pylist()):
        if value is None:
            continue
        try:
            texts.append(value.decode())
            states[row] = State.TEXT
        except UnicodeDecodeError:
            states[row] = State.OTHER
    return Lanes(states, np.empty(0), pa.array(texts, pa.string()), np.empty(0, np.bool_))


def _hollow(kind: pa.DataType) -> Any:
    if t.is_struct(kind):
        return {field.name: _hollow(field.type) for field in kind}
    return None
