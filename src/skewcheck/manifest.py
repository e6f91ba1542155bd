"""The features a model is to be given: what each is worth, whose it is, whether it is live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """Whether a feature exists at inference time."""

    LIVE = "live"
    PARTIAL = "partial"
    PLANNED = "planned"


class Origin(StrEnum):
    """Where importance is taken from, if not from numbers in the policy."""

    MODEL = "model"
    ATTRIBUTIONS = "attributions"
    PERMUTATION = "permutation"


@dataclass(frozen=True, slots=True)
class Feature:
    """What the policy says of a feature; None where it says nothing.

    ``importance`` is a share or any number of its own scale, ``effort`` a number of days or the
    like. ``fallback`` is what the service sends where it has no value. ``time`` is the column with
    the moment at which the value was made, ``max_age`` the seconds after which it is stale.
    """

    importance: float | None = None
    effort: float | None = None
    owner: str = ""
    status: Status = Status.LIVE
    fallback: float | str | None = None
    source: str = ""
    time: str | None = None
    max_age: float | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The features of a policy by name; ``frozen``: no other may be logged.

    ``origin`` is where their importance is to come from; None takes what there is.
    """

    features: Mapping[str, Feature] = field(default_factory=dict)
    frozen: bool = False
    origin: Origin | None = None

    def importance(self, name: str) -> float | None:
        """Return the importance of a feature, None where nobody gave one."""
        feature = self.features.get(name)
        return feature.importance if feature else None


def age_of(name: str) -> str:
    """Return what the derived column with the age of a feature's values is called."""
    return f"age of {name}"
