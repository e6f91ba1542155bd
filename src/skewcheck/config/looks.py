"""``[looks]`` and ``[dependence]``: how often a series may cry wolf, what its rows are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from skewcheck.config.tables import Place, shown, table, value
from skewcheck.statistics.sequential import NIGHTS

LOOKS = ("false_alarms_per_year", "each_night")
DEPENDENCE = ("estimate", "design_effect")
ALARMS = f"a number above 0 and below {NIGHTS}"
EFFECT = "a number from 1 on"


def looks(file: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return the fields of a Policy that both tables set; raises ConfigError with file and key."""
    here, there = place.at("looks"), place.at("dependence")
    found: dict[str, Any] = {}
    raw = table(file.get("looks", {}), LOOKS, here)
    if "false_alarms_per_year" in raw:
        at = here.at("false_alarms_per_year")
        alarms = value(raw["false_alarms_per_year"], float, ALARMS, at)
        if not 0 < alarms < NIGHTS:
            raise at.error(f"is {shown(alarms)}; expected {ALARMS}")
        found["false_alarms_per_year"] = alarms
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
