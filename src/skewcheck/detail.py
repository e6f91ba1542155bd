"""What a report holds of single columns that takes a while to make: made when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from skewcheck.basis import parity
from skewcheck.charts import Chart, chart, unnamed
from skewcheck.closeup import Closeup, closeup
from skewcheck.run import Run
from skewcheck.sides import Sides

T = TypeVar("T")


@dataclass(frozen=True)
class Detail:
    """Charts, closeups and pairs in numbers, by column; each of the three is made once."""

    draw: Callable[[], Mapping[str, Chart]]
    close: Callable[[], Mapping[str, Closeup]]
    count: Callable[[], Mapping[str, Mapping[str, Any]]]

    @cached_property
    def charts(self) -> Mapping[str, Chart]:
        """Return the chart of each column that has one."""
        return self.draw()

    @cached_property
    def closeups(self) -> Mapping[str, Closeup]:
        """Return the closeup of each column with pairs that differ."""
        return self.close()

    @cached_property
    def parity(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what became of the pairs of each column that has some, JSON-able."""
        return self.count()


def detail(run: Run, columns: Iterable[str], hidden: frozenset[str]) -> Detail:
    """Return the detail of a run, of which nothing is made yet; ``hidden`` columns are private."""
    names = tuple(columns)
    return Detail(
        lambda: _known((side.name, _chart(run, side, hidden)) for side in _compared(run)),
        lambda: _known((name, closeup(run, name)) for name in names),
        lambda: _known((name, parity(run, name)) for name in names),
    )


def _known(found: Iterable[tuple[str, T | None]]) -> dict[str, T]:
    return {name: made for name, made in found if made is not None}


def _compared(run: Run) -> Iterable[Sides]:
    return (side for side in run.sides if side.role.compared)


def _chart(run: Run, side: Sides, hidden: frozenset[str]) -> Chart | None:
    known = run.reasons.get(side.name)
    fit = next((c.curve for c in known.causes if c.curve), ()) if known else ()
    made = chart(side, fit)
    return unnamed(made) if made and side.name in hidden else made
