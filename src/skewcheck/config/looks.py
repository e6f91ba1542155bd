"""``[looks]`` and ``[dependence]``: how often a series may cry wolf, what its rows are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from skewcheck.config.tables import Place, shown, table, value

LOOKS = ("false_alarms_per_year", "each_night")
DEPENDENCE = ("estimate", "design_effect")
EFFECT = "a number from 1 on"


def looks(file: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return the fields of a Policy that both tables set; raises ConfigError with file and key."""
    here, there = place.at("looks"), place.at("dependence")
    found: dict[str, Any] = {}
    raw = table(file.get("looks", {}), LOOKS, here)
    if "false_alarms_per_year" in raw:
        found["false_alarms_per_year"] = _alarms(raw["false_alarms_per_year"], here)
    if "each_night" in raw:
        found["each_night"] = value(raw["each_night"], bool, "true or false", here.at("each_night"))
    own = table(file.get("dependence", {}), DEPENDENCE, there)
    if "estimate" in own:
        found["estimate"] = value(own["estimate"], bool, "true or false", there.at("estimate"))
    if "design_effect" in own:
        at = there.at("design_effect")
        effect = value(own["design_effect"], float, EFFECT, at)
        if not 1 <= effect < math.inf:
            raise at.error(f"is {shown(effect)}; expected {EFFECT}")
        found["design_effect"] = effect
    return found


def _alarms(raw: Any, place: Place) -> float:
    from skewcheck.statistics.sequential import NIGHTS  # loads scipy, which few policies need

    at, expected = place.at("false_alarms_per_year"), f"a number above 0 and below {NIGHTS}"
    alarms: float = value(raw, float, expected, at)
    if not 0 < alarms < NIGHTS:
        raise at.error(f"is {shown(alarms)}; expected {expected}")
    return alarms
