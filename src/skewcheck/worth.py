"""What each feature is worth: by the policy, logged attributions, or the model itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skewcheck.column import ColumnProfile
from skewcheck.manifest import Origin
from skewcheck.roles.names import attributed
from skewcheck.run import Run
from skewcheck.schema import Role

SAID = {
    Origin.MODEL: "the model's own gains",
    Origin.ATTRIBUTIONS: "logged attributions",
    Origin.PERMUTATION: "a permutation, the model asked again",
}


@dataclass(frozen=True, slots=True)
class Worth:
    """The importance of features by name, on one scale, and where it comes from.

    ``origin`` is empty where nobody knows any.
    """

    origin: str = ""
    of: Mapping[str, float] = field(default_factory=dict)

    def share(self, name: str) -> float | None:
        """Return the share of all known importance, 0 to 1; None where the feature's is unknown."""
        total = sum(self.of.values())
        return self.of[name] / total if name in self.of and total > 0 else None


def worth(run: Run) -> Worth:
    """Return the importance of features, from where the policy says it is to come from.

    Where it does not say: the policy's own numbers, else logged attributions, else the model. The
    sources are never mixed: their scales differ. An attribution's is its mean |value| in serve, a
    model's what the feature gains in training, a permutation's the mean |movement of the score|
    when its values are shuffled among the requests.
    """
    asked = run.policy.manifest.origin
    given = run.policy.manifest.features.items()
    known = {name: f.importance for name, f in given if f.importance is not None}
    if known:
        return Worth("the policy", known)
    if asked in (None, Origin.ATTRIBUTIONS):
        logged = {name: _size(column) for name, column in attributions(run).items()}
        if logged:
            return Worth(SAID[Origin.ATTRIBUTIONS], logged)
    if run.replay and run.replay.origin and run.replay.importance:
        return Worth(SAID[run.replay.origin], run.replay.importance)
    return Worth()


def attributions(run: Run) -> dict[str, ColumnProfile]:
    """Return the logged attribution columns of serve by the feature they are about."""
    features = set(run.schema.names(Role.FEATURE))
    columns = run.serve.profile.columns
    found: dict[str, ColumnProfile] = {}
    for name in run.schema.names(Role.ATTRIBUTION):
        inner = attributed(name, features)
        if inner is not None and name in columns:
            found.setdefault(inner, columns[name])
    return {name: column for name, column in found.items() if column.states["number"]}


def _size(column: ColumnProfile) -> float:
    """Return the mean |value| of a column of numbers, by the middles of the grid's cells."""
    cells, counts = column.numbers.counts()
    low, high = column.numbers.spec.edges(cells)
    return float(np.average(np.abs(low / 2 + high / 2), weights=counts))
