"""ONNX models by onnxruntime: one tensor of the model's width, or an input per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.errors import InputError
from skewcheck.replay.model import OWN, Floats, Model, one_score
from skewcheck.replay.models import library
from skewcheck.replay.table import matrix
from skewcheck.sources.trouble import said

TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
REAL = ("tensor(float)", "tensor(double)", "tensor(float16)")
Feed = Callable[[pa.Table], dict[str, NDArray[Any]]]


def open_onnx(path: str) -> Model:
    """Return an ONNX model.

    Its score is the output named like a probability, else the first of real numbers: of two classes
    the second's, also where a ZipMap makes a dictionary of them.

    Raises:
        InputError: the file is damaged, or its inputs and outputs are not those of one score.
        UsageError: onnxruntime is not installed.
    """
    runtime = library("onnxruntime", "an ONNX model", "'skewcheck[replay]'")
    options = runtime.SessionOptions()
    options.log_severity_level = 4  # fatal alone: what is wrong is raised
    try:
        session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        why = said(error).rpartition(" : ")[2]
        raise InputError(
            f"damaged or unknown ONNX model ({why})", file=path, hint="export it again"
        ) from error
    columns, width, feed = _inputs(session.get_inputs(), path)
    name, score = _output(session.get_outputs(), path)

    def answer(table: pa.Table) -> Floats:
        try:
            found = session.run([name], feed(table))[0]
        except Exception as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"does not run ({said(error)})", file=path, hint=OWN) from error
        return one_score(_zipped(found), path)

    return Model(path, "ONNX model", columns, width, score, answer)


def _inputs(inputs: Sequence[Any], path: str) -> tuple[tuple[str, ...], int, Feed]:
    """Return the columns' names (none for one wide tensor), how many, and how to feed them."""
    odd = [i.name for i in inputs if i.type not in (*TYPES, "tensor(string)")]
    if odd or not inputs:
        raise InputError(f"takes what no column holds: {', '.join(odd)}", file=path, hint=OWN)
    shape = inputs[0].shape
    wide = len(inputs) == 1 and len(shape) == 2 and inputs[0].type in TYPES and shape[1] != 1
    if not wide:
        names = tuple(i.name for i in inputs)
        return names, len(names), lambda table: {i.name: _fed(i, table) for i in inputs}
    if not isinstance(shape[1], int):
        raise InputError("does not say how many columns it takes", file=path, hint=OWN)
    name, kind = inputs[0].name, TYPES[inputs[0].type]
    return (), shape[1], lambda table: {name: matrix(table, {}, "the model").astype(kind)}


def _fed(wanted: Any, table: pa.Table) -> NDArray[Any]:
    """Return a column as an input of its own, of as many dimensions as the model says."""
    column = table.column(wanted.name)
    if wanted.type == "tensor(string)":
        texts = pc.fill_null(column.cast(pa.string()), "")
        values = np.asarray(texts.to_numpy(), np.object_)
    else:
        numbers = matrix(table.select([wanted.name]), {}, "the model")[:, 0]
        whole = wanted.type not in REAL
        if whole and not np.isfinite(numbers).all():
            problem = "holds nulls, where the model takes whole numbers"
            raise InputError(problem, column=wanted.name, hint=OWN)
        values = numbers.astype(TYPES[wanted.type])
    return values.reshape(-1, *(1 for _ in wanted.shape[1:]))


def _output(outputs: Sequence[Any], path: str) -> tuple[str, str]:
    """Return the output that is the score, and which it is in words."""
    real = [o for o in outputs if o.type in REAL or o.type.startswith(("seq(map(", "map("))]
    if not real:
        names = ", ".join(o.name for o in outputs)
        raise InputError(f"has no output of real numbers: {names}", file=path, hint=OWN)
    chosen = next((o for o in real if "prob" in o.name.lower()), real[0])
    two = not chosen.type.startswith("tensor") or (len(chosen.shape) == 2 and chosen.shape[1] == 2)
    which = f"its output {chosen.name!r}"
    return chosen.name, f"{which}, of the second class" if two else which


def _zipped(found: Any) -> Any:
    """Return what a ZipMap makes of probabilities, a dictionary per row, as a table again."""
    if not isinstance(found, list) or not found or not isinstance(found[0], dict):
        return found
    classes = sorted(found[0])
    return [[row[name] for name in classes] for row in found]
