"""Looking again and again: bounds that hold at every look at once, and levels shared by looks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from scipy import special

from skewcheck.statistics.increase import ShareIncrease
from skewcheck.statistics.inference import Inference, RowsNeeded
from skewcheck.statistics.intervals import Share, clopper_pearson
from skewcheck.statistics.normal import z_of
from skewcheck.statistics.rows import decided
from skewcheck.statistics.solve import root
from skewcheck.statistics.widened import Widened

NIGHTS = 365  # looks a year

#: Of the level of a difference, the part that the side seen only once gets.
ONCE = 0.2
SMALLEST = 1e-16


def nightly_level(false_alarms_per_year: float, looks: int = NIGHTS) -> float:
    """Return the level of one look of which so many a year alarm falsely at most, on average.

    Raises ValueError when that is not a number of alarms between 0 and the looks.
    """
    if not 0.0 < false_alarms_per_year < looks:
        raise ValueError(f"{false_alarms_per_year} false alarms in {looks} looks: expected fewer")
    return false_alarms_per_year / looks


def spent(level: float, look: int) -> float:
    """Return the part of `level` for look number `look` (from 1 on): all parts sum to `level`.

    `6 level / (pi look)^2`, for any number of looks (Lan and DeMets 1983: spending).
    """
    if look < 1:
        raise ValueError(f"look {look}: expected 1 or more")
    return 6.0 * level / (math.pi * look) ** 2


def mixture_z(information: float, best: float, level: float) -> float:
    """Return how many standard errors a mean may be off at every look at once, two-sided.

    `information` is that of this look and `best` that of the look at which the bound is tightest,
    in one unit (nights of like volume). Normal mixture: Robbins 1970; Howard et al. 2021.
    """
    if not (information > 0.0 and best > 0.0 and 0.0 < level < 1.0):
        raise ValueError(f"information {information}, best {best}, level {level}: expected > 0")
    log = -2.0 * math.log(level)
    rho = best / (log + math.log1p(log))
    return math.sqrt((1.0 + rho / information) * (math.log1p(information / rho) + log))


@dataclass(frozen=True)
class ShareSequence:
    """The share `x / n` of one side's rows, with bounds that hold at every look at once.

    Beta-binomial mixture (Robbins 1970; Lindon and Malek 2022), exact for any number of events:
    `centre` is the share to be expected, `weight` the rows after which the bounds are to be tight
    (one night's). Rows of one share must be independent. Raises ValueError as `Share` does.
    """

    x: float
    n: float
    centre: float
    weight: float
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a share of no rows, and a centre that is no share."""
        if not (self.n > 0 and 0 <= self.x <= self.n):
            raise ValueError(f"{self.x} of {self.n} rows: expected 0 <= events <= rows, a row")
        if not (0.0 <= self.centre <= 1.0 and self.weight >= 0.0):
            raise ValueError(f"centre {self.centre}, weight {self.weight}: expected a share, rows")

    @property
    def value(self) -> float:
        """The share seen."""
        return self.x / self.n

    def log_evidence(self, share: float) -> float:
        """Return the log of the evidence against a true share: it exceeds log(1/a) with chance a.

        That is the chance over all looks together (Ville's inequality).
        """
        a, b = self.weight * self.centre + 0.5, self.weight * (1.0 - self.centre) + 0.5
        rest = self.n - self.x
        seen = float(special.xlogy(self.x, share) + special.xlog1py(rest, -share))
        return float(special.betaln(a + self.x, b + rest) - special.betaln(a, b)) - seen

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each missing the truth at any look with chance `level` at most."""
        z_of(level)
        goal = -math.log(level)

        def gap(share: float) -> float:
            return min(self.log_evidence(share), 1e6) - goal

        low = 0.0
        if gap(0.0) > 0.0:  # in logs: a share may be far smaller than the steps of a root
            low = math.exp(root(lambda log: gap(math.exp(log)), -700.0, math.log(self.value)))
        high = root(gap, self.value, 1.0) if gap(1.0) > 0.0 else 1.0
        return low, high

    def p_above(self, limit: float) -> float:
        """Return the p-value, valid at every look, of "share <= limit"."""
        return self._p(limit) if self.value > limit else 1.0

    def p_below(self, limit: float) -> float:
        """Return the p-value, valid at every look, of "share >= limit"."""
        if limit > 1.0:
            return 0.0
        return self._p(limit) if self.value < limit else 1.0

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows as a single look would need them: a least number."""
        once = Share(self.x, self.n).rows_needed(limit, level=level, power=power)
        return _undecided(self, once, self.n, limit, level=level)

    def _p(self, share: float) -> float:
        if not 0.0 <= share <= 1.0:
            return 0.0
        return math.exp(min(0.0, -self.log_evidence(share)))


@dataclass(frozen=True)
class IncreaseSequence:
    """The increase of a share over train's, train counted once and serve looked at every night.

    Serve's bound is a `ShareSequence`, train's is Clopper and Pearson's at a fifth of the level;
    `night` is one night's rows, `trials` as in `ShareIncrease`. For rare shares, where normal
    approximations under repeated looks are off most.
    """

    increase: ShareIncrease
    night: float
    error: float = 0.0

    @property
    def value(self) -> float:
        """The increase seen; 0 when the share fell."""
        return self.increase.value

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of the increase, each one-sided at `level`, at every look at once."""
        z_of(level)
        low = self._ends(level / self.increase.trials)[0]
        return max(0.0, low), min(1.0, max(0.0, self._ends(level)[1]))

    def p_above(self, limit: float) -> float:
        """Return the p-value, valid at every look, of "increase <= limit"."""
        return min(1.0, self.increase.trials * self._least(lambda ends: ends[0] - limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value, valid at every look, of "increase >= limit"."""
        if not 0.0 < limit <= 1.0:
            return float(limit <= 0.0)
        return self._least(lambda ends: limit - ends[1])

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows as a single look would need them: a least number."""
        once, rows = self.increase, self.increase.difference.n_serve
        needed = once.rows_needed(limit, level=level, power=power)
        return _undecided(self, needed, rows, limit, level=level)

    def _ends(self, level: float) -> tuple[float, float]:
        seen = self.increase.difference
        before = clopper_pearson(seen.x_train, seen.n_train, level=ONCE * level)
        centre = seen.x_train / seen.n_train
        sequence = ShareSequence(seen.x_serve, seen.n_serve, centre, self.night)
        low, high = sequence.bounds((1.0 - ONCE) * level)
        return low - before[1], high - before[0]

    def _least(self, room: Callable[[tuple[float, float]], float]) -> float:
        """Return the smallest level at which the ends leave room; 1 where none below 1/2 does."""

        def gap(log: float) -> float:
            return room(self._ends(math.exp(log)))

        top = math.log(0.49)
        if gap(top) <= 0.0:
            return 1.0
        return math.exp(root(gap, math.log(SMALLEST), top, tolerance=1e-6))


def _undecided(
    effect: Inference, once: RowsNeeded, rows: float, limit: float, *, level: float
) -> RowsNeeded:
    """Return the rows that a single look needs, a tenth more where it would be satisfied."""
    if decided(effect, limit, level):
        return RowsNeeded(0)
    return replace(once, serve=math.ceil(rows / 10)) if once.serve == 0 else once


@dataclass(frozen=True)
class Shared:
    """An effect that holds at every look at once, judged at one look's `part` of its level."""

    effect: Inference
    part: float

    @property
    def value(self) -> float:
        """The effect seen."""
        return self.effect.value

    @property
    def error(self) -> float:
        """That of the effect."""
        return self.effect.error

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high): those of every look, the low one at the whole level."""
        z_of(level)
        return self.effect.bounds(min(0.49, level / self.part))[0], self.effect.bounds(level)[1]

    def p_above(self, limit: float) -> float:
        """Return the p-value in units of the look's part."""
        return self.effect.p_above(limit) * self.part

    def p_below(self, limit: float) -> float:
        """Return the p-value of "effect >= limit"; a pass is judged at the whole level."""
        return self.effect.p_below(limit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide."""
        return self.effect.rows_needed(limit, level=level, power=power)


def at_every_look(effect: Inference, night: float, part: float = 1.0) -> Inference | None:
    """Return a share that grew, with bounds that hold at every look at once; None for the rest.

    `night` is one night's rows; `part` as in `Shared`: other effects share the level among looks.
    """
    if isinstance(effect, Widened):
        inner = at_every_look(effect.effect, night / effect.deff, part)
        return inner and replace(effect, effect=inner)
    if not isinstance(effect, ShareIncrease):
        return None
    sequence = IncreaseSequence(effect, night)
    return Shared(sequence, part) if part < 1.0 else sequence
