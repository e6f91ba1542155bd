"""The type of ``[roles]``: what a column may be for."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.config.shapes import Names
from skewcheck.schema import Role

Assigned: TypeAlias = Annotated[
    str, Meta(extra_json_schema={"enum": [str(role) for role in Role if not role.derived]})
]


class RolesTable(Struct, forbid_unknown_fields=True):
    """What columns are for: names by role. A role that is not named is guessed, else a feature."""

    feature: Annotated[
        Names | UnsetType, Meta(description="Inputs of the model that look like something else.")
    ] = UNSET
    score: Annotated[
        Names | UnsetType,
        Meta(
            description="The model's answers: compared like features; [decisions] "
            "follow from the first."
        ),
    ] = UNSET
    decision: Annotated[
        Names | UnsetType, Meta(description="What was decided; the two sides are compared.")
    ] = UNSET
    key: Annotated[
        Names | UnsetType,
        Meta(
            description="What names an event: rows are paired by it. Several columns make one key."
        ),
    ] = UNSET
    entity: Annotated[
        Names | UnsetType,
        Meta(description="Whom an event is about: rows of one customer depend on each other."),
    ] = UNSET
    time: Annotated[Names | UnsetType, Meta(description="When an event was.")] = UNSET
    label: Annotated[
        Names | UnsetType, Meta(description="The truth: scores are held against it.")
    ] = UNSET
    latency: Annotated[
        Names | UnsetType, Meta(description="Response times: held against [latency].")
    ] = UNSET
    attribution: Annotated[
        Names | UnsetType,
        Meta(description="What a feature added to the score, as SHAP says it; compared like one."),
    ] = UNSET
    model_version: Annotated[
        Names | UnsetType, Meta(description="Which model answered; [gate] may demand one.")
    ] = UNSET
    status: Annotated[
        Names | UnsetType,
        Meta(description="How a request ended: failed ones count as over budget."),
    ] = UNSET
    segment: Annotated[
        Names | UnsetType,
        Meta(description="Groups of requests, in which places are looked for."),
    ] = UNSET
    ignore: Annotated[Names | UnsetType, Meta(description="Left out.")] = UNSET
