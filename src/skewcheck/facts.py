"""What a check saw beside its effect, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Sized
from typing import Any

from skewcheck import wording
from skewcheck.finding import Finding, Undefined
from skewcheck.sanitize import safe

SHARES = ("train_share", "serve_share")
PLACES = {"at": "largest gap at", "cell": "largest change in"}
NAMES = 6  # names that a fact spells out
FIGURES = 5  # of a number inside a fact
CELLS = 40  # width of a foreign value inside a sentence


def facts(finding: Finding) -> tuple[str, ...]:
    """Return the details of a finding in words, foreign text made safe; what is none is left out.

    A place (``at``, ``cell``) comes with the shares of either side there, unless they are the
    effect itself; ``levels`` with the quantiles of either side.
    """
    detail = finding.detail
    told = set(SHARES) | {"direction"}
    found = []
    if {"levels", "train", "serve"} <= detail.keys():
        told |= {"levels", "train", "serve"}
        found.append(_quantiles(detail))
    for key, value in detail.items():
        if key in told or _nothing(value):
            continue
        there = key in PLACES and change_sign(finding) is None and _has_shares(detail)
        found.append(_fact(key, value) + (f" ({change(detail, 1)})" if there else ""))
    return tuple(found)


def _nothing(value: Any) -> bool:
    """Return whether a detail says that there is none of its kind."""
    if isinstance(value, Sized):
        return len(value) == 0
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _fact(key: str, value: Any) -> str:
    if key in PLACES:
        return f"{PLACES[key]} {_shown(value)}"
    name = wording.PARITIES.get(key) or safe(key, CELLS).replace("_", " ")
    if key.endswith("_range"):
        return f"{name}: {' to '.join(_shown(v) for v in value)}"
    if key.endswith("share") and isinstance(value, int | float):
        return f"{name}: {wording.percent(value)}"
    return f"{name}: {_shown(value)}"


def _quantiles(detail: Mapping[str, Any]) -> str:
    both = zip(detail["levels"], detail["train"], detail["serve"], strict=True)
    shown = (f"{wording.number(100 * q)} %: {_shown(t)} → {_shown(s)}" for q, t, s in both)
    return f"quantiles {', '.join(shown)}"


def _shown(value: Any) -> str:
    """Return any JSON-able value in words."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "unknown"}[value]
    if isinstance(value, int | float):
        return wording.number(value, FIGURES)
    if isinstance(value, Mapping):
        there = [f"{safe(k, CELLS)} {_shown(v)}" for k, v in value.items() if v != 0]
        return wording.listed(there, NAMES) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return wording.listed([_item(v) for v in value], NAMES) or "none"
    return safe(value, CELLS)


def _item(value: Any) -> str:
    """Return one entry of a list: a name, or a name with its rows (on one side or on both)."""
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) in (2, 3):
        name, *n = value
        if all(isinstance(x, int) for x in n):
            before = "".join(f"{wording.count(x)} → " for x in n[:-1])
            return f"{_shown(name)} ({before}{wording.rows(n[-1])})"
    return _shown(value)


def _has_shares(detail: Mapping[str, Any]) -> bool:
    return all(isinstance(detail.get(key), int | float) for key in SHARES)


def change(detail: Mapping[str, Any], digits: int) -> str:
    return " → ".join(wording.percent(detail[key], digits) for key in SHARES)


def change_sign(finding: Finding) -> int | None:
    """Return the direction of a difference of two shares; None when the effect is none.

    The shares in the details may be those of one place where the effect is a sum over all.
    """
    detail = finding.detail
    if isinstance(finding.measure, Undefined) or not _has_shares(detail):
        return None
    change = detail[SHARES[1]] - detail[SHARES[0]]
    if finding.unit != "share" or not math.isclose(
        abs(change), finding.measure.value, abs_tol=1e-9
    ):
        return None
    return int(math.copysign(1, change)) if change else 0
