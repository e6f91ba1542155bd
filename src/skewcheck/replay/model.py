"""A model as the rest sees it: names of columns, and a function from a table to scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from skewcheck.errors import InputError

Floats = NDArray[np.float64]
OWN = "name a function that returns the score with --predict package.module:function"


@dataclass(frozen=True, slots=True)
class Model:
    """An opened model.

    ``columns`` are its own names in its order, empty where it has none; then ``width`` is how many
    it takes, None for a function that is given all features. ``score`` says in words which of its
    outputs is the score. ``answer`` takes a table of these columns and returns a number per row.
    ``notes`` are sentences on guesses. ``gains`` are what each column gains in training, in the
    model's order, empty where the model does not say it.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    width: int | None
    score: str
    answer: Callable[[pa.Table], Floats]
    notes: tuple[str, ...] = ()
    gains: tuple[float, ...] = ()


def one_score(answers: ArrayLike, model: str) -> Floats:
    """Return a number per row from what a model answers: of two classes, the second's.

    Raises:
        InputError: it answers with more numbers, or with something else.
    """
    try:
        found = np.asarray(answers, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("does not answer with numbers", file=model, hint=OWN) from error
    if found.ndim == 2 and found.shape[1] in (1, 2):
        found = found[:, -1]
    if found.ndim != 1:
        shape = " x ".join(map(str, found.shape[1:])) or "one"
        raise InputError(f"answers with {shape} numbers per row", file=model, hint=OWN)
    return found


def taken_as_score(width: int) -> str:
    """Return in words which of so many answers per row is the score."""
    return "its answer" if width == 1 else "its answer for the second of two classes"
