"""Reads the tables ``[manifest]`` and ``[features.NAME]``: what each feature is worth."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.config.shapes import NotNegative, SpanOfTime
from skewcheck.config.tables import Place, read, shown, table, value
from skewcheck.errors import ConfigError, UsageError, nearest
from skewcheck.manifest import Feature, Manifest, Origin, Status
from skewcheck.span import duration

IMPORTANCE = "a path, or model, attributions or permutation"
State: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [str(one) for one in Status]})]


class ManifestTable(Struct, forbid_unknown_fields=True):
    """The features as a whole."""

    frozen: Annotated[
        bool,
        Meta(
            description="No feature may be logged that no [features.NAME] names.", examples=[False]
        ),
    ] = False
    importance: Annotated[
        str | UnsetType,
        Meta(
            description="Importances: JSON of names and numbers, or CSV with a line of "
            "each a feature; or model, attributions or permutation, to measure them."
        ),
    ] = UNSET


class FeatureTable(Struct, forbid_unknown_fields=True):
    """What is known of one feature."""

    importance: Annotated[
        NotNegative | UnsetType,
        Meta(
            description="What it is worth to the model, on any scale: ranks what to fix first.",
            examples=[0.31],
        ),
    ] = UNSET
    effort: Annotated[
        NotNegative | UnsetType, Meta(description="What it costs to build or mend, on any scale.")
    ] = UNSET
    owner: Annotated[str | UnsetType, Meta(description="Whose it is.", examples=["risk data"])] = (
        UNSET
    )
    status: Annotated[
        State,
        Meta(
            description="Whether it exists at inference time; what is planned is told by "
            "its coverage.",
            examples=["live"],
        ),
    ] = "live"
    fallback: Annotated[
        float | str | UnsetType,
        Meta(description="What the service sends where it has no value.", examples=[-1]),
    ] = UNSET
    source: Annotated[str | UnsetType, Meta(description="Where it comes from.")] = UNSET
    time: Annotated[
        str | UnsetType, Meta(description="Column with the moment at which the value was made.")
    ] = UNSET
    max_age: Annotated[
        SpanOfTime | UnsetType, Meta(description="Age from which on a value is stale.")
    ] = UNSET


def manifest(raw: Any, features: Any, folder: Path, place: Place) -> Manifest:
    """Return the features of a policy file; ``place`` is that of the whole file."""
    given = table(raw, ManifestTable.__struct_fields__, place.at("manifest"))
    frozen = value(given.get("frozen", False), bool, "true or false", place.at("manifest.frozen"))
    found = {
        name: _feature(content, place.at("features").at(name))
        for name, content in table(features, None, place.at("features")).items()
    }
    if frozen and not found:
        raise place.at("manifest.frozen").error("freezes an empty list; add [features.NAME] tables")
    origin = None
    if "importance" in given:
        here = place.at("manifest.importance")
        path = value(given["importance"], str, IMPORTANCE, here)
        if path in list(Origin):
            origin = _origin(path, found, here)
        else:
            found = _weighed(found, importances(folder / path), frozen)
    return Manifest(found, frozen, origin)


def _origin(word: str, features: Mapping[str, Feature], place: Place) -> Origin:
    """Return where importance comes from; numbers of another scale would not add up with it."""
    given = next((n for n, f in features.items() if f.importance is not None), None)
    if given is not None:
        raise place.error(f"is {shown(word)}, and [features.{given}] gives a number; keep one")
    return Origin(word)


def _weighed(
    features: Mapping[str, Feature], worth: Mapping[str, float], frozen: bool
) -> dict[str, Feature]:
    """Return the features with the importance that a file gives; the policy's own goes first."""
    found = dict(features)
    for name, importance in worth.items():
        feature = found.get(name, Feature())
        if feature.importance is None and (name in found or not frozen):
            found[name] = replace(feature, importance=importance)
    return found


def _feature(raw: Any, place: Place) -> Feature:
    given = table(raw, FeatureTable.__struct_fields__, place)
    texts = {key: value(given.get(key, ""), str, "a text", place.at(key)) for key in TEXTS}
    status = given.get("status", Status.LIVE)
    if status not in list(Status):
        raise place.at("status").error(f"is {shown(status)}; {nearest(str(status), list(Status))}")
    fallback = given.get("fallback")
    if not isinstance(fallback, str | int | float | None) or isinstance(fallback, bool):
        raise place.at("fallback").error(f"is {shown(fallback)}; expected a number or a text")
    return Feature(
        _positive(given, "importance", place),
        _positive(given, "effort", place),
        texts["owner"],
        Status(status),
        fallback if isinstance(fallback, str | None) else float(fallback),
        texts["source"],
        texts["time"] or None,
        _age(texts["max_age"], place.at("max_age")) if "max_age" in given else None,
    )


TEXTS = ("owner", "source", "time", "max_age")


def _positive(given: Mapping[str, Any], key: str, place: Place) -> float | None:
    if key not in given:
        return None
    number = value(given[key], float, "a number from 0 on", place.at(key))
    if not 0 <= number < math.inf:
        raise place.at(key).error(f"is {shown(number)}; expected a number from 0 on")
    return number


def _age(text: str, place: Place) -> float:
    try:
        return duration(text)
    except UsageError as error:
        raise place.error(f"is {error}") from error


def importances(path: Path) -> dict[str, float]:
    """Return the importance of each feature that a file names: JSON, or CSV of name and number.

    Raises ConfigError with file and line.
    """
    text = read(path)
    if path.suffix.lower() == ".json":
        try:
            rows = list(json.loads(text).items())
        except (ValueError, AttributeError) as error:
            raise ConfigError(f"{path}: expected a JSON object of names and numbers") from error
        numbered = [(1, name, worth) for name, worth in rows]
    else:
        lines = list(csv.reader(text.splitlines()))
        numbered = [(i, row[0], row[1]) for i, row in enumerate(lines, 1) if len(row) > 1]
        if numbered and _number(numbered[0][2]) is None:
            numbered = numbered[1:]  # a heading
    found: dict[str, float] = {}
    for line, name, worth in numbered:
        number = _number(worth)
        if number is None:
            raise ConfigError(f"{path}:{line}: {worth!r} is no importance of {name!r}; a number is")
        found[name] = number
    if not found:
        raise ConfigError(f"{path}: names no feature; expected lines of name and number")
    return found


def _number(worth: Any) -> float | None:
    try:
        number = abs(float(worth))
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
