"""Fewer digits on one side: rounded, cut or floored to decimals, tens, multiples or digits.

Tried are rounding, truncation towards zero, floor and ceiling to 4 decimals up to millions, to
common multiples (0.5, 5, 15, 60 ...), and rounding to 1 to 5 significant digits, of train into
serve and of serve into train; times are cut to minutes, hours or days. On paired rows the
difference must lie within the reach of the rounding and the result on its lattice, in at least
three differing rows of different values and 5 % of all differing rows (ten, below half of them),
and far more often than if serve's values were dealt at random. Six or more digits are no skew
(parity says so).

Without pairs one side must lie on the lattice and the other not, and the distributions must agree
once it is rounded: only a coarse rounding changes a distribution enough to be sought.

Truncation and floor are told apart by numbers below zero only. Check integer columns, integer
division and formats such as ``%.2f``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from skewcheck.causes import Claim, Context, Floats, GridClaim, Mask, Pair
from skewcheck.causes._grids import Grids
from skewcheck.causes._numbers import Rows, spelled
from skewcheck.schema import Kind
from skewcheck.sides import Sides
from skewcheck.statistics.agreement import BESIDE
from skewcheck.statistics.mapping import Weighted

TITLE = "rounded or truncated"
COMPLEXITY = 4.5  # a formula that holds to the last digit says more than one within a step
UNITS = tuple(
    sorted({*(10.0**d for d in range(-4, 7)), 0.05, 0.25, 0.5, 2.0, 5.0, 15.0, 20.0, 25.0,
            30.0, 50.0, 60.0, 250.0, 500.0, 900.0, 1800.0, 3600.0, 86400.0})
)  # fmt: skip
CLOCK = {1.0: "second", 60.0: "minute", 3600.0: "hour", 86400.0: "day"}
MODES: dict[str, Callable[[Floats], Floats]] = {
    "rounded": np.round,
    "truncated": np.trunc,
    "floored": np.floor,
    "raised": np.ceil,
}
REACH = {"rounded": (-0.5, 0.5), "floored": (-1.0, 0.0), "raised": (0.0, 1.0)}
BETTER = 0.02  # share that a rounding must explain more than a plainer one
ON = 0.98  # of the rows seen on the lattice: rare values are not known exactly
SURE = 10  # rows that must be rounded where most are not: small noise meets any lattice
KINDS, STEPS = 8, 3  # cells in use before and after, at least
OFF = 0.2  # of the rows that must lie beside the lattice before they were rounded
FEW = 50  # rows whose amounts are no distribution yet
EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class _Rounding:
    mode: str
    unit: float = 0.0
    digits: int = 0

    def holds(self, train: Floats, serve: Floats) -> Mask:
        """Return which of serve's numbers are train's, rounded."""
        return self._within(self._steps(train, serve), 0.0) & self._lattice(train, serve)

    def exact(self, train: Floats, serve: Floats) -> bool:
        """Return whether the rows near each other are all rounded, and by any amount alike.

        Small noise meets the lattice now and then, and then stays within a part of the reach.
        """
        steps = self._steps(train, serve)
        held = self.holds(train, serve)
        near = np.count_nonzero(self._within(steps, 0.5))
        if near - np.count_nonzero(held) > BESIDE * near:
            return False
        if self.unit and any(self._coarser(n)._lattice(train, serve)[held].all() for n in (2, 5)):
            return False
        middle, most = np.quantile(np.abs(steps[held]), [0.5, 0.9])
        few = 0.7 if np.count_nonzero(held) < FEW else 1.0
        if self.mode == "rounded":
            return bool(most >= 0.33 * few)
        return bool(most >= 0.7 * few and middle >= 0.3 * few)

    def _coarser(self, times: int) -> _Rounding:
        return replace(self, unit=self.unit * times)

    def _steps(self, train: Floats, serve: Floats) -> Floats:
        """Return by how many units serve is above train (farther from zero if truncated)."""
        with np.errstate(all="ignore"):
            steps = (serve - train) / self._unit(train)
        return np.where(train < 0, -steps, steps) if self.mode == "truncated" else steps

    def _unit(self, train: Floats) -> Floats | float:
        return _digit(train, self.digits) if self.digits else self.unit

    def _lattice(self, train: Floats, serve: Floats) -> Mask:
        with np.errstate(all="ignore"):
            places = serve / self._unit(train)
            off = np.abs(places - np.round(places))
        lattice: Mask = off <= np.minimum(2e-7 * np.abs(places) + 1e-12, 1e-3)
        return lattice

    def _within(self, steps: Floats, more: float) -> Mask:
        low, high = REACH["floored" if self.mode == "truncated" else self.mode]
        inside: Mask = (steps >= low - more - EDGE) & (steps <= high + more + EDGE)
        return inside & (np.abs(steps) < 1 + more - EDGE)

    def words(self, side: str) -> str:
        """Return the rounding of a side in words."""
        return f"{side} {self.mode} {self._to()}"

    def _to(self) -> str:
        if self.digits:
            return f"to {self.digits} significant digit{'s' if self.digits > 1 else ''}"
        if self.unit == 1:
            return {"floored": "down to", "raised": "up to"}.get(self.mode, "to") + " whole numbers"
        decimals = round(-np.log10(self.unit))
        if self.unit < 1 and abs(10.0**-decimals - self.unit) < 1e-12:
            return f"to {decimals} decimal{'s' if decimals > 1 else ''}"
        return f"to multiples of {spelled(self.unit)}"

    def condition(self, train: str, serve: str) -> str:
        """Return the DuckDB predicate of the rows."""
        unit = self.unit
        if self.digits:
            unit = 10.0 ** (1 - self.digits)
            scale = f"pow(10, floor(log10(abs(nullif({train}, 0))))) * {unit!r}"
        else:
            scale = repr(unit)
        places = f"{serve} / ({scale})"
        step = f"({serve} - {train}) / ({scale})"
        if self.mode == "truncated":
            step = f"sign({train}) * {step}"
        low, high = REACH["floored" if self.mode == "truncated" else self.mode]
        return (
            f"abs({places} - round({places})) <= {EDGE!r} AND {step} BETWEEN {low - EDGE!r} "
            f"AND {high + EDGE!r} AND {serve} <> {train}"
        )


def _digit(values: Floats, digits: int) -> Floats:
    """Return the unit of the last of some significant digits."""
    result: Floats = 10.0 ** (np.floor(np.log10(np.abs(values))) - digits + 1)
    return result


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield the rounding that explains most, of train into serve or of serve into train."""
    if pair.kind is Kind.DATETIME:
        yield from _clock(pair)
        return
    rows = Rows.of(pair)
    if rows is None:
        return
    for source, statement in ((rows, "serve = {}"), (rows.reversed(), "train = {}")):
        best = _best(source, _candidates())
        side = "train" if source is rows else "serve"
        names = (rows.t, rows.s) if source is rows else (rows.s, rows.t)
        if best:
            found, held, luck = best
            yield Claim(
                statement.format(found.words(side)),
                _reason(found),
                found.condition(*names),
                rows.spread(held),
                chance=luck,
            )


