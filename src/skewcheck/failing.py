"""The hour and the version of failed requests as columns: times alone do not tell who failed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.breakdown import FAILED, spelled
from skewcheck.deciding import beside
from skewcheck.failures import failed
from skewcheck.moments import moments
from skewcheck.opened import Opened
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Lanes
from skewcheck.sources.derived import Derivation

COLUMNS = {Role.TIME: FAILED["failed hour"], Role.VERSION: FAILED["failed version"]}


def with_failures(side: Opened, schema: Schema) -> Opened:
    """Return the side with when, and under which version, each failed request was asked.

    A saved profile has counted them, or has not.
    """
    status = next((name for name in schema.names(Role.STATUS) if name in side.kinds), None)
    if side.source is None or status is None or not schema.names(Role.LATENCY):
        return side
    for role, made in COLUMNS.items():
        of = next((name for name in schema.names(role) if name in side.kinds), None)
        if of is not None:
            kind = Kind.DATETIME if role is Role.TIME else Kind.TEXT
            make = partial(_hours if role is Role.TIME else _versions, status)
            side = beside(side, Derivation(made, (of, status), kind, make))
    return side


def with_columns(schema: Schema) -> Schema:
    """Return the schema with these columns, which only group rows, where there are failures."""
    if not schema.names(Role.STATUS) or not schema.names(Role.LATENCY):
        return schema
    made = {
        name: Column(name, Role.IGNORED) for role, name in COLUMNS.items() if schema.names(role)
    }
    return Schema({**schema.columns, **made})


def _hours(status: str, times: pa.Array | Lanes, values: pa.Array | Lanes) -> pa.Array:
    seconds = moments(times)
    there = _failed(status, values) & np.isfinite(seconds)
    ticks = (np.where(there, seconds, 0.0) * 1e6).astype(np.int64)
    return pa.array(ticks, pa.timestamp("us"), mask=~there)


def _versions(status: str, versions: pa.Array | Lanes, values: pa.Array | Lanes) -> pa.Array:
    names = spelled(versions).cast(pa.large_string())
    return pc.if_else(pa.array(_failed(status, values)), names, None)


def _failed(status: str, values: pa.Array | Lanes) -> NDArray[np.bool_]:
    """Return which requests failed by their status; one without a status did not."""
    encoded = spelled(values).dictionary_encode()
    words = encoded.dictionary.to_pylist()
    known = np.array([*(word is not None and failed(status, word) for word in words), False])
    return np.asarray(
        known[pc.fill_null(encoded.indices, len(words)).to_numpy(zero_copy_only=False)]
    )
