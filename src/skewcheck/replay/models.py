"""Opens a model file by its content, never by its name; runs no code from it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from skewcheck.errors import InputError, UsageError
from skewcheck.replay.model import OWN, Model
from skewcheck.replay.request import ModelRequest

READS = "an ONNX file, a LightGBM text file, or an XGBoost JSON or UBJSON file"
PICKLES = (".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle")
NO_PICKLE = "is a pickle, and to load one runs whatever code is in it: skewcheck never does"
PEEKED = 4096


def open_model(request: ModelRequest) -> Model:
    """Return the model that the user named.

    Raises:
        InputError: the file is missing, damaged, or of no kind that can be replayed.
        UsageError: the library of its kind is not installed, or the function cannot be found.
    """
    if request.predict is not None:
        from skewcheck.replay.function import open_function

        return open_function(request.predict)
    assert request.model
    return _opener(request.model)(request.model)


def library(name: str, kind: str, install: str) -> ModuleType:
    """Return a model's own library.

    Raises:
        UsageError: it is not installed, or cannot be loaded.
    """
    try:
        return import_module(name)
    except (ImportError, OSError) as error:
        raise UsageError(f"{kind} needs {name}; install it: pip install {install}") from error


def _opener(path: str) -> Callable[[str], Model]:
    head = _head(path)
    if _pickled(head) or Path(path).suffix.lower() in PICKLES:
        hint = f"save the model as {READS}, or {OWN}"
        raise InputError(NO_PICKLE, file=path, hint=hint)
    if head.lstrip(b"\xef\xbb\xbf").split(b"\n")[0].strip() == b"tree":
        from skewcheck.replay.lightgbm import open_lightgbm

        return open_lightgbm
    if head.lstrip()[:1] == b"{" and b"learner" in head:
        from skewcheck.replay.xgboost import open_xgboost

        return open_xgboost
    if head[:1] == b"\x08" and head[1:2] <= b"\x40":  # ir_version, the first field of ONNX
        from skewcheck.replay.onnx import open_onnx

        return open_onnx
    raise InputError(_unknown(head), file=path, hint=f"save it as {READS}, or {OWN}")


def _head(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(PEEKED)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot be read ({reason})", file=path, hint="check the path") from error


def _pickled(head: bytes) -> bool:
    """Return whether a file begins like a pickle: of protocol 2 and later, or as joblib writes."""
    return (head[:1] == b"\x80" and b"\x02" <= head[1:2] <= b"\x09") or head[:2] == b"ZF"


def _unknown(head: bytes) -> str:
    """Return what a file is that cannot be replayed, as far as it can be told."""
    known = {
        b"": "is empty",
        b"CBM1": "is a CatBoost model",
        b"binf": "is an XGBoost model in the old binary format",
        b"PK\x03\x04": "is a zip archive",
        b"\x1f\x8b": "is compressed",
        b"{": "is JSON, but no model that XGBoost saved",
    }
    found = (what for magic, what in known.items() if magic and head.startswith(magic))
    return next(found, "is no model that can be replayed" if head else known[b""])
