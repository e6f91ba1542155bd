"""Share of rows whose logged score is not the model's answer to the logged features.

The model (`--model`, `--predict`) is asked again for a sample of 20,000 rows, chosen by the hash of
their place in the log. A score agrees within 1e-5 of its size or 1e-6, or the tolerance set for its
column, or within half a unit of the last decimal where the log rounds scores. Beyond that the score
was computed on other values, by another model, or in another way, whatever the features look like:
a mistake in the serving code. Where features differ from train's and this agrees, the code is right
and the features are wrong.

`detail` names the largest difference, rows without a logged score, and a function by which logged
scores follow from the answers where there is one (log-odds, 1 - answer, points).

Effect: share of the rows, 0 to 1. Interval: Clopper and Pearson (1934). Undefined where no row has
a logged score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skewcheck.checks import Measured
from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.replay.parity import ScoreParity
from skewcheck.sides import Sides
from skewcheck.statistics.intervals import Share

TITLE = "scores that the model does not give"
UNIT = "share"
RULE = Rule(fail=0.001)
ON = "score"


def measure(sides: Sides, others: Mapping[str, Sides]) -> Measured | None:
    """Return the share of rows whose logged score is not the model's answer."""
    found = sides.replayed
    if found is None:
        return None
    if not found.rows:
        return Measured(Undefined("no row of the sample has a logged score"), 0, 0)
    return Measured(Share(found.differing, found.rows), found.rows, found.rows, _detail(found))


def _detail(found: ScoreParity) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "largest_difference": found.largest,
        "without_a_score": found.unscored,
    }
    if found.decimals is not None:
        detail["decimals_logged"] = found.decimals
    if found.link is not None:
        detail["logged_score_is"] = found.link.name
        detail["on_share"] = found.link.share
    return detail
