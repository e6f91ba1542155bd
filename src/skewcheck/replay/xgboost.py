"""XGBoost's JSON and UBJSON models; the categories in the model give the codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from skewcheck.errors import InputError
from skewcheck.replay.model import Floats, Model, one_score, taken_as_score
from skewcheck.replay.models import library
from skewcheck.replay.table import matrix
from skewcheck.sources.trouble import said

LINEAR = "gblinear"  # the booster that has neither categories nor gains
HINT = "save it again with Booster.save_model"


def open_xgboost(path: str) -> Model:
    """Return an XGBoost model; all its trees answer, early stopping or not.

    Raises:
        InputError: the file is torn or damaged.
        UsageError: xgboost is not installed.
    """
    xgboost = library("xgboost", "an XGBoost model", "xgboost-cpu")
    try:
        booster = xgboost.Booster(model_file=bytearray(Path(path).read_bytes()))
        names, types = tuple(booster.feature_names or ()), booster.feature_types
        width = int(booster.num_features())
        categories = _categories(booster)
    except Exception as error:
        problem = f"damaged XGBoost model ({_reason(error)})"
        raise InputError(problem, file=path, hint=HINT) from error

    def answer(table: pa.Table) -> Floats:
        own = {name: categories[i] for i, name in enumerate(table.column_names) if i in categories}
        numbers = matrix(table, own, "the model").astype(np.float32)
        asked = xgboost.DMatrix(
            numbers, feature_names=names or None, feature_types=types, enable_categorical=True
        )
        return one_score(booster.predict(asked), path)

    return Model(
        path,
        "XGBoost model",
        names,
        width,
        taken_as_score(1),
        answer,
        _notes(booster),
        _gains(booster, names or tuple(f"f{i}" for i in range(width))),
    )


def _categories(booster: Any) -> dict[int, list[object]]:
    """Return the categories by the column's place; older versions and lines keep none."""
    booster_of = json.loads(booster.save_config())["learner"]["gradient_booster"]["name"]
    if booster_of == LINEAR or not hasattr(booster, "get_categories"):
        return {}
    found = booster.get_categories(export_to_arrow=True).to_arrow()
    return {i: array.to_pylist() for i, (_, array) in enumerate(found) if array is not None}


def _gains(booster: Any, names: tuple[str, ...]) -> tuple[float, ...]:
    """Return the total gain of each column; a linear model has none."""
    try:
        found = booster.get_score(importance_type="total_gain")
    except Exception:  # the library's own error is of no public type
        return ()
    return tuple(float(found.get(name, 0.0)) for name in names)


def _notes(booster: Any) -> tuple[str, ...]:
    best = booster.attr("best_iteration")
    if best is None or int(best) + 1 >= booster.num_boosted_rounds():
        return ()
    rounds = booster.num_boosted_rounds()
    return (f"all {rounds} rounds answer, although round {int(best) + 1} was the best in training",)


def _reason(error: Exception) -> str:
    """Return what went wrong, without the place in XGBoost's own source."""
    return said(error).rpartition(": ")[2] or "it ends too early"
