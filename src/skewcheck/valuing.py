"""What each decision is worth as a column: by what turned out, or by what the score promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.breakdown import By, spelled, step_of
from skewcheck.column import ColumnProfile
from skewcheck.deciding import beside, name_of, numbers_of, score_of
from skewcheck.engines.local import fold
from skewcheck.gains import COLUMN, Gain, Gains
from skewcheck.labelled import NEGATIVE, POSITIVE, WAY
from skewcheck.opened import Opened
from skewcheck.peek import plan
from skewcheck.policy import Policy
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Lanes
from skewcheck.sources.derived import Derivation
from skewcheck.statistics.chances import Chances
from skewcheck.statistics.outcomes import Outcomes

Values = NDArray[np.float64]
Cells: TypeAlias = pa.Array | Lanes
NONE = np.zeros(0, np.int64)
LABELLED = 30  # rows of a side with a label, without which it is valued by the score
FEWEST = 10  # rows of either class that a calibration rests on


@dataclass(frozen=True, slots=True)
class Basis:
    """What says how a decision turns out: the label ``column``, or a score by its ``chances``.

    ``reason`` says it in words; without a column, why nothing does.
    """

    reason: str
    column: str = ""
    chances: Chances | None = None


def basis(sides: Sequence[Opened], schema: Schema, policy: Policy) -> Basis | None:
    """Return what decisions are valued by: labels where both sides have some, else the score.

    Both sides are valued in the same way, or they could not be compared. None where the policy
    values nothing.
    """
    if policy.gains is None or policy.decisions is None:
        return None
    score = score_of(schema, policy.decisions)
    label = next((c for c in schema.names(Role.LABEL) if all(_labelled(s, c) for s in sides)), None)
    if label is not None:
        return Basis(f"by {label}, which both sides have", label)
    if score is None:
        return Basis("neither labels on both sides nor a score")
    train = sides[0]
    for own in schema.names(Role.LABEL):
        found = _outcomes(train, own, score)
        if found is not None and min(found.events, found.n - found.events) >= FEWEST:
            return _calibrated(found, own, score)
    return _promised(sides, score)


def _calibrated(found: Outcomes, label: str, score: str) -> Basis:
    if not found.probabilities:
        return Basis(f"{score} is no probability, and labels are not on both sides")
    from skewcheck.statistics.calibration import recalibrated  # loads scipy

    fit = recalibrated(found)
    if fit is None:
        return _plain(score)
    rows = f"{found.n:,} rows of train with {label}"
    return Basis(
        f"by {score}, calibrated on {rows}: labels are not on both sides",
        score,
        Chances(fit.intercept, fit.slope),
    )


def _promised(sides: Sequence[Opened], score: str) -> Basis:
    """Return the score as it is, where it may be a probability."""
    seen = [numbers_of(b.columns[score]) for s in sides for b in s.head if score in b.columns]
    numbers = np.concatenate([np.zeros(0), *seen])
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers) or numbers.min() < 0 or numbers.max() > 1:
        return Basis(f"{score} is no probability, and labels are not on both sides")
    return _plain(score)


def _plain(score: str) -> Basis:
    reason = f"by {score} as if it were the chance of a yes: nothing to calibrate it on"
    return Basis(reason, score, Chances())


def with_value(side: Opened, schema: Schema, policy: Policy, by: Basis | None) -> Opened:
    """Return the side with the value of every decision; as it is where that is not known."""
    if by is None or not by.column or policy.gains is None or side.source is None:
        return side
    make = partial(_worth, policy.gains, by)
    columns = (name_of(schema), by.column, *policy.gains.columns)
    return beside(side, Derivation(named(schema), columns, Kind.NUMBER, make))


def with_column(schema: Schema, policy: Policy, by: Basis | None) -> Schema:
    """Return the schema with the value, where there is something to value decisions by."""
    if by is None or not by.column or policy.decisions is None:
        return schema
    reason = f"made from decisions by the policy's [value], {by.reason}"
    name = named(schema)
    return Schema({**schema.columns, name: Column(name, Role.VALUE, reason)})


def named(schema: Schema) -> str:
    """Return what the derived column is called: no column of the data is."""
    taken = {c.name for c in schema if not c.reason.startswith("made from")}
    return COLUMN if COLUMN not in taken else f"{COLUMN} by policy"


def _worth(gains: Gains, by: Basis, decision: Cells, outcome: Cells, *amounts: Cells) -> pa.Array:
    """Return the gain of each row, null where decision, outcome or amount are not known."""
    assert isinstance(decision, pa.DictionaryArray)
    yes = by.chances.of(numbers_of(outcome)) if by.chances else truths(outcome)
    known = dict(zip(gains.columns, map(numbers_of, amounts), strict=True))
    places = pc.fill_null(decision.indices, -1).to_numpy(zero_copy_only=False)
    both = [gains.of[label] for label in decision.dictionary.to_pylist()]
    good, bad = (_gained([pair[i] for pair in both], places, known) for i in (0, 1))
    return pa.array(bad + yes * (good - bad), from_pandas=True)


def _gained(
    by_decision: Sequence[Gain], places: NDArray[np.int8], amounts: Mapping[str, Values]
) -> Values:
    """Return the gain of each row by the place of its decision, NaN where that is -1."""
    found: Values = np.array([*(gain.factor for gain in by_decision), np.nan])[places]
    for name, amount in amounts.items():
        uses = np.array([*(gain.column == name for gain in by_decision), False])[places]
        found = np.where(uses, found * amount, found)
    return found


def truths(values: Cells) -> Values:
    """Return 1 where a label says yes, 0 where it says no, NaN where it says neither."""
    if isinstance(values, Lanes):
        values = spelled(values)
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    words = [_truth(word) for word in spelled(encoded.dictionary).to_pylist()]
    places = pc.fill_null(encoded.indices, len(words)).to_numpy(zero_copy_only=False)
    found: Values = np.array([*words, np.nan])[places]
    return found


def _truth(word: str | None) -> float:
    plain = (word or "").strip().lower()
    return 1.0 if plain in POSITIVE else 0.0 if plain in NEGATIVE else np.nan


def _labelled(side: Opened, label: str) -> bool:
    """Return whether enough of a side's first rows have a label that says yes or no."""
    if side.profile:
        rows: Mapping[str, int] = side.profile.groups.get(WAY, {})
        return sum(n for word, n in rows.items() if np.isfinite(_truth(word))) >= LABELLED
    there = (batch.columns[label] for batch in side.head if label in batch.columns)
    return sum(int(np.isfinite(truths(cells)).sum()) for cells in there) >= LABELLED


