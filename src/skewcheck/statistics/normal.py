"""One-sided normal quantiles and p-values."""

from scipy import special

#: One-sided normal quantiles are searched up to here; a p-value below 1e-16 is reported as 1e-16.
Z_MAX = 8.2


def z_of(level: float) -> float:
    """Return the standard normal quantile exceeded with probability `level`, in (0, 0.5)."""
    if not 0.0 < level < 0.5:
        raise ValueError(f"level {level} is not a one-sided level: expected 0 < level < 0.5")
    return min(-float(special.ndtri(level)), Z_MAX)


def p_of(z: float) -> float:
    """Return the probability of exceeding `z` by chance; 1 when the estimate speaks against."""
    return float(special.ndtr(-z)) if z > 0.0 else 1.0
