"""The age of a feature's values as a column: how long before the request each was made."""

from __future__ import annotations

import pyarrow as pa

from skewcheck.deciding import beside
from skewcheck.manifest import Feature, Manifest, age_of
from skewcheck.moments import moments
from skewcheck.opened import Opened
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Lanes
from skewcheck.sources.derived import Derivation


def with_ages(side: Opened, schema: Schema, manifest: Manifest) -> Opened:
    """Return the side with the age of every feature whose time the policy names."""
    time = next((name for name in schema.names(Role.TIME) if name in side.kinds), None)
    if side.source is None or time is None:
        return side
    for name, feature in _timed(manifest).items():
        assert feature.time
        columns = (time, feature.time)
        side = beside(side, Derivation(age_of(name), columns, Kind.NUMBER, _ages))
    return side


def with_columns(schema: Schema, manifest: Manifest) -> Schema:
    """Return the schema with the ages, and with the times that they are made of set aside."""
    columns = dict(schema.columns)
    for name, feature in _timed(manifest).items():
        reason = f"made from {feature.time} by the policy's [features]"
        columns[age_of(name)] = Column(age_of(name), Role.AGE, reason)
        if feature.time in columns:
            reason = f"the time of {name}, by the policy's [features]"
            columns[feature.time] = Column(feature.time, Role.IGNORED, reason)
    return Schema(columns)


def _timed(manifest: Manifest) -> dict[str, Feature]:
    features = manifest.features.items()
    return {name: f for name, f in features if f.time is not None and f.max_age is not None}


def _ages(event: pa.Array | Lanes, made: pa.Array | Lanes) -> pa.Array:
    """Return the seconds from the moment a value was made to its request, null without both."""
    ages = moments(event) - moments(made)
    return pa.array(ages, from_pandas=True)
