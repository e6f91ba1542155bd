"""Columns of numbers, what a pipeline may do to them, and the cause that should be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
ROWS = 2000


def columns(seed: int = 1, rows: int = ROWS) -> dict[str, Values]:
    """Return columns of many shapes: atoms, whole numbers, prints of few digits, both signs."""
    draw = np.random.default_rng(seed)
    return {
        "amount": np.round(np.exp(draw.normal(5, 1.2, rows)), 2).astype(np.float64),
        "signed": draw.normal(0, 10, rows),
        "probability": draw.beta(2, 5, rows),
        "temperature": np.round(draw.normal(15, 9, rows), 1),
        "whole": draw.integers(0, 300_000, rows).astype(np.float64),
        "sparse": np.where(draw.random(rows) < 0.6, 0, np.round(draw.gamma(2, 30, rows), 1)),
    }


def in_odds(slope: float, shift: float) -> Callable[[Values], Values]:
    """Return a line in log-odds."""
    return lambda t: 1 / (1 + np.exp(-(slope * np.log(t / (1 - t)) + shift)))


@dataclass(frozen=True)
class Case:
    """A mistake: the column it befalls, the cause to name, and words of the statement."""

    cause: str
    column: str
    words: str
    broken: Callable[[Values], Values]


def wrapped(bits: int) -> Callable[[Values], Values]:
    """Return the conversion to a signed integer that wraps around."""
    return lambda t: np.mod(t + 2.0 ** (bits - 1), 2.0**bits) - 2.0 ** (bits - 1)


def digits(count: int) -> Callable[[Values], Values]:
    """Return the print of some significant digits."""
    return lambda t: np.array([float(f"{v:.{count}g}") for v in t])


CASES = (
    Case("factor", "amount", "100 × train", lambda t: t * 100),
    Case("factor", "sparse", "1000 × train", lambda t: t * 1000),
    Case("factor", "whole", "train / 1000, truncated", lambda t: np.trunc(t / 1000)),
    Case("factor", "amount", "train / 1.609344", lambda t: t / 1.609344),
    Case(
        "factor",
        "signed",
        "1024 × train",
        lambda t: (t * 1024).astype(np.float32).astype(np.float64),
    ),
    Case("factor", "amount", "rounded to 1 decimal", lambda t: np.round(t / 0.45359237, 1)),
    Case("factor", "probability", "100 × train", lambda t: digits(6)(t * 100)),
    Case("ratio", "signed", "1.0837 × train", lambda t: t * 1.0837),
    Case("ratio", "amount", "1.0837 × train", lambda t: np.round(t * 1.0837, 2)),
    Case("affine", "temperature", "1.8 × train + 32", lambda t: t * 1.8 + 32),
    Case("affine", "temperature", "1.8 × train + 32", lambda t: np.round(t * 1.8 + 32, 1)),
    Case("affine", "temperature", "train + 273.15", lambda t: t + 273.15),
    Case("linear", "temperature", "(train - 1", lambda t: (t - t.mean()) / t.std()),
    Case("linear", "signed", "/ ", lambda t: (t - t.min()) / (t.max() - t.min())),
    Case("linear", "amount", "0.731 × train + 17.3", lambda t: t * 0.731 + 17.3),
    Case("logit_shift", "probability", "logit(train) + 0.7)", in_odds(1, 0.7)),
    Case(
        "logit_shift", "probability", "logit(train) - 1.7", lambda t: in_odds(1, -1.7)(t).round(4)
    ),
    Case(
        "logit_shift",
        "probability",
        "logit(train) - 2.302585",
        lambda t: in_odds(1, -np.log(10))(t).astype(np.float32).astype(np.float64),
    ),
    Case("logit_shift", "probability", "1.4 × logit(train) - 0.35", in_odds(1.4, -0.35)),
    Case("logit_shift", "probability", "0.5 × logit(train))", in_odds(0.5, 0.0)),
    Case("sign", "temperature", "-train", lambda t: -t),
    Case("sign", "probability", "1 - train", lambda t: 1 - t),
    Case("sign", "signed", "|train|", np.abs),
    Case("log", "amount", "log(train)", np.log),
    Case("log", "sparse", "log1p(train)", np.log1p),
    Case("log", "probability", "exp(train)", np.exp),
    Case("power", "signed", "train²", np.square),
    Case("power", "sparse", "√train", np.sqrt),
    Case("power", "amount", "1 / train", np.reciprocal),
    Case("offset", "whole", "train + 1", lambda t: t + 1),
    Case("offset", "probability", "train - 0.37", lambda t: t - 0.37),
    Case("rounding", "amount", "rounded to whole numbers", np.round),
    Case("rounding", "temperature", "truncated to whole numbers", np.trunc),
    Case("rounding", "signed", "raised up to whole numbers", np.ceil),
    Case("rounding", "probability", "rounded to 2 decimals", lambda t: np.round(t, 2)),
    Case("rounding", "whole", "multiples of 100", lambda t: np.floor(t / 100) * 100),
    Case("rounding", "signed", "3 significant digits", digits(3)),
    Case("clipping", "amount", "capped at", lambda t: np.minimum(t, np.quantile(t, 0.9))),
    Case("clipping", "temperature", "raised to 0", lambda t: np.maximum(t, 0)),
    Case("overflow", "whole", "int16(train)", wrapped(16)),
    Case("precision", "signed", "float16(train)", lambda t: t.astype(np.float16).astype(float)),
)

STRENGTHS = (1.0, 0.1, 0.01)


def struck(train: Values, broken: Values, strength: float) -> Values:
    """Return train with a share of the rows that would change replaced by the broken ones."""
    rows = np.flatnonzero(train != broken)
    some = np.random.default_rng(3).permutation(rows)
    some = some[: max(8, round(strength * len(rows)))]
    out = train.copy()
    out[some] = broken[some]
    return out


def unrelated(train: Values, draw: np.random.Generator) -> Iterator[tuple[str, Values]]:
    """Yield columns that are broken in a way that no function of a number describes."""
    rows = len(train)

    def some(other: Any, share: float) -> Values:
        return np.where(draw.random(rows) < share, other, train)

    yield "shuffled", draw.permutation(train)
    yield "the previous row's", np.roll(train, 1)
    yield "always 0", np.zeros(rows)
    yield "always -1", np.full(rows, -1.0)
    yield "always the median", np.full(rows, np.median(train))
    yield "always the greatest", np.full(rows, train.max())
    yield "0 in a third", some(0.0, 0.3)
    yield "the mean in a third", some(train.mean(), 0.3)
    yield "-999 in a tenth", some(-999.0, 0.1)
    yield "99 in a third", some(99.0, 0.3)
    yield "shuffled in a third", some(draw.permutation(train), 0.3)
    yield "a little off, whole", train + draw.integers(-2, 3, rows)
    yield "late counts", train + draw.poisson(0.5, rows)
    yield "another column", np.round(draw.gamma(2, train.std() + 1, rows), 2)
    yield "nearly 1000 times", train * 1000 * draw.uniform(0.999, 1.001, rows)
