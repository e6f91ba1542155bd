"""Whether serve's scores look like those of another model than train's."""

from __future__ import annotations

import numpy as np

from skewcheck import wording
from skewcheck.run import Run
from skewcheck.sections._decided import Seen
from skewcheck.statistics.ranks import rank_correlation

NEARLY_ALL = 0.9  # of the pairs: a bug in one feature spares the rows where it is right
ALIKE = 0.9  # rank correlation below which scores do not come from one model on alike features
UNEXPLAINED = "noise"  # the cause that says there is no other


def another_model(seen: Seen, run: Run) -> list[str]:
    """Return, in words, that scores differ everywhere, in another order and without a cause."""
    pairs = seen.score.pairs if seen.score else None
    if seen.score is None or pairs is None or not pairs.counts.pairs:
        return []
    differing = pairs.counts.mismatches / pairs.counts.pairs
    known = run.reasons.get(seen.score.name)
    causes = [cause for cause in known.causes if cause.name != UNEXPLAINED] if known else []
    if causes or differing < NEARLY_ALL:
        return []
    train, serve = pairs.differing.train.numbers, pairs.differing.serve.numbers
    both = np.isfinite(train) & np.isfinite(serve)
    found = rank_correlation(train[both], serve[both], level=seen.level)
    if found is None or found[2] >= ALIKE:
        return []
    value, low, high = (f"{x:.2f}" for x in found)
    return [
        f"Scores differ on {wording.percent(differing)} of the pairs, no cause explains how, and "
        f"they put requests in another order (rank correlation {value}, {low} to {high}): a "
        "different model, or the same on quite other features"
    ]
