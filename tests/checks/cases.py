"""How a check is tried on two small columns."""

from __future__ import annotations

from typing import Any

from skewcheck.checks import Measured
from skewcheck.discovery import discover
from skewcheck.finding import Undefined
from skewcheck.statistics.inference import Inference
from tests.tables import Columns, pairs

CHECKS = discover("skewcheck.checks")


def tried(check: str, train: Any, serve: Any) -> Measured | None:
    """Return what a check measures on one column."""
    return tried_on(check, "x", {"x": train}, {"x": serve})


def tried_on(check: str, column: str, train: Columns, serve: Columns) -> Measured | None:
    """Return what a check measures on a column of two tables."""
    both = pairs(train, serve)
    measured = CHECKS[check].measure(both[column], both)
    assert measured is None or isinstance(measured, Measured)
    return measured


def found(check: str, train: Any, serve: Any) -> tuple[Inference, dict[str, Any]]:
    """Return the effect and the detail of a check that must apply and be defined."""
    return defined(tried(check, train, serve))


def defined(measured: Measured | None) -> tuple[Inference, dict[str, Any]]:
    """Return the effect and the detail of what was measured."""
    assert measured is not None
    assert not isinstance(measured.measure, Undefined)
    low, high = measured.measure.bounds()
    assert low <= measured.measure.value <= high or measured.measure.value == 0.0
    return measured.measure, dict(measured.detail)


def reason(check: str, train: Any, serve: Any) -> str:
    """Return why a check is undefined on a column."""
    measured = tried(check, train, serve)
    assert measured is not None
    assert isinstance(measured.measure, Undefined)
    return measured.measure.reason
