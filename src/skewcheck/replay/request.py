"""Which model is to be asked again, as the user said it. Data only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from skewcheck.errors import UsageError


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A model file, or a function of the user's own, and the model's columns in order.

    ``predict`` is a function, or ``package.module:function``; ``features`` are needed only where a
    model file has a width and no names.
    """

    model: str | None = None
    predict: str | Callable[[Any], Any] | None = None
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two models."""
        if self.model and self.predict:
            raise UsageError("a model file and a function to predict with; give one of them")

    def __bool__(self) -> bool:
        """Return whether there is a model to ask."""
        return bool(self.model or self.predict)

    def over(self, below: ModelRequest) -> ModelRequest:
        """Return this request where it names a model, else the one below."""
        return replace(self, features=self.features or below.features) if self else below
