"""Root of a monotone function of one variable, always bracketed."""

from collections.abc import Callable

MAX_STEPS = 200


def root(
    f: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-12
) -> float:
    """Return where the monotone `f` changes sign between `low` and `high`.

    When `f` has one sign on the whole bracket, the end nearer to zero comes back. `f` must be
    finite; it may have steps. Chandrupatla's method (1997): inverse quadratic interpolation where
    the last three points allow it, halving where not, so never much slower than bisection.
    """
    a, b = low, high
    f_a, f_b = f(a), f(b)
    if f_a == 0.0 or f_b == 0.0 or (f_a > 0) == (f_b > 0):
        return a if abs(f_a) <= abs(f_b) else b
    share = 0.5
    for _ in range(MAX_STEPS):
        x = a + share * (b - a)
        y = f(x)
        # The root lies between a, the newest point, and b; c is the point before, on a's side.
        if (y > 0) == (f_a > 0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = x, y
        edge = tolerance * (1.0 + abs(x)) / abs(b - a) if a != b else 1.0
        if edge >= 1.0 or y == 0.0:
            break
        share = min(max(_share(a, b, c, fs=(f_a, f_b, f_c)), 0.5 * edge), 1.0 - 0.5 * edge)
    return a if abs(f_a) <= abs(f_b) else b


def _share(a: float, b: float, c: float, *, fs: tuple[float, float, float]) -> float:
    """Return how far from a to b the next point goes."""
    f_a, f_b, f_c = fs
    xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
    if not (phi * phi < xi and (1.0 - phi) ** 2 < 1.0 - xi):
        return 0.5
    ahead = f_a / (f_b - f_a) * f_c / (f_b - f_c)
    return ahead + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
