"""The policy file as types: what each key holds and means. ``schema`` makes JSON Schema of it.

The fields of a struct are the keys of its table, and the only list of them: a key without a
meaning cannot be read. ``examples`` are what a template shows; ``column`` says of a key that it
names one. Tables with a reader of their own have their type beside it.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.config.decisions import ONE_OF, DecisionsTable
from skewcheck.config.gains import OUTCOMES, ValueTable
from skewcheck.config.gate import GateTable, WaiverTable
from skewcheck.config.latency import LatencyTable
from skewcheck.config.looks import DependenceTable, LooksTable
from skewcheck.config.manifest import FeatureTable, ManifestTable
from skewcheck.config.roles import Assigned, RolesTable
from skewcheck.config.shapes import Limit, Mode, Names, NotNegative, Off, Repair, SpanOfTime, column


class PairingTable(Struct, forbid_unknown_fields=True):
    """Which rows of the two sides belong together, and what counts as the same value."""

    offline: Annotated[
        str | UnsetType,
        Meta(
            description="The logged requests' features, computed again offline: rows are "
            "paired with these, else with train's own where keys overlap.",
            examples=["offline.parquet"],
        ),
    ] = UNSET
    as_of: Annotated[
        str | UnsetType,
        Meta(
            description="Column of `offline` with the time of a snapshot: a request takes the "
            "latest row of its key that is not after it."
        ),
    ] = UNSET
    tolerance: Annotated[
        SpanOfTime | UnsetType, Meta(description="Oldest snapshot that a request may take.")
    ] = UNSET
    repair_key: Annotated[
        Repair | list[Repair] | UnsetType,
        Meta(description="How keys are respelled before they are joined."),
    ] = UNSET
    abs_tol: Annotated[
        NotNegative | UnsetType,
        Meta(description="Paired numbers this close are the same, in the column's own unit."),
    ] = UNSET
    rel_tol: Annotated[
        NotNegative,
        Meta(
            description="Paired numbers this close are the same, as a share of the larger one.",
            examples=[1e-6],
        ),
    ] = 1e-6


class ReplayTable(Struct, forbid_unknown_fields=True):
    """The model to ask again: it tells a bug of the serving code from one in the features."""

    model: Annotated[
        str | UnsetType,
        Meta(
            description="Model file: ONNX, LightGBM text or XGBoost JSON; not with `predict`.",
            examples=["model.onnx"],
        ),
    ] = UNSET
    predict: Annotated[
        str | UnsetType,
        Meta(description="A function of your own, `package.module:function`; not with `model`."),
    ] = UNSET
    features: Annotated[
        Names | UnsetType,
        Meta(description="The model's columns in order, where its file does not name them."),
    ] = UNSET


class ReadinessTable(Struct, forbid_unknown_fields=True):
    """Ways to fail that a run must have evidence for."""

    demand: Annotated[
        Mode | list[Mode] | UnsetType,
        Meta(
            description="Without evidence for each of these the run is inconclusive.",
            examples=[["skew", "availability"]],
        ),
    ] = UNSET


class CheckTable(Struct, forbid_unknown_fields=True):
    """Limits of one check, in its unit; one that is not set is the check's own."""

    fail: Annotated[
        Limit | UnsetType,
        Meta(description="Past it beyond doubt a column fails; false is no limit."),
    ] = UNSET
    warn: Annotated[
        Limit | UnsetType,
        Meta(description="Past it is said, and passes; at most `fail`; false is no limit."),
    ] = UNSET


class ColumnTable(Struct, forbid_unknown_fields=True):
    """What holds for one column only."""

    role: Annotated[
        Assigned | UnsetType, Meta(description="What it is for; `ignored` leaves it out.")
    ] = UNSET
    checks: Annotated[
        dict[str, CheckTable] | UnsetType,
        Meta(description="Its limits by check, over those of [checks]."),
    ] = UNSET
    private: Annotated[
        bool | UnsetType,
        Meta(
            description="true: no value of it is shown; false: shown although they look like "
            "ids or free text, which are hidden when nothing is said.",
            examples=[True],
        ),
    ] = UNSET
    abs_tol: Annotated[
        NotNegative | UnsetType,
        Meta(description="As in [pairing], for this column.", examples=[0.01]),
    ] = UNSET
    rel_tol: Annotated[
        NotNegative | UnsetType, Meta(description="As in [pairing], for this column.")
    ] = UNSET


ONE_MODEL = {"not": {"required": ["model", "predict"]}}
ONE_WAY = {"oneOf": [{"maxProperties": 0}, *({"required": [way]} for way in ONE_OF)]}
BY_OUTCOME = {"required": list(OUTCOMES), "not": {"required": ["decisions"]}}
BY_DECISION = {
    "required": ["decisions"],
    "not": {"anyOf": [{"required": [outcome]} for outcome in OUTCOMES]},
}
VALUED = {"oneOf": [{"maxProperties": 0}, BY_OUTCOME, BY_DECISION]}
BUDGETED = {"anyOf": [{"required": ["budget"]}, {"required": ["columns"]}]}
WITH_SHARE = {"if": {"required": ["share"]}, "then": BUDGETED}


class File(Struct, forbid_unknown_fields=True):
    """What skewcheck compares and what it accepts: `skewcheck.toml`."""

    level: Annotated[
        float,
        Meta(
            gt=0,
            lt=0.5,
            description="Chance that a column in order fails, or that a broken one passes.",
        ),
    ] = 0.05
    train: Annotated[str | UnsetType, Meta(description="Training snapshot, or its profile.")] = (
        UNSET
    )
    serve: Annotated[Names | UnsetType, Meta(description="Logs: files, folders or profiles.")] = (
        UNSET
    )
    labels: Annotated[
        str | UnsetType,
        Meta(
            description="Labels that arrive later: a file with the key of serve and the label.",
            examples=["outcomes.parquet"],
        ),
    ] = UNSET
    history: Annotated[
        str | UnsetType,
        Meta(description="Folder in which every run leaves a file.", examples=["history"]),
    ] = UNSET
    fold_after: Annotated[
        SpanOfTime | Off,
        Meta(
            description="Age from which on the nights of a history are folded by four weeks, "
            "`7d` at least; false for never.",
            examples=["45d"],
        ),
    ] = "45d"
    roles: RolesTable | UnsetType = UNSET
    pairing: PairingTable | UnsetType = UNSET
    replay: Annotated[ReplayTable | UnsetType, Meta(extra_json_schema=ONE_MODEL)] = UNSET
    readiness: ReadinessTable | UnsetType = UNSET
    decisions: Annotated[DecisionsTable | UnsetType, Meta(extra_json_schema=ONE_WAY)] = UNSET
    value: Annotated[ValueTable | UnsetType, Meta(extra_json_schema=VALUED)] = UNSET
    latency: Annotated[
        LatencyTable | UnsetType,
        Meta(extra_json_schema=WITH_SHARE),
    ] = UNSET
    manifest: ManifestTable | UnsetType = UNSET
    features: Annotated[
        dict[str, FeatureTable] | UnsetType, Meta(extra_json_schema=column("feature"))
    ] = UNSET
    looks: LooksTable | UnsetType = UNSET
    dependence: DependenceTable | UnsetType = UNSET
    gate: GateTable | UnsetType = UNSET
    waivers: list[WaiverTable] | UnsetType = UNSET
    checks: Annotated[
        dict[str, CheckTable] | UnsetType, Meta(description="Limits by check, for all columns.")
    ] = UNSET
    columns: Annotated[
        dict[str, ColumnTable] | UnsetType, Meta(extra_json_schema=column("feature"))
    ] = UNSET
