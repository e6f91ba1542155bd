"""How far the score moves, and which decisions flip, when one feature has other values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.errors import InputError
from skewcheck.pairing.comparing import CODE, compared
from skewcheck.replay.links import Link
from skewcheck.replay.model import Floats, Model
from skewcheck.statistics.intervals import Share
from skewcheck.statistics.normal import z_of
from skewcheck.summaries.parity import Parity, Tolerance

SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class Movement:
    """What other values of a feature do to the score of some rows.

    ``changed`` of the ``rows`` have another value; ``absolute`` is the mean |change of score| over
    all rows, ``signed`` the mean change, ``error`` the standard error of ``absolute``, which takes
    rows as independent. ``flips`` are rows whose decision changes, ``up`` of them to a higher band;
    None without thresholds.
    """

    feature: str
    rows: int
    changed: int
    absolute: float
    signed: float
    error: float
    largest: float
    flips: int | None = None
    up: int | None = None

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of ``absolute``, each one-sided at ``level``, by the normal law."""
        reach = z_of(level) * self.error
        return max(0.0, self.absolute - reach), self.absolute + reach

    @property
    def flipped(self) -> Share | None:
        """Return the share of rows whose decision flips; None without thresholds."""
        return None if self.flips is None else Share(self.flips, self.rows)


@dataclass(frozen=True)
class Rescoring:
    """Some rows as the model is given them, with its answers in the scale of the logged score.

    ``features`` has the model's columns in its order. ``thresholds`` part the scores into bands: a
    score that equals one belongs to the band above.
    """

    model: Model
    features: pa.Table
    link: Link | None = None
    thresholds: tuple[float, ...] = ()
    answers: Floats = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(
        cls,
        model: Model,
        features: pa.Table,
        answers: Floats,
        link: Link | None = None,
        thresholds: tuple[float, ...] = (),
    ) -> Rescoring:
        """Return rows with the model's own answers, put in the scale of the logged score."""
        return cls(model, features, link, thresholds, _linked(answers, link))

    def first(self, n: int) -> Rescoring:
        """Return the first n rows."""
        return replace(self, features=self.features.slice(0, n), answers=self.answers[:n])

    def asked(self, features: pa.Table) -> Floats:
        """Return the model's answers to other rows, in the scale of the logged score."""
        return _linked(answered(self.model, features), self.link)

    def bands(self, scores: Floats) -> NDArray[np.int64]:
        """Return the number of the band that each score lies in; NaN is in one of its own."""
        return np.searchsorted(np.array(sorted(self.thresholds)), scores, side="right")


def _linked(answers: Floats, link: Link | None) -> Floats:
    if link is None or link.apply is None:
        return answers
    with np.errstate(all="ignore"):
        return link.apply(answers)


def answered(model: Model, features: pa.Table) -> Floats:
    """Return the model's answers, one per row; raises InputError where their number is another."""
    if not features.num_rows:
        return np.zeros(0)
    found = model.answer(features)
    if len(found) != features.num_rows:
        problem = f"answers {len(found):,} numbers to {features.num_rows:,} rows"
        raise InputError(problem, file=model.name, hint="it must return one number per row")
    return found


def moved(rows: Rescoring, name: str, others: dict[str, pa.Array]) -> Movement:
    """Return what other values of some columns do to the score; ``name`` is what to call them.

    Only rows in which a value differs are asked again.
    """
    differ = np.zeros(rows.features.num_rows, np.bool_)
    table = rows.features
    for column, values in others.items():
        differ |= _differ(table.column(column).combine_chunks(), values)
        table = table.set_column(table.column_names.index(column), column, values)
    places = np.flatnonzero(differ)
    after = rows.answers.copy()
    after[places] = rows.asked(table.take(pa.array(places)))
    return _movement(rows, name, len(places), after)


def _differ(before: pa.Array, after: pa.Array) -> NDArray[np.bool_]:
    codes = compared(before, after, Tolerance(0.0, 0.0))
    found: NDArray[np.bool_] = codes != CODE[Parity.EQUAL]
    return found


def _movement(rows: Rescoring, name: str, changed: int, after: Floats) -> Movement:
    n = len(after)
    with np.errstate(invalid="ignore"):
        change = after - rows.answers
    change = change[np.isfinite(change)]
    size = np.abs(change)
    flips = up = None
    if rows.thresholds:
        step = rows.bands(after) - rows.bands(rows.answers)
        flips, up = int(np.count_nonzero(step)), int(np.count_nonzero(step > 0))
    return Movement(
        name,
        n,
        changed,
        float(size.mean()) if len(size) else math.nan,
        float(change.mean()) if len(size) else math.nan,
        float(size.std(ddof=1) / math.sqrt(len(size))) if len(size) > 1 else math.inf,
        float(size.max(initial=0.0)),
        flips,
        up,
    )


def with_fallback(rows: Rescoring, feature: str, value: float | str | bool | None) -> Movement:
    """Return the cost of launching without a feature: every row has its fallback (None: null).

    Raises:
        KeyError: the model does not take the feature.
    """
    n = rows.features.num_rows
    own = rows.features.schema.field(feature).type
    made = pa.array([value] * n, own) if value is None else pa.array([value] * n)
    if pa.types.is_integer(made.type):
        made = made.cast(pa.float64())
    return moved(rows, feature, {feature: made})


def permutation(rows: Rescoring, feature: str) -> Movement:
    """Return what the model makes of a feature whose values are shuffled among the rows.

    Permutation importance by the score's own movement (Breiman 2001, without labels); the shuffle
    is the same for every feature and on every machine.

    Raises:
        KeyError: the model does not take the feature.
    """
    column = rows.features.column(feature).combine_chunks()
    shuffled = np.random.default_rng(SEED).permutation(rows.features.num_rows)
    return moved(rows, feature, {feature: column.take(pa.array(shuffled))})
