"""Which decision follows from a score: bands between thresholds, or the highest scores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

COLUMN = "decision"  # what the derived column is called
BAND = re.compile(r"\s*(<=?)\s*")


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decision layer of a policy.

    ``labels`` are the decisions from the lowest scores to the highest, one more than ``edges``;
    ``closed`` says of each edge whether a score equal to it belongs below it. ``approve`` are the
    decisions that count as approval. ``rate`` (a share of the requests) or ``top`` (so many a day)
    stand for the one edge that lets so many of the highest scores through: it is looked for on each
    side. ``score`` is the column they are made from, None for the first score; ``trained`` the
    approval rate that the model was trained to give, where train has no score; ``champion`` the
    column of serve with the score, or the decision, of the model that is in force.
    """

    labels: tuple[str, ...]
    edges: tuple[float, ...]
    closed: tuple[bool, ...]
    approve: tuple[str, ...]
    score: str | None = None
    rate: float | None = None
    top: int | None = None
    trained: float | None = None
    champion: str | None = None

    @property
    def moving(self) -> bool:
        """Return whether the edge follows from the scores of each side."""
        return self.rate is not None or self.top is not None

    def at(self, edge: float) -> Decisions:
        """Return the same with its one edge there; scores equal to it are above it."""
        return replace(self, edges=(edge,), closed=(False,), rate=None, top=None)

    def codes(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the place in ``labels`` of each score's decision, -1 where it is NaN."""
        found = np.zeros(len(scores), np.int64)
        for edge, closed in zip(self.edges, self.closed, strict=True):
            found += scores > edge if closed else scores >= edge
        found[np.isnan(scores)] = -1
        return found


def bands(text: str) -> tuple[tuple[str, ...], tuple[float, ...], tuple[bool, ...]]:
    """Return (labels, edges, closed) of a text: ``approve < 0.2 <= review < 0.5 <= decline``.

    Raises ValueError, in words, when the text is no such chain.
    """
    words = BAND.split(text.strip())
    names, signs, numbers = words[0::4], words[1::2], words[2::4]
    if len(words) < 5 or len(words) % 4 != 1 or not all(names):
        raise ValueError("expected NAME < NUMBER <= NAME, further bands after it")
    try:
        edges = tuple(float(number) for number in numbers)
    except ValueError as error:
        raise ValueError("expected a number between two signs, names on either side") from error
    if any(not np.isfinite(edge) for edge in edges) or list(edges) != sorted(set(edges)):
        raise ValueError("expected thresholds that rise")
    if len(set(names)) < len(names):
        raise ValueError("expected names that differ")
    if any(pair not in (("<", "<="), ("<=", "<")) for pair in _sides(signs)):
        raise ValueError("expected < on one side of each threshold and <= on the other")
    return tuple(names), edges, tuple(left == "<=" for left, _ in _sides(signs))


def _sides(signs: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(signs[0::2], signs[1::2], strict=True))
