"""The net change between two answers to the same rows: flips one way less flips the other."""

from __future__ import annotations

import math

from skewcheck.statistics.normal import z_of


def net_change(
    up: float, down: float, n: float, *, level: float = 0.05
) -> tuple[float, float, float]:
    """Return (value, low, high) of ``(up - down) / n``, each end one-sided at ``level``.

    The counts may be those of effective rows.

    Bonett and Price (2012), "Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data": one flip is added each way. Raises ValueError without rows.
    """
    if n < 1:
        raise ValueError("there is no pair")
    p, q = (up + 1) / (n + 2), (down + 1) / (n + 2)
    reach = z_of(level) * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return (up - down) / n, max(-1.0, p - q - reach), min(1.0, p - q + reach)
