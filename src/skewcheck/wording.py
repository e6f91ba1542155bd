"""How numbers are written: units, decimals, and never a 0 % or 100 % that is not exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_DIGITS = 4
ROUNDED_BY_VALUE = 1e6  # from here on a decimal says nothing
PARITIES = {  # what became of paired values
    "equal": "equal",
    "float32": "equal as float32",
    "printed": "equal in the digits printed",
    "tolerated": "within the tolerance",
    "retyped": "equal in another type",
    "null_train": "null in train only",
    "null_serve": "null in serve only",
    "other_type": "of another type",
    "different": "with another value",
    "unseen": "lists or objects, not compared",
}


def count(n: int) -> str:
    """Return a whole number with separators between thousands."""
    return f"{n:,}"


def rows(n: int, what: str = "row") -> str:
    """Return ``1 row`` or ``1,400 rows``."""
    return f"{count(n)} {what}" + ("" if n == 1 else "s")


def about(n: int) -> str:
    """Return a number of rows rounded up to two figures: more would claim to know the future."""
    step = 10 ** max(0, len(str(n)) - 2)
    return count(-(-n // step) * step)


def number(x: float, figures: int = 6) -> str:
    """Return any number of a column in at most so many figures, whole numbers in full."""
    if not math.isfinite(x):
        return "NaN" if math.isnan(x) else "infinity" if x > 0 else "-infinity"
    if x == int(x) and abs(x) < 1e15:
        return count(int(x))
    if 1e-4 <= abs(x) < ROUNDED_BY_VALUE:
        return trimmed(f"{x:,.{max(0, figures - 1 - math.floor(math.log10(abs(x))))}f}")
    return f"{x:,.0f}" if ROUNDED_BY_VALUE <= abs(x) < 1e15 else f"{x:.4g}"


def trimmed(text: str) -> str:
    """Return a decimal number without the zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float, digits: int = 1) -> str:
    """Return a share of rows as a percentage; ``0 %`` and ``100 %`` mean none and all."""
    return f"{_figure(100 * share, digits, top=100.0)} %"


def p_value(p: float | None) -> str:
    """Return a p-value in two figures, or a bound on a very small one."""
    if p is None:
        return ""
    return "<0.0001" if p < 1e-4 else f"{p:.2g}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return ``a, b and 3 more``."""
    shown, more = names[:most], len(names) - most
    return ", ".join(shown) + (f" and {count(more)} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Scale:
    """How the numbers of one finding are written.

    ``factor`` turns them into the unit shown, ``unit`` is its name, ``top`` the largest number
    possible in it, ``sign`` -1 where the effect is a fall, +1 where it is a rise, 0 without one.
    """

    factor: float = 1.0
    unit: str = ""
    digits: int = 2
    top: float = math.inf
    sign: int = 0

    def figure(self, x: float) -> str:
        """Return the number alone."""
        y = x * self.factor
        if not self.sign:
            return _figure(y, self.digits, top=self.top)
        mark = "+" if y * self.sign >= 0 else "-"
        return f"{mark if y else ''}{_figure(abs(y), self.digits, top=self.top)}"

    def effect(self, x: float) -> str:
        """Return the number with its unit."""
        return f"{self.figure(x)} {self.unit}".rstrip()

    def interval(self, low: float, high: float) -> str:
        """Return ``low to high`` in order, with the unit once."""
        ends = (high, low) if self.sign < 0 else (low, high)
        return f"{self.figure(ends[0])} to {self.figure(ends[1])} {self.unit}".rstrip()

    def limit(self, x: float) -> str:
        """Return a limit as it was set, with the unit."""
        return f"{number(float(f'{x * self.factor:.12g}'))} {self.unit}".rstrip()


def scale(unit: str, limit: float | None, values: Iterable[float], sign: int | None) -> Scale:
    """Return the scale of a finding, with as many decimals as tell its values from the limit.

    ``sign`` is None for an effect that is no difference of two shares; shares are then percent,
    else points.
    """
    if unit == "share":
        name = "%" if sign is None else "points"
        plain = Scale(100.0, name, 1, 100.0, sign or 0)
    else:
        plain = Scale(1.0, unit, 2, math.inf, 0)
    finite = [v for v in values if math.isfinite(v)]
    return Scale(plain.factor, plain.unit, _digits(plain, limit, finite), plain.top, plain.sign)


def _digits(plain: Scale, limit: float | None, values: Sequence[float]) -> int:
    """Return enough decimals for two figures of the limit, and for no value to look like it."""
    size = abs(limit or max((abs(v) for v in values), default=0.0)) * plain.factor
    first = 1 - math.floor(math.log10(size)) if size > 0 else plain.digits
    digits = min(MOST_DIGITS, max(1, first))
    while limit is not None and digits < MOST_DIGITS and _clash(plain, digits, limit, values):
        digits += 1
    return digits


def _clash(plain: Scale, digits: int, limit: float, values: Sequence[float]) -> bool:
    shown = f"{limit * plain.factor:.{digits}f}"
    return any(v != limit and f"{v * plain.factor:.{digits}f}" == shown for v in values)


def _figure(y: float, digits: int, *, top: float = math.inf) -> str:
    """Return y with so many decimals; what would round to 0 or to the top is said to be near it."""
    if not math.isfinite(y):
        return number(y)
    if y in (0.0, top):
        return f"{y:.0f}"
    if abs(y) >= ROUNDED_BY_VALUE:
        return f"{y:,.0f}" if abs(y) < 1e15 else f"{y:.4g}"
    step = 10.0**-digits
    if float(f"{abs(y):.{digits}f}") == 0.0:
        return f"<{step:.{digits}f}" if y > 0 else f">-{step:.{digits}f}"
    if float(f"{y:.{digits}f}") >= top:
        return f">{top - step:.{digits}f}"
    return f"{y:,.{digits}f}"
