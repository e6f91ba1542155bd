"""What each feature is worth to the model: by the policy, by logged attributions, by a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skewcheck.column import ColumnProfile
from skewcheck.run import Run
from skewcheck.schema import Role

AFFIXES = (("shap_", ""), ("", "_shap"), ("attribution_", ""), ("contribution_", ""))


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
    """Return the importance of features: of the policy, else of attributions, else of a replay.

    The sources are never mixed: their scales differ. An attribution's is its mean |value| in serve,
    a replay's the mean |movement of the score| when the feature is swapped from serve to offline:
    a feature that no pair differs in has none.
    """
    given = run.policy.manifest.features.items()
    known = {name: f.importance for name, f in given if f.importance is not None}
    if known:
        return Worth("the policy", known)
    logged = {name: _size(column) for name, column in attributions(run).items()}
    if logged:
        return Worth("logged attributions", logged)
    moved = run.replay.ranking if run.replay else ()
    found = {m.feature: m.absolute for m in moved if np.isfinite(m.absolute)}
    return Worth("the model asked again", found) if found else Worth()


def attributions(run: Run) -> dict[str, ColumnProfile]:
    """Return the logged attribution columns of serve by the feature they are about."""
    features = set(run.schema.names(Role.FEATURE))
    columns = run.serve.profile.columns
    found: dict[str, ColumnProfile] = {}
    for name in columns:
        for before, after in AFFIXES:
            inner = name[len(before) : len(name) - len(after)]
            if name == f"{before}{inner}{after}" and inner != name and inner in features:
                found.setdefault(inner, columns[name])
    return {name: column for name, column in found.items() if column.states["number"]}


def _size(column: ColumnProfile) -> float:
    """Return the mean |value| of a column of numbers, by the middles of the grid's cells."""
    cells, counts = column.numbers.counts()
    low, high = column.numbers.spec.edges(cells)
    return float(np.average(np.abs(low / 2 + high / 2), weights=counts))
