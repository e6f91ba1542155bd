"""Whether a score means what it says: of rows scored 0.2, one in five should turn out positive."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skewcheck.statistics.intervals import clopper_pearson
from skewcheck.statistics.losses import sure
from skewcheck.statistics.outcomes import Counts, Outcomes, Values

BINS = 10
STEPS = 50
CLOSE = 1e-10
SEPARATED = 30.0  # a slope or intercept this large has no end


@dataclass(frozen=True)
class Promised:
    """Positives observed against those that the scores promise: 1 is calibrated in the large.

    `observed` is their number, `expected` the sum of the scores, `squares` that of their squares,
    `hits` the sum of the scores of the positives. The interval is of Wilson's kind: the variance
    is that of the ratio tried, not of the one seen, so that no positives have an upper bound too.
    With equal scores and independent rows it is Wilson's.
    """

    observed: int
    expected: float
    squares: float
    hits: float
    rows: int
    error: float = 0.0

    @property
    def value(self) -> float:
        """The ratio seen."""
        return self.observed / self.expected

    def reach(self, z: float) -> tuple[float, float]:
        """Return how far the interval goes below and above the ratio at normal quantile `z`."""
        e, z2 = self.expected, z * z
        # (O - r E)^2 = z^2 (r E + r^2 k): the variance of a sum of y - r p over sampled rows.
        a, b = e * e - z2 * self._bend, e * (2.0 * self.observed + z2)
        if a <= 0.0:
            return self.value, math.inf
        half = math.sqrt(max(0.0, b * b - 4.0 * a * self.observed**2))
        low, high = (b - half) / (2.0 * a), (b + half) / (2.0 * a)
        return max(0.0, self.value - low), max(0.0, high - self.value)

    @property
    def z(self) -> float:
        """The standard normal score of `observed` if every score were a true probability.

        NaN when scores are all 0 or 1: then nothing is left to chance.
        """
        variance = self.expected - self.squares
        return (self.observed - self.expected) / math.sqrt(variance) if variance > 0 else math.nan

    @property
    def _bend(self) -> float:
        """The part of the variance that grows with the square of the ratio."""
        mean = self.hits / self.observed if self.observed else self.squares / self.expected
        return self.squares - 2.0 * mean * self.expected


def promised(scored: Outcomes) -> Promised:
    """Return the positives against what the scores promise.

    Scores must be probabilities (`scored.probabilities`), and not all 0: ValueError.
    """
    rows, p = scored.rows, scored.value
    expected = float(rows @ p)
    if not expected > 0.0:
        raise ValueError("scores that are all 0 promise nothing to hold outcomes against")
    wide = float(rows @ np.maximum(scored.upper - p, p - scored.lower)) / expected
    observed = scored.events
    hits = float(scored.positives @ p)
    return Promised(
        observed, expected, float(rows @ p**2), hits, scored.n, wide * observed / expected
    )


@dataclass(frozen=True)
class Bin:
    """The rows of a range of the score: what was predicted and what came, with its interval."""

    low: float
    high: float
    rows: int
    positives: int
    predicted: float
    observed: float
    bounds: tuple[float, float]


def cuts(scored: Outcomes, *, bins: int = BINS) -> Values:
    """Return the highest score of each bin but the last: about equal numbers of rows a bin."""
    rows = scored.rows
    there: NDArray[np.int64] = np.flatnonzero(rows)
    counts = rows[there]
    if not len(there):
        return np.zeros(0)
    middle = (np.cumsum(counts) - counts / 2) / counts.sum()
    number = np.minimum((middle * bins).astype(np.int64), bins - 1)
    last = np.flatnonzero(np.diff(number))
    found: Values = scored.value[there[last]]
    return found


def table(
    scored: Outcomes, *, at: Values | None = None, level: float = 0.025
) -> tuple[Bin | None, ...]:
    """Return the calibration table, by default of about equal numbers of rows a bin.

    ``at`` are the cuts between bins (of ``cuts``, perhaps of another side); a bin without rows is
    None. `bounds` are Clopper and Pearson's, each one-sided at `level`.
    """
    where = cuts(scored) if at is None else at
    return tuple(_bin(scored, part, level) for part in _runs(scored, where))


def _runs(scored: Outcomes, at: Values) -> list[NDArray[np.int64]]:
    """Return the cells with rows of each bin."""
    there = np.flatnonzero(scored.rows)
    number = np.searchsorted(at, scored.value[there])
    return [there[number == n] for n in range(len(at) + 1)]


def _bin(scored: Outcomes, part: NDArray[np.int64], level: float) -> Bin | None:
    if not len(part):
        return None
    rows = scored.rows[part]
    n, x = int(rows.sum()), int(scored.positives[part].sum())
    low, high = float(scored.lower[part[0]]), float(scored.upper[part[-1]])
    predicted = float(rows @ scored.value[part]) / n
    return Bin(low, high, n, x, predicted, x / n, clopper_pearson(x, n, level=level))


def calibration_error(scored: Outcomes, *, bins: int = BINS) -> float:
    """Return the expected calibration error, less what it is without any error; 0 to 1.

    The mean of |observed - predicted| over the bins of `table`, weighed by rows, is above 0 for a
    perfect score too, by `sum sqrt(2 v / pi) / n` with `v = sum p (1 - p)` of a bin: taken off.
    """
    p, n = scored.value, scored.n
    raw = noise = 0.0
    for part in _runs(scored, cuts(scored, bins=bins)):
        rows = scored.rows[part]
        raw += abs(float(scored.positives[part].sum() - rows @ p[part]))
        noise += math.sqrt(2.0 / math.pi * float(rows @ (p[part] * (1.0 - p[part]))))
    return max(0.0, raw - noise) / n


@dataclass(frozen=True)
class Recalibration:
    """`logit P(y) = intercept + slope * logit(p)`: (0, 1) where the score means what it says.

    A slope below 1 says that scores are too extreme (Cox 1958). `*_error` are standard errors.
    """

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float


def recalibrated(scored: Outcomes) -> Recalibration | None:
    """Return the logistic recalibration by maximum likelihood; scores must be probabilities.

    None where there is none: one class, one score, or a score that separates the classes.
    """
    p = sure(scored.value)
    x = np.log(p) - np.log1p(-p)
    rows, positives = scored.rows.astype(np.float64), scored.positives
    used = x[rows > 0]
    if not scored.two_classes or np.ptp(used) == 0.0:
        return None
    return _fitted(x, rows, positives)


def _fitted(
    x: NDArray[np.float64], rows: NDArray[np.float64], positives: Counts
) -> Recalibration | None:
    """Return the fit by Newton's method, half steps where a whole one makes it worse."""
    design = np.stack([np.ones_like(x), x])
    at: NDArray[np.floating] = np.array([0.0, 1.0])
    worth = -np.inf
    step: NDArray[np.floating] = np.zeros(2)
    for _ in range(STEPS):
        line = at @ design
        likely = float(positives @ line - rows @ np.logaddexp(0.0, line))
        if likely < worth - CLOSE * abs(worth):
            step /= 2.0
            at = at - step
            continue
        worth = likely
        share = 0.5 * (1.0 + np.tanh(line / 2.0))
        information = (design * (rows * share * (1.0 - share))) @ design.T
        if not np.linalg.cond(information) < 1.0 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(information, design @ (positives - rows * share))
        at = at + step
        if np.abs(at).max() > SEPARATED:
            return None
        if np.abs(step).max() < CLOSE:
            errors = np.sqrt(np.diag(np.linalg.inv(information)))
            return Recalibration(float(at[0]), float(at[1]), float(errors[0]), float(errors[1]))
    return None
