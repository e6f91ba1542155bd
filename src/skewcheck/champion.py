"""Champion against challenger: what both would decide on each logged request, as a column."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.deciding import at_edge, beside, numbers_of, score_of
from skewcheck.decisions import Decisions
from skewcheck.opened import Opened
from skewcheck.pairing.labels import labelled
from skewcheck.schema import Column, Kind, Role, Schema
from skewcheck.sources.batch import Lanes, State
from skewcheck.sources.derived import Derivation

COLUMN = "challenger and champion"  # what the derived column is called
OTHER = "another decision"  # a word of the champion's that the policy does not name


def with_champion(side: Opened, schema: Schema, decisions: Decisions) -> Opened:
    """Return the side with what challenger and champion decide, where it has both.

    The champion is a column of scores, held against the same thresholds (where the edge moves,
    against its own), or one of decisions in words. A saved profile cannot be decided any more.
    """
    score, champion = score_of(schema, decisions), decisions.champion
    if side.source is None or score is None or champion is None:
        return side
    if not {score, champion} <= side.kinds.keys():
        return side
    layers = (at_edge(side, name, schema, decisions) for name in (score, champion))
    make = partial(_both, *layers)
    return beside(side, Derivation(COLUMN, (score, champion), Kind.TEXT, make))


def aside(schema: Schema, decisions: Decisions) -> Schema:
    """Return the schema with the champion set aside: it is no score of the challenger's."""
    champion = decisions.champion
    if champion is None or champion not in schema.columns:
        return schema
    column = Column(champion, Role.IGNORED, "the champion, by the policy's [decisions]")
    return Schema({**schema.columns, champion: column})


def with_column(schema: Schema, decisions: Decisions) -> Schema:
    """Return the schema with what both decide, where there are both."""
    score, champion = score_of(schema, decisions), decisions.champion
    if score is None or champion is None:
        return schema
    reason = f"made from {score} and {champion} by the policy's [decisions]"
    return Schema({**schema.columns, COLUMN: Column(COLUMN, Role.AGREEMENT, reason)})


def crossed(decisions: Decisions, counts: Mapping[str, int]) -> NDArray[np.int64]:
    """Return requests by the champion's decision (rows; the last one: another) and by serve's."""
    labels = decisions.labels
    return np.array(
        [[counts.get(_named(own, other), 0) for own in labels] for other in (*labels, OTHER)],
        np.int64,
    )


def _named(challenger: str, champion: str) -> str:
    return f"{challenger} | {champion}"


def _both(
    challenger: Decisions, champion: Decisions, score: pa.Array | Lanes, other: pa.Array | Lanes
) -> pa.Array:
    """Return what both decide as text, null where either does not decide."""
    own, others = challenger.codes(numbers_of(score)), _decisions(champion, other)
    words = (*challenger.labels, OTHER)
    names = [_named(a, b) for a in challenger.labels for b in words]
    codes = own * len(words) + others
    unknown = (own < 0) | (others < 0)
    indices = pa.array(codes.astype(np.int32), mask=unknown)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.large_string()))


def _decisions(decisions: Decisions, cells: pa.Array | Lanes) -> NDArray[np.int64]:
    """Return the place in ``labels`` of each decision; one past them for another, -1 for none."""
    codes = decisions.codes(numbers_of(cells))
    if not _texts(cells):
        return codes
    known = {label.casefold(): place for place, label in enumerate(decisions.labels)}
    words, places = labelled(cells)
    of_word = [
        -1 if word is None else known.get(word.strip().casefold(), len(known)) for word in words
    ]
    found = np.array([*of_word, -1], np.int64)[places]
    return np.where(codes < 0, found, codes)


def _texts(cells: pa.Array | Lanes) -> bool:
    if isinstance(cells, Lanes):
        return bool(np.isin(cells.states, (State.TEXT, State.BOOLEAN)).any())
    kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    some = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_kind(kind) for is_kind in (*some, pa.types.is_boolean))
