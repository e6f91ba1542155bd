"""Mistakes that give a row another row's value, another column's, or another hour."""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.causes.plants import Ground, Mask, Plant, Unkeyed, differing

HOURS = 5
FAR = 0.3  # between the distributions, from which two columns can be told apart
LUCK = 0.5  # of the rows may hold their neighbours' value by chance


def _varied(ground: Ground) -> bool:
    return ground.different >= 10 and not ground.date


def _permuted(ground: Ground) -> pl.Series:
    return ground.values.gather(ground.rng.permutation(len(ground.values)))


def _previous(ground: Ground) -> pl.Series:
    return ground.values.shift(1, fill_value=ground.values.first())


def _moved(ground: Ground, step: int) -> pl.Series | None:
    """Return the value of the entity's event so many events before; its own at the edge."""
    if ground.entity is None:
        return None
    named = pl.DataFrame({"who": ground.frame[ground.entity], "what": ground.values})
    place = pl.int_range(pl.len()).over("who")
    size = pl.len().over("who")
    edge = place < step if step > 0 else place >= size + step
    rule = pl.when(edge).then("what").otherwise(pl.col("what").shift(step).over("who"))
    return named.select(rule.alias(ground.name))[ground.name]


def _neighbours_differ(ground: Ground, _rows: Mask) -> bool:
    """Return whether values ten rows apart are mostly different ones."""
    apart = differing(ground.values, ground.values.shift(10, fill_value=ground.values.first()))
    return float(apart.mean()) >= 1 - LUCK


def _elsewhere(ground: Ground) -> pl.Series:
    return ground.values.dt.offset_by(f"{HOURS}h")


def _times(ground: Ground) -> bool:
    return ground.train.dtype == pl.Datetime


def _function(values: pl.Series, other: pl.Series) -> bool:
    """Return whether one column is a straight line of the other: then a swap is a formula too."""
    both = pl.DataFrame([values.alias("x"), other.alias("y")]).drop_nulls()
    found = both.select(pl.corr("x", "y")).item()
    return found is None or abs(found) > 0.999


def _partner(ground: Ground) -> str | None:
    """Return the column with which another is swapped: of the same type, with other values."""
    near = [
        name
        for name in ground.frame.columns
        if name != ground.name
        and ground.frame[name].dtype == ground.values.dtype
        and ground.frame[name].drop_nulls().n_unique() >= 10
        and np.mean(differing(ground.values, ground.frame[name])) >= 0.5
        and not _function(ground.values, ground.frame[name])
    ]
    return near[int(ground.rng.integers(len(near)))] if near else None


def _swapped(ground: Ground) -> pl.Series | None:
    partner = _partner(ground)
    return None if partner is None else ground.frame[partner].alias(partner)


PLACED = (
    Plant("two columns swapped", ("swapped",), lambda g: g.measured, _swapped, Unkeyed.WHOLE,
          distance=FAR, rule=f"unkeyed the distributions are {FAR} apart"),
    Plant("time zone", ("timezone",), _times, _elsewhere, Unkeyed.NEVER,
          on_time=True),
    Plant("previous row", ("previous_row",), _varied, _previous, Unkeyed.NEVER,
          certain=_neighbours_differ, rule="values ten rows apart mostly differ"),
    Plant("another row's value", ("permuted",), _varied, _permuted, Unkeyed.NEVER, rows=100,
          rule="100 rows: fewer do not show that there is no connection"),
    Plant("stale by one event", ("stale",), _varied, lambda g: _moved(g, 1), Unkeyed.NEVER,
          certain=_neighbours_differ, rule="an entity and a time; values mostly differ"),
    Plant("one event ahead", ("leaked_future",), _varied, lambda g: _moved(g, -1), Unkeyed.NEVER,
          certain=_neighbours_differ, rule="an entity and a time; values mostly differ"),
)  # fmt: skip
