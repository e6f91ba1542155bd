"""The noncentral chi-square distribution: probability, quantile and noncentrality."""

import math

from scipy import special

from skewcheck.statistics.solve import root

# Beyond these the series of chndtr loses digits without a word; Sankaran's normal approximation
# has five there.
SERIES_UP_TO_X = 4000.0
SERIES_UP_TO_LAM = 1500.0
LEAST_LAM = 1e-200  # half of the smallest floats is 0, and the series is lost


def cdf(x: float, df: float, lam: float) -> float:
    """Return P(X <= x) for X noncentral chi-square, `df` > 0 degrees, noncentrality `lam` >= 0."""
    if x <= 0.0:
        return 0.0
    if x > SERIES_UP_TO_X or lam > SERIES_UP_TO_LAM:
        return float(special.ndtr(sankaran(x, df, lam)))
    lam = lam if lam > LEAST_LAM else 0.0
    return min(1.0, max(0.0, float(special.chndtr(x, df, lam))))


def sankaran(x: float, df: float, lam: float) -> float:
    """Return the normal quantile that matches `x` (Sankaran 1963, Biometrika 50:199)."""
    mean, twice = df + lam, df + 2.0 * lam
    h = 1.0 - 2.0 / 3.0 * mean * (df + 3.0 * lam) / twice**2
    p = twice / mean**2
    m = (h - 1.0) * (1.0 - 3.0 * h)
    centre = 1.0 + h * p * (h - 1.0 - 0.5 * (2.0 - h) * m * p)
    return float(((x / mean) ** h - centre) / (h * math.sqrt(2.0 * p) * (1.0 + 0.5 * m * p)))


def quantile(probability: float, df: float, lam: float) -> float:
    """Return x with `cdf(x) = probability`, for a probability strictly between 0 and 1."""
    goal = float(special.ndtri(probability))
    reach = math.sqrt(df + lam) + abs(goal) + 3.0
    r = root(lambda r: score(r * r, df, lam) - goal, 0.0, reach, tolerance=1e-10)
    return r * r


def noncentrality(x: float, df: float, probability: float) -> float:
    """Return the `lam` at which `cdf(x)` falls to `probability`; 0 when it is below that at 0."""
    goal = float(special.ndtri(probability))
    if score(x, df, 0.0) <= goal:
        return 0.0
    # A noncentral chi-square exceeds the square of a normal with mean sqrt(lam): hence the reach.
    reach = math.sqrt(x) + max(0.0, -goal) + 0.5
    r = root(lambda r: score(x, df, r * r) - goal, 0.0, reach)
    return r * r


def score(x: float, df: float, lam: float) -> float:
    """Return the normal quantile of the cdf: nearly linear in sqrt(lam), finite everywhere."""
    return float(special.ndtri(min(max(cdf(x, df, lam), 1e-300), 1.0 - 1e-16)))