def _outcomes(side: Opened, label: str, score: str) -> Outcomes | None:
    """Return the outcomes of a side's rows that have label and score; reads these columns."""
    known = _by_label(side, label, score)
    if known is None:
        return None
    parts = {word: part.numbers for word, part in known.items() if np.isfinite(_truth(word))}
    cells = np.unique(np.concatenate([NONE, *(part.counts()[0] for part in parts.values())]))
    rows = {0.0: np.zeros(len(cells), np.int64), 1.0: np.zeros(len(cells), np.int64)}
    for word, part in parts.items():
        own, counts = part.counts()
        rows[_truth(word)][np.searchsorted(cells, own)] += counts
    if not len(cells):
        return None
    spec = next(iter(parts.values())).spec
    low, high = spec.edges(cells)
    return Outcomes(low, low / 2 + high / 2, high, rows[1.0], rows[0.0])


def _by_label(side: Opened, label: str, score: str) -> Mapping[str, ColumnProfile] | None:
    """Return the profiles of the score by label."""
    if side.profile:
        return side.profile.splits.get(WAY, {}).get(score)
    if side.source is None or side.once or not {label, score} <= side.kinds.keys():
        return None
    by = By(WAY, label, frozenset({score}), whole=True)
    laid = replace(plan(side.head, {score: Kind.NUMBER}), by=(by,), step=step_of(side.source.rows))
    rest = frozenset(side.kinds) - {score}
    return fold(side.source, laid, skip=rest).finish().splits.get(WAY, {}).get(score)
