"""The user's own function as a model: it is given the features as a table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from skewcheck.errors import InputError, UsageError
from skewcheck.replay.model import Floats, Model, one_score
from skewcheck.sources.trouble import said

CONTRACT = "a function takes a pyarrow.Table of features and returns a number per row"


def open_function(predict: str | Callable[[Any], Any]) -> Model:
    """Return a function, or ``package.module:function``, as a model.

    It takes a ``pyarrow.Table`` with the features under train's names, numbers as float64, and
    returns as many numbers as the table has rows (a list, an array; of two columns the second).
    The current folder is searched last.

    Raises:
        UsageError: there is no such module or function.
    """
    function = _imported(predict) if isinstance(predict, str) else predict
    name = predict if isinstance(predict, str) else getattr(predict, "__name__", "predict")

    def answer(table: pa.Table) -> Floats:
        try:
            found = function(table)
        except Exception as error:
            text = f"{type(error).__name__}: {said(error)}"
            raise InputError(f"failed ({text})", file=name, hint=CONTRACT) from error
        if hasattr(found, "to_numpy"):
            found = found.to_numpy()
        return one_score(found, name)

    return Model(name, "function", (), None, "what it returns", answer)


def _imported(name: str) -> Callable[[Any], Any]:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise UsageError(f"{name!r} names no function; write package.module:function")
    here = str(Path.cwd())
    sys.path.append(here)
    try:
        found = getattr(import_module(module), attribute, None)
    except Exception as error:
        text = f"{type(error).__name__}: {said(error)}"
        raise UsageError(f"{module} cannot be imported ({text}); check --predict") from error
    finally:
        sys.path.remove(here)
    if not callable(found):
        raise UsageError(f"{module} has no function {attribute!r}; {CONTRACT}")
    return found  # type: ignore[no-any-return]
