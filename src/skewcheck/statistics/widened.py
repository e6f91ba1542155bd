"""An effect size whose rows depend on each other: judged as if there were fewer of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from skewcheck.statistics.blocks import Factor, Noise
from skewcheck.statistics.chosen import Chosen
from skewcheck.statistics.contrasts import Contrasts
from skewcheck.statistics.distance import Distance
from skewcheck.statistics.divergence import Divergence, JsDistance
from skewcheck.statistics.estimate import Drop, Estimate, Mean
from skewcheck.statistics.increase import ShareIncrease
from skewcheck.statistics.inference import Inference, RowsNeeded
from skewcheck.statistics.intervals import Share, ShareDifference
from skewcheck.statistics.ks import Ks
from skewcheck.statistics.linfinity import LInfinity
from skewcheck.statistics.normal import z_of
from skewcheck.statistics.searched import Searched
from skewcheck.statistics.shortfall import Shortfall


@dataclass(frozen=True)
class Widened:
    """An effect over effective rows, with the uncertainty of the design effect itself.

    `effect` knows the effective rows already (`thinned`); a z quantile becomes a Student t one with
    the `df` of the design effect. `value` and `error` are the effect's own.
    """

    effect: Inference
    deff: float
    df: float

    @property
    def value(self) -> float:
        """The effect seen."""
        return self.effect.value

    @property
    def error(self) -> float:
        """That of the effect."""
        return self.effect.error

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high), each one-sided at `level`."""
        return self.effect.bounds(self._stricter(level))

    def p_above(self, limit: float) -> float:
        """Return the p-value of "effect <= limit"."""
        return self._laxer(self.effect.p_above(limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "effect >= limit"."""
        return self._laxer(self.effect.p_below(limit))

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows that decide, if they depend on each other as those seen do."""
        needed = self.effect.rows_needed(limit, level=self._stricter(level), power=power)
        if isinstance(self.effect, Divergence | JsDistance):
            return needed  # counts all rows, and knows their noise
        serve, train = (
            None if rows is None else math.ceil(rows * self.deff)
            for rows in (needed.serve, needed.train)
        )
        return replace(needed, serve=serve, train=train)

    def _stricter(self, level: float) -> float:
        z_of(level)
        if math.isinf(self.df):
            return level
        # A level of 0 has no quantile: the smallest that has one is as strict as it gets.
        return max(float(special.ndtr(float(special.stdtrit(self.df, level)))), 1e-300)

    def _laxer(self, p: float) -> float:
        if math.isinf(self.df) or not 0.0 < p < 0.5:
            return p
        return float(special.stdtr(self.df, float(special.ndtri(p))))


def widened(effect: Inference, factor: Factor, noise: Noise | None = None) -> Inference:
    """Return the effect with its intervals and p-values widened by a design effect.

    `noise` is asked of divergences: their bias and their spread grow differently (Rao-Scott). An
    effect of rows that are independent, or of a kind that has no known design, is returned as is.
    """
    if isinstance(effect, Divergence | JsDistance) and noise is not None:
        spread = Factor(noise.g, noise.df)
        thin: Inference = _blurred(effect, noise)
    else:
        spread, thin = factor, thinned(effect, factor.deff)
    return effect if thin is effect else Widened(thin, spread.deff, spread.df)


def thinned(effect: Inference, deff: float) -> Inference:
    """Return the effect as if it had been seen on `1/deff` of the rows; the value stays."""
    if deff <= 1.0:
        return effect
    if isinstance(effect, Chosen):
        return replace(effect, effect=thinned(effect.effect, deff))
    if isinstance(effect, Searched):
        return replace(effect, share=_fewer(effect.share, deff))
    if isinstance(effect, ShareIncrease):
        return replace(effect, difference=_less(effect.difference, deff))
    if isinstance(effect, ShareDifference):
        return _less(effect, deff)
    if isinstance(effect, Share):
        return _fewer(effect, deff)
    if isinstance(effect, LInfinity):
        return replace(effect, deff=effect.deff * deff)
    if isinstance(effect, Ks):
        return _coarse(effect, deff)
    if isinstance(effect, Distance):
        root = math.sqrt(deff)
        rows = {"n_train": effect.n_train / deff, "n_serve": effect.n_serve / deff}
        return replace(effect, bias=effect.bias * root, deviation=effect.deviation * root, **rows)
    if isinstance(effect, Divergence | JsDistance):
        k = _divergence(effect).cells - 1
        return _blurred(effect, Noise(k * deff, deff, math.inf))
    if isinstance(effect, Shortfall):
        return replace(effect, estimate=_sparser(effect.estimate, deff))
    if isinstance(effect, Drop):
        train, serve = (_sparser(side, deff) for side in (effect.train, effect.serve))
        return replace(effect, train=train, serve=serve)
    return effect


def _sparser(estimate: Estimate, deff: float) -> Estimate:
    """Return a mean as if it had been seen on `1/deff` of the rows; other figures as they are."""
    if not isinstance(estimate, Mean):
        return estimate
    rows = max(1, round(estimate.rows / deff))
    share = rows / estimate.rows
    total, squares = estimate.total * share, estimate.squares * share
    return replace(estimate, rows=rows, total=total, squares=squares)


def _blurred(effect: Divergence | JsDistance, noise: Noise) -> Inference:
    if noise.g <= 1.0 and noise.total <= _divergence(effect).cells - 1:
        return effect
    if isinstance(effect, JsDistance):
        return replace(effect, divergence=replace(effect.divergence, noise=noise))
    return replace(effect, noise=noise)


def _divergence(effect: Divergence | JsDistance) -> Divergence:
    return effect.divergence if isinstance(effect, JsDistance) else effect


def _less(effect: ShareDifference, deff: float) -> ShareDifference:
    return replace(
        effect,
        x_train=effect.x_train / deff,
        n_train=effect.n_train / deff,
        x_serve=effect.x_serve / deff,
        n_serve=effect.n_serve / deff,
    )


def _fewer(effect: Share, deff: float) -> Share:
    return replace(effect, x=effect.x / deff, n=max(effect.n / deff, effect.x / deff))


def _coarse(effect: Ks, deff: float) -> Ks:
    seen = effect.envelope
    envelope = Contrasts(seen.p, seen.q, np.asarray(seen.n / deff), np.asarray(seen.m / deff))
    return replace(
        effect,
        envelope=envelope,
        n_train=effect.n_train / deff,
        n_serve=effect.n_serve / deff,
    )