def _candidates() -> Iterator[_Rounding]:
    for mode in MODES:
        yield from (_Rounding(mode, unit) for unit in UNITS)
    yield from (_Rounding("rounded", digits=digits) for digits in range(1, 6))


def _best(rows: Rows, candidates: Iterator[_Rounding]) -> tuple[_Rounding, Mask, float] | None:
    """Return the rounding that explains most, the plainer of those alike; None if none does."""
    best: tuple[_Rounding, Mask] | None = None
    most = 0.0
    some = np.flatnonzero(rows.differs)[:256]
    for candidate in candidates:
        if np.count_nonzero(candidate.holds(rows.train[some], rows.serve[some])) < 3:
            continue  # seen in the first rows already that it is not this one
        held = candidate.holds(rows.train, rows.serve)
        differs = rows.train[rows.differs], rows.serve[rows.differs]
        better = rows.share(held) > most + BETTER and candidate.exact(*differs)
        if better and len(np.unique(rows.serve[held & rows.differs])) > 1:
            best, most = (candidate, held), rows.share(held)
    if best is None:
        return None
    sure = int(np.count_nonzero(best[1] & rows.differs))
    if sure < SURE and sure < 0.5 * np.count_nonzero(rows.differs):
        return None
    luck = rows.luck(best[0].holds)
    return (*best, luck) if rows.credible(best[1], luck) else None


def _reason(found: _Rounding) -> str:
    if found.unit == 1 and found.mode == "truncated":
        return "stored as an integer?"
    return "printed or stored with fewer digits?" if not found.unit > 1 else "put into bins?"


def _clock(pair: Pair) -> Iterator[Claim]:
    rows = Rows.of(pair, Kind.DATETIME)
    if rows is None:
        return
    best = _best(rows, (_Rounding("floored", unit) for unit in CLOCK))
    if best:
        word = CLOCK[best[0].unit]
        condition = f"{rows.s} = date_trunc('{word}', {rows.t}) AND {rows.s} <> {rows.t}"
        yield Claim(
            f"serve = train cut to the {word}",
            "a coarser clock on one side?",
            condition,
            rows.spread(best[1]),
            chance=best[2],
        )


def on_grids(sides: Sides, others: Mapping[str, Sides]) -> Iterator[GridClaim]:
    """Yield the roundings that turn one side's distribution into the other's."""
    grids = Grids.of(sides)
    if grids is None:
        return
    ways = (("serve", "train", grids), ("train", "serve", _swapped(grids)))
    for result, source, way in ways:
        if len(way.train.counts) < KINDS or len(way.serve.counts) < STEPS:
            continue  # of two values any rounding makes one
        for unit in UNITS if way.serve.total else ():
            if not (_on(way.serve, unit) >= ON and _off(way.train, unit) >= OFF):
                continue
            for mode, function in MODES.items():
                share = way.explained(_stepped(function, unit))
                if share is not None:
                    found = _Rounding(mode, unit)
                    yield GridClaim(f"{result} = {found.words(source)}", _reason(found), share)


def _swapped(grids: Grids) -> Grids:
    return replace(grids, train=grids.serve, serve=grids.train)


def _stepped(function: Callable[[Floats], Floats], unit: float) -> Callable[[Floats], Floats]:
    return lambda v: function(v / unit) * unit


def _off(side: Weighted, unit: float) -> float:
    """Return the share of rows that surely lie beside the multiples of a unit."""
    beside = np.ceil(side.lower / unit - EDGE) > side.upper / unit + EDGE
    return float(side.counts[beside].sum()) / side.total


def _on(side: Weighted, unit: float) -> float:
    """Return the share of rows that surely lie on the multiples of a unit."""
    places = side.value / unit
    exact = (side.lower == side.upper) & (np.abs(places - np.round(places)) <= EDGE)
    return float(side.counts[exact].sum()) / side.total
