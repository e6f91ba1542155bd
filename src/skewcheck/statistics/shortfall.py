"""How far a figure of which more is better lies below the least that is accepted."""

from dataclasses import dataclass

from skewcheck.statistics.estimate import Drop, Estimate, Known, ends
from skewcheck.statistics.inference import RowsNeeded
from skewcheck.statistics.normal import z_of
from skewcheck.statistics.rows import decided, more


@dataclass(frozen=True)
class Shortfall:
    """The shortfall `max(0, least - estimate)`, in the figure's unit; one-sided.

    Evidence for and against a limit is that of the difference itself, which may be negative: a
    figure well above the least is inside a limit of 0 beyond doubt.
    """

    estimate: Estimate
    least: float

    @property
    def value(self) -> float:
        """The shortfall seen; 0 when the figure reaches the least."""
        return max(0.0, self.least - self.estimate.value)

    @property
    def error(self) -> float:
        """How far the grid may have moved the value."""
        return self.estimate.error

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return (low, high) of the shortfall, each one-sided at `level`."""
        low, high = ends(self.estimate, level)
        return max(0.0, self.least - high), max(0.0, self.least - low)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "shortfall <= limit"."""
        return self._drop.p_above(limit)

    def p_below(self, limit: float) -> float:
        """Return the p-value of "shortfall >= limit"."""
        return self._drop.p_below(limit)

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return the further rows of serve that decide if the figure stays what it is."""
        if decided(self, limit, level):
            return RowsNeeded(0)
        z = z_of(level)
        spread = max(self.estimate.reach(z)) / z
        distance = abs(self.least - limit - self.estimate.value) - self.error
        room = distance / (z + z_of(1.0 - power))
        if room <= 0.0 or not spread < float("inf"):
            return RowsNeeded(None)
        rows = self.estimate.rows
        return RowsNeeded(more((spread / room) ** 2 * rows, rows))

    @property
    def _drop(self) -> Drop:
        return Drop(Known(self.least), self.estimate)
